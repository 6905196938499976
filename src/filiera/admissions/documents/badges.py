"""Badges, cards for the table and sheets to sign, as PDF (PDF/UA-1)."""

from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from filiera.academy.dates import days_between, long_day
from filiera.academy.models import Day, Edition
from filiera.admissions.queries.badges import BadgePerson
from filiera.design.codes import qr_file
from filiera.design.typesetting import pdf
from filiera.texts.languages import translated

FOLDER = Path(__file__).resolve().parent
LAYOUTS = ("sheet-8", "sheet-10", "a6", "a6-folded")


def badges_pdf(edition: Edition, people: Sequence[BadgePerson], *, layout: str, language: str) -> bytes:
    """Badges to cut from A4, or one on each A6 page, or A5 pages to fold so that both sides are the same."""
    with override(language):
        data = {
            "title": _("Badges: %(edition)s") % {"edition": translated(edition.name, language)},
            "language": language,
            "layout": layout,
            "edition": translated(edition.name, language),
            "when": _when(edition),
            "demonstration": _("demonstration"),
            "people": [_person(person) for person in people],
        }
        return pdf(FOLDER / "badges.typ", data)


def table_cards_pdf(edition: Edition, people: Sequence[BadgePerson], *, language: str) -> bytes:
    """A card on each A4 page, folded in the middle: the name stands on both sides."""
    with override(language):
        data = {
            "title": _("Table cards: %(edition)s") % {"edition": translated(edition.name, language)},
            "language": language,
            "edition": translated(edition.name, language),
            "demonstration": _("demonstration"),
            "people": [_person(person) for person in people],
        }
        return pdf(FOLDER / "table_cards.typ", data)


def attendance_pdf(edition: Edition, day: Day, people: Sequence[BadgePerson], *, language: str) -> bytes:
    """The list of a day with room to sign, and empty lines for those nobody expected."""
    with override(language):
        data = {
            "title": _("Attendance, %(day)s") % {"day": long_day(day.date)},
            "language": language,
            "eyebrow": translated(edition.name, language),
            "place": " · ".join(
                filter(
                    None, (str(day.part.get_mode_display()), day.part.venue.name if day.part.venue else "")
                )
            ),
            "footer": translated(edition.name, language),
            "columns": [
                _("No."),
                _("Name and organisation"),
                _("Signature, morning"),
                _("Signature, afternoon"),
            ],
            "people": [_person(person) for person in people],
            "extra": 5,
            "note": _(
                "The signatures are kept by the organiser as proof of attendance, and shown to nobody else "
                "but who funds the edition."
            ),
            "demonstration": _("demonstration"),
        }
        return pdf(FOLDER / "attendance.typ", data)


def _person(person: BadgePerson) -> dict[str, str | bool]:
    return {
        "name": person.name,
        "organisation": person.organisation,
        "country": person.country,
        "role": person.role,
        "group": person.group,
        "code": person.code,
        "qr": qr_file(person.qr) if person.qr else "",
        "alt": _("Entry code of %(name)s") % {"name": person.name},
        "demonstration": person.is_demonstration,
    }


def _when(edition: Edition) -> str:
    parts = list(edition.parts.order_by("number"))
    return " · ".join(days_between(part.starts_on, part.ends_on) for part in parts)
