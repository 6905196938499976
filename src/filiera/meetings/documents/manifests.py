"""The list of visitors for the host of a slot (PDF/UA-1)."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import override

from filiera.academy.dates import long_day
from filiera.design.typesetting import pdf
from filiera.meetings.models import IdentityNeed, VisitSlot
from filiera.meetings.queries.visits_manifests import Visitor
from filiera.shared.time import at_zone
from filiera.texts.languages import translated

FOLDER = Path(__file__).resolve().parent


def manifest_pdf(
    slot: VisitSlot, visitors: Sequence[Visitor], *, language: str, kept_for: timedelta
) -> bytes:
    """Names, what the gate checks, and who needs a way without steps."""
    with override(language):
        visit, edition = slot.visit, slot.round.edition
        zone = edition.time_zone
        start, end = at_zone(slot.during.lower, zone), at_zone(slot.during.upper, zone)
        gone = at_zone(slot.during.upper + kept_for, zone)
        data = {
            "title": _("Visitors: %(visit)s") % {"visit": translated(visit.title, language)},
            "language": language,
            "eyebrow": translated(edition.name, language),
            "place": " · ".join(
                filter(
                    None,
                    (
                        f"{long_day(start.date())}, {start:%H:%M}–{end:%H:%M}",
                        visit.host.name if visit.host is not None else "",
                        translated(visit.meeting_point, language),
                    ),
                )
            ),
            "footer": _("Confidential. Destroy this sheet after the visit."),
            "columns": [_("No."), _("Name and organisation"), _("Identity document"), _("Access")],
            "visitors": [
                {
                    "name": visitor.name,
                    "organisation": ", ".join(filter(None, (visitor.organisation, visitor.country))),
                    "document": _document(slot, visitor),
                    "access": _("Needs a way without steps") if visitor.needs_step_free else "",
                    "demonstration": visitor.is_demonstration,
                }
                for visitor in visitors
            ],
            "note": _("All wear closed shoes.") if visit.needs_closed_shoes else "",
            "deletion": _("The platform deletes this list by itself on %(day)s at %(time)s.")
            % {"day": long_day(gone.date()), "time": f"{gone:%H:%M}"},
            "demonstration": _("demonstration"),
        }
        return pdf(FOLDER / "manifest.typ", data)


def _document(slot: VisitSlot, visitor: Visitor) -> str:
    if slot.visit.identity == IdentityNeed.NONE:
        return _("not asked")
    if slot.visit.identity == IdentityNeed.SHOWN:
        return _("shown at the gate")
    return visitor.document or _("not told yet")
