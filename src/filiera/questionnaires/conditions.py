"""Whether a question is shown, from the answers before it."""

from collections.abc import Iterable, Mapping
from typing import Any

from .models import Question


def told(value: Any) -> set[str]:
    """A value as the words that conditions are written in."""
    if value is None:
        return set()
    if isinstance(value, bool):
        return {"yes" if value else "no"}
    if isinstance(value, list):
        return {str(entry) for entry in value}
    return {str(value)}


def holds(question: Question, values: Mapping[str, Any], by_key: Mapping[int, Question]) -> bool:
    """Whether the condition of a question holds, and the conditions of the questions it hangs on."""
    if question.shown_if_id is None:
        return True
    other = by_key.get(question.shown_if_id)
    if other is None or not holds(other, values, by_key):
        return False
    return bool(told(values.get(other.code)) & set(question.shown_if_values))


def shown(questions: Iterable[Question], values: Mapping[str, Any]) -> list[Question]:
    """The questions whose condition holds; `values` are answers by the question's code."""
    listed = list(questions)
    by_key = {question.pk: question for question in listed}
    return [question for question in listed if holds(question, values, by_key)]
