"""Versions of a selection: begun, kept under a name, gone back to."""

from datetime import datetime
from typing import ClassVar

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    BalanceAttribute,
    Call,
    RunKind,
    Selection,
    SelectionRule,
    SelectionRun,
    SelectionStepKind,
)
from filiera.admissions.policies import selection as policies
from filiera.admissions.queries.reviews import scores_of
from filiera.admissions.queries.selection_pool import Applicant, applicants_of
from filiera.admissions.queries.selection_reasons import (
    NEW_HERE,
    UNSCORED,
    scores_in_order,
    standing_of,
)
from filiera.shared.errors import DomainError

from .selection_proposals import begin_run
from .selection_steps import (
    State,
    copied,
    in_work,
    lock_call,
    recorded_step,
    restore,
    state_of,
    tell_boards,
    write_decisions,
)

MOST_IN_RESERVE = 999


class NobodyApplied(DomainError):
    message = _("Nobody has applied yet. The selection begins with the applications.")


class NameTaken(DomainError):
    message = _("Another version has this name. Choose a different one.")
    field: ClassVar[str] = "name"


@transaction.atomic
def begin_selection(*, call: Call, by: Viewer, at: datetime) -> Selection:
    """Open the first version, with everybody who applied and nobody decided; a second time it is the same.

    Raises PermissionDenied, NobodyApplied.
    """
    if not policies.can_select(by, call.edition):
        raise PermissionDenied
    call = lock_call(call)
    if Selection.objects.filter(call=call).exists():
        return in_work(call, by=by, at=at)
    applicants = applicants_of(call, scores=scores_of(call))
    if not applicants:
        raise NobodyApplied
    selection = Selection.objects.create(call=call, number=1, created_at=at, created_by=by.person)
    if call.most_per_organisation is not None:
        SelectionRule.objects.create(
            selection=selection,
            position=1,
            attribute=BalanceAttribute.ORGANISATION,
            most=call.most_per_organisation,
        )
    write_decisions(selection, undecided(applicants))
    tell_boards(call)
    return selection


@transaction.atomic
def keep_version(*, call: Call, name: str, by: Viewer, at: datetime) -> Selection:
    """Keep the version in work as it is under a name; work goes on in the next.

    Raises PermissionDenied, SelectionNotBegun, NameTaken.
    """
    if not policies.can_select(by, call.edition):
        raise PermissionDenied
    call = lock_call(call)
    selection = in_work(call, by=by, at=at)
    if name and Selection.objects.filter(call=call, name__iexact=name).exclude(pk=selection.pk).exists():
        raise NameTaken
    SelectionRun.objects.running().filter(selection=selection, kind=RunKind.PROPOSE).update(
        cancel_asked_at=at, finished_at=at
    )
    selection.name, selection.kept_at = name, at
    selection.save(update_fields=["name", "kept_at"])
    fresh = copied(selection, by=by, at=at)
    if SelectionRun.objects.running().filter(selection=selection).exists():
        # The reasons still to be worked out are those of both.
        begin_run(fresh, RunKind.EXPLAIN, by=by, at=at)
    tell_boards(call)
    return selection


@transaction.atomic
def go_back_to(*, version: Selection, by: Viewer, at: datetime) -> Selection:
    """Put what an earlier version says into the one in work; that can be undone.

    Raises PermissionDenied, SelectionNotBegun.
    """
    with recorded_step(call=version.call, kind=SelectionStepKind.PROPOSED, by=by, at=at) as selection:
        restore(selection, state_of(version))
    return selection


@transaction.atomic
def set_reserve_places(*, call: Call, count: int, by: Viewer, at: datetime) -> Selection:
    """Say how long the reserve list is to be; the next proposal fills it.

    Raises PermissionDenied, SelectionNotBegun.
    """
    with recorded_step(
        call=call, kind=SelectionStepKind.SETTINGS, by=by, at=at, with_decisions=False
    ) as selection:
        selection.reserve_places = count
        mark_out_of_date(selection, at=at)
        selection.save(update_fields=["reserve_places", "out_of_date_at"])
    return selection


def mark_out_of_date(selection: Selection, *, at: datetime) -> None:
    if selection.proposed_at is not None:
        selection.out_of_date_at = at


def undecided(applicants: list[Applicant]) -> list[State]:
    """Everybody by score, and nobody decided."""
    ordered = sorted(applicants, key=lambda row: (row.score is None, -(row.score or 0.0), row.number))
    scores = scores_in_order(applicants)
    return [
        {
            "application_id": applicant.application_id,
            "score": applicant.score,
            "review_count": applicant.review_count,
            "reason": {
                "kind": UNSCORED if applicant.score is None else NEW_HERE,
                **standing_of(scores, applicant),
            },
            "position": position,
            "hand_by_id": None,
        }
        for position, applicant in enumerate(ordered)
    ]
