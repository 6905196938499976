"""What came of meetings: asked afterwards and again after 30 and 180 days, answered, counted."""

from datetime import UTC, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.ledger import actions as ledger
from filiera.ledger.models import Fact
from filiera.mail.actions import queue_mail
from filiera.meetings.facts import MEETING_HELD
from filiera.meetings.models import (
    Attendee,
    Meeting,
    MeetingState,
    Outcome,
    OutcomeQuestion,
)
from filiera.meetings.policies import can_plan_meetings
from filiera.meetings.policies.meetings import can_answer
from filiera.meetings.queries.links import address_of
from filiera.organisations.actions import StageAlreadyReached, say_stage
from filiera.organisations.models import Organisation, Stage
from filiera.organisations.permissions import speak_for
from filiera.shared.errors import DomainError
from filiera.shared.links import fresh_seed
from filiera.texts.languages import translated

from .rounds import lock_round, touch_round
from .telling import language_of

AFTER_DAYS = (0, 30, 180)
OPEN_DAYS = 21
_AT_ONCE = 500
_STAGE_OF = {
    Outcome.CONTACT: Stage.MEETING,
    Outcome.LETTER: Stage.LETTER_OF_INTEREST,
    Outcome.MEMORANDUM: Stage.MEMORANDUM,
    Outcome.PROJECT: Stage.JOINT_PROJECT,
}


class QuestionClosed(DomainError):
    message = _("This question was answered already, or its time is over. You will be asked again later.")


class MeetingNotOver(DomainError):
    message = _("This meeting is not over yet.")


@transaction.atomic
def ask_outcomes(*, by: Viewer, at: datetime) -> int:
    """Ask both sides of meetings that are over, once at each moment; how many mails.

    Raises PermissionDenied.
    """
    if not by.administering:
        raise PermissionDenied
    count = 0
    for after_days in AFTER_DAYS:
        due = at - timedelta(days=after_days)
        meetings = (
            Meeting.objects.exclude(state__in=[MeetingState.CANCELLED, MeetingState.NOT_HELD])
            # A platform that stood still asks for what is due now, not for what it missed years ago.
            .filter(slot__ends_at__lte=due, slot__ends_at__gt=due - timedelta(days=OPEN_DAYS))
            .exclude(questions__after_days=after_days)
            .select_related("first__person", "second__person", "round__edition", "slot")
            .order_by("slot__ends_at", "pk")[:_AT_ONCE]
        )
        for meeting in meetings:
            for attendee in (meeting.first, meeting.second):
                count += _ask(meeting, attendee, after_days, at=at)
    return count


@transaction.atomic
def answer_question(
    *, question: OutcomeQuestion, answer: str, comment: str, by: Viewer, at: datetime
) -> OutcomeQuestion:
    """Say for one side what came of a meeting: once, and only this.

    That they met is counted with the first yes; a stage of an agreement counts when the other says it too.
    Raises PermissionDenied, QuestionClosed.
    """
    if not can_answer(by, question):
        raise PermissionDenied
    question = (
        OutcomeQuestion.objects.select_for_update(of=("self",))
        .select_related("attendee__organisation", "meeting__round__edition")
        .get(pk=question.pk)
    )
    if question.answered_at is not None or at >= question.expires_at:
        raise QuestionClosed
    question.answer, question.comment, question.answered_at = Outcome(answer), comment, at
    question.save(update_fields=["answer", "comment", "answered_at"])
    meeting = _locked(question.meeting)
    if question.answer != Outcome.NOT_HELD and meeting.state == MeetingState.PLANNED:
        _count_held(meeting, by=by, at=at)
    elif question.answer == Outcome.NOT_HELD and meeting.state == MeetingState.PLANNED:
        meeting.state, meeting.changed_at = MeetingState.NOT_HELD, at
        meeting.save(update_fields=["state", "changed_at"])
    _advance(meeting, question, at=at)
    touch_round(meeting.round, at=at)
    return question


