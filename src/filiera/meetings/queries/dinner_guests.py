"""Who dines, and what the kitchen needs to know of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import AttendanceMode, DayAttendance, Listing, Participation
from filiera.admissions.queries.presence_lists import day_of
from filiera.admissions.queries.registration import diet_words, diets_by
from filiera.meetings.models import Dinner, DinnerGuest, DinnerTable


def people_who_dine(dinner: Dinner) -> QuerySet[Participation]:
    """Confirmed participants, without those who said that they are not there in person that day."""
    people = Participation.objects.confirmed().filter(edition=dinner.edition_id)
    day = day_of(dinner.session) if dinner.session is not None else None
    if day is not None:
        elsewhere = DayAttendance.objects.filter(
            day=day, mode__in=[AttendanceMode.ONLINE, AttendanceMode.ABSENT]
        )
        people = people.exclude(pk__in=elsewhere.values("participation"))
    return people.select_related("organisation", "country", "ecosystem").order_by("sort_name", "pk")


def own_guest(viewer: Viewer, dinner: Dinner) -> DinnerGuest | None:
    """The seat of whoever looks."""
    if viewer.person_id is None:
        return None
    visible = DinnerGuest.objects.visible_to(viewer)
    own = visible.filter(dinner=dinner, participation__person_id=viewer.person_id)
    return own.select_related("participation", "table").first()


def guests_to_wish(viewer: Viewer, dinner: Dinner) -> QuerySet[DinnerGuest]:
    """Guests who asked to be found by the people of the edition; all others stay unnamed."""
    found = Listing.objects.visible_to(viewer).values("participation")
    guests = DinnerGuest.objects.filter(dinner=dinner, participation__in=found)
    return guests.exclude(participation__person_id=viewer.person_id or 0).order_by(
        "participation__sort_name", "pk"
    )


@dataclass(frozen=True, slots=True)
class DietLine:
    """A table, or all of them, for the kitchen: how many sit there and eat what. No names."""

    number: int | None
    guests: int
    counts: tuple[tuple[str, int], ...]

    @property
    def not_said(self) -> int:
        return self.guests - sum(count for _words, count in self.counts)


def diet_lines(dinner: Dinner) -> list[DietLine]:
    """One line a table, those without a table, then all together."""
    guests = list(DinnerGuest.objects.filter(dinner=dinner))
    tables = {table.pk: table.number for table in DinnerTable.objects.filter(dinner=dinner)}
    counted: dict[int | None, Counter[str]] = diets_by(
        dinner.edition,
        {guest.participation_id: guest.table_id for guest in guests if guest.participation_id is not None},
    )
    words = diet_words(dinner.edition)
    for guest in guests:
        if guest.diet:
            counted.setdefault(guest.table_id, Counter())[words.get(guest.diet, guest.diet)] += 1
    sitting = Counter(guest.table_id for guest in guests)
    lines = [
        _line(number, sitting[key], [counted.get(key, Counter())])
        for key, number in sorted(tables.items(), key=lambda entry: entry[1])
    ]
    if sitting[None]:
        lines.append(_line(0, sitting[None], [counted.get(None, Counter())]))
    return [*lines, _line(None, len(guests), counted.values())]


def _line(number: int | None, guests: int, counters: Iterable["Counter[str]"]) -> DietLine:
    total: Counter[str] = Counter()
    for counter in counters:
        total.update(counter)
    return DietLine(number=number, guests=guests, counts=tuple(sorted(total.items())))
