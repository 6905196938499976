"""Rounds of meetings: their rules, slots and tables, and when people are let in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, Room, Session
from filiera.accounts.viewer import Viewer
from filiera.meetings.models import (
    Meeting,
    MeetingRound,
    MeetingSlot,
    MeetingTable,
    RoundScope,
    TableKind,
)
from filiera.meetings.policies import can_plan_meetings
from filiera.push.actions import publish_event
from filiera.shared.errors import DomainError

MOST_SLOTS = 200
MOST_TABLES = 200


class SessionMissing(DomainError):
    message = _("Choose the session in which these meetings are held.")
    field = "session"


class RulesAreKept(DomainError):
    message = _(
        "People see their meetings already: who accepts and who schedules stay as they are. Make "
        "another round."
    )


class SlotsOverlap(DomainError):
    message = _("These slots overlap with slots that are there. Remove those first, or choose another time.")


class NoSlots(DomainError):
    message = _("No slot fits between these times. Choose a later end or shorter meetings.")
    field = "until"


class TooMany(DomainError):
    message = _("At most 200 slots and 200 tables. Make another round for more.")


class StillUsed(DomainError):
    message = _("A meeting is held there. Move or cancel it first.")


class RoundNotReady(DomainError):
    message = _("A round needs at least one slot and one table or link before people are let in.")


class RoundAlreadyOpen(DomainError):
    message = _("People are let in already.")


@dataclass(frozen=True, kw_only=True)
class RoundRules:
    """What the organiser decides about a round."""

    title: Mapping[str, str]
    scope: str
    session: Session | None
    who_accepts: str
    who_schedules: str
    freezes_at: datetime | None
    answer_within_h: int | None
    most_meetings: int


def topic_of(round_id: int) -> str:
    """What open pages of a round's desk listen to."""
    return f"meetings:{round_id}"


def lock_round(round_: MeetingRound) -> MeetingRound:
    """Let one change of a round's meetings come after the other."""
    locked = MeetingRound.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("edition", "session").get(pk=round_.pk)


def touch_round(round_: MeetingRound, *, at: datetime) -> None:
    """Note that what plans are made from has changed, and tell open desks."""
    MeetingRound.objects.filter(pk=round_.pk).update(changed_at=at)
    publish_event(topic_of(round_.pk))


@transaction.atomic
def save_round(
    *,
    edition: Edition,
    round_: MeetingRound | None,
    rules: RoundRules,
    by: Viewer,
    at: datetime,
    is_demonstration: bool = False,
) -> MeetingRound:
    """Begin a round, or change its rules.

    Raises PermissionDenied, SessionMissing, RulesAreKept.
    """
    if not can_plan_meetings(by, edition):
        raise PermissionDenied
    if rules.scope == RoundScope.EVENT and rules.session is None:
        raise SessionMissing
    row = (
        lock_round(round_)
        if round_ is not None
        else MeetingRound(edition=edition, created_at=at, is_demonstration=is_demonstration)
    )
    if row.published_at is not None and (row.who_accepts, row.who_schedules) != (
        rules.who_accepts,
        rules.who_schedules,
    ):
        raise RulesAreKept
    row.title, row.scope = dict(rules.title), rules.scope
    row.session = rules.session if rules.scope == RoundScope.EVENT else None
    row.who_accepts, row.who_schedules = rules.who_accepts, rules.who_schedules
    row.freezes_at, row.answer_within_h = rules.freezes_at, rules.answer_within_h
    row.most_meetings, row.changed_at = rules.most_meetings, at
    row.save()
    publish_event(topic_of(row.pk))
    return row


@transaction.atomic
def open_round(*, round_: MeetingRound, by: Viewer, at: datetime) -> MeetingRound:
    """Let the people of the edition in: they join, say what they offer and need, and whom they want to meet.

    Raises PermissionDenied, RoundAlreadyOpen, RoundNotReady.
    """
    if not can_plan_meetings(by, round_.edition):
        raise PermissionDenied
    round_ = lock_round(round_)
    if round_.opened_at is not None:
        raise RoundAlreadyOpen
    if not round_.slots.exists() or not round_.tables.exists():
        raise RoundNotReady
    round_.opened_at = at
    round_.save(update_fields=["opened_at"])
    touch_round(round_, at=at)
    return round_


@transaction.atomic
def add_slots(
    *,
    round_: MeetingRound,
    starts_at: datetime,
    ends_at: datetime,
    minutes: int,
    pause_minutes: int,
    by: Viewer,
    at: datetime,
) -> list[MeetingSlot]:
    """Cut the time between two moments into slots of so many minutes with a pause between them.

    Raises PermissionDenied, NoSlots, TooMany, SlotsOverlap.
    """
    if not can_plan_meetings(by, round_.edition):
        raise PermissionDenied
    round_ = lock_round(round_)
    length, step = timedelta(minutes=minutes), timedelta(minutes=minutes + pause_minutes)
    fresh: list[MeetingSlot] = []
    begins = starts_at
    there = round_.slots.count()
    while begins + length <= ends_at:
        if there + len(fresh) >= MOST_SLOTS:
            raise TooMany
        fresh.append(MeetingSlot(round=round_, starts_at=begins, ends_at=begins + length))
        begins += step
    if not fresh:
        raise NoSlots
    try:
        with transaction.atomic():
            MeetingSlot.objects.bulk_create(fresh)
    except IntegrityError as error:
        raise SlotsOverlap from error
    touch_round(round_, at=at)
    return fresh


@transaction.atomic
def remove_slot(*, slot: MeetingSlot, by: Viewer, at: datetime) -> None:
    """Take a slot out, with what people said about it.

    Raises PermissionDenied, StillUsed.
    """
    if not can_plan_meetings(by, slot.round.edition):
        raise PermissionDenied
    round_ = lock_round(slot.round)
    if Meeting.objects.standing().filter(slot=slot).exists():
        raise StillUsed
    Meeting.objects.filter(slot=slot).delete()
    slot.delete()
    touch_round(round_, at=at)


@transaction.atomic
def set_tables(
    *, round_: MeetingRound, tables: int, room: Room | None, links: Sequence[str], by: Viewer, at: datetime
) -> None:
    """Have so many tables in a room, and these links, each with one meeting at a time.

    Raises PermissionDenied, TooMany, StillUsed.
    """
    if not can_plan_meetings(by, round_.edition):
        raise PermissionDenied
    round_ = lock_round(round_)
    if tables + len(links) > MOST_TABLES:
        raise TooMany
    counts = {TableKind.TABLE: tables, TableKind.LINK: len(links)}
    for kind, count in counts.items():
        surplus = round_.tables.filter(kind=kind, number__gt=count)
        if Meeting.objects.standing().filter(table__in=surplus).exists():
            raise StillUsed
        Meeting.objects.filter(table__in=surplus).delete()
        surplus.delete()
        there = set(round_.tables.filter(kind=kind).values_list("number", flat=True))
        MeetingTable.objects.bulk_create(
            MeetingTable(round=round_, kind=kind, number=number)
            for number in range(1, count + 1)
            if number not in there
        )
    round_.tables.filter(kind=TableKind.TABLE).update(room=room)
    for number, url in enumerate(links, start=1):
        round_.tables.filter(kind=TableKind.LINK, number=number).update(url=url)
    touch_round(round_, at=at)
