"""Editions as visitors choose and read them."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Min, Prefetch

from filiera.academy.models import (
    Edition,
    EditionFigure,
    EditionPartner,
    EditionState,
    Objective,
    Part,
    ProgrammeVersion,
    Venue,
)
from filiera.accounts.viewer import Viewer


@dataclass(frozen=True, slots=True)
class EditionHome:
    """What the edition's own page says besides its sessions."""

    edition: Edition
    parts: list[Part]
    objectives: list[Objective]
    figures: list[EditionFigure]
    partners: list[EditionPartner]
    venues: list[Venue]
    last_version: ProgrammeVersion | None


def editions_for_list(viewer: Viewer) -> list[Edition]:
    """Listed editions and those of one's own teams, the latest first, each with its parts."""
    editions = (
        Edition.objects.visible_to(viewer)
        .filter(is_template=False)
        .annotate(first_day=Min("parts__starts_on"), last_day=Max("parts__ends_on"))
        .select_related("series", "organiser", "host")
        .prefetch_related(Prefetch("parts", Part.objects.select_related("venue").order_by("number")))
        .order_by("-first_day", "-pk")
    )
    own = _own_editions(viewer)
    return [edition for edition in editions if edition.state == EditionState.PUBLIC or edition.pk in own]


def edition_home(viewer: Viewer, slug: str) -> EditionHome:
    """Raises Edition.DoesNotExist for what one may not know."""
    edition = (
        Edition.objects.visible_to(viewer)
        .select_related("series", "organiser", "host", "current_version")
        .defer("current_version__data")
        .get(slug=slug, is_template=False)
    )
    parts = Part.objects.filter(edition=edition).select_related("venue").prefetch_related("days")
    partners = EditionPartner.objects.filter(edition=edition).select_related("organisation")
    return EditionHome(
        edition=edition,
        parts=list(parts.order_by("number")),
        objectives=list(Objective.objects.filter(edition=edition).order_by("number")),
        figures=list(EditionFigure.objects.filter(edition=edition).order_by("position")),
        partners=list(partners.order_by("position", "pk")),
        venues=list(
            Venue.objects.filter(edition=edition, latitude__isnull=False)
            .select_related("country")
            .order_by("pk")
        ),
        last_version=edition.current_version,
    )


def dates_of(parts: list[Part]) -> tuple[date, date] | None:
    """The first and the last day of an edition."""
    if not parts:
        return None
    return min(part.starts_on for part in parts), max(part.ends_on for part in parts)


def _own_editions(viewer: Viewer) -> frozenset[int]:
    if viewer.person is None:
        return frozenset()
    roles = viewer.person.edition_roles.filter(until__isnull=True)
    return frozenset(roles.values_list("edition_id", flat=True))
