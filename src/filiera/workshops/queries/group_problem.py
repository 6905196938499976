"""The question behind a series of groups: who is there, what is alike, what must hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from filiera.academy.models import Day
from filiera.admissions.models import AttendanceMode, DayAttendance, Participation
from filiera.admissions.queries.selection_pool import organisation_key
from filiera.shared.time import at_zone
from filiera.workshops.models import (
    Group,
    GroupAttribute,
    GroupRound,
    GroupRule,
    GroupRuleKind,
    GroupSeries,
    PlacingOnline,
    RoundAbsence,
    Seat,
    ThemeWish,
)

WORTH_OF_RANK = {1: 1.0, 2: 0.6, 3: 0.3}
"""How much of a wish comes true with the theme wished for first, second, third."""

Plan = tuple[Mapping[int, int], ...]
"""For each round the circle of each member who sits, both by their position in the problem."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with a confirmed place; a value that nobody told is empty and like no other."""

    key: int
    name: str
    values: Mapping[str, str]
    wishes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Circle:
    """A group of one round."""

    key: int
    number: int
    theme: str = ""
    is_online: bool = False


@dataclass(frozen=True, slots=True)
class Sitting:
    """One round: its circles, who is away, how each of the others is there, whose place is fixed."""

    key: int
    number: int
    circles: tuple[Circle, ...]
    away: frozenset[int] = frozenset()
    modes: Mapping[int, str] = field(default_factory=dict)
    fixed: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class GroupProblem:
    """Members and rounds with what a plan is judged by; pairs are positions of members."""

    members: tuple[Member, ...]
    sittings: tuple[Sitting, ...]
    weights: Mapping[str, float]
    repeat_price: float = 0.0
    wish_price: float = 0.0
    move_price: float = 0.0
    together: tuple[tuple[int, int], ...] = ()
    apart: tuple[tuple[int, int], ...] = ()
    keeps_online_together: bool = False

    @cached_property
    def position_of(self) -> dict[int, int]:
        return {member.key: position for position, member in enumerate(self.members)}

    @cached_property
    def steady_weights(self) -> tuple[tuple[str, float], ...]:
        """What counts in every round alike; the mode is another each day."""
        return tuple(
            (attribute.value, weight)
            for attribute in GroupAttribute
            if (weight := self.weights.get(attribute, 0.0)) > 0 and attribute != GroupAttribute.MODE
        )

    @property
    def mode_weight(self) -> float:
        return 0.0 if self.keeps_online_together else self.weights.get(GroupAttribute.MODE, 0.0)

    def present(self, sitting: int) -> list[int]:
        away = self.sittings[sitting].away
        return [position for position in range(len(self.members)) if position not in away]

    def alike(self, sitting: int, one: int, two: int) -> float:
        """Points that two lose by sitting together once, without having met before."""
        first, second = self.members[one].values, self.members[two].values
        points = 0.0
        for attribute, weight in self.steady_weights:
            value = first.get(attribute)
            if value and value == second.get(attribute):
                points += weight
        if self.mode_weight:
            modes = self.sittings[sitting].modes
            mode = modes.get(one)
            if mode and mode == modes.get(two):
                points += self.mode_weight
        return points

    def missed_wish(self, sitting: int, position: int, circle: int) -> float:
        """Which share of somebody's wish does not come true in a circle; none without a wish or themes."""
        wishes, circles = self.members[position].wishes, self.sittings[sitting].circles
        if not wishes or not any(each.theme for each in circles):
            return 0.0
        return 1.0 - WORTH_OF_RANK.get(wishes.get(circles[circle].theme, 0), 0.0)

    def may_sit(self, sitting: int, position: int, circle: int) -> bool:
        """Whether fixed places and the mode of the day let somebody sit in a circle."""
        round_ = self.sittings[sitting]
        if position in round_.fixed:
            return round_.fixed[position] == circle
        if not self.keeps_online_together or not any(each.is_online for each in round_.circles):
            return True
        is_online = round_.modes.get(position) == AttendanceMode.ONLINE
        return round_.circles[circle].is_online == is_online


def problem_of(series: GroupSeries) -> GroupProblem:
    """Read a series with everybody who has a confirmed place; a fixed number of queries."""
    members = _members(series)
    position_of = {member.key: position for position, member in enumerate(members)}
    return GroupProblem(
        members=members,
        sittings=_sittings(series, position_of),
        weights={name: float(weight) for name, weight in series.weights.items() if weight},
        repeat_price=series.repeat_price,
        wish_price=series.wish_price,
        move_price=series.move_price,
        together=_pairs(series, GroupRuleKind.TOGETHER, position_of),
        apart=_pairs(series, GroupRuleKind.APART, position_of),
        keeps_online_together=series.placing_online == PlacingOnline.TOGETHER,
    )


def plan_of(problem: GroupProblem, seats: Iterable[tuple[int, int, int]]) -> Plan:
    """The plan that seats (round, group, participation) make, as far as their people are still there."""
    rounds = {sitting.key: number for number, sitting in enumerate(problem.sittings)}
    circles = {
        circle.key: position
        for sitting in problem.sittings
        for position, circle in enumerate(sitting.circles)
    }
    plan: list[dict[int, int]] = [{} for _ in problem.sittings]
    for round_key, group_key, participation_key in seats:
        position = problem.position_of.get(participation_key)
        if position is None or position in problem.sittings[rounds[round_key]].away:
            continue
        plan[rounds[round_key]][position] = circles[group_key]
    return tuple(plan)


