"""The practical page, part by part."""

from dataclasses import dataclass
from itertools import groupby

from filiera.academy.models import Edition, Part
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import PracticalNote, PracticalTopic

_ORDER = {topic: place for place, topic in enumerate(PracticalTopic.values)}


@dataclass(frozen=True, slots=True)
class PracticalSection:
    """What is to be known for one part; without a part, for the whole edition."""

    part: Part | None
    notes: list[PracticalNote]


def practical_sections(viewer: Viewer, edition: Edition) -> list[PracticalSection]:
    """The notes a viewer may read: of the whole edition first, then by part, topics in their usual order."""
    notes = PracticalNote.objects.visible_to(viewer).filter(edition=edition).select_related("part__venue")
    ordered = sorted(notes, key=lambda note: (note.part.number if note.part else 0, _ORDER[note.topic]))
    grouped = groupby(ordered, key=lambda note: note.part)
    return [PracticalSection(part, list(of_part)) for part, of_part in grouped]
