"""The link by which somebody says what came of a meeting, without signing in."""

from datetime import datetime

from django.conf import settings
from django.urls import reverse

from filiera.accounts.viewer import Viewer
from filiera.meetings.models import OutcomeQuestion
from filiera.meetings.permissions import answer_question
from filiera.shared.links import link_token, row_of

_SALT = "filiera.meetings.outcome-link"


def token_of(question: OutcomeQuestion) -> str:
    return link_token(_SALT, question.pk, question.link_seed)


def address_of(question: OutcomeQuestion, answer: str = "") -> str:
    """The page of a question; with an answer chosen the page needs one click more, or none with script."""
    path = reverse("meetings:outcome", args=[token_of(question)])
    return f"{settings.PUBLIC_URL}{path}" + (f"?answer={answer}" if answer else "")


def question_of(token: str) -> OutcomeQuestion | None:
    """The question whose link this is; whether it is still open is told by the question."""
    questions = OutcomeQuestion.objects.select_related(
        "attendee__person",
        "attendee__organisation",
        "meeting__first__organisation",
        "meeting__second__organisation",
        "meeting__slot",
        "meeting__round__edition",
    )
    return row_of(token, questions, token_of)


def viewer_by_link(question: OutcomeQuestion) -> Viewer:
    """Whoever holds the link: may answer this question and nothing else."""
    return Viewer(person=None, permissions=frozenset({answer_question(question.pk)}))


def is_open(question: OutcomeQuestion, *, at: datetime) -> bool:
    return question.answered_at is None and at < question.expires_at
