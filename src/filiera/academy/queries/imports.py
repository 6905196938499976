"""What an import has to know of an edition before it reads a file."""

from filiera.academy.imports import ProgrammePlace
from filiera.academy.models import Edition, Part
from filiera.shared.time import parse_zone


def programme_places(edition: Edition) -> list[ProgrammePlace]:
    """The parts in which a session may lie, by number."""
    return [
        ProgrammePlace(part.pk, part.starts_on, part.ends_on, parse_zone(part.time_zone))
        for part in Part.objects.filter(edition=edition).order_by("number")
    ]
