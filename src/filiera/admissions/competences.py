"""The packaged self-assessment for people who run clusters: codes that stay, words in both languages."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class PackagedItem:
    code: str
    area: dict[str, str]
    text: dict[str, str]


@cache
def packaged_items() -> tuple[PackagedItem, ...]:
    source = files("filiera.admissions") / "data" / "competences.json"
    return tuple(PackagedItem(**item) for item in json.loads(source.read_text(encoding="utf-8")))
