"""The accessibility checker is the one its list names."""

import hashlib
import json
from pathlib import Path

VENDOR = Path(__file__).parent / "vendor"


def test_every_file_has_the_listed_digest() -> None:
    listed = {
        name: digest
        for part in json.loads((VENDOR / "vendor.json").read_text())
        for name, digest in part["files"].items()
    }

    assert {name: hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() for name in listed} == listed
