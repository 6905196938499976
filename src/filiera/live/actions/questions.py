"""Asking and moderating."""

from collections.abc import Callable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.ledger import actions as ledger
from filiera.ledger.models import Fact
from filiera.live import facts, policies
from filiera.live.actions.telling import tell
from filiera.live.actions.voices import raise_voice
from filiera.live.actions.votes import let_in
from filiera.live.models import AudienceQuestion, Channel, QuestionState, Vote
from filiera.shared.errors import DomainError

_WAITING_AT_MOST = 5
_OPEN_STATES = (QuestionState.PENDING, QuestionState.PUBLISHED, QuestionState.ON_STAGE)


class TooManyWaiting(DomainError):
    message = _("Five of your questions are waiting. Let the moderator read them first.")
    field = "text"


class NameNeeded(DomainError):
    message = _("Here questions carry a name. Say yours.")
    field = "asker_name"


class NothingToMerge(DomainError):
    message = _("A question can be merged into another one of the same channel that stands by itself.")


class MovedMeanwhile(DomainError):
    message = _("Somebody else has just moved this question. Look at where it stands now.")


@transaction.atomic
def ask_question(
    *, channel: Channel, text: str, asker_name: str, by: Viewer, key: str, at: datetime
) -> AudienceQuestion:
    """Put a question to the channel; in a moderated one it waits to be read first.

    Raises PermissionDenied, ChannelClosed, NameNeeded, TooManyWaiting, NoVoice.
    """
    let_in(channel, by)
    if not asker_name and not channel.allows_anonymous:
        raise NameNeeded
    voice = raise_voice(channel=channel, by=by, key=key, at=at)
    waiting = AudienceQuestion.objects.filter(channel=channel, voice=voice, state=QuestionState.PENDING)
    if waiting.count() >= _WAITING_AT_MOST:
        raise TooManyWaiting
    state = QuestionState.PENDING if channel.is_moderated else QuestionState.PUBLISHED
    question = AudienceQuestion.objects.create(
        channel=channel, voice=voice, text=text, asker_name=asker_name, state=state, asked_at=at
    )
    tell(channel, "questions")
    return question


@transaction.atomic
def publish_question(*, question: AudienceQuestion, seen: str, by: Viewer, at: datetime) -> AudienceQuestion:
    """Show a question to the room, also one that was hidden, on stage or answered by mistake.

    `seen` is the state in which the moderator saw it, here and below.
    Raises PermissionDenied, MovedMeanwhile.
    """
    return _move(question, QuestionState.PUBLISHED, seen=seen, by=by, at=at)


@transaction.atomic
def hide_question(*, question: AudienceQuestion, seen: str, by: Viewer, at: datetime) -> AudienceQuestion:
    """Take a question from the room's sight. Raises PermissionDenied, MovedMeanwhile."""
    return _move(question, QuestionState.HIDDEN, seen=seen, by=by, at=at)


@transaction.atomic
def stage_question(*, question: AudienceQuestion, seen: str, by: Viewer, at: datetime) -> AudienceQuestion:
    """Put a question on the screen; the one that stood there goes back to the others.

    Raises PermissionDenied, MovedMeanwhile.
    """

    def clear(channel: Channel) -> None:
        on_stage = AudienceQuestion.objects.filter(channel=channel, state=QuestionState.ON_STAGE)
        on_stage.update(state=QuestionState.PUBLISHED)

    return _move(question, QuestionState.ON_STAGE, seen=seen, by=by, at=at, first=clear)


@transaction.atomic
def mark_answered(*, question: AudienceQuestion, seen: str, by: Viewer, at: datetime) -> AudienceQuestion:
    """The question was answered on stage. Raises PermissionDenied, MovedMeanwhile."""
    question = _move(question, QuestionState.ANSWERED, seen=seen, by=by, at=at)
    record_answer(question, by=by, at=at)
    return question


@transaction.atomic
def merge_question(
    *, question: AudienceQuestion, into: AudienceQuestion, by: Viewer, at: datetime
) -> AudienceQuestion:
    """Let a question go up in another: those who voted for either count once for it.

    Raises PermissionDenied, NothingToMerge.
    """
    _ask_moderator(question, by)
    both = AudienceQuestion.objects.select_for_update().filter(pk__in=[question.pk, into.pk]).order_by("pk")
    locked = {each.pk: each for each in both}
    question, into = locked[question.pk], locked[into.pk]
    is_possible = question.pk != into.pk and question.channel_id == into.channel_id
    if not is_possible or question.state not in _OPEN_STATES or into.state not in _OPEN_STATES:
        raise NothingToMerge
    already = Vote.objects.filter(question=into).values("voice")
    question.votes.exclude(voice__in=already).update(question=into)
    question.votes.all().delete()
    question.state, question.merged_into = QuestionState.MERGED, into
    question.save(update_fields=["state", "merged_into"])
    question.merged.update(merged_into=into)
    tell(question.channel, "questions")
    return into


def _move(
    question: AudienceQuestion,
    state: QuestionState,
    *,
    seen: str,
    by: Viewer,
    at: datetime,
    first: Callable[[Channel], None] | None = None,
) -> AudienceQuestion:
    _ask_moderator(question, by)
    channel = Channel.objects.select_for_update().get(pk=question.channel_id)
    question = AudienceQuestion.objects.select_for_update().get(pk=question.pk)
    if question.state == state:
        return question
    # Two moderators act on one question: the second is told instead of undoing the first unseen.
    if question.state != seen or question.state == QuestionState.MERGED:
        raise MovedMeanwhile
    if first is not None:
        first(channel)
    if seen == QuestionState.ANSWERED:
        _take_back_answer(question, by=by, at=at)
    question.state = state
    question.answered_at = at if state == QuestionState.ANSWERED else None
    question.save(update_fields=["state", "answered_at"])
    tell(channel, "questions")
    return question


def _ask_moderator(question: AudienceQuestion, by: Viewer) -> None:
    if not policies.can_moderate(by, question.channel.edition):
        raise PermissionDenied


def record_answer(question: AudienceQuestion, *, by: Viewer, at: datetime) -> None:
    """Write into the ledger that a question was answered; once until it is taken back."""
    edition = question.channel.edition
    recorded = Fact.objects.about(question, facts.QUESTION_ANSWERED.code)
    if not recorded.standing().exists():
        ledger.record(
            facts.QUESTION_ANSWERED.code,
            subject=question,
            by=by,
            at=at,
            organisation=edition.organiser,
            event=f"answer:{recorded.count()}",
        )


def _take_back_answer(question: AudienceQuestion, *, by: Viewer, at: datetime) -> None:
    ledger.reverse_standing(question, facts.QUESTION_ANSWERED.code, by=by, at=at)
