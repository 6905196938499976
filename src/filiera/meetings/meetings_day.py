"""Meetings of two in the days of an edition: on one's own page, at the desk, on paper, when it is late."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from filiera.academy import day_parts
from filiera.academy.day_parts import Delay, DeskLine, DeskPanel, Hit, OwnKind, OwnPart, Sheet
from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.meetings.models import (
    Meeting,
    MeetingSlot,
    MeetingState,
    MeetingWish,
    OutcomeQuestion,
    WhoAccepts,
    WishState,
)
from filiera.meetings.models.meetings import MeetingQuerySet
from filiera.meetings.policies import can_plan_meetings
from filiera.meetings.words import table_words
from filiera.shared.errors import DomainError
from filiera.shared.time import at_zone, parse_zone

_SOON = timedelta(hours=2)


class SlotsWouldOverlap(DomainError):
    message = gettext_lazy(
        "Slots of the meetings of two would overlap with this delay. Move or remove slots first."
    )


def register_day_parts() -> None:
    day_parts.register(
        "meetings.two",
        own_parts=own_parts,
        desk_panels=desk_panels,
        sheets=sheets,
        hits=hits,
        follow=follow,
    )


def own_parts(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[OwnPart]:
    """One's meetings as far as they are told, what is asked of one, whom one wanted to meet and does not."""
    if viewer.person_id is None:
        return
    met: set[int] = set()
    for meeting in _meetings(viewer, edition).told().of_person(viewer.person_id):
        is_first = meeting.first.person_id == viewer.person_id
        other = meeting.second if is_first else meeting.first
        met.add(other.pk)
        yield OwnPart(
            key=f"meeting-{meeting.pk}",
            kind=OwnKind.MEETING,
            title=_("Meeting with %(name)s") % {"name": other.name},
            starts_at=meeting.slot.starts_at,
            ends_at=meeting.slot.ends_at,
            place=table_words(meeting.table),
            online_url=meeting.table.url,
            details=(other.organisation.name_here,) if other.organisation else (),
            address=reverse("meetings:meeting", args=[edition.slug, meeting.round_id, meeting.pk]),
        )
    yield from _asked(viewer, edition, at)
    wishes = (
        MeetingWish.objects.visible_to(viewer)
        .standing()
        .filter(round__edition=edition, wisher__person_id=viewer.person_id)
        .exclude(wanted__in=met)
        .select_related("wanted")
        .order_by("-priority", "wanted__sort_name", "pk")
    )
    for wish in wishes:
        yield OwnPart(
            key=f"meeting-wish-{wish.pk}",
            kind=OwnKind.WISH,
            title=wish.wanted.name,
            details=(wish.why,) if wish.why else (),
            address=reverse("meetings:person", args=[edition.slug, wish.round_id, wish.wanted_id]),
        )


