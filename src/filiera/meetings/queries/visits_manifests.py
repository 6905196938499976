"""Who comes to a slot of a visit, as its host needs to know."""

from dataclasses import dataclass

from filiera.accounts.viewer import Viewer
from filiera.meetings.models import IdentityNeed, VisitorDocument, VisitPlace, VisitSlot
from filiera.texts.sorting import sort_key


@dataclass(frozen=True, slots=True)
class Visitor:
    """A line of the host's list."""

    name: str
    organisation: str
    country: str
    # In words: what is shown or was told at the gate; empty where nothing is asked.
    document: str
    has_told: bool
    needs_step_free: bool
    is_demonstration: bool
    participation_id: int


def visitors_of(viewer: Viewer, slot: VisitSlot) -> list[Visitor]:
    """Everybody with a place, by name; documents only for who may see visitors, two queries."""
    places = (
        VisitPlace.objects.visible_to(viewer)
        .standing()
        .filter(slot=slot)
        .select_related("participation__organisation", "participation__country")
    )
    documents = {
        told.place_id: told for told in VisitorDocument.objects.visible_to(viewer).filter(place__slot=slot)
    }
    visitors = [
        Visitor(
            name=place.participation.name,
            organisation=place.participation.organisation.name
            if place.participation.organisation is not None
            else place.participation.organisation_name,
            country=place.participation.country_id or "",
            document=_words(documents.get(place.pk)),
            has_told=place.pk in documents,
            needs_step_free=place.needs_step_free,
            is_demonstration=place.participation.is_demonstration,
            participation_id=place.participation_id,
        )
        for place in places
    ]
    return sorted(visitors, key=lambda visitor: (sort_key(visitor.name), visitor.participation_id))


def waits_for_documents(slot: VisitSlot, visitors: list[Visitor]) -> int:
    """How many have not told yet what the host wants to know beforehand."""
    if slot.visit.identity != IdentityNeed.TOLD:
        return 0
    return sum(not visitor.has_told for visitor in visitors)


def _words(document: VisitorDocument | None) -> str:
    return "" if document is None else f"{document.get_kind_display()} {document.number}"
