"""Questions that nobody answered on stage: sent to the speakers, answered in writing, published."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Speaker
from filiera.accounts.viewer import Viewer
from filiera.live import policies
from filiera.live.actions.questions import record_answer
from filiera.live.actions.telling import tell
from filiera.live.models import AudienceQuestion, Channel, QuestionState
from filiera.live.queries.answering import address_of, unanswered_in
from filiera.mail.actions import queue_mail
from filiera.shared.errors import DomainError
from filiera.texts.languages import DEFAULT_LANGUAGE


class NothingUnanswered(DomainError):
    message = _("Every question was answered.")


class NobodyToAsk(DomainError):
    message = _(
        "No speaker of this session has an address and a link. Invite them first, or answer yourself."
    )


@transaction.atomic
def send_unanswered(*, channel: Channel, by: Viewer, at: datetime) -> int:
    """Mail the speakers of the session a link by which they answer without an account; how many.

    Raises PermissionDenied, NothingUnanswered, NobodyToAsk.
    """
    if not policies.can_moderate(by, channel.edition):
        raise PermissionDenied
    questions = list(unanswered_in(channel))
    if not questions:
        raise NothingUnanswered
    speakers = Speaker.objects.filter(contributions__session=channel.session_id or 0).exclude(email="")
    asked = list(speakers.exclude(link_seed="").select_related("person").distinct().order_by("pk"))
    if not asked:
        raise NobodyToAsk
    last = questions[-1].pk
    for speaker in asked:
        language = speaker.person.language if speaker.person else ""
        queue_mail(
            key=f"live.unanswered:{channel.pk}:{speaker.pk}:{last}",
            to=speaker.email,
            template="live/mail/unanswered.txt",
            context={
                "speaker": speaker,
                "channel": channel,
                "edition": channel.edition,
                "questions": questions,
                "address": address_of(channel, speaker),
            },
            language=language or DEFAULT_LANGUAGE,
            at=at,
        )
    return len(asked)


@transaction.atomic
def answer_in_writing(
    *, question: AudienceQuestion, answer: str, answered_by_name: str, by: Viewer, at: datetime
) -> AudienceQuestion:
    """Publish an answer written after the session; answering again replaces it. Raises PermissionDenied."""
    if not policies.can_answer(by, question.channel):
        raise PermissionDenied
    question = (
        AudienceQuestion.objects.select_for_update(of=("self",))
        .select_related("channel__edition")
        .get(pk=question.pk)
    )
    question.state, question.answered_at = QuestionState.ANSWERED, question.answered_at or at
    question.answer, question.answered_by_name = answer, answered_by_name
    question.save(update_fields=["state", "answered_at", "answer", "answered_by_name"])
    record_answer(question, by=by, at=at)
    tell(question.channel, "questions")
    return question
