"""What the board of a dinner says in words."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from filiera.meetings.models import Dinner, DinnerGuest

from .dinner_seating import SeatedGuest, Seating


def plan_words(dinner: Dinner, plan: Seating) -> str:
    """The state of a dinner, for its heading."""
    if not plan.guests:
        return _("Nobody dines yet")
    if not plan.tables:
        return ngettext("One guest, no table yet", "%(count)s guests, no table yet", plan.guests) % {
            "count": plan.guests
        }
    seated = plan.guests - len(plan.unseated)
    values = {"seated": seated, "guests": plan.guests, "tables": len(plan.tables)}
    if plan.unseated:
        return _("%(seated)s of %(guests)s guests have a table") % values
    return (
        ngettext("%(guests)s guests at one table", "%(guests)s guests at %(tables)s tables", len(plan.tables))
        % values
    )


def company_words(seated: SeatedGuest) -> str:
    """Why a place is a good one, as it stands now: counted from the table itself."""
    words = [
        ngettext("with one other", "with %(count)s others", seated.others) % {"count": seated.others},
        ngettext("from one country", "from %(count)s countries", seated.countries)
        % {"count": seated.countries},
        ngettext("one ecosystem", "%(count)s ecosystems", seated.ecosystems) % {"count": seated.ecosystems},
    ]
    if seated.met_before:
        words.append(
            ngettext("one met before", "%(count)s met before", seated.met_before)
            % {"count": seated.met_before}
        )
    return ", ".join(words)


def conflict_words(dinner: Dinner, guests: Sequence[DinnerGuest]) -> list[str]:
    """The rules that cannot all be kept, each by name."""
    names = {guest.pk: guest.name for guest in guests}
    told = []
    for part in dinner.conflict:
        kind = part["kind"]
        if kind in ("together", "apart"):
            one, two = (names.get(key, "—") for key in part["guests"])
            words = (
                _("%(one)s and %(two)s at one table")
                if kind == "together"
                else _("%(one)s and %(two)s at different tables")
            )
            told.append(words % {"one": one, "two": two})
        elif kind == "largest":
            told.append(
                ngettext(
                    "Table %(number)s has one seat", "Table %(number)s has %(count)s seats", part["count"]
                )
                % {"number": part["table"], "count": part["count"]}
            )
        elif kind == "smallest":
            told.append(
                _("Table %(number)s is about as full as the others, at least %(count)s")
                % {"number": part["table"], "count": part["count"]}
            )
        else:
            told.append(_("Every table has its representatives of the host"))
    return told
