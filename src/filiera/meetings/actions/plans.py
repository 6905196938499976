"""Plans: searched in the background, looked at, taken; little moves when somebody is away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

import filiera
import filiera_solvers as solvers
from filiera.accounts.viewer import Viewer
from filiera.meetings.models import (
    Attendee,
    Meeting,
    MeetingPlan,
    MeetingRound,
    MeetingState,
    PlanStatus,
)
from filiera.meetings.policies import can_plan_meetings
from filiera.meetings.queries.problem import (
    Pair,
    PlannedMeeting,
    Problem,
    conflict_of,
    instance_of,
    left_out,
    meetings_in,
    problem_of,
)
from filiera.push.actions import publish_event
from filiera.shared.errors import DomainError

from .rounds import lock_round, topic_of
from .telling import tell_changes

if TYPE_CHECKING:
    from filiera_solvers import MeetingsResult, Progress

FIRST_LIMIT_S = 15.0
"""After so long the best plan found is shown, with its preparation within twenty seconds; then it goes on."""

FURTHER_LIMIT_S = 100.0
FAIR_LIMIT_S = 8.0
SOLVER_VERSION = filiera.__version__
_TELL_EVERY_S = 1.0
_STATUS = {
    "optimal": PlanStatus.OPTIMAL,
    "time limit": PlanStatus.TIME_LIMIT,
    "effort limit": PlanStatus.TIME_LIMIT,
    "cancelled": PlanStatus.CANCELLED,
    "infeasible": PlanStatus.INFEASIBLE,
}


class SearchAlreadyRuns(DomainError):
    message = _("A search is under way already. Stop it first, or wait for it.")


class NothingToPlan(DomainError):
    message = _("There is no wish that counts, or no slot that is still to come.")


class NoPlanYet(DomainError):
    message = _("No plan is found yet. Wait a moment, or start the search again.")


class PlanReplaced(DomainError):
    message = _("This plan was taken already, or there is a newer one. Look at the newest.")


class PlanOutdated(DomainError):
    message = _(
        "Somebody has left, or can no longer come at a time of this plan. Plan again; it takes a moment."
    )


@transaction.atomic
def begin_plan(*, round_: MeetingRound, keeps_plan: bool, by: Viewer, at: datetime) -> MeetingPlan:
    """Have the best plan for all at once searched by a job that says how far it is.

    `keeps_plan` moves as few as possible of the meetings that stand.
    Raises PermissionDenied, SearchAlreadyRuns, NothingToPlan.
    """
    if not can_plan_meetings(by, round_.edition):
        raise PermissionDenied
    round_ = lock_round(round_)
    if MeetingPlan.objects.running().filter(round=round_).exists():
        raise SearchAlreadyRuns
    problem = problem_of(round_, at=at, keeps_plan=keeps_plan)
    if not problem.worth or not problem.slots:
        raise NothingToPlan
    last = round_.plans.aggregate(last=Max("number"))["last"] or 0
    plan = MeetingPlan.objects.create(
        round=round_, number=last + 1, keeps_plan=keeps_plan, asked_at=at, asked_by=by.person
    )
    # The queue is in the same database: the job is there when the transaction is through, or not at all.
    search_plan.configure(queueing_lock=f"meeting-plan-{plan.pk}").defer(plan_id=plan.pk)
    publish_event(topic_of(round_.pk))
    return plan


@transaction.atomic
def stop_plan(*, plan: MeetingPlan, by: Viewer, at: datetime) -> None:
    """Stop a search; what it found until then can still be taken.

    Raises PermissionDenied.
    """
    if not can_plan_meetings(by, plan.round.edition):
        raise PermissionDenied
    MeetingPlan.objects.running().filter(pk=plan.pk).update(cancel_asked_at=at)
    publish_event(topic_of(plan.round_id))


@transaction.atomic
def take_plan(*, plan: MeetingPlan, by: Viewer, at: datetime) -> MeetingPlan:
    """Make a plan the meetings of its round; whoever is touched by a change of told meetings gets a mail.

    A search that still goes on for a better one is stopped.
    Raises PermissionDenied, NoPlanYet, PlanReplaced, PlanOutdated.
    """
    if not can_plan_meetings(by, plan.round.edition):
        raise PermissionDenied
    round_ = lock_round(plan.round)
    plan = MeetingPlan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
    plan.round = round_
    if not plan.is_found:
        raise NoPlanYet
    is_latest = not round_.plans.filter(number__gt=plan.number).exists()
    if plan.taken_at is not None or not is_latest:
        raise PlanReplaced
    problem = problem_of(round_, at=at, keeps_plan=plan.keeps_plan)
    planned = [PlannedMeeting(*row) for row in plan.meetings]
    if not _still_fits(problem, planned):
        raise PlanOutdated
    touched = _replace_meetings(round_, problem.standing, planned, at=at)
    plan.finished_at = plan.finished_at or at
    plan.share = 1.0
    plan.taken_at, plan.taken_by = at, by.person
    plan.save(update_fields=["finished_at", "share", "taken_at", "taken_by"])
    if round_.published_at is not None:
        tell_changes(
            round_,
            Attendee.objects.filter(pk__in=touched).select_related("person"),
            event=f"plan-{plan.pk}",
            at=at,
        )
    publish_event(topic_of(round_.pk))
    return plan


def _still_fits(problem: Problem, planned: Iterable[PlannedMeeting]) -> bool:
    """Whether everybody can still be where a plan puts them; wishes may have come, that does not matter."""
    kind_of = {table.pk: kind for kind, tables in problem.tables.items() for table in tables}
    slots = {slot.pk for slot in problem.slots}
    for meeting in planned:
        kind = kind_of.get(meeting.table)
        if meeting.pair not in problem.worth or meeting.slot not in slots or kind is None:
            return False
        if kind not in problem.availability.shared(*meeting.pair, meeting.slot):
            return False
    return True


def _replace_meetings(
    round_: MeetingRound, standing: dict[Pair, Meeting], planned: Iterable[PlannedMeeting], *, at: datetime
) -> set[int]:
    """Write a plan over what stood; the keys of the attendees for whom anything changed."""
    touched: set[int] = set()
    moved: list[tuple[Meeting, PlannedMeeting]] = []
    fresh: list[Meeting] = []
    by_pair = {meeting.pair: meeting for meeting in planned}
    dropped = [meeting for pair, meeting in standing.items() if pair not in by_pair]
    for pair, wanted in by_pair.items():
        meeting = standing.get(pair)
        if meeting is None:
            fresh.append(
                Meeting(
                    round=round_,
                    first_id=wanted.first,
                    second_id=wanted.second,
                    slot_id=wanted.slot,
                    table_id=wanted.table,
                    scheduled_at=at,
                    changed_at=at,
                )
            )
        elif (meeting.slot_id, meeting.table_id) != (wanted.slot, wanted.table):
            moved.append((meeting, wanted))
        else:
            continue
        touched.update(pair)
    for meeting in dropped:
        touched.update((meeting.first_id, meeting.second_id))
    # Whoever moves stands up first: else two that change places would meet at one table for a moment.
    standing_up = [meeting.pk for meeting in dropped] + [meeting.pk for meeting, _wanted in moved]
    Meeting.objects.filter(pk__in=standing_up).update(state=MeetingState.CANCELLED, changed_at=at)
    for meeting, wanted in moved:
        Meeting.objects.filter(pk=meeting.pk).update(
            slot_id=wanted.slot, table_id=wanted.table, state=MeetingState.PLANNED, changed_at=at
        )
    Meeting.objects.bulk_create(fresh)
    return touched


@app.task(name="meetings.search_plan")
def search_plan(plan_id: int) -> None:
    """Search for a plan, show the best found in a while, and go on where nothing is proven.

    Runs again without harm: a plan that is finished does nothing.
    """
    plan = MeetingPlan.objects.running().filter(pk=plan_id).select_related("round__edition").first()
    if plan is None:
        return
    problem = problem_of(plan.round, at=plan.asked_at, keeps_plan=plan.keeps_plan)
    try:
        result, planned, missing = fair_plan(problem, plan, limit_s=FIRST_LIMIT_S)
        while_open = result.status in (solvers.Status.TIME_LIMIT, solvers.Status.EFFORT_LIMIT)
        goes_on = while_open and bool(result.gap)
        _keep(plan, problem, result, planned, missing, is_last=not goes_on)
        if goes_on:
            again = MeetingPlan(pk=plan.pk, round=plan.round, seed=plan.seed + 1)
            further, better, missing_then = fair_plan(problem, again, limit_s=FURTHER_LIMIT_S)
            if _is_better(further, missing_then, than=result, than_missing=missing):
                _keep(plan, problem, further, better, missing_then, is_last=True)
    finally:
        # Whatever happens, nobody waits for a search that has ended.
        MeetingPlan.objects.running().filter(pk=plan_id).update(finished_at=timezone.now(), share=1.0)
        publish_event(topic_of(plan.round_id))


def fair_plan(
    problem: Problem, plan: MeetingPlan, *, limit_s: float
) -> tuple[MeetingsResult, list[PlannedMeeting], list[int]]:
    """The best plan, and then the best in which nobody is left with none who could have one.

    The bound stays that of the first, so the gap shows what fairness costs.
    """
    watch = _Watch(plan)
    limits = partial(solvers.Limits, seed=plan.seed, on_progress=watch.tell, is_cancelled=watch.is_cancelled)
    best = solvers.solve_meetings(instance_of(problem), limits(time_limit_s=limit_s))
    if best.value is None:
        return best, [], []
    planned = meetings_in(problem, best)
    missing = left_out(problem, planned)
    also: frozenset[Pair] = frozenset()
    while missing and not watch.is_cancelled():
        seats = [attendee for meeting in planned for attendee in meeting.pair]
        wanted = {_meeting_for(problem, attendee, seats) for attendee in missing}
        if wanted <= also:
            break
        also |= wanted
        fair = solvers.solve_meetings(
            instance_of(problem, also_required=also), limits(time_limit_s=min(limit_s, FAIR_LIMIT_S))
        )
        if fair.value is None:
            break
        fair_meetings = meetings_in(problem, fair)
        fair_missing = left_out(problem, fair_meetings)
        if len(fair_missing) >= len(missing):
            break
        best, planned, missing = fair, fair_meetings, fair_missing
    return best, planned, missing


def _meeting_for(problem: Problem, attendee: int, seats: list[int]) -> Pair:
    """The wish of somebody left out that costs the others least: worth most, with who has most already."""
    pairs = [pair for pair in problem.pairs if attendee in pair and problem.can_be_held(pair)]

    def rank(pair: Pair) -> tuple[int, int]:
        other = pair[0] if pair[1] == attendee else pair[1]
        return problem.worth[pair], seats.count(other)

    return max(pairs, key=rank)


def _is_better(
    result: MeetingsResult, missing: list[int], *, than: MeetingsResult, than_missing: list[int]
) -> bool:
    if result.value is None or than.value is None:
        return than.value is None and result.value is not None
    return (-len(missing), result.value, result.fewest) > (-len(than_missing), than.value, than.fewest)


def _keep(
    plan: MeetingPlan,
    problem: Problem,
    result: MeetingsResult,
    planned: list[PlannedMeeting],
    missing: list[int],
    *,
    is_last: bool,
) -> None:
    at = datetime.now(tz=UTC)
    fields: dict[str, object] = {
        "status": _status_of(result),
        "value": result.value,
        "bound": result.bound,
        "fewest": result.fewest if result.value is not None else None,
        "breaks": result.breaks if result.value is not None else None,
        "moved": result.moved if result.value is not None and plan.keeps_plan else None,
        "seconds": result.seconds,
        "solver_version": SOLVER_VERSION,
        "conflict": conflict_of(problem, result.conflict)
        if result.status is solvers.Status.INFEASIBLE
        else [],
        "meetings": [meeting.as_row() for meeting in planned],
        "left_out": missing,
    }
    if is_last:
        fields |= {"finished_at": at, "share": 1.0}
    MeetingPlan.objects.running().filter(pk=plan.pk).update(**fields)
    publish_event(topic_of(plan.round_id))


def _status_of(result: MeetingsResult) -> PlanStatus:
    # A search that ends by itself on its bound has proven as much as one that says so.
    return PlanStatus.OPTIMAL if result.gap == 0 else _STATUS[result.status.value]


class _Watch:
    """Tells open desks how far a search is, and asks whether it is still wanted; once a second each."""

    def __init__(self, plan: MeetingPlan) -> None:
        self.plan = plan
        self.told_s = self.asked_s = float("-inf")
        self.is_unwanted = False

    def tell(self, progress: Progress) -> None:
        if progress.seconds - self.told_s < _TELL_EVERY_S and progress.seconds >= self.told_s:
            return
        self.told_s = progress.seconds
        MeetingPlan.objects.running().filter(pk=self.plan.pk).update(share=min(progress.share, 1.0))
        publish_event(topic_of(self.plan.round_id))

    def is_cancelled(self) -> bool:
        now_s = timezone.now().timestamp()
        if not self.is_unwanted and now_s - self.asked_s >= _TELL_EVERY_S:
            self.asked_s = now_s
            wanted = MeetingPlan.objects.running().filter(pk=self.plan.pk, cancel_asked_at__isnull=True)
            self.is_unwanted = not wanted.exists()
        return self.is_unwanted
