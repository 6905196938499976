"""What others made and we ship: each file is the one that its line in the list names."""

import hashlib
import json
from pathlib import Path

import filiera.design

STATIC = Path(filiera.design.__file__).parent / "static"
LISTED = json.loads((STATIC / "vendor" / "vendor.json").read_text(encoding="utf-8"))


def test_every_file_has_the_listed_digest():
    listed = {path: digest for part in LISTED for path, digest in part["files"].items()}

    found = {path: hashlib.sha256((STATIC / path).read_bytes()).hexdigest() for path in listed}

    assert found == listed


def test_every_foreign_file_is_listed():
    listed = {path for part in LISTED for path in part["files"]}
    folders = (STATIC / "vendor", STATIC / "design" / "fonts")
    foreign = {path for folder in folders for path in folder.iterdir() if path.is_file()}

    found = {path.relative_to(STATIC).as_posix() for path in foreign} - {"vendor/vendor.json"}

    assert found - listed == set()


def test_every_part_names_its_origin():
    keys = {frozenset(part) for part in LISTED}

    assert keys == {frozenset({"name", "version", "licence", "source", "files"})}
