"""Seating a dinner: proposed by a search, changed by hand, published, taken back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from procrastinate.contrib.django import app

import filiera
from filiera.accounts.viewer import Viewer
from filiera.ledger import actions as ledger
from filiera.meetings import facts, policies
from filiera.meetings.models import Dinner, DinnerGuest, DinnerTable, SeatingRun, SeatingStatus
from filiera.meetings.queries.dinner_seating import (
    SeatingProblem,
    seating_of,
    seating_problem,
    told_conflict,
)
from filiera.shared.errors import DomainError

from .dinner_planning import open_dinner, reverse_seats
from .dinner_telling import tell_boards

if TYPE_CHECKING:
    from filiera_solvers import Progress, SeatingResult

TIME_LIMIT_S = 6.0
_TELL_EVERY_S = 0.7
_STATUS = {
    "optimal": SeatingStatus.OPTIMAL,
    "time limit": SeatingStatus.FOUND,
    "effort limit": SeatingStatus.FOUND,
    "cancelled": SeatingStatus.CANCELLED,
    "infeasible": SeatingStatus.INFEASIBLE,
}


class NobodyDines(DomainError):
    message = _("There are no guests yet. Take in the participants, or add guests.")


class SeatsMissing(DomainError):
    """More guests than seats."""


class HostsMissing(DomainError):
    """Fewer representatives of the host than the tables ask for."""


class SearchAlreadyRuns(DomainError):
    message = _("A search is under way already. Stop it first, or wait for it.")


class PlanIsNotRight(DomainError):
    message = _("The plan breaks a rule, or somebody has no table. The board says which; mend it first.")


class PlanIsNotPublished(DomainError):
    message = _("This plan is not published.")


class TableElsewhere(DomainError):
    message = _("This table belongs to another dinner.")


@transaction.atomic
def ask_for_seating(*, dinner: Dinner, by: Viewer, at: datetime) -> SeatingRun:
    """Have a job look for the best seating; what cannot be at all is refused at once, with the numbers.

    Raises PermissionDenied, PlanIsPublished, NobodyDines, SeatsMissing, HostsMissing, SearchAlreadyRuns.
    """
    dinner = open_dinner(dinner, by)
    if SeatingRun.objects.running().filter(dinner=dinner).exists():
        raise SearchAlreadyRuns
    check_possible(seating_problem(dinner))
    run = SeatingRun.objects.create(dinner=dinner, asked_by=by.person, asked_at=at)
    run_seating.defer(run_id=run.pk)
    tell_boards(dinner)
    return run


@transaction.atomic
def stop_seating(*, run: SeatingRun, by: Viewer, at: datetime) -> None:
    """Stop a search; the best found until then is taken. Raises PermissionDenied."""
    if not policies.can_seat_dinner(by, run.dinner.edition):
        raise PermissionDenied
    SeatingRun.objects.running().filter(pk=run.pk).update(cancel_asked_at=at)


@transaction.atomic
def seat_guest(*, guest: DinnerGuest, table: DinnerTable | None, by: Viewer, at: datetime) -> DinnerGuest:
    """Move a guest to another table, or away from all; a table may be over full until publication.

    Raises PermissionDenied, PlanIsPublished, TableElsewhere.
    """
    dinner = open_dinner(guest.dinner, by)
    if table is not None and table.dinner_id != dinner.pk:
        raise TableElsewhere
    guest.table = table
    guest.save(update_fields=["table"])
    dinner.changed_at = at
    dinner.save(update_fields=["changed_at"])
    tell_boards(dinner)
    return guest


@transaction.atomic
def publish_dinner(*, dinner: Dinner, by: Viewer, at: datetime) -> Dinner:
    """Lock the plan and show everybody their own table.

    Raises PermissionDenied, PlanIsPublished, PlanIsNotRight.
    """
    dinner = open_dinner(dinner, by)
    seating = seating_of(seating_problem(dinner))
    if not seating.is_right or not seating.guests:
        raise PlanIsNotRight
    dinner.published_at = dinner.changed_at = at
    dinner.save(update_fields=["published_at", "changed_at"])
    SeatingRun.objects.running().filter(dinner=dinner).update(finished_at=at)
    guests = DinnerGuest.objects.filter(dinner=dinner).select_related(
        "organisation", "participation__person", "dinner__edition__organiser", "ecosystem"
    )
    for guest in guests:
        ledger.record(
            facts.DINNER_SEAT.code,
            subject=guest,
            by=by,
            at=at,
            organisation=guest.organisation,
            counterpart=guest.dinner.edition.organiser,
            person=guest.participation.person if guest.participation is not None else None,
            ecosystem=guest.ecosystem,
            event=f"published:{at.isoformat()}",
        )
    tell_boards(dinner)
    return dinner


@transaction.atomic
def take_back_dinner(*, dinner: Dinner, by: Viewer, at: datetime) -> Dinner:
    """Open a published plan for changes; until it is published again nobody sees a table.

    Raises PermissionDenied, PlanIsNotPublished.
    """
    dinner = Dinner.objects.select_for_update(of=("self",)).select_related("edition").get(pk=dinner.pk)
    if not policies.can_seat_dinner(by, dinner.edition):
        raise PermissionDenied
    if dinner.published_at is None:
        raise PlanIsNotPublished
    guests = DinnerGuest.objects.filter(dinner=dinner)
    reverse_seats([guest.pk for guest in guests], by=by, at=at)
    dinner.published_at, dinner.changed_at = None, at
    dinner.save(update_fields=["published_at", "changed_at"])
    tell_boards(dinner)
    return dinner


def check_possible(problem: SeatingProblem) -> None:
    """Raises NobodyDines, SeatsMissing, HostsMissing."""
    guests, seats = len(problem.guests), sum(table.seats for table in problem.tables)
    if not guests:
        raise NobodyDines
    if seats < guests:
        raise SeatsMissing(
            ngettext(
                "There is one guest and there are %(seats)s seats. Add tables or seats.",
                "There are %(guests)s guests and %(seats)s seats. Add tables or seats.",
                guests,
            )
            % {"guests": guests, "seats": seats}
        )
    needed, there = sum(table.least_hosts for table in problem.tables), len(problem.hosts)
    if needed > there:
        raise HostsMissing(
            _(
                "The tables ask for %(needed)s representatives of the host, and the guests have %(there)s. "
                "Add some, or let a table do without."
            )
            % {"needed": needed, "there": there}
        )


@app.task(name="meetings.run_seating")
def run_seating(run_id: int) -> None:
    """Search for a seating and keep it; a run that is finished or outrun does nothing."""
    run = SeatingRun.objects.running().filter(pk=run_id).select_related("dinner__edition").first()
    if run is None:
        return
    try:
        check_possible(seating_problem(run.dinner))
    except DomainError:
        # What the page would have refused came true while the job waited; the page says it again.
        SeatingRun.objects.running().filter(pk=run.pk).update(finished_at=timezone.now())
        tell_boards(run.dinner)
        return
    search_and_keep(run)


def search_and_keep(run: SeatingRun, *, time_limit_s: float = TIME_LIMIT_S) -> None:
    """The search of a run; asks no policy, it is a part of seating."""
    problem = seating_problem(run.dinner)
    keep_seating(run, problem, _searched(run, problem, time_limit_s))


def _searched(run: SeatingRun, problem: SeatingProblem, time_limit_s: float) -> SeatingResult:
    import filiera_solvers as solvers

    watch = _Watch(run)
    limits = solvers.Limits(
        time_limit_s=time_limit_s,
        seed=run.dinner.seed,
        on_progress=watch.tell,
        is_cancelled=watch.is_cancelled,
    )
    return solvers.solve_seating(problem.instance(), limits)


@transaction.atomic
def keep_seating(run: SeatingRun, problem: SeatingProblem, result: SeatingResult) -> None:
    """Write what a search found; asks no policy, it is a part of seating."""
    at = run.dinner.edition.clock_at or timezone.now()
    dinner = Dinner.objects.select_for_update(of=("self",)).get(pk=run.dinner_id)
    still = SeatingRun.objects.running().filter(pk=run.pk)
    if not still.update(finished_at=timezone.now(), share=1) or dinner.published_at is not None:
        return
    dinner.status = _STATUS[result.status]
    dinner.value, dinner.bound, dinner.seconds = result.value, result.bound, result.seconds
    dinner.proposed_at, dinner.solver_version = at, filiera.__version__
    dinner.conflict = told_conflict(problem, result.conflict)
    if result.table_of is None and not result.conflict:
        # Neither a seating nor a proof that there is none: the plan stays as it was.
        dinner.status = SeatingStatus.NONE
    dinner.save()
    if result.table_of is not None:
        for guest, position in zip(problem.guests, result.table_of.tolist(), strict=True):
            guest.table = problem.tables[position]
        present = set(DinnerGuest.objects.filter(dinner=dinner).values_list("pk", flat=True))
        DinnerGuest.objects.bulk_update(
            [guest for guest in problem.guests if guest.pk in present], ["table"], batch_size=500
        )
    tell_boards(dinner)


class _Watch:
    """Tells open boards how far a search is, and asks whether it is still wanted."""

    def __init__(self, run: SeatingRun) -> None:
        self.run = run
        self.told_s = self.asked_s = float("-inf")
        self.is_unwanted = False

    def tell(self, progress: Progress) -> None:
        if progress.seconds - self.told_s < _TELL_EVERY_S:
            return
        self.told_s = progress.seconds
        SeatingRun.objects.running().filter(pk=self.run.pk).update(share=progress.share, value=progress.value)
        tell_boards(self.run.dinner)

    def is_cancelled(self) -> bool:
        now_s = timezone.now().timestamp()
        if not self.is_unwanted and now_s - self.asked_s >= _TELL_EVERY_S:
            self.asked_s = now_s
            wanted = SeatingRun.objects.running().filter(pk=self.run.pk, cancel_asked_at__isnull=True)
            self.is_unwanted = not wanted.exists()
        return self.is_unwanted
