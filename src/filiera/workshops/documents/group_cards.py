"""Cards for the tables of groups, as PDF (PDF/UA-1)."""

from collections.abc import Sequence
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from filiera.academy.dates import long_day
from filiera.academy.models import Edition
from filiera.design.typesetting import pdf
from filiera.shared.time import at_zone
from filiera.texts.languages import translated
from filiera.workshops.models import GroupRound, GroupSeries
from filiera.workshops.queries.groups import GroupShown

FOLDER = Path(__file__).resolve().parent


def group_cards_pdf(
    edition: Edition,
    series: GroupSeries,
    cards: Sequence[tuple[GroupRound, GroupShown]],
    *,
    language: str,
) -> bytes:
    """One A4 page for each group of each round: its number large, its place, who leads, who sits there."""
    with override(language):
        data = {
            "title": _("Groups: %(title)s") % {"title": translated(series.title, language)},
            "language": language,
            "edition": translated(edition.name, language),
            "series": translated(series.title, language),
            "demonstration": _("demonstration") if series.is_demonstration else "",
            "facilitator": _("Facilitator"),
            "cards": [_card(edition, round_, group) for round_, group in cards],
        }
        return pdf(FOLDER / "group_cards.typ", data)


def _card(edition: Edition, round_: GroupRound, shown: GroupShown) -> dict[str, object]:
    return {
        "name": _("Group %(number)s") % {"number": shown.group.number},
        "theme": shown.group.theme,
        "round": _("Round %(number)s") % {"number": round_.number},
        "when": _when(edition, round_),
        "room": shown.room,
        "facilitator": shown.facilitator,
        "people": [
            {
                "name": seat.participation.name,
                "organisation": seat.participation.organisation.name
                if seat.participation.organisation
                else seat.participation.organisation_name,
            }
            for seat in shown.seats
        ],
    }


def _when(edition: Edition, round_: GroupRound) -> str:
    session = round_.session
    if session is None or session.during is None:
        return ""
    begins = at_zone(session.during.lower, edition.time_zone)
    return f"{long_day(begins.date())}, {begins:%H:%M}"
