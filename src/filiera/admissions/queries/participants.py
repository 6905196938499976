"""The participants of an edition as its desk finds them."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from filiera.academy.dates import short_day
from filiera.academy.models import Day, Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    AttendanceMode,
    DayAttendance,
    Participation,
    ParticipationState,
    Presence,
)
from filiera.shared.tables import Cell
from filiera.texts.languages import translated

PAGE_SIZE = 50
NOT_SAID = "none"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the list is narrowed to; empty means everybody."""

    text: str = ""
    state: str = ""
    # "yes" or "no": whether the details of registration are complete.
    registered: str = ""
    country: str = ""
    day: int | None = None
    # A way to attend that day, or NOT_SAID.
    mode: str = ""


@dataclass(frozen=True)
class ParticipantsPage:
    """One page of the list, and the key after which the next begins."""

    rows: list[Participation]
    total: int
    next_key: int | None = None


def participants_page(
    viewer: Viewer, edition: Edition, asked: Asked, *, after: int | None = None, size: int = PAGE_SIZE
) -> ParticipantsPage:
    """Participants by name, `size` at a time."""
    found = find_participants(viewer, edition, asked)
    page = found.select_related("organisation", "country", "person").order_by("sort_name", "pk")
    last = Participation.objects.filter(edition=edition, pk=after or 0).values_list("sort_name", flat=True)
    sort_name = last.first()
    if after is not None and sort_name is not None:
        page = page.filter(Q(sort_name__gt=sort_name) | Q(sort_name=sort_name, pk__gt=after))
    rows = list(page[: size + 1])
    has_more = len(rows) > size
    rows = rows[:size]
    return ParticipantsPage(rows=rows, total=found.count(), next_key=rows[-1].pk if has_more else None)


def find_participants(viewer: Viewer, edition: Edition, asked: Asked) -> QuerySet[Participation]:
    found = Participation.objects.visible_to(viewer).filter(edition=edition)
    if asked.text:
        found = found.filter(
            Q(name__icontains=asked.text)
            | Q(email__icontains=asked.text)
            | Q(organisation_name__icontains=asked.text)
            | Q(organisation__name__icontains=asked.text)
        )
    if asked.state:
        found = found.filter(state=asked.state)
    if asked.registered:
        found = found.filter(
            state=ParticipationState.CONFIRMED, registered_at__isnull=asked.registered == "no"
        )
    if asked.country:
        found = found.filter(country=asked.country)
    if asked.day is not None and asked.mode:
        said = DayAttendance.objects.filter(participation=OuterRef("pk"), day=asked.day)
        found = found.filter(state=ParticipationState.CONFIRMED)
        if asked.mode == NOT_SAID:
            found = found.filter(~Exists(said))
        else:
            found = found.filter(Exists(said.filter(mode=asked.mode)))
    return found


@dataclass(frozen=True)
class ParticipantsTable:
    """The list as a file: without answers of registration, which have their own export."""

    header: list[str]
    rows: Iterator[list[Cell]]


def participants_table(
    viewer: Viewer, edition: Edition, asked: Asked, days: list[Day], words: dict[str, str]
) -> ParticipantsTable:
    """Everybody that was asked for, one row each, with the way they attend every day."""
    modes: dict[int, dict[int, str]] = {}
    rows = DayAttendance.objects.filter(participation__edition=edition)
    for participation_id, day_id, mode in rows.values_list("participation", "day", "mode"):
        modes.setdefault(participation_id, {})[day_id] = mode
    found = find_participants(viewer, edition, asked).select_related("organisation", "country", "ecosystem")
    return ParticipantsTable(
        header=[*words.values(), *(f"{short_day(day.date)}" for day in days)],
        rows=(
            [
                row.name,
                row.email,
                row.position,
                organisation_of(row),
                translated(row.country.names) if row.country else "",
                translated(row.ecosystem.names) if row.ecosystem else "",
                str(row.get_state_display()),
                row.confirmed_at.date() if row.confirmed_at else None,
                row.registered_at.date() if row.registered_at else None,
                *(_mode_words(modes.get(row.pk, {}).get(day.pk)) for day in days),
            ]
            for row in found.order_by("sort_name", "pk").iterator(chunk_size=1000)
        ),
    )


def organisation_of(participation: Participation) -> str:
    organisation = participation.organisation
    return organisation.name if organisation is not None else participation.organisation_name


def _mode_words(mode: str | None) -> str:
    return str(AttendanceMode(mode).label) if mode else ""


def presences_of(participation: Participation) -> list[Presence]:
    seen = Presence.objects.standing().filter(participation=participation)
    return list(seen.select_related("session", "day").order_by("checked_in_at", "pk"))
