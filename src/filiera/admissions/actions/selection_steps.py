"""Changes of the version in work: one at a time, each with what it takes to undo it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    Application,
    Call,
    Selection,
    SelectionDecision,
    SelectionRule,
    SelectionRun,
    SelectionStep,
    SelectionStepKind,
)
from filiera.admissions.policies import selection as policies
from filiera.push.actions import publish_event
from filiera.shared.errors import DomainError

REACH = 30
"""So many of the last changes can be taken back."""

State = dict[str, Any]
_OF_SELECTION = (
    "reserve_places", "status", "proposed_at", "out_of_date_at", "solver_version", "seed", "value", "bound",
    "seconds", "conflict",
)  # fmt: skip
_OF_RULE = ("position", "attribute", "value", "least", "most", "target", "weight")
_OF_DECISION = (
    "application_id", "decision", "reserve_rank", "score", "review_count", "hand", "hand_reason",
    "hand_by_id", "reason", "position",
)  # fmt: skip
_TIMES = ("proposed_at", "out_of_date_at")


class NothingToUndo(DomainError):
    message = _("There is nothing to undo.")


class SelectionNotBegun(DomainError):
    message = _("The selection has not begun yet. Begin it first.")


def topic_of(edition_id: int) -> str:
    """What open boards of an edition listen to."""
    return f"selection:{edition_id}"


def tell_boards(call: Call) -> None:
    publish_event(topic_of(call.edition_id))


def lock_call(call: Call) -> Call:
    """Let one change of a call's selection come after the other."""
    locked = Call.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("edition").get(pk=call.pk)


def in_work(call: Call, *, by: Viewer, at: datetime) -> Selection:
    """The version to change, locked by `lock_call`; a new one where the last was sent or kept.

    Raises SelectionNotBegun.
    """
    latest = Selection.objects.filter(call=call).order_by("-number").first()
    if latest is None:
        raise SelectionNotBegun
    latest.call = call
    return latest if latest.is_in_work else copied(latest, by=by, at=at)


def copied(origin: Selection, *, by: Viewer, at: datetime) -> Selection:
    """The next version, beginning where another one stands. Asks no policy: it is a part of changing."""
    last = Selection.objects.filter(call=origin.call).order_by("-number").values_list("number", flat=True)[0]
    fresh = Selection.objects.create(call=origin.call, number=last + 1, created_at=at, created_by=by.person)
    restore(fresh, state_of(origin))
    return fresh


@contextmanager
def recorded_step(
    *,
    call: Call,
    kind: SelectionStepKind,
    by: Viewer,
    at: datetime,
    application: Application | None = None,
    with_decisions: bool = True,
) -> Iterator[Selection]:
    """Lock the call and keep what stood before the block, so that it can be taken back.

    Must run inside a transaction. A search that is still under way is stopped: it would answer an old
    question. Without `with_decisions` the block changes limits alone.
    Raises PermissionDenied, SelectionNotBegun.
    """
    if not policies.can_select(by, call.edition):
        raise PermissionDenied
    call = lock_call(call)
    selection = in_work(call, by=by, at=at)
    stop_runs(selection, at=at)
    before = state_of(selection, with_decisions=with_decisions)
    yield selection
    SelectionStep.objects.create(
        selection=selection, kind=kind, application=application, made_at=at, made_by=by.person, before=before
    )
    out_of_reach = list(selection.steps.order_by("-pk").values_list("pk", flat=True)[REACH:])
    SelectionStep.objects.filter(pk__in=out_of_reach).delete()
    tell_boards(call)


@transaction.atomic
def undo_step(*, call: Call, by: Viewer, at: datetime) -> SelectionStep:
    """Take the last change of the version in work back.

    Raises PermissionDenied, SelectionNotBegun, NothingToUndo.
    """
    if not policies.can_select(by, call.edition):
        raise PermissionDenied
    call = lock_call(call)
    selection = Selection.objects.filter(call=call, kept_at__isnull=True, sent_at__isnull=True).first()
    step = selection.steps.order_by("-pk").first() if selection is not None else None
    if selection is None or step is None:
        raise NothingToUndo
    stop_runs(selection, at=at)
    restore(selection, step.before)
    step.delete()
    tell_boards(call)
    return step


def stop_runs(selection: Selection, *, at: datetime) -> None:
    running = SelectionRun.objects.running().filter(selection=selection)
    running.update(cancel_asked_at=at, finished_at=at)


def state_of(selection: Selection, *, with_decisions: bool = True) -> State:
    """A version as JSON can keep it."""
    state: State = {
        "selection": {
            name: value.isoformat() if name in _TIMES and value is not None else value
            for name in _OF_SELECTION
            for value in (getattr(selection, name),)
        },
        "rules": list(selection.rules.order_by("position").values(*_OF_RULE)),
    }
    if with_decisions:
        state["decisions"] = list(selection.decisions.order_by("position").values(*_OF_DECISION))
    return state


def restore(selection: Selection, state: State) -> None:
    """Make a version what it was; applications that left since stay away."""
    for name, value in state["selection"].items():
        setattr(selection, name, parse_datetime(value) if name in _TIMES and value else value)
    selection.save(update_fields=list(_OF_SELECTION))
    selection.rules.all().delete()
    SelectionRule.objects.bulk_create(SelectionRule(selection=selection, **row) for row in state["rules"])
    if "decisions" in state:
        write_decisions(selection, state["decisions"])


def write_decisions(selection: Selection, rows: Iterable[State]) -> None:
    """Put these decisions in the place of all that stood."""
    rows = list(rows)
    submitted = set(
        Application.objects.submitted().filter(call=selection.call_id).values_list("pk", flat=True)
    )
    hands = {row["hand_by_id"] for row in rows if row["hand_by_id"] is not None}
    known = set(Person.objects.filter(pk__in=hands).values_list("pk", flat=True))
    selection.decisions.all().delete()
    SelectionDecision.objects.bulk_create(
        (
            SelectionDecision(
                selection=selection,
                **{**row, "hand_by_id": row["hand_by_id"] if row["hand_by_id"] in known else None},
            )
            for row in rows
            if row["application_id"] in submitted
        ),
        batch_size=1000,
    )
