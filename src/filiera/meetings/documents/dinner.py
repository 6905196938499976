"""The table plan for the door, and the cards for the places (PDF/UA-1)."""

from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from filiera.academy.dates import long_day
from filiera.design.typesetting import pdf
from filiera.meetings.models import Dinner, DinnerGuest
from filiera.meetings.queries.dinner_seating import SeatedGuest, Seating
from filiera.shared.time import at_zone
from filiera.texts.languages import translated
from filiera.texts.sorting import sort_key

FOLDER = Path(__file__).resolve().parent


def table_plan_pdf(dinner: Dinner, plan: Seating, *, language: str) -> bytes:
    """Everybody by name with their table, then the tables."""
    with override(language):
        seated = [(one.guest, table.table.number) for table in plan.tables for one in table.guests]
        data = {
            "title": _("Table plan: %(dinner)s") % {"dinner": translated(dinner.title, language)},
            "language": language,
            "eyebrow": translated(dinner.edition.name, language),
            "place": _when_and_where(dinner, language),
            "footer": translated(dinner.edition.name, language),
            "by_name": _("By name"),
            "by_table": _("By table"),
            "table": pgettext("meetings", "Table"),
            "people": [
                {**_guest(guest), "table": number}
                for guest, number in sorted(seated, key=lambda each: (sort_key(each[0].name), each[0].pk))
            ],
            "tables": [
                {
                    "name": _("Table %(number)s") % {"number": table.table.number},
                    "guests": [_guest(one.guest) for one in _hosts_first(table.guests)],
                }
                for table in plan.tables
            ],
            "host": _("for the host"),
            "demonstration": _("demonstration"),
        }
        return pdf(FOLDER / "table_plan.typ", data)


def place_cards_pdf(dinner: Dinner, plan: Seating, *, language: str) -> bytes:
    """A card to fold for each place, table by table."""
    with override(language):
        data = {
            "title": _("Place cards: %(dinner)s") % {"dinner": translated(dinner.title, language)},
            "language": language,
            "edition": translated(dinner.edition.name, language),
            "demonstration": _("demonstration"),
            "people": [
                {**_guest(one.guest), "table": _("Table %(number)s") % {"number": table.table.number}}
                for table in plan.tables
                for one in _hosts_first(table.guests)
            ],
        }
        return pdf(FOLDER / "place_cards.typ", data)


def _guest(guest: DinnerGuest) -> dict[str, str | bool]:
    return {
        "name": guest.name,
        "organisation": guest.organisation.name
        if guest.organisation is not None
        else guest.organisation_name,
        "country": translated(guest.country.names) if guest.country is not None else "",
        "host": guest.is_host,
        "demonstration": guest.is_demonstration,
    }


def _hosts_first(guests: Sequence[SeatedGuest]) -> list[SeatedGuest]:
    return sorted(guests, key=lambda one: (not one.guest.is_host, sort_key(one.guest.name), one.guest.pk))


def _when_and_where(dinner: Dinner, language: str) -> str:
    session = dinner.session
    if session is None or session.during is None:
        return ""
    start = at_zone(session.during.lower, session.part.time_zone)
    room = session.room
    place = room.venue.name if room is not None and room.venue is not None else ""
    return " · ".join(filter(None, (f"{long_day(start.date())}, {start:%H:%M}", place)))