def seats_of(series: GroupSeries) -> list[tuple[int, int, int]]:
    return list(
        Seat.objects.filter(round__series=series).values_list("round_id", "group_id", "participation_id")
    )


def moved(plan: Plan, sitting: int, places: Mapping[int, int]) -> Plan:
    """The plan with some members of one round elsewhere."""
    changed = list(plan)
    changed[sitting] = {**plan[sitting], **places}
    return tuple(changed)


def with_circles(problem: GroupProblem, sitting: int, circles: Sequence[Circle]) -> GroupProblem:
    sittings = list(problem.sittings)
    sittings[sitting] = replace(sittings[sitting], circles=tuple(circles))
    return replace(problem, sittings=tuple(sittings))


def day_of(round_: GroupRound) -> tuple[int, str] | None:
    """The part and date of a round's session, as its own clocks tell; None before it has a time."""
    session = round_.session
    if session is None or session.during is None:
        return None
    return session.part_id, at_zone(session.during.lower, session.part.time_zone).date().isoformat()


def _members(series: GroupSeries) -> tuple[Member, ...]:
    wishes: dict[int, dict[str, int]] = {}
    for key, theme, rank in ThemeWish.objects.filter(series=series).values_list(
        "participation_id", "theme", "rank"
    ):
        wishes.setdefault(key, {})[theme] = rank
    rows = (
        Participation.objects.confirmed()
        .filter(edition_id=series.edition_id)
        .order_by("sort_name", "pk")
        .values_list(
            "pk", "name", "country_id", "ecosystem_id", "application__maturity", "organisation__kind",
            "application__organisation_kind", "language", "organisation_id", "organisation_name",
        )
    )  # fmt: skip
    return tuple(
        Member(
            key=key,
            name=name,
            values={
                GroupAttribute.COUNTRY.value: country or "",
                GroupAttribute.ECOSYSTEM.value: ecosystem or "",
                GroupAttribute.MATURITY.value: maturity or "",
                GroupAttribute.ORGANISATION_KIND.value: kind or stated_kind or "",
                GroupAttribute.LANGUAGE.value: language,
                GroupAttribute.ORGANISATION.value: organisation_key(organisation, organisation_name),
            },
            wishes=wishes.get(key, {}),
        )
        for (
            key, name, country, ecosystem, maturity, kind, stated_kind, language, organisation,
            organisation_name,
        ) in rows
    )  # fmt: skip


def _sittings(series: GroupSeries, position_of: Mapping[int, int]) -> tuple[Sitting, ...]:
    rounds = list(GroupRound.objects.filter(series=series).select_related("session__part").order_by("number"))
    circles: dict[int, list[Circle]] = {}
    for group in Group.objects.filter(round__series=series).order_by("round__number", "number"):
        circles.setdefault(group.round_id, []).append(
            Circle(group.pk, group.number, group.theme, group.is_online)
        )
    modes = _modes(series, rounds)
    away: dict[int, set[int]] = {}
    for round_key, participation_key in RoundAbsence.objects.filter(round__series=series).values_list(
        "round_id", "participation_id"
    ):
        away.setdefault(round_key, set()).add(participation_key)
    fixed: dict[int, dict[int, int]] = {}
    for round_key, group_key, participation_key in Seat.objects.filter(
        round__series=series, is_fixed=True
    ).values_list("round_id", "group_id", "participation_id"):
        fixed.setdefault(round_key, {})[participation_key] = group_key
    found = []
    for each in rounds:
        told = modes.get(each.pk, {})
        gone = away.get(each.pk, set()) | {key for key, mode in told.items() if mode == AttendanceMode.ABSENT}
        place_of = {circle.key: place for place, circle in enumerate(circles.get(each.pk, []))}
        absent = frozenset(position_of[key] for key in gone if key in position_of)
        found.append(
            Sitting(
                key=each.pk,
                number=each.number,
                circles=tuple(circles.get(each.pk, [])),
                away=absent,
                modes={position_of[key]: mode for key, mode in told.items() if key in position_of},
                fixed={
                    position_of[key]: place_of[group]
                    for key, group in fixed.get(each.pk, {}).items()
                    if key in position_of and position_of[key] not in absent
                },
            )
        )
    return tuple(found)


def _modes(series: GroupSeries, rounds: Sequence[GroupRound]) -> dict[int, dict[int, str]]:
    """How everybody means to be there on the day of each round, as far as that was said."""
    wanted = {each.pk: date for each in rounds if (date := day_of(each)) is not None}
    days = {
        (part, held_on.isoformat()): key
        for key, part, held_on in Day.objects.filter(part__edition_id=series.edition_id).values_list(
            "pk", "part_id", "date"
        )
    }
    told: dict[int, dict[int, str]] = {}
    for day_key, participation, mode in DayAttendance.objects.filter(
        day__part__edition_id=series.edition_id
    ).values_list("day_id", "participation_id", "mode"):
        told.setdefault(day_key, {})[participation] = mode
    return {key: told.get(days.get(date, 0), {}) for key, date in wanted.items()}


def _pairs(
    series: GroupSeries, kind: GroupRuleKind, position_of: Mapping[int, int]
) -> tuple[tuple[int, int], ...]:
    rows = GroupRule.objects.filter(series=series, kind=kind).order_by("pk").values_list("first", "second")
    return tuple(
        (position_of[first], position_of[second])
        for first, second in rows
        if first in position_of and second in position_of
    )
