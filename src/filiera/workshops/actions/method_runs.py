"""Holding a method: who works where, and the pointer that whoever leads moves from step to step."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Session
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.ledger import actions as ledger
from filiera.shared.errors import DomainError
from filiera.workshops import facts
from filiera.workshops.method_blocks import MOST_MINUTES, Step
from filiera.workshops.models import (
    BoardMember,
    Challenge,
    Group,
    GroupRound,
    Method,
    MethodBoard,
    MethodMove,
    MethodRun,
    MoveKind,
    RunState,
    Seat,
)
from filiera.workshops.policies import methods as policies
from filiera.workshops.queries.methods import turns_of

from .method_telling import tell_step
from .methods import version_for

LONGEST_EXTENSION = 30


class GroupsNotPublished(DomainError):
    message = _("These groups are not published yet.")
    field = "held_by"


class AlreadyStarted(DomainError):
    message = _("This method has been started already.")


class NotGoingOn(DomainError):
    message = _("This method is not going on.")


class MovedMeanwhile(DomainError):
    message = _("Somebody has moved on meanwhile. Look where it is now, then go on.")


class NoSuchStep(DomainError):
    message = _("The method has no such step.")


class NothingHidden(DomainError):
    message = _("Everybody sees this step already.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunDetails:
    """Who holds it and on what: all groups of a round, one group, or everybody in one circle."""

    title: str = ""
    round: GroupRound | None = None
    group: Group | None = None
    session: Session | None = None
    topic: str = ""
    challenge: Challenge | None = None


@transaction.atomic
def prepare_run(
    *, method: Method, details: RunDetails, by: Viewer, at: datetime, is_demonstration: bool = False
) -> MethodRun:
    """Lay out the boards; nobody but those who lead sees it before the start.

    Raises PermissionDenied, GroupsNotPublished, MethodNotReady.
    """
    edition = method.edition
    if not policies.can_lead_methods(by, edition):
        raise PermissionDenied
    round_ = details.group.round if details.group else details.round
    if round_ is not None and (round_.series.edition_id != edition.pk or round_.series.published_at is None):
        raise GroupsNotPublished
    session = details.session or (round_.session if round_ else None)
    run = MethodRun.objects.create(
        edition=edition,
        version=version_for(method, at),
        title=details.title,
        round=round_,
        session=session,
        created_at=at,
        is_demonstration=is_demonstration,
    )
    groups: list[Group | None] = [None]
    if details.group is not None:
        groups = [details.group]
    elif round_ is not None:
        groups = list(round_.groups.order_by("number"))
    MethodBoard.objects.bulk_create(
        MethodBoard(
            run=run,
            position=position,
            group=group,
            is_for_all=group is None,
            name=_name_of(group),
            topic=details.topic or (group.theme if group and details.challenge is None else ""),
            challenge=details.challenge,
        )
        for position, group in enumerate(groups, start=1)
    )
    return run


@transaction.atomic
def describe_board(*, board: MethodBoard, topic: str, challenge: Challenge | None, by: Viewer) -> MethodBoard:
    """Say what one circle works on. Raises PermissionDenied."""
    if not policies.can_lead_methods(by, board.run.edition):
        raise PermissionDenied
    if challenge is not None and challenge.edition_id != board.run.edition_id:
        raise PermissionDenied
    board.topic, board.challenge = topic, challenge
    board.save(update_fields=["topic", "challenge"])
    tell_step(board.run)
    return board


@transaction.atomic
def start_run(*, run: MethodRun, by: Viewer, at: datetime) -> MethodRun:
    """Open the first step on all screens; whoever has a seat in a group is at its board.

    Raises PermissionDenied, AlreadyStarted.
    """
    run = _locked(run, by)
    if run.state != RunState.PREPARED:
        raise AlreadyStarted
    _seat_groups(run, at)
    run.state, run.started_at = RunState.RUNNING, at
    _point(run, step=0, turn=1, kind=MoveKind.STARTED, by=by, at=at)
    run.save()
    tell_step(run)
    return run


@transaction.atomic
def move_run(*, run: MethodRun, step: int, turn: int, seen: int, by: Viewer, at: datetime) -> MethodRun:
    """Go to another step or turn: on, back, or over some. Going on shows what was hidden.

    `seen` is the count of moves that the page knew: a second click changes nothing.
    Raises PermissionDenied, NotGoingOn, MovedMeanwhile, NoSuchStep.
    """
    run = _going_on(run, seen, by)
    steps = run.content.steps
    if not 0 <= step < len(steps) or not 1 <= turn <= turns_of(run, steps[step]):
        raise NoSuchStep
    if step > run.step:
        for passed in steps[run.step : step]:
            _show(run, passed)
    _point(run, step=step, turn=turn, kind=_kind(run, step, turn), by=by, at=at)
    run.save()
    tell_step(run)
    return run


@transaction.atomic
def extend_step(*, run: MethodRun, minutes: int, seen: int, by: Viewer, at: datetime) -> MethodRun:
    """Give the step more time; where it is up already, from now on.

    Raises PermissionDenied, NotGoingOn, MovedMeanwhile, NoSuchStep.
    """
    run = _going_on(run, seen, by)
    if not 1 <= minutes <= LONGEST_EXTENSION:
        raise NoSuchStep
    run.deadline = max(run.deadline or at, at) + timedelta(minutes=minutes)
    _note(run, MoveKind.EXTENDED, by=by, at=at, minutes=minutes)
    run.save()
    tell_step(run)
    return run


@transaction.atomic
def show_step(*, run: MethodRun, seen: int, by: Viewer, at: datetime) -> MethodRun:
    """Show to all what was written, voted or placed in silence; the step goes on in the open.

    Raises PermissionDenied, NotGoingOn, MovedMeanwhile, NothingHidden.
    """
    run = _going_on(run, seen, by)
    if not run.is_hidden(run.now):
        raise NothingHidden
    _show(run, run.now)
    _note(run, MoveKind.REVEALED, by=by, at=at)
    run.save()
    tell_step(run)
    return run


@transaction.atomic
def end_run(*, run: MethodRun, seen: int, by: Viewer, at: datetime) -> MethodRun:
    """End it: held to its end in the last step, which counts, or ended early, which does not.

    Raises PermissionDenied, NotGoingOn, MovedMeanwhile.
    """
    run = _going_on(run, seen, by)
    for step in run.content.steps[: run.furthest + 1]:
        _show(run, step)
    run.state = RunState.HELD if run.is_at_its_end else RunState.BROKEN_OFF
    run.ended_at, run.deadline = at, None
    _note(run, MoveKind.ENDED, by=by, at=at)
    run.save()
    if run.state == RunState.HELD:
        _record(run, by=by, at=at)
    tell_step(run)
    return run


@transaction.atomic
def remove_run(*, run: MethodRun, by: Viewer) -> None:
    """Take away what was prepared only. Raises PermissionDenied, AlreadyStarted."""
    run = _locked(run, by)
    if run.state != RunState.PREPARED:
        raise AlreadyStarted
    run.delete()


def _name_of(group: Group | None) -> str:
    # In no language: a number and the theme, as the group's own.
    if group is None:
        return ""
    return f"{group.number}. {group.theme}" if group.theme else f"{group.number}"


def _seat_groups(run: MethodRun, at: datetime) -> None:
    for board in run.boards.filter(group__isnull=False).order_by("position"):
        seats = Seat.objects.filter(group=board.group_id, participation__person__isnull=False)
        people = seats.order_by("participation__sort_name", "pk").values_list(
            "participation__person_id", flat=True
        )
        BoardMember.objects.bulk_create(
            [
                BoardMember(board=board, person_id=person_id, position=position, joined_at=at)
                for position, person_id in enumerate(dict.fromkeys(people), start=1)
                if person_id is not None
            ],
            ignore_conflicts=True,
        )


def _locked(run: MethodRun, by: Viewer) -> MethodRun:
    rows = MethodRun.objects.select_for_update(of=("self",))
    run = rows.select_related("edition__organiser", "version").get(pk=run.pk)
    if not policies.can_lead_methods(by, run.edition):
        raise PermissionDenied
    return run


def _going_on(run: MethodRun, seen: int, by: Viewer) -> MethodRun:
    run = _locked(run, by)
    if not run.is_running:
        raise NotGoingOn
    if run.moves != seen:
        raise MovedMeanwhile
    return run


def _kind(run: MethodRun, step: int, turn: int) -> MoveKind:
    if (step, turn) < (run.step, run.turn):
        return MoveKind.BACK
    if step == run.step:
        return MoveKind.TURN
    return MoveKind.NEXT if step == run.step + 1 else MoveKind.SKIPPED


def _point(run: MethodRun, *, step: int, turn: int, kind: MoveKind, by: Viewer, at: datetime) -> None:
    run.step, run.turn, run.step_began_at = step, turn, at
    run.furthest = max(run.furthest, step)
    minutes = min(run.now.minutes, MOST_MINUTES)
    run.deadline = at + timedelta(minutes=minutes) if minutes else None
    _note(run, kind, by=by, at=at)


def _show(run: MethodRun, step: Step) -> None:
    if run.is_hidden(step):
        run.revealed = [*run.revealed, step.code]


def _note(run: MethodRun, kind: MoveKind, *, by: Viewer, at: datetime, minutes: int | None = None) -> None:
    run.moves += 1
    MethodMove.objects.create(
        run=run,
        number=run.moves,
        kind=kind,
        step=run.step,
        turn=run.turn,
        minutes=minutes,
        made_at=at,
        made_by=by.person,
    )


def _record(run: MethodRun, *, by: Viewer, at: datetime) -> None:
    for board in run.boards.order_by("position"):
        workers = _workers(board)
        if not workers:
            continue
        ledger.record(
            facts.METHOD_HELD.code,
            subject=run,
            by=by,
            at=at,
            organisation=run.edition.organiser,
            event=f"board:{board.pk}",
        )
        places = (
            Participation.objects.confirmed()
            .filter(edition=run.edition, person_id__in=workers)
            .select_related("organisation", "person", "ecosystem")
        )
        for place in places.order_by("pk"):
            ledger.record(
                facts.METHOD_WORKED_IN.code,
                subject=run,
                by=by,
                at=at,
                organisation=place.organisation,
                counterpart=run.edition.organiser,
                person=place.person,
                ecosystem=place.ecosystem,
                event=f"participation:{place.pk}",
            )


def _workers(board: MethodBoard) -> set[int]:
    """Who wrote, voted or placed something."""
    wrote = board.cards.filter(author__isnull=False).values_list("author_id", flat=True)
    voted = board.dots.filter(person__isnull=False).values_list("person_id", flat=True)
    placed = board.placings.filter(person__isnull=False).values_list("person_id", flat=True)
    return {key for keys in (wrote, voted, placed) for key in keys if key is not None}
