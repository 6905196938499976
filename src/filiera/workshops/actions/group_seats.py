"""Placing people by hand: moves, fixed places, absences, rules and wishes."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation, ParticipationState
from filiera.shared.errors import DomainError
from filiera.workshops.models import (
    Group,
    GroupRound,
    GroupRule,
    GroupSeries,
    GroupStepKind,
    RoundAbsence,
    Seat,
    ThemeWish,
)
from filiera.workshops.policies.editions import can_form_groups, can_take_part
from filiera.workshops.policies.groups import acts_for

from .group_steps import lock_series, mark_by_hand, open_to_change, recorded_step, stop_runs, tell_desk

MOST_WISHES = 3


class NoConfirmedPlace(DomainError):
    message = _("Only people with a confirmed place sit in groups.")


class GroupElsewhere(DomainError):
    message = _("This group is of another round.")
    field = "group"


class NotSeated(DomainError):
    message = _("This person has no place in this round yet. Choose a group first.")


class PairIsOnePerson(DomainError):
    message = _("These two are one person. Choose two different people.")
    field = "second"


class PairHasRule(DomainError):
    message = _("There is a rule for these two already. Remove it first.")
    field = "second"


class WishesAreClosed(DomainError):
    message = _("Wishes are closed for these groups. Tell the organisers what matters to you.")


@transaction.atomic
def move_person(
    *,
    round_: GroupRound,
    participation: Participation,
    group: Group,
    with_: Participation | None = None,
    by: Viewer,
    at: datetime,
) -> None:
    """Seat somebody in a group, in exchange with somebody who sits there if `with_` is given.

    A fixed place stays fixed, in the new group. Whoever was marked absent is there again.
    Raises PermissionDenied, GroupsArePublished, NoConfirmedPlace, GroupElsewhere.
    """
    series = open_to_change(round_.series, by=by)
    _check_person(series, participation)
    if group.round_id != round_.pk:
        raise GroupElsewhere
    own = Seat.objects.filter(round=round_, participation=participation).first()
    if own is not None and own.group_id == group.pk:
        return
    with recorded_step(series=series, kind=GroupStepKind.MOVED, participation=participation, by=by, at=at):
        if with_ is not None and own is not None:
            Seat.objects.filter(round=round_, group=group, participation=with_).update(group=own.group_id)
        RoundAbsence.objects.filter(round=round_, participation=participation).delete()
        Seat.objects.update_or_create(round=round_, participation=participation, defaults={"group": group})
        mark_by_hand(series)


@transaction.atomic
def fix_place(
    *, round_: GroupRound, participation: Participation, is_fixed: bool, by: Viewer, at: datetime
) -> None:
    """Keep somebody where they sit, whatever a search finds; or let the search decide again.

    Raises PermissionDenied, GroupsArePublished, NotSeated.
    """
    series = open_to_change(round_.series, by=by)
    kind = GroupStepKind.FIXED if is_fixed else GroupStepKind.FREED
    with recorded_step(series=series, kind=kind, participation=participation, by=by, at=at):
        if not Seat.objects.filter(round=round_, participation=participation).update(is_fixed=is_fixed):
            raise NotSeated


@transaction.atomic
def tell_absence(
    *,
    rounds: Sequence[GroupRound],
    participation: Participation,
    is_absent: bool,
    by: Viewer,
    at: datetime,
) -> None:
    """Somebody is away for these rounds of one series, or is there again and waits for a place.

    Also in published groups: the group sees at once who is missing. The others stay where they are until
    the gap is taken in.
    Raises PermissionDenied, NoConfirmedPlace.
    """
    series = rounds[0].series
    if not can_form_groups(by, series.edition):
        raise PermissionDenied
    series = lock_series(series)
    _check_person(series, participation)
    kind = GroupStepKind.ABSENT if is_absent else GroupStepKind.BACK
    with recorded_step(series=series, kind=kind, participation=participation, by=by, at=at):
        if is_absent:
            Seat.objects.filter(round__in=rounds, participation=participation).delete()
            for round_ in rounds:
                RoundAbsence.objects.get_or_create(
                    round=round_, participation=participation, defaults={"told_at": at}
                )
        else:
            RoundAbsence.objects.filter(round__in=rounds, participation=participation).delete()
        mark_by_hand(series)


@transaction.atomic
def add_rule(
    *,
    series: GroupSeries,
    kind: str,
    first: Participation,
    second: Participation,
    by: Viewer,
    at: datetime,
) -> GroupRule:
    """Have every round keep two people together, or apart.

    Raises PermissionDenied, GroupsArePublished, NoConfirmedPlace, PairIsOnePerson, PairHasRule.
    """
    series = open_to_change(series, by=by)
    for participation in (first, second):
        _check_person(series, participation)
    if first.pk == second.pk:
        raise PairIsOnePerson
    lower, higher = sorted((first, second), key=lambda each: each.pk)
    if GroupRule.objects.filter(series=series, first=lower, second=higher).exists():
        raise PairHasRule
    stop_runs(series, at=at)
    rule = GroupRule.objects.create(series=series, kind=kind, first=lower, second=higher)
    _forget_conflict(series)
    return rule


@transaction.atomic
def remove_rule(*, rule: GroupRule, by: Viewer, at: datetime) -> None:
    """Raises PermissionDenied, GroupsArePublished."""
    series = open_to_change(rule.series, by=by)
    stop_runs(series, at=at)
    rule.delete()
    _forget_conflict(series)


@transaction.atomic
def wish_themes(
    *,
    series: GroupSeries,
    participation: Participation,
    themes: Sequence[str],
    by: Viewer,
    at: datetime,
) -> None:
    """Say which themes somebody wants, the dearest first; what was wished before is replaced.

    Participants say their own until wishes close; whoever forms the groups says anybody's at any time.
    Raises PermissionDenied, NoConfirmedPlace, WishesAreClosed.
    """
    forms = can_form_groups(by, series.edition)
    if not forms and not (can_take_part(by, series.edition) and acts_for(by, participation)):
        raise PermissionDenied
    series = lock_series(series)
    _check_person(series, participation)
    if not forms and not takes_wishes(series, at=at):
        raise WishesAreClosed
    wanted = list(dict.fromkeys(theme for theme in themes if theme in series.themes))[:MOST_WISHES]
    ThemeWish.objects.filter(series=series, participation=participation).delete()
    ThemeWish.objects.bulk_create(
        ThemeWish(series=series, participation=participation, rank=rank, theme=theme, wished_at=at)
        for rank, theme in enumerate(wanted, start=1)
    )
    tell_desk(series)


def takes_wishes(series: GroupSeries, *, at: datetime) -> bool:
    return bool(
        series.themes
        and series.published_at is None
        and series.wishes_until is not None
        and at < series.wishes_until
    )


def _check_person(series: GroupSeries, participation: Participation) -> None:
    if participation.edition_id != series.edition_id or participation.state != ParticipationState.CONFIRMED:
        raise NoConfirmedPlace


def _forget_conflict(series: GroupSeries) -> None:
    series.conflict = []
    series.save(update_fields=["conflict"])
    tell_desk(series)
