from .answers import Answer, Answered, Response
from .choices import (
    KINDS_FOR_CONDITIONS,
    KINDS_WITH_OPTIONS,
    Anonymity,
    Audience,
    QuestionKind,
    QuestionnaireState,
    ResponseState,
)
from .questionnaire import MINIMUM_GROUP, Question, Questionnaire, edited_by, read_by

__all__ = [
    "KINDS_FOR_CONDITIONS",
    "KINDS_WITH_OPTIONS",
    "MINIMUM_GROUP",
    "Anonymity",
    "Answer",
    "Answered",
    "Audience",
    "Question",
    "QuestionKind",
    "Questionnaire",
    "QuestionnaireState",
    "Response",
    "ResponseState",
    "edited_by",
    "read_by",
]
