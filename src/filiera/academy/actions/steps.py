"""Steps in the editor: each remembers the rows it changed, so that it can be taken back."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import models

from filiera.academy.models import (
    Contribution,
    Edition,
    EditStep,
    Material,
    OverlapAllowance,
    Session,
    Speaker,
    StepKind,
)
from filiera.academy.queries.steps import REACH
from filiera.accounts.viewer import Viewer
from filiera.push.actions import publish_event

Row = dict[str, Any]

# In the order in which rows need each other.
TABLES: dict[str, type[models.Model]] = {
    "speaker": Speaker,
    "session": Session,
    "objective": Session.objectives.through,
    "contribution": Contribution,
    "material": Material,
    "allowance": OverlapAllowance,
}
NAMES = {table: name for name, table in TABLES.items()}

# These follow from a change or count it; they never say what a person did.
COUNTED = frozenset({"sequence", "updated_at"})
FOLLOWING = {"contribution": frozenset({"during"})}


def desk_topic(edition_id: int) -> str:
    """What open desks of an edition listen to."""
    return f"edition:{edition_id}:desk"


def lock_edition(edition: Edition) -> Edition:
    """Let one change of a draft come after the other, so that no two wait for each other crosswise."""
    return Edition.objects.select_for_update(no_key=True).get(pk=edition.pk)


def encoded(row: models.Model) -> Row:
    """A row as JSON can keep it."""
    skipped = FOLLOWING.get(NAMES[type(row)], frozenset())
    return {
        field.attname: _encoded_value(field, row)
        for field in row._meta.concrete_fields
        if field.attname not in skipped
    }


def decoded(table: type[models.Model], row: Mapping[str, Any]) -> Row:
    """The values that `encoded` kept, as the columns take them."""
    return {
        field.attname: field.to_python(row[field.attname])
        for field in table._meta.concrete_fields
        if field.attname in row
    }


def _encoded_value(field: "models.Field[Any, Any]", row: models.Model) -> Any:
    value = getattr(row, field.attname)
    if value is None or field.is_relation or isinstance(value, bool | int):
        return value
    return field.value_to_string(row)


class Watch:
    """The rows that a step is about to change."""

    def __init__(self) -> None:
        self.before: dict[tuple[str, int], Row | None] = {}

    def row(self, row: models.Model) -> None:
        """Remember a row as it is before it is changed or deleted."""
        self.before.setdefault((NAMES[type(row)], row.pk), encoded(row))

    def rows(self, rows: Iterable[models.Model]) -> None:
        for row in rows:
            self.row(row)

    def added(self, row: models.Model) -> None:
        """Remember that a row was not there before."""
        self.before.setdefault((NAMES[type(row)], row.pk), None)

    def whole_session(self, session: Session) -> None:
        """Remember a session with everything that leaves together with it."""
        self.row(session)
        self.rows(TABLES["objective"]._base_manager.filter(session_id=session.pk))
        self.rows(session.contributions.all())
        self.rows(session.materials.all())
        self.rows(OverlapAllowance.objects.filter(models.Q(first=session) | models.Q(second=session)))

    def as_steps(self) -> tuple[list[Row], list[Row]]:
        before = [self._entry(name, key, row) for (name, key), row in self.before.items()]
        now = current_rows((entry["table"], entry["key"]) for entry in before)
        after = [self._entry(name, key, now[name, key]) for name, key in self.before]
        return before, after

    @staticmethod
    def _entry(name: str, key: int, row: Row | None) -> Row:
        return {"table": name, "key": key, "row": row}


def current_rows(keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Row | None]:
    """The rows of these keys as they are now; None where there is none."""
    found: dict[tuple[str, int], Row | None] = dict.fromkeys(keys)
    by_table: dict[str, list[int]] = {}
    for name, key in found:
        by_table.setdefault(name, []).append(key)
    for name, table_keys in by_table.items():
        for row in TABLES[name]._base_manager.filter(pk__in=table_keys):
            found[name, row.pk] = encoded(row)
    return found


@contextmanager
def recorded_step(
    *, edition: Edition, kind: StepKind, subject: Mapping[str, str], by: Viewer, at: datetime
) -> Iterator[Watch]:
    """Lock the draft, and keep what the block changes as one step that its maker can take back.

    Must run inside a transaction. Steps that were undone can no longer be done again afterwards.
    """
    lock_edition(edition)
    watch = Watch()
    yield watch
    before, after = watch.as_steps()
    mine = EditStep.objects.filter(edition=edition, made_by_id=by.person_id)
    mine.filter(undone_at__isnull=False).delete()
    EditStep.objects.create(
        edition=edition,
        made_by=by.person,
        made_at=at,
        kind=kind,
        subject=dict(subject),
        before=before,
        after=after,
    )
    # Steps out of reach are of no use, and they hold words that were meant to be gone.
    out_of_reach = list(mine.order_by("-pk").values_list("pk", flat=True)[REACH:])
    EditStep.objects.filter(pk__in=out_of_reach).delete()
    tell_desks(edition, by=by)


def tell_desks(edition: Edition, *, by: Viewer) -> None:
    """Let every open desk of the edition fetch the new state."""
    publish_event(desk_topic(edition.pk), {"by": by.person_id})