def _asked(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[OwnPart]:
    """What came of meetings, and who waits for a yes: in two queries."""
    questions = (
        OutcomeQuestion.objects.visible_to(viewer)
        .filter(
            attendee__person_id=viewer.person_id or 0,
            meeting__round__edition=edition,
            answered_at__isnull=True,
            expires_at__gt=at,
        )
        .select_related("meeting__first", "meeting__second")
        .order_by("asked_at", "pk")
    )
    for question in questions:
        meeting = question.meeting
        other = meeting.second if question.attendee_id == meeting.first_id else meeting.first
        yield OwnPart(
            key=f"meeting-outcome-{question.pk}",
            kind=OwnKind.TASK,
            title=_("Your meeting with %(name)s: what came of it?") % {"name": other.name},
            address=reverse("meetings:meeting", args=[edition.slug, meeting.round_id, meeting.pk]),
            is_urgent=True,
        )
    waiting = (
        MeetingWish.objects.visible_to(viewer)
        .filter(
            wanted__person_id=viewer.person_id or 0,
            round__edition=edition,
            round__who_accepts=WhoAccepts.BOTH,
            state=WishState.WAITING,
        )
        .exclude(round__freezes_at__lte=at)
        .select_related("wisher")
        .order_by("wished_at", "pk")
    )
    for wish in waiting:
        yield OwnPart(
            key=f"meeting-asked-{wish.pk}",
            kind=OwnKind.TASK,
            title=_("%(name)s wants to meet you") % {"name": wish.wisher.name},
            details=(wish.why,) if wish.why else (),
            address=reverse("meetings:round", args=[edition.slug, wish.round_id]),
            is_urgent=True,
        )


def desk_panels(viewer: Viewer, edition: Edition, at: datetime) -> Iterable[DeskPanel]:
    """The meetings of now and of the next two hours."""
    if not can_plan_meetings(viewer, edition):
        return []
    soon = _meetings(viewer, edition).filter(
        state=MeetingState.PLANNED, slot__ends_at__gt=at, slot__starts_at__lte=at + _SOON
    )
    lines = tuple(
        DeskLine(
            text=f"{meeting.first.name} – {meeting.second.name}",
            place=table_words(meeting.table),
            starts_at=meeting.slot.starts_at,
            address=reverse("meetings:desk_meeting", args=[edition.slug, meeting.round_id, meeting.pk]),
        )
        for meeting in soon
    )
    if not lines:
        return []
    return [
        DeskPanel(
            key="meetings",
            title=_("Meetings of two"),
            lines=lines,
            address=reverse("meetings:desk_rounds", args=[edition.slug]),
            address_label=_("Plan meetings"),
        )
    ]


def sheets(viewer: Viewer, edition: Edition, day: date) -> Iterable[Sheet]:
    """Who meets whom on a day."""
    if not can_plan_meetings(viewer, edition):
        return []
    zone = parse_zone(edition.time_zone)
    begins = datetime(day.year, day.month, day.day, tzinfo=zone)
    of_day = _meetings(viewer, edition).filter(
        slot__starts_at__gte=begins, slot__starts_at__lt=begins + timedelta(days=1)
    )
    rows = tuple(
        (
            f"{at_zone(meeting.slot.starts_at, edition.time_zone):%H:%M}",
            f"{at_zone(meeting.slot.ends_at, edition.time_zone):%H:%M}",
            table_words(meeting.table),
            meeting.first.name,
            meeting.second.name,
        )
        for meeting in of_day
    )
    if not rows:
        return []
    return [
        Sheet(
            key="meetings",
            title=_("Meetings of two"),
            columns=(_("Begins"), _("Ends"), _("Place"), _("First"), _("Second")),
            rows=rows,
        )
    ]


def hits(viewer: Viewer, edition: Edition, delay: Delay) -> Iterable[Hit]:
    """How many meetings a delay moves."""
    if not can_plan_meetings(viewer, edition):
        return []
    planned = _meetings(viewer, edition).filter(state=MeetingState.PLANNED, slot__starts_at__lt=delay.ends)
    moved = sum(delay.moved(meeting.slot.starts_at) != meeting.slot.starts_at for meeting in planned)
    if not moved:
        return []
    sentence = ngettext(
        "One meeting of two moves, and both get it in their calendars.",
        "%(count)d meetings of two move, and everybody gets it in their calendars.",
        moved,
    )
    return [Hit(sentence=sentence % {"count": moved}, tone="info")]


def follow(by: Viewer, edition: Edition, delay: Delay, at: datetime) -> None:
    """Move the slots that begin within a delay; meetings go with their slots.

    Raises SlotsWouldOverlap.
    """
    slots = list(
        MeetingSlot.objects.select_for_update(of=("self",))
        .filter(round__edition=edition, starts_at__lt=delay.ends)
        # The last first: each moves into time that is free by then.
        .order_by("-starts_at")
    )
    moved = []
    for slot in slots:
        starts_at = delay.moved(slot.starts_at)
        if starts_at != slot.starts_at:
            # A meeting keeps its length, also where a break was shortened in the middle of it.
            slot.ends_at, slot.starts_at = starts_at + (slot.ends_at - slot.starts_at), starts_at
            moved.append(slot)
    try:
        with transaction.atomic():
            for slot in moved:
                slot.save(update_fields=["starts_at", "ends_at"])
    except IntegrityError as error:
        raise SlotsWouldOverlap from error
    Meeting.objects.filter(slot__in=moved).update(changed_at=at)


def _meetings(viewer: Viewer, edition: Edition) -> MeetingQuerySet:
    return (
        Meeting.objects.visible_to(viewer)
        .standing()
        .filter(round__edition=edition)
        .select_related("first__organisation", "second__organisation", "slot", "table__room", "round")
        .order_by("slot__starts_at", "-table__kind", "table__number")
    )
