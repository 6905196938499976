"""All sessions of the draft as lines of one page: an organiser reads hundreds at once."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language

from filiera.academy.dates import short_day
from filiera.academy.models import Contribution, Edition, Room, Session, SessionKind, SessionState
from filiera.shared.time import parse_zone
from filiera.texts.languages import translated


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session as the list shows it."""

    pk: int
    title: str
    kind: str
    kind_name: str
    day: str
    time: str
    minutes: int
    room: str
    speakers: str
    is_cancelled: bool
    is_in_tray: bool


def session_lines(edition: Edition) -> list[SessionLine]:
    """Every session in the order of time, the tray last, in three queries."""
    speakers: dict[int, list[str]] = defaultdict(list)
    contributions = Contribution.objects.filter(session__edition=edition).order_by("position", "pk")
    for session_id, name in contributions.values_list("session_id", "speaker__name"):
        speakers[session_id].append(name)
    rows = Session.objects.filter(edition=edition).order_by("during", "pk")
    kinds = {kind.value: str(kind.label) for kind in SessionKind}
    language = get_language()
    # The few rooms by themselves: the same name need not be read hundreds of times.
    rooms = {
        key: translated(name, language)
        for key, name in Room.objects.filter(edition=edition).values_list("pk", "name")
    }
    days: dict[date, str] = {}
    lines = []
    # Both ends are asked for by themselves: reading hundreds of ranges is slow.
    columns = ("pk", "title", "slug", "kind", "state", "minutes", "room_id", "part__time_zone")
    ends = ("during__startswith", "during__endswith")
    for pk, title, slug, kind, state, minutes, room, zone, lower, upper in rows.values_list(*columns, *ends):
        day = time = ""
        if lower is not None:
            start = lower.astimezone(parse_zone(zone))
            end = upper.astimezone(parse_zone(zone))
            key = start.date()
            if key not in days:
                days[key] = short_day(key)
            day, time = days[key], f"{start.hour:02}:{start.minute:02}–{end.hour:02}:{end.minute:02}"
        lines.append(
            SessionLine(
                pk=pk,
                title=translated(title, language) or slug,
                kind=kind,
                kind_name=kinds[kind],
                day=day,
                time=time,
                minutes=minutes,
                room=rooms.get(room, ""),
                speakers=", ".join(speakers[pk]),
                is_cancelled=state == SessionState.CANCELLED,
                is_in_tray=lower is None,
            )
        )
    return lines
