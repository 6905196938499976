"""The link by which somebody says what came of a meeting, without signing in."""

import secrets
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from filiera.accounts.viewer import Viewer
from filiera.meetings.models import OutcomeQuestion
from filiera.meetings.permissions import answer_question

_SALT = "filiera.meetings.outcome-link"


def fresh_seed() -> str:
    return secrets.token_hex(16)


def token_of(question: OutcomeQuestion) -> str:
    told = f"{question.pk}:{question.link_seed}"
    mark = salted_hmac(_SALT, told, algorithm="sha256").hexdigest()[:40]
    return f"{question.pk}-{mark}"


def address_of(question: OutcomeQuestion, answer: str = "") -> str:
    """The page of a question; with an answer chosen the page needs one click more, or none with script."""
    path = reverse("meetings:outcome", args=[token_of(question)])
    return f"{settings.PUBLIC_URL}{path}" + (f"?answer={answer}" if answer else "")


def question_of(token: str) -> OutcomeQuestion | None:
    """The question whose link this is; whether it is still open is told by the question."""
    key, _dash, _mark = token.partition("-")
    if not key.isdecimal() or len(key) > 18:
        return None
    questions = OutcomeQuestion.objects.select_related(
        "attendee__person",
        "attendee__organisation",
        "meeting__first__organisation",
        "meeting__second__organisation",
        "meeting__slot",
        "meeting__round__edition",
    )
    question = questions.filter(pk=int(key)).first()
    if question is None or not constant_time_compare(token_of(question), token):
        return None
    return question


def viewer_by_link(question: OutcomeQuestion) -> Viewer:
    """Whoever holds the link: may answer this question and nothing else."""
    return Viewer(person=None, permissions=frozenset({answer_question(question.pk)}))


def is_open(question: OutcomeQuestion, *, at: datetime) -> bool:
    return question.answered_at is None and at < question.expires_at