@transaction.atomic
def settle_meeting(*, meeting: Meeting, was_held: bool, by: Viewer, at: datetime) -> Meeting:
    """Say as the organiser that a meeting took place or not, whatever the two said; facts follow.

    Raises PermissionDenied, MeetingNotOver.
    """
    if not can_plan_meetings(by, meeting.round.edition):
        raise PermissionDenied
    lock_round(meeting.round)
    meeting = _locked(meeting)
    if meeting.state == MeetingState.CANCELLED or meeting.slot.ends_at > at:
        raise MeetingNotOver
    if was_held and meeting.state != MeetingState.HELD:
        _count_held(meeting, by=by, at=at)
    elif not was_held and meeting.state != MeetingState.NOT_HELD:
        meeting.state, meeting.changed_at = MeetingState.NOT_HELD, at
        meeting.save(update_fields=["state", "changed_at"])
        ledger.reverse_standing(meeting, MEETING_HELD.code, by=by, at=at)
    touch_round(meeting.round, at=at)
    return meeting


@app.periodic(cron="23 * * * *")
@app.task(name="meetings.ask_outcomes", queueing_lock="meetings.ask_outcomes")
def ask_outcomes_hourly(timestamp: int) -> None:
    ask_outcomes(by=SYSTEM, at=datetime.fromtimestamp(timestamp, tz=UTC))


def _locked(meeting: Meeting) -> Meeting:
    return (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("first__organisation", "second__organisation", "slot", "round__edition")
        .get(pk=meeting.pk)
    )


def _ask(meeting: Meeting, attendee: Attendee, after_days: int, *, at: datetime) -> int:
    if attendee.person is None or attendee.left_at is not None:
        return 0
    question, is_new = OutcomeQuestion.objects.get_or_create(
        meeting=meeting,
        attendee=attendee,
        after_days=after_days,
        defaults={
            "asked_at": at,
            "expires_at": at + timedelta(days=OPEN_DAYS),
            "link_seed": fresh_seed(),
        },
    )
    if not is_new:
        return 0
    choices = [outcome for outcome in Outcome if after_days == 0 or outcome != Outcome.NOT_HELD]
    queue_mail(
        key=f"meeting_outcome:{question.pk}",
        to=attendee.person,
        template="meetings/mail/outcome.txt",
        context={
            "attendee": attendee,
            "other": meeting.second if attendee.pk == meeting.first_id else meeting.first,
            "edition": meeting.round.edition,
            "after_days": after_days,
            "answers": [(choice.label, address_of(question, choice)) for choice in choices],
            "until": question.expires_at.date(),
        },
        language=language_of(attendee),
        at=at,
        holds_secret=True,
    )
    return 1


def _count_held(meeting: Meeting, *, by: Viewer, at: datetime) -> None:
    recorded = Fact.objects.about(meeting, MEETING_HELD.code)
    counted = recorded.filter(reverses__isnull=True).count()
    meeting.state, meeting.changed_at = MeetingState.HELD, at
    meeting.save(update_fields=["state", "changed_at"])
    ledger.record(
        MEETING_HELD.code,
        subject=meeting,
        by=by,
        at=at,
        happened_at=meeting.slot.ends_at,
        organisation=meeting.first.organisation,
        counterpart=meeting.second.organisation,
        # Said, taken back and said again: each time is a fact of its own.
        event=f"held:{counted}" if counted and not recorded.standing().exists() else "",
    )


def _advance(meeting: Meeting, question: OutcomeQuestion, *, at: datetime) -> None:
    """Say the stage for the side that answered; the ladder waits for the other."""
    stage = _STAGE_OF.get(Outcome(question.answer))
    own, other = _sides(meeting, question.attendee)
    if stage is None or own is None or other is None or own.pk == other.pk:
        return
    # Whoever sat at the table for an organisation may say what came of it; the action asks for no more.
    speaker = Viewer(person=question.attendee.person, permissions=frozenset({speak_for(own.pk)}))
    day = meeting.slot.starts_at.date() if stage == Stage.MEETING else at.date()
    try:
        with transaction.atomic():
            say_stage(
                party=own,
                other=other,
                stage=stage,
                happened_on=day,
                by=speaker,
                at=at,
                origin=f"meetings.meeting:{meeting.pk}",
                origin_name=translated(meeting.round.edition.name),
                is_demonstration=meeting.round.is_demonstration,
            )
    except StageAlreadyReached:
        return


def _sides(meeting: Meeting, attendee: Attendee) -> tuple[Organisation | None, Organisation | None]:
    first, second = meeting.first.organisation, meeting.second.organisation
    return (first, second) if attendee.pk == meeting.first_id else (second, first)
