"""The committed description of the API: a change is seen in review, and the checks fail until it is written.

`python -m filiera.api.schema_file` writes it anew; with `--check` it only compares.
"""

import json
import os
import sys
from pathlib import Path

FILE = Path(__file__).with_name("openapi.json")


def current() -> str:
    """The description as the code has it."""
    from filiera.api.v1 import api  # Only after Django is set up, which the command does itself.

    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filiera.config.settings")
    django.setup()
    if "--check" not in sys.argv:
        FILE.write_text(current(), encoding="utf-8")
    elif FILE.read_text(encoding="utf-8") != current():
        sys.exit("openapi.json does not describe the API: run python -m filiera.api.schema_file")


if __name__ == "__main__":
    main()
