"""Taking steps of the editor back, and doing them again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from filiera.academy import policies
from filiera.academy.models import Edition, EditStep, StepKind
from filiera.academy.queries.steps import next_redo, next_undo
from filiera.accounts.viewer import Viewer

from .errors import DraftError
from .steps import COUNTED, TABLES, Row, current_rows, decoded, lock_edition, tell_desks


class NothingToUndo(DraftError):
    message = _("There is nothing to take back.")


class NothingToRedo(DraftError):
    message = _("There is nothing to do again.")


class ChangedSince(DraftError):
    message = _("Somebody changed the same session afterwards, so this step stays. Change it by hand.")


class NoLongerPossible(DraftError):
    message = _("The place is taken by now, so this step stays as it is. Move the other session first.")


class RecordedSince(DraftError):
    message = _("Something recorded leads back to this session by now, such as who was there, so it stays.")


class ToldSince(DraftError):
    message = _(
        "Everybody was told of this, and visits and meetings moved with it, so it stays. "
        "Under “Running late” move the day earlier instead."
    )


@transaction.atomic
def undo_last_step(*, edition: Edition, by: Viewer, at: datetime) -> EditStep:
    """Take back one's own last step; a step whose rows somebody changed afterwards stays.

    Raises PermissionDenied, NothingToUndo, ToldSince, ChangedSince, NoLongerPossible, RecordedSince.
    """
    if not policies.can_edit_programme(by, edition):
        raise PermissionDenied
    lock_edition(edition)
    step = next_undo(edition, by)
    if step is None:
        raise NothingToUndo
    if step.kind == StepKind.DELAYED:
        raise ToldSince
    _exchange(step.after, step.before, at)
    step.undone_at = at
    step.save(update_fields=["undone_at"])
    tell_desks(edition, by=by)
    return step


@transaction.atomic
def redo_step(*, edition: Edition, by: Viewer, at: datetime) -> EditStep:
    """Do again the step that was taken back last.

    Raises PermissionDenied, NothingToRedo, ChangedSince, NoLongerPossible, RecordedSince.
    """
    if not policies.can_edit_programme(by, edition):
        raise PermissionDenied
    lock_edition(edition)
    step = next_redo(edition, by)
    if step is None:
        raise NothingToRedo
    _exchange(step.before, step.after, at)
    step.undone_at = None
    step.save(update_fields=["undone_at"])
    tell_desks(edition, by=by)
    return step


def _exchange(expected: list[Row], wanted: list[Row], at: datetime) -> None:
    """Bring rows from the expected to the wanted state, or change nothing."""
    present = current_rows((entry["table"], entry["key"]) for entry in expected)
    for entry in expected:
        if _said(present[entry["table"], entry["key"]]) != _said(entry["row"]):
            raise ChangedSince
    order = list(TABLES)
    rows = sorted(wanted, key=lambda entry: order.index(entry["table"]))
    try:
        with transaction.atomic():
            for entry in reversed(rows):
                if entry["row"] is None:
                    TABLES[entry["table"]]._base_manager.filter(pk=entry["key"]).delete()
            for entry in rows:
                if entry["row"] is not None:
                    _put_back(entry, present[entry["table"], entry["key"]], at)
    except ProtectedError as error:
        raise RecordedSince from error
    except IntegrityError as error:
        raise NoLongerPossible from error


def _put_back(entry: Row, present: Row | None, at: datetime) -> None:
    table = TABLES[entry["table"]]
    values: dict[str, Any] = decoded(table, entry["row"])
    if entry["table"] == "session":
        # Calendars that subscribed must see a newer entry, not an older one.
        values["sequence"] = max(entry["row"]["sequence"], (present or entry["row"])["sequence"]) + 1
        values["updated_at"] = at
    if present is None:
        table._base_manager.create(**values)
    else:
        table._base_manager.filter(pk=entry["key"]).update(**values)


def _said(row: Mapping[str, Any] | None) -> Row | None:
    return None if row is None else {name: value for name, value in row.items() if name not in COUNTED}
