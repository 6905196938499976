"""What an answer may hold, kind by kind, as JSON keeps it."""

from datetime import date
from typing import Any

from .models import Question, QuestionKind


def fits(question: Question, value: Any) -> bool:
    """Whether a value is one that the question can have; forms have said so at the field already."""
    match question.kind:
        case QuestionKind.SHORT | QuestionKind.LONG | QuestionKind.COUNTRY | QuestionKind.ECOSYSTEM:
            return isinstance(value, str) and bool(value)
        case QuestionKind.CHOICE:
            return value in question.option_codes
        case QuestionKind.CHOICES:
            return isinstance(value, list) and bool(value) and set(value) <= set(question.option_codes)
        case QuestionKind.YES_NO | QuestionKind.CONSENT:
            return isinstance(value, bool)
        case QuestionKind.SCALE | QuestionKind.RECOMMENDATION:
            return _is_whole(value) and _is_between(question, value)
        case QuestionKind.NUMBER:
            return (_is_whole(value) or isinstance(value, float)) and _is_between(question, value)
        case QuestionKind.ORGANISATION:
            return _is_whole(value)
        case QuestionKind.DATE:
            return _is_date(value)
        case QuestionKind.FILE:
            return isinstance(value, str)
    return False


def is_answered(question: Question, value: Any) -> bool:
    """Whether a required question has what it asks for: a consent has to be given, not only answered."""
    if question.kind == QuestionKind.CONSENT:
        return value is True
    return value is not None


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_between(question: Question, value: float) -> bool:
    above = question.minimum is None or value >= question.minimum
    return above and (question.maximum is None or value <= question.maximum)


def _is_date(value: Any) -> bool:
    try:
        date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True
