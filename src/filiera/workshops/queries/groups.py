"""Groups as people of the edition see them: their own first, then everybody's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from filiera.academy.models import Edition, PublishedSession, SessionKind
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.texts.languages import translated
from filiera.workshops.models import (
    Challenge,
    ChallengeState,
    Group,
    GroupRound,
    GroupSeries,
    Seat,
    ThemeWish,
)
from filiera.workshops.queries.group_problem import GroupProblem, Plan, plan_of, problem_of

MOST_CHALLENGES = 12


@dataclass(frozen=True, slots=True)
class Slot:
    """When and where a round's session is, as the published programme says."""

    title: str
    starts_at: datetime
    ends_at: datetime
    room: str
    slug: str


@dataclass(frozen=True, slots=True)
class GroupShown:
    """A group with its people by name; `seats` have their participation and organisation."""

    group: Group
    seats: tuple[Seat, ...]
    facilitator: str
    room: str
    is_own: bool = False
    # The viewer's own places in it.
    own_keys: frozenset[int] = frozenset()

    @property
    def title(self) -> str:
        return group_title(self.group)


@dataclass(frozen=True, slots=True)
class RoundShown:
    """One round with all its groups, and one's own among them."""

    round: GroupRound
    slot: Slot | None
    groups: tuple[GroupShown, ...]
    is_over: bool = False

    @property
    def own(self) -> GroupShown | None:
        return next((each for each in self.groups if each.is_own), None)


@dataclass(frozen=True, slots=True)
class SeriesShown:
    series: GroupSeries
    rounds: tuple[RoundShown, ...]
    # The round that is on, or comes next; None when all are over.
    next_round: RoundShown | None

    @property
    def others_here(self) -> int:
        return len(_mates(self.next_round))

    @property
    def new_here(self) -> int:
        """With how many of the next group one sits in no other round of the series."""
        elsewhere = (_mates(each) for each in self.rounds if each is not self.next_round)
        return len(_mates(self.next_round).difference(*elsewhere))


def _mates(round_: RoundShown | None) -> set[int]:
    """The others of one's own group in a round."""
    own = round_.own if round_ is not None else None
    return {seat.participation_id for seat in own.seats} - own.own_keys if own is not None else set()


def group_title(group: Group) -> str:
    """Group 3, or Group 3: Energy."""
    if group.theme:
        return _("Group %(number)s: %(theme)s") % {"number": group.number, "theme": group.theme}
    return _("Group %(number)s") % {"number": group.number}


def published_series(viewer: Viewer, edition: Edition) -> QuerySet[GroupSeries]:
    visible = GroupSeries.objects.visible_to(viewer).filter(edition=edition, published_at__isnull=False)
    return visible.order_by("published_at", "pk")


def series_shown(viewer: Viewer, edition: Edition, at: datetime) -> list[SeriesShown]:
    """What is published, with who looks in their groups; a fixed number of queries."""
    every = list(published_series(viewer, edition))
    rounds = list(GroupRound.objects.visible_to(viewer).filter(series__in=every).order_by("series", "number"))
    groups = shown_groups(viewer, rounds)
    slots = slots_of(edition, (each.session_id for each in rounds))
    found = []
    for series in every:
        own = [each for each in rounds if each.series_id == series.pk]
        told = tuple(_round(each, _slot_in(own, each, slots), groups.get(each.pk, ()), at) for each in own)
        found.append(SeriesShown(series, told, next((each for each in told if not each.is_over), None)))
    return sorted(found, key=_coming_first)


def _coming_first(shown: SeriesShown) -> tuple[bool, bool, float]:
    """What comes next stands first, then what has no time yet, then what is over."""
    coming = shown.next_round
    begins = coming.slot.starts_at.timestamp() if coming is not None and coming.slot is not None else 0.0
    return coming is None, begins == 0.0, begins


