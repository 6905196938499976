"""Reads of texts that several write at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from filiera.accounts.viewer import Viewer
from filiera.workshops import operations
from filiera.workshops.models import SharedText, TextOperation, TextWriter
from filiera.workshops.shared_texts import TextOwner, TextPlace, owner_of

PRESENT_FOR = timedelta(seconds=45)
"""Pages say every twenty seconds that they are there."""
_MOST_STROKES = 400
_ONE_SITTING = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TextNow:
    """A text as it is read: its words and the revision that made them so."""

    words: str
    revision: int


@dataclass(frozen=True, slots=True)
class TextVersion:
    """What somebody made of a text in one sitting."""

    place: TextPlace
    revision: int
    before: str
    after: str
    writer: str
    at: datetime


def find_place(viewer: Viewer, kind: str, row_id: int, name: str) -> TextPlace | None:
    """The text, if the viewer may read the row that it belongs to."""
    owner = owner_of(kind)
    if owner is None or name not in owner.texts:
        return None
    row = find_row(viewer, owner, row_id)
    return None if row is None else TextPlace(owner, row, name)


def find_row(viewer: Viewer, owner: TextOwner, row_id: int) -> Any:
    row = owner.model().objects.visible_to(viewer).filter(pk=row_id).first()
    return row if row is not None and owner.may_read(viewer, row) else None


def revision_of(place: TextPlace) -> int:
    found = SharedText.objects.filter(kind=place.owner.kind, owner_id=place.row.pk, name=place.name)
    return found.values_list("revision", flat=True).first() or 0


def texts_of(owner: TextOwner, row_ids: Iterable[int]) -> dict[tuple[int, str], TextNow]:
    """The words of all texts of some rows, each with the revision at which these are the words.

    Both come from one statement: read one after the other they would not belong together where somebody
    writes in between, and a page that begins so could never follow the others again.
    """
    revisions = {
        f"revision_of_{name}": SharedText.objects.filter(
            kind=owner.kind, owner_id=OuterRef("pk"), name=name
        ).values("revision")
        for name in owner.texts
    }
    rows = (
        owner.model()
        ._default_manager.filter(pk__in=list(row_ids))
        .annotate(**{column: Coalesce(Subquery(revision), 0) for column, revision in revisions.items()})
    )
    return {
        (row["pk"], name): TextNow(words=row[name], revision=row[f"revision_of_{name}"])
        for row in rows.values("pk", *owner.texts, *revisions)
        for name in owner.texts
    }


def operations_after(place: TextPlace, revision: int) -> list[TextOperation]:
    of_text = TextOperation.objects.filter(
        text__kind=place.owner.kind, text__owner_id=place.row.pk, text__name=place.name
    )
    return list(of_text.after(revision))


def current_text(place: TextPlace) -> str:
    found: str = type(place.row)._default_manager.values_list(place.name, flat=True).get(pk=place.row.pk)
    return found


def text_at(place: TextPlace, revision: int, *, text: str | None = None) -> str:
    """The text as it was at a revision."""
    words = current_text(place) if text is None else text
    for operation in reversed(operations_after(place, revision)):
        words = operations.apply(words, operations.turned_back(operation.components, operation.removed))
    return words


def versions_of(places: Sequence[TextPlace]) -> list[TextVersion]:
    """What people made of the texts, the latest first: the strokes of one sitting are one version."""
    by_key = {(place.owner.kind, place.row.pk, place.name): place for place in places}
    wanted = Q(pk__in=())
    now: dict[tuple[str, int, str], TextNow] = {}
    for kind, owner in {place.owner.kind: place.owner for place in places}.items():
        rows = {place.row.pk for place in places if place.owner.kind == kind}
        wanted |= Q(text__kind=kind, text__owner_id__in=rows)
        now |= {(kind, row_id, name): text for (row_id, name), text in texts_of(owner, rows).items()}
    strokes = (
        TextOperation.objects.filter(wanted).select_related("text", "person").order_by("text_id", "-revision")
    )
    found: list[TextVersion] = []
    for _text, of_text in groupby(strokes, key=lambda stroke: stroke.text_id):
        latest = list(islice(of_text, _MOST_STROKES))
        text = latest[0].text
        key = (text.kind, text.owner_id, text.name)
        if key in by_key and key in now:
            # What was written since the words were read is told the next time.
            known = [stroke for stroke in latest if stroke.revision <= now[key].revision]
            found += _versions(by_key[key], now[key].words, known)
    return sorted(found, key=lambda version: (version.at, version.revision), reverse=True)


def writers_at(owner: TextOwner, row_id: int, *, at: datetime) -> list[TextWriter]:
    """The pages in which somebody has the row open now."""
    present = TextWriter.objects.filter(
        kind=owner.kind, owner_id=row_id, seen_at__gte=at - PRESENT_FOR
    ).select_related("person")
    return list(present.order_by("person__sort_name", "pk"))


def _versions(place: TextPlace, words: str, latest: list[TextOperation]) -> list[TextVersion]:
    after = words
    found = []
    while latest:
        last, before = latest[0], after
        while latest and _is_same_sitting(latest[0], last):
            stroke = latest.pop(0)
            before = operations.apply(before, operations.turned_back(stroke.components, stroke.removed))
        if before != after:
            writer = str(last.person.shown_name) if last.person else ""
            found.append(TextVersion(place, last.revision, before, after, writer, last.written_at))
        after = before
    return found


def _is_same_sitting(stroke: TextOperation, last: TextOperation) -> bool:
    return stroke.person_id == last.person_id and last.written_at - stroke.written_at < _ONE_SITTING
