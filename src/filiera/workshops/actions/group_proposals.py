"""The best groups under the rules: searched in the background, told as it goes, stopped on request."""

from datetime import UTC, datetime
from time import perf_counter

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

import filiera
from filiera.accounts.viewer import Viewer
from filiera.shared.errors import DomainError
from filiera.workshops import permissions
from filiera.workshops.models import (
    Group,
    GroupRun,
    GroupRunKind,
    GroupSeries,
    GroupStepKind,
    SearchStatus,
)
from filiera.workshops.policies.editions import can_form_groups
from filiera.workshops.queries.group_problem import GroupProblem, Plan, plan_of, problem_of, seats_of
from filiera.workshops.queries.group_score import score_of
from filiera.workshops.queries.group_search import (
    Contradiction,
    Found,
    Search,
    absorb_changes,
    changed_sittings,
    propose_plan,
)

from .group_steps import (
    GroupsArePublished,
    SearchAlreadyRuns,
    lock_series,
    recorded_step,
    tell_desk,
    write_seats,
)

MANY = 60
"""From so many people on a search takes longer."""

LIMIT_S, LIMIT_OF_MANY_S = 1.5, 10.0
SOLVER_VERSION = filiera.__version__
_TELL_EVERY_S = 1.0


class NobodyIsThere(DomainError):
    message = _("Nobody has a confirmed place yet, so there is nobody to seat.")


class MoreGroupsThanPeople(DomainError):
    message = _("There are more groups than people. Take fewer groups in the settings.")


class NothingToTakeIn(DomainError):
    message = _("Everybody who is there has a place, and no group is too small or too large.")


@transaction.atomic
def propose_groups(*, series: GroupSeries, by: Viewer, at: datetime) -> GroupRun:
    """Have a job form all rounds anew; fixed places and rules are kept.

    Raises PermissionDenied, GroupsArePublished, NobodyIsThere, MoreGroupsThanPeople, SearchAlreadyRuns.
    """
    series = _ready(series, by=by)
    if series.published_at is not None:
        raise GroupsArePublished
    problem = problem_of(series)
    if not problem.members:
        raise NobodyIsThere
    if any(
        len(problem.present(number)) < len(sitting.circles) for number, sitting in enumerate(problem.sittings)
    ):
        raise MoreGroupsThanPeople
    return _begin(series, GroupRunKind.PROPOSE, by=by, at=at)


@transaction.atomic
def take_in_changes(*, series: GroupSeries, by: Viewer, at: datetime) -> GroupRun:
    """Have a job seat late arrivals and close gaps, at the series' price for everybody else who moves.

    Published groups stay published, and everybody's page shows the change.
    Raises PermissionDenied, NothingToTakeIn, SearchAlreadyRuns.
    """
    series = _ready(series, by=by)
    problem = problem_of(series)
    if not changed_sittings(problem, plan_of(problem, seats_of(series))):
        raise NothingToTakeIn
    return _begin(series, GroupRunKind.ABSORB, by=by, at=at)


@transaction.atomic
def cancel_run(*, run: GroupRun, by: Viewer, at: datetime) -> None:
    """Stop a search; the best plan it found until then is taken.

    Raises PermissionDenied.
    """
    if not can_form_groups(by, run.series.edition):
        raise PermissionDenied
    GroupRun.objects.running().filter(pk=run.pk).update(cancel_asked_at=at)
    tell_desk(run.series)


def _ready(series: GroupSeries, *, by: Viewer) -> GroupSeries:
    if not can_form_groups(by, series.edition):
        raise PermissionDenied
    series = lock_series(series)
    if GroupRun.objects.running().filter(series=series).exists():
        raise SearchAlreadyRuns
    return series


def _begin(series: GroupSeries, kind: GroupRunKind, *, by: Viewer, at: datetime) -> GroupRun:
    run = GroupRun.objects.create(series=series, kind=kind, asked_at=at, asked_by=by.person)
    # The queue is in the same database: the job is there when the transaction is through, or not at all.
    run_search.configure(queueing_lock=f"group-run-{run.pk}").defer(run_id=run.pk)
    tell_desk(series)
    return run


