"""Changes of the seats: one at a time, each with what it takes to undo it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation, ParticipationState
from filiera.push.actions import publish_event
from filiera.shared.errors import DomainError
from filiera.workshops.group_topics import desk_topic, groups_topic
from filiera.workshops.models import (
    Group,
    GroupRun,
    GroupSeries,
    GroupStep,
    GroupStepKind,
    RoundAbsence,
    SearchStatus,
    Seat,
)
from filiera.workshops.policies.editions import can_form_groups

REACH = 30
"""So many of the last changes can be taken back."""

State = dict[str, Any]


class NothingToUndo(DomainError):
    message = _("There is nothing to undo.")


class GroupsArePublished(DomainError):
    message = _(
        "These groups are published, and people rely on them. Open them again before you change them."
    )


class SearchAlreadyRuns(DomainError):
    message = _("A search is under way already. Stop it first, or wait for it.")


def tell_desk(series: GroupSeries) -> None:
    """Let open boards read again, and everybody's pages too once the groups are published."""
    publish_event(desk_topic(series.edition_id))
    if series.published_at is not None:
        publish_event(groups_topic(series.edition_id))


def lock_series(series: GroupSeries) -> GroupSeries:
    """Let one change of a series come after the other."""
    locked = GroupSeries.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("edition").get(pk=series.pk)


def open_to_change(series: GroupSeries, *, by: Viewer) -> GroupSeries:
    """The series, locked for the transaction. Raises PermissionDenied, GroupsArePublished."""
    if not can_form_groups(by, series.edition):
        raise PermissionDenied
    series = lock_series(series)
    if series.published_at is not None:
        raise GroupsArePublished
    return series


@contextmanager
def recorded_step(
    *,
    series: GroupSeries,
    kind: GroupStepKind,
    by: Viewer,
    at: datetime,
    participation: Participation | None = None,
) -> Iterator[None]:
    """Keep what stood before the block, so that it can be taken back; the series is locked already.

    A search that is still under way is stopped: it would answer an old question.
    """
    stop_runs(series, at=at)
    before = state_of(series)
    yield
    series.changed_at = at
    series.save(update_fields=["changed_at"])
    GroupStep.objects.create(
        series=series, kind=kind, participation=participation, made_at=at, made_by=by.person, before=before
    )
    out_of_reach = list(series.steps.order_by("-pk").values_list("pk", flat=True)[REACH:])
    GroupStep.objects.filter(pk__in=out_of_reach).delete()
    tell_desk(series)


@transaction.atomic
def undo_step(*, series: GroupSeries, by: Viewer, at: datetime) -> GroupStep:
    """Take the last change of the seats back.

    Raises PermissionDenied, GroupsArePublished, NothingToUndo.
    """
    series = open_to_change(series, by=by)
    step = series.steps.order_by("-pk").first()
    if step is None:
        raise NothingToUndo
    stop_runs(series, at=at)
    restore(series, step.before, at=at)
    step.delete()
    tell_desk(series)
    return step


def stop_runs(series: GroupSeries, *, at: datetime) -> None:
    running = GroupRun.objects.running().filter(series=series)
    running.update(cancel_asked_at=at, finished_at=at)


def state_of(series: GroupSeries) -> State:
    """The seats and absences of a series as JSON can keep them."""
    seats = Seat.objects.filter(round__series=series).order_by("pk")
    absences = RoundAbsence.objects.filter(round__series=series).order_by("pk")
    return {
        "status": series.status,
        "seats": list(seats.values("round_id", "group_id", "participation_id", "is_fixed")),
        "absences": list(absences.values("round_id", "participation_id")),
    }


def restore(series: GroupSeries, state: State, *, at: datetime) -> None:
    """Make the seats what they were; people and groups that left since stay away."""
    people = _confirmed(series)
    groups = set(Group.objects.filter(round__series=series).values_list("pk", flat=True))
    rounds = set(series.rounds.values_list("pk", flat=True))
    Seat.objects.filter(round__series=series).delete()
    RoundAbsence.objects.filter(round__series=series).delete()
    Seat.objects.bulk_create(
        Seat(**row)
        for row in state["seats"]
        if row["participation_id"] in people and row["group_id"] in groups
    )
    RoundAbsence.objects.bulk_create(
        RoundAbsence(**row, told_at=at)
        for row in state["absences"]
        if row["participation_id"] in people and row["round_id"] in rounds
    )
    series.status, series.changed_at = state["status"], at
    series.save(update_fields=["status", "changed_at"])


def write_seats(series: GroupSeries, seats: Iterable[tuple[int, int, int]]) -> None:
    """Put these seats (round, group, participation) in the place of all that stood; fixed ones stay fixed."""
    fixed = set(
        Seat.objects.filter(round__series=series, is_fixed=True).values_list("group_id", "participation_id")
    )
    people = _confirmed(series)
    Seat.objects.filter(round__series=series).delete()
    Seat.objects.bulk_create(
        Seat(
            round_id=round_id,
            group_id=group_id,
            participation_id=key,
            is_fixed=(group_id, key) in fixed,
        )
        for round_id, group_id, key in seats
        if key in people
    )


def mark_by_hand(series: GroupSeries) -> None:
    """What the last search proved no longer holds."""
    if series.status in (SearchStatus.OPTIMAL, SearchStatus.BEST_FOUND, SearchStatus.CANCELLED):
        series.status = SearchStatus.BY_HAND
        series.save(update_fields=["status"])


def _confirmed(series: GroupSeries) -> set[int]:
    return set(
        Participation.objects.filter(
            edition_id=series.edition_id, state=ParticipationState.CONFIRMED
        ).values_list("pk", flat=True)
    )
