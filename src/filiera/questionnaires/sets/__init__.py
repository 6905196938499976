"""Questions that nearly every academy asks, ready to be put into a questionnaire, in English and Italian."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True)
class QuestionSet:
    """Named questions; `shown_if` names another question of the set by its code."""

    code: str
    title: Mapping[str, str]
    about: Mapping[str, str]
    anonymity: str
    questions: tuple[Mapping[str, Any], ...]


@cache
def all_sets() -> tuple[QuestionSet, ...]:
    told = json.loads(files(__name__).joinpath("sets.json").read_text("utf-8"))
    return tuple(
        QuestionSet(
            code=entry["code"],
            title=entry["title"],
            about=entry["about"],
            anonymity=entry["anonymity"],
            questions=tuple(entry["questions"]),
        )
        for entry in told
    )


def set_of(code: str) -> QuestionSet | None:
    return next((entry for entry in all_sets() if entry.code == code), None)