@app.task(name="workshops.run_group_search")
def run_search(run_id: int) -> None:
    """Search for a series and seat everybody as found.

    Runs again without harm: a run that is finished, or that a later change stopped, does nothing.
    """
    run = GroupRun.objects.running().filter(pk=run_id).select_related("series__edition", "asked_by").first()
    if run is None:
        return
    problem = problem_of(run.series)
    before = plan_of(problem, seats_of(run.series))
    watch = _Watch(run)
    search = Search(
        time_limit_s=LIMIT_S if len(problem.members) <= MANY else LIMIT_OF_MANY_S,
        seed=run.series.seed,
        on_progress=watch.tell,
        is_cancelled=watch.is_cancelled,
    )
    began = perf_counter()
    if run.kind == GroupRunKind.PROPOSE:
        found = propose_plan(problem, search)
    else:
        found = absorb_changes(problem, before, search)
    seconds = round(perf_counter() - began, 1)
    at = datetime.now(tz=UTC)
    with transaction.atomic():
        series = lock_series(run.series)
        if GroupRun.objects.running().filter(pk=run.pk).update(finished_at=at, share=1):
            _take(series, run, found, seconds=seconds, at=at)


def _take(series: GroupSeries, run: GroupRun, found: Found, *, seconds: float, at: datetime) -> None:
    """Write a search's answer down, or the smallest contradiction among the rules."""
    series.solver_version = SOLVER_VERSION
    series.seconds = seconds
    series.conflict = [_told(found.problem, part) for part in found.conflict]
    if found.plan is None:
        series.status = SearchStatus.INFEASIBLE if found.conflict else series.status
        series.save(update_fields=["status", "conflict", "seconds", "solver_version"])
        tell_desk(series)
        return
    kind = GroupStepKind.PROPOSED if run.kind == GroupRunKind.PROPOSE else GroupStepKind.ABSORBED
    by = Viewer(
        person=run.asked_by,
        edition_id=series.edition_id,
        # With the right they had when they asked for it.
        permissions=frozenset({permissions.FORM_GROUPS}),
    )
    with recorded_step(series=series, kind=kind, by=by, at=at):
        if run.kind == GroupRunKind.PROPOSE:
            _mark_online(found.problem)
            for round_ in series.rounds.select_related("session"):
                round_.formed_for = round_.session.during if round_.session is not None else None
                round_.save(update_fields=["formed_for"])
        write_seats(series, _seats(found.problem, found.plan))
        series.status = _status(found)
        series.proposed_at = at
        series.save(update_fields=["status", "conflict", "seconds", "solver_version", "proposed_at"])


def _status(found: Found) -> SearchStatus:
    assert found.plan is not None
    if score_of(found.problem, found.plan).is_proven:
        return SearchStatus.OPTIMAL
    return SearchStatus.CANCELLED if found.was_cancelled else SearchStatus.BEST_FOUND


def _seats(problem: GroupProblem, plan: Plan) -> list[tuple[int, int, int]]:
    return [
        (sitting.key, sitting.circles[circle].key, problem.members[position].key)
        for sitting, places in zip(problem.sittings, plan, strict=True)
        for position, circle in sorted(places.items())
    ]


def _mark_online(problem: GroupProblem) -> None:
    online = [circle.key for sitting in problem.sittings for circle in sitting.circles if circle.is_online]
    keys = [circle.key for sitting in problem.sittings for circle in sitting.circles]
    Group.objects.filter(pk__in=keys).exclude(pk__in=online).update(is_online=False)
    Group.objects.filter(pk__in=online).update(is_online=True)


def _told(problem: GroupProblem, part: Contradiction) -> dict[str, int | str]:
    """One rule of a contradiction by keys, to be said in the reader's language."""
    sitting = problem.sittings[part.sitting]
    told: dict[str, int | str] = {"kind": part.kind, "round": sitting.number}
    if part.kind in ("together", "apart"):
        told |= {"first": problem.members[part.first].key, "second": problem.members[part.second].key}
    elif part.kind == "fixed":
        told |= {"first": problem.members[part.first].key, "group": sitting.circles[part.second].number}
    elif part.kind == "allowed":
        told |= {"first": problem.members[part.first].key}
    else:
        told |= {"group": sitting.circles[part.first].number, "size": part.second}
    return told


class _Watch:
    """Tells open boards how far a search is, and asks whether it is still wanted; once a second each."""

    def __init__(self, run: GroupRun) -> None:
        self.run = run
        self.told_s = self.asked_s = timezone.now().timestamp()
        self.is_unwanted = False

    def tell(self, share: float, points: float | None) -> None:
        now_s = timezone.now().timestamp()
        if now_s - self.told_s < _TELL_EVERY_S:
            return
        self.told_s = now_s
        GroupRun.objects.running().filter(pk=self.run.pk).update(share=min(1.0, share), value=points)
        tell_desk(self.run.series)

    def is_cancelled(self) -> bool:
        now_s = timezone.now().timestamp()
        if not self.is_unwanted and now_s - self.asked_s >= _TELL_EVERY_S:
            self.asked_s = now_s
            wanted = GroupRun.objects.running().filter(pk=self.run.pk, cancel_asked_at__isnull=True)
            self.is_unwanted = not wanted.exists()
        return self.is_unwanted
