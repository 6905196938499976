"""Making a series of groups, changing what it is about, publishing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, EditionMember, Room, Session
from filiera.accounts.viewer import Viewer
from filiera.push.actions import publish_event
from filiera.shared.errors import DomainError
from filiera.workshops.group_topics import groups_topic
from filiera.workshops.models import Group, GroupRound, GroupSeries, PlacingOnline, Seat
from filiera.workshops.policies.editions import can_form_groups

from .group_steps import (
    GroupsArePublished,
    lock_series,
    mark_by_hand,
    open_to_change,
    stop_runs,
    tell_desk,
)

__all__ = ["GroupsArePublished", "NobodySits", "SeriesDetails", "SessionElsewhere"]

MOST_ROUNDS, MOST_GROUPS = 20, 100


class SessionElsewhere(DomainError):
    message = _("This session belongs to another edition.")
    field = "session"


class NobodySits(DomainError):
    message = _("Nobody sits in these groups yet. Propose groups first, or place people by hand.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesDetails:
    """What the organiser says of a series; weights are points for each pair alike in an attribute."""

    title: Mapping[str, str]
    group_count: int
    round_count: int
    weights: Mapping[str, float]
    repeat_price: float
    wish_price: float
    move_price: float
    placing_online: str = PlacingOnline.MIXED
    themes: Sequence[str] = field(default_factory=tuple)
    wishes_until: datetime | None = None
    session: Session | None = None


@transaction.atomic
def make_series(
    *, edition: Edition, details: SeriesDetails, by: Viewer, at: datetime, is_demonstration: bool = False
) -> GroupSeries:
    """Make the rounds of a series with their empty groups.

    Raises PermissionDenied, SessionElsewhere.
    """
    if not can_form_groups(by, edition):
        raise PermissionDenied
    series = GroupSeries(edition=edition, created_at=at, changed_at=at, is_demonstration=is_demonstration)
    _take(series, details)
    series.save()
    _put_rounds(series, details)
    tell_desk(series)
    return series


@transaction.atomic
def change_series(*, series: GroupSeries, details: SeriesDetails, by: Viewer, at: datetime) -> GroupSeries:
    """Change what groups are judged by; rounds and groups are added or taken away at the end.

    Who sat in a group that is taken away waits for a new place.
    Raises PermissionDenied, GroupsArePublished, SessionElsewhere.
    """
    series = open_to_change(series, by=by)
    stop_runs(series, at=at)
    _take(series, details)
    series.changed_at, series.conflict = at, []
    series.save()
    _put_rounds(series, details)
    mark_by_hand(series)
    # Steps hold seats of groups that may be gone.
    series.steps.all().delete()
    tell_desk(series)
    return series


@transaction.atomic
def remove_series(*, series: GroupSeries, by: Viewer, at: datetime) -> None:
    """Raises PermissionDenied, GroupsArePublished."""
    series = open_to_change(series, by=by)
    stop_runs(series, at=at)
    tell_desk(series)
    series.delete()


@transaction.atomic
def change_round(*, round_: GroupRound, session: Session | None, by: Viewer, at: datetime) -> GroupRound:
    """Say in which session a round sits; the time that session has now is the one it is formed for.

    Raises PermissionDenied, SessionElsewhere.
    """
    series = _lock_allowed(round_.series, by=by)
    if session is not None and session.edition_id != series.edition_id:
        raise SessionElsewhere
    round_.session = session
    round_.formed_for = session.during if session is not None else None
    round_.save(update_fields=["session", "formed_for"])
    tell_desk(series)
    return round_


@transaction.atomic
def accept_moved_session(*, round_: GroupRound, by: Viewer, at: datetime) -> None:
    """Somebody has seen that the session moved, and keeps the groups for its new time.

    Raises PermissionDenied.
    """
    series = _lock_allowed(round_.series, by=by)
    round_.formed_for = round_.session.during if round_.session is not None else None
    round_.save(update_fields=["formed_for"])
    tell_desk(series)


@transaction.atomic
def describe_group(
    *,
    group: Group,
    theme: str,
    facilitator: EditionMember | None,
    room: Room | None,
    online_url: str,
    in_all_rounds: bool,
    by: Viewer,
    at: datetime,
) -> None:
    """Say who leads a group and where it sits, in its round or in all rounds under its number.

    It may be said of published groups too: everybody's page shows it at once.
    Raises PermissionDenied.
    """
    series = _lock_allowed(group.round.series, by=by)
    groups = Group.objects.filter(pk=group.pk)
    if in_all_rounds:
        groups = Group.objects.filter(round__series=series, number=group.number)
    groups.update(facilitator=facilitator, room=room, online_url=online_url)
    Group.objects.filter(pk=group.pk).update(theme=theme)
    tell_desk(series)


@transaction.atomic
def publish_groups(*, series: GroupSeries, by: Viewer, at: datetime) -> GroupSeries:
    """Lock the groups and show them to everybody of the edition; open pages hear it at once.

    Raises PermissionDenied, GroupsArePublished, NobodySits.
    """
    series = open_to_change(series, by=by)
    if not Seat.objects.filter(round__series=series).exists():
        raise NobodySits
    stop_runs(series, at=at)
    series.published_at = series.changed_at = at
    series.save(update_fields=["published_at", "changed_at"])
    tell_desk(series)
    return series


@transaction.atomic
def reopen_groups(*, series: GroupSeries, by: Viewer, at: datetime) -> GroupSeries:
    """Take published groups back to change them; until they are published again nobody else sees them.

    Raises PermissionDenied.
    """
    series = _lock_allowed(series, by=by)
    if series.published_at is None:
        return series
    stop_runs(series, at=at)
    series.published_at, series.changed_at = None, at
    series.save(update_fields=["published_at", "changed_at"])
    tell_desk(series)
    publish_event(groups_topic(series.edition_id))
    return series


def _lock_allowed(series: GroupSeries, *, by: Viewer) -> GroupSeries:
    if not can_form_groups(by, series.edition):
        raise PermissionDenied
    return lock_series(series)


def _take(series: GroupSeries, details: SeriesDetails) -> None:
    if details.session is not None and details.session.edition_id != series.edition_id:
        raise SessionElsewhere
    series.title = dict(details.title)
    series.group_count = details.group_count
    series.weights = {name: weight for name, weight in details.weights.items() if weight > 0}
    series.repeat_price = details.repeat_price
    series.wish_price = details.wish_price
    series.move_price = details.move_price
    series.placing_online = details.placing_online
    series.themes = list(details.themes)
    series.wishes_until = details.wishes_until


def _put_rounds(series: GroupSeries, details: SeriesDetails) -> None:
    rounds = list(series.rounds.order_by("number"))
    series.rounds.filter(number__gt=details.round_count).delete()
    for number in range(len(rounds) + 1, details.round_count + 1):
        GroupRound.objects.create(
            series=series,
            number=number,
            session=details.session,
            formed_for=details.session.during if details.session is not None else None,
        )
    for each in series.rounds.order_by("number"):
        _put_groups(series, each)


def _put_groups(series: GroupSeries, round_: GroupRound) -> None:
    round_.groups.filter(number__gt=series.group_count).delete()
    there = {group.number: group for group in round_.groups.all()}
    for number in range(1, series.group_count + 1):
        theme = series.themes[(number - 1) % len(series.themes)] if series.themes else ""
        if number not in there:
            Group.objects.create(round=round_, number=number, theme=theme)
        elif there[number].theme != theme and (theme or there[number].theme not in series.themes):
            there[number].theme = theme
            there[number].save(update_fields=["theme"])
