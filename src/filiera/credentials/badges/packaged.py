"""Documents that badges name, as they were packaged: nothing is asked of the network."""

import json
from functools import cache
from pathlib import Path
from typing import Any

_DATA = Path(__file__).resolve().parents[1] / "data"
DOCUMENTS = {
    "credentials-v2": "contexts/credentials-v2.json",
    "open-badges": "contexts/open-badges-3.0.3.json",
    "open-badges-extensions": "contexts/open-badges-extensions.json",
    "badge-schema": "badge.schema.json",
}
"""By the name in our address; where they come from and under which licence says data/README.md."""


@cache
def document(name: str) -> dict[str, Any]:
    """Raises KeyError for one that is not packaged."""
    told: dict[str, Any] = json.loads((_DATA / DOCUMENTS[name]).read_text())
    return told