def shown_groups(viewer: Viewer, rounds: Iterable[GroupRound]) -> dict[int, tuple[GroupShown, ...]]:
    """The groups of rounds with their people, by round."""
    keys = [each.pk for each in rounds]
    seats: dict[int, list[Seat]] = {}
    for seat in (
        Seat.objects.visible_to(viewer)
        .filter(round__in=keys)
        .select_related("participation__organisation", "participation__country")
        .order_by("participation__sort_name", "pk")
    ):
        seats.setdefault(seat.group_id, []).append(seat)
    found: dict[int, list[GroupShown]] = {}
    visible = Group.objects.visible_to(viewer).filter(round__in=keys)
    for group in visible.select_related("facilitator__person", "room").order_by("round", "number"):
        people = tuple(seats.get(group.pk, ()))
        own_keys = frozenset(
            seat.participation_id
            for seat in people
            if viewer.person_id is not None and seat.participation.person_id == viewer.person_id
        )
        found.setdefault(group.round_id, []).append(
            GroupShown(
                group=group,
                seats=people,
                facilitator=group.facilitator.person.shown_name if group.facilitator else "",
                room=translated(group.room.name) if group.room else "",
                is_own=bool(own_keys),
                own_keys=own_keys,
            )
        )
    return {key: tuple(groups) for key, groups in found.items()}


def slots_of(edition: Edition, session_ids: Iterable[int | None]) -> dict[int, Slot]:
    """When the sessions are, by what is published; a session without a time or cancelled has no slot."""
    wanted = {key for key in session_ids if key is not None}
    if not wanted:
        return {}
    return {each.session_id or 0: _slot(each) for each in _published(edition).filter(session__in=wanted)}


def sessions_in_groups(edition: Edition) -> list[Slot]:
    """The published sessions that are worked in groups."""
    published = _published(edition).filter(data__kind__in=[SessionKind.GROUP_WORK, SessionKind.WORKSHOP])
    return [_slot(each) for each in published.order_by("starts_at", "pk")]


def open_wishes(viewer: Viewer, edition: Edition, at: datetime) -> list[GroupSeries]:
    """The series whose themes may be wished for now; only their title and themes are shown."""
    wanted = GroupSeries.objects.open_for_wishes(viewer, at).filter(edition=edition)
    return list(wanted.order_by("wishes_until", "pk"))


def own_wishes(series: GroupSeries, participation: Participation) -> list[str]:
    wishes = ThemeWish.objects.filter(series=series, participation=participation)
    return list(wishes.order_by("rank").values_list("theme", flat=True))


def challenges_as_themes(viewer: Viewer, edition: Edition) -> list[str]:
    """The open challenges of the edition that draw most offers of help, for groups to work on."""
    waiting = Challenge.objects.visible_to(viewer).filter(
        edition=edition, state__in=[ChallengeState.OPEN, ChallengeState.WORKED_ON]
    )
    wanted = waiting.annotate(offers=Count("help_offers")).order_by("-offers", "created_at", "pk")
    return list(wanted.values_list("title", flat=True)[:MOST_CHALLENGES])


def formed(series: GroupSeries) -> tuple[GroupProblem, Plan]:
    """The question and the plan as it stands; a fixed number of queries."""
    problem = problem_of(series)
    seats = Seat.objects.filter(round__series=series).values_list("round_id", "group_id", "participation_id")
    return problem, plan_of(problem, seats)


def _published(edition: Edition) -> QuerySet[PublishedSession]:
    return PublishedSession.objects.filter(
        version=edition.current_version_id,
        starts_at__isnull=False,
        ends_at__isnull=False,
        data__is_cancelled=False,
    )


def _slot(published: PublishedSession) -> Slot:
    assert published.starts_at is not None
    assert published.ends_at is not None
    return Slot(
        title=translated(published.data["title"]),
        starts_at=published.starts_at,
        ends_at=published.ends_at,
        room=translated((published.data.get("room") or {}).get("name") or {}),
        slug=published.slug,
    )


def _slot_in(rounds: list[GroupRound], round_: GroupRound, slots: Mapping[int, Slot]) -> Slot | None:
    """Rounds of one session follow each other in it, each as long as the others."""
    slot = slots.get(round_.session_id or 0)
    if slot is None:
        return None
    same = [each.pk for each in rounds if each.session_id == round_.session_id]
    length = (slot.ends_at - slot.starts_at) / len(same)
    begins = slot.starts_at + same.index(round_.pk) * length
    # Whole minutes, as clocks and calendars tell them.
    starts_at, ends_at = (moment.replace(second=0, microsecond=0) for moment in (begins, begins + length))
    return replace(slot, starts_at=starts_at, ends_at=ends_at)


def _round(round_: GroupRound, slot: Slot | None, groups: tuple[GroupShown, ...], at: datetime) -> RoundShown:
    return RoundShown(round_, slot, groups, is_over=slot is not None and slot.ends_at <= at)
