"""When and how each attendee of a round can meet: as they said, else as they attend that day."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from filiera.academy.models import Day, PartMode
from filiera.admissions.models import AttendanceMode, DayAttendance
from filiera.meetings.models import (
    Attendee,
    MeetingRound,
    MeetingSeat,
    MeetingSlot,
    Presence,
    SlotPresence,
    TableKind,
)
from filiera.shared.time import at_zone

_OF_ATTENDANCE = {
    AttendanceMode.IN_PERSON.value: Presence.EITHER,
    AttendanceMode.ONLINE.value: Presence.LINK,
    AttendanceMode.ABSENT.value: Presence.AWAY,
}
_OF_PART = {PartMode.ONLINE.value: Presence.LINK}
KINDS_OF = {
    Presence.EITHER: frozenset({TableKind.TABLE, TableKind.LINK}),
    Presence.TABLE: frozenset({TableKind.TABLE}),
    Presence.LINK: frozenset({TableKind.LINK}),
    Presence.AWAY: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Availability:
    """Presence by attendee and slot; what was said and what follows from the day told apart."""

    presences: dict[tuple[int, int], Presence]
    # Slots in which somebody sits in a meeting of another round.
    elsewhere: frozenset[tuple[int, int]]

    def of(self, attendee_id: int, slot_id: int) -> Presence:
        return self.presences.get((attendee_id, slot_id), Presence.AWAY)

    def kinds(self, attendee_id: int, slot_id: int) -> frozenset[TableKind]:
        """At what kinds of table somebody can sit in a slot, meetings of this round left aside."""
        if (attendee_id, slot_id) in self.elsewhere:
            return frozenset()
        return KINDS_OF[self.of(attendee_id, slot_id)]

    def shared(self, one: int, other: int, slot_id: int) -> frozenset[TableKind]:
        return self.kinds(one, slot_id) & self.kinds(other, slot_id)


def slots_of(round_: MeetingRound) -> list[MeetingSlot]:
    return list(round_.slots.order_by("starts_at"))


def availability_of(
    round_: MeetingRound, attendees: Sequence[Attendee], slots: Sequence[MeetingSlot]
) -> Availability:
    """Four queries, however many people and slots there are."""
    keys = [attendee.pk for attendee in attendees]
    said: dict[tuple[int, int], Presence] = {
        (row["attendee_id"], row["slot_id"]): Presence(row["presence"])
        for row in SlotPresence.objects.filter(attendee__in=keys).values("attendee_id", "slot_id", "presence")
    }
    days = _days_of(round_, slots)
    by_place = _attendance(attendees, {day.pk for day in days.values()})
    presences: dict[tuple[int, int], Presence] = {}
    for attendee in attendees:
        for slot in slots:
            spoken = said.get((attendee.pk, slot.pk))
            presences[attendee.pk, slot.pk] = spoken or _by_day(attendee, days.get(slot.pk), by_place)
    return Availability(presences, _elsewhere(round_, attendees, slots))


def _days_of(round_: MeetingRound, slots: Iterable[MeetingSlot]) -> dict[int, Day]:
    zone = round_.edition.time_zone
    by_date = {
        day.date: day
        for day in Day.objects.filter(part__edition=round_.edition).select_related("part").order_by("-pk")
    }
    dates = {slot.pk: at_zone(slot.starts_at, zone).date() for slot in slots}
    return {slot: by_date[day] for slot, day in dates.items() if day in by_date}


def _attendance(attendees: Iterable[Attendee], days: Iterable[int]) -> dict[tuple[int, int], str]:
    places = [attendee.participation_id for attendee in attendees if attendee.participation_id]
    rows = DayAttendance.objects.filter(participation__in=places, day__in=list(days))
    return {(place, day): mode for place, day, mode in rows.values_list("participation_id", "day_id", "mode")}


def _by_day(attendee: Attendee, day: Day | None, modes: dict[tuple[int, int], str]) -> Presence:
    if day is None:
        return Presence.EITHER
    mode = modes.get((attendee.participation_id or 0, day.pk))
    if mode is not None:
        return _OF_ATTENDANCE.get(mode, Presence.EITHER)
    return _OF_PART.get(day.part.mode, Presence.EITHER)


def _elsewhere(
    round_: MeetingRound, attendees: Sequence[Attendee], slots: Sequence[MeetingSlot]
) -> frozenset[tuple[int, int]]:
    if not slots:
        return frozenset()
    by_person: dict[int, int] = {
        attendee.person_id: attendee.pk for attendee in attendees if attendee.person_id is not None
    }
    seats = (
        MeetingSeat.objects.filter(
            attendee__person__in=by_person,
            slot__ends_at__gt=slots[0].starts_at,
            slot__starts_at__lt=slots[-1].ends_at,
        )
        .exclude(meeting__round=round_)
        .values_list("attendee__person_id", "slot__starts_at", "slot__ends_at")
    )
    taken = defaultdict(list)
    for person, starts_at, ends_at in seats:
        if person is not None:
            taken[by_person[person]].append((starts_at, ends_at))
    return frozenset(
        (attendee, slot.pk)
        for attendee, times in taken.items()
        for slot in slots
        if any(starts < slot.ends_at and slot.starts_at < ends for starts, ends in times)
    )
