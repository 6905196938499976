"""A seating as arithmetic: what each pair at a table is worth, what a plan is worth, what it breaks."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from filiera.meetings.models import Dinner, DinnerGuest, DinnerPair, DinnerTable, DinnerWish, PairKind
from filiera.workshops.models import Seat

if TYPE_CHECKING:
    from filiera_solvers import SeatingInstance

Pair = tuple[int, int]
_TELLS = (
    ("together", re.compile(r"^(\d+) and (\d+) must be together$")),
    ("apart", re.compile(r"^(\d+) and (\d+) must be apart$")),
    ("largest", re.compile(r"^group (\d+) holds at most (\d+)$")),
    ("smallest", re.compile(r"^group (\d+) needs at least (\d+)$")),
    ("hosts", re.compile(r"^(\d+) may only be in .*$")),
)


@dataclass(frozen=True, slots=True)
class SeatingProblem:
    """Guests and tables by position; pairs name guests, the smaller position first."""

    guests: tuple[DinnerGuest, ...]
    tables: tuple[DinnerTable, ...]
    weights: tuple[int, int, int]
    together: tuple[Pair, ...]
    apart: tuple[Pair, ...]
    # How many of the two wished for the other.
    wishes: Mapping[Pair, int]
    met: frozenset[Pair]
    wish_worth: float
    met_cost: float

    @property
    def hosts(self) -> frozenset[int]:
        return frozenset(index for index, guest in enumerate(self.guests) if guest.is_host)

    def distance(self, one: int, two: int) -> float:
        """How different two guests are, from 0 to 1."""
        first, second = self.guests[one], self.guests[two]
        differs = (
            first.country_id != second.country_id,
            first.ecosystem_id != second.ecosystem_id,
            first.role != second.role,
        )
        told = sum(weight for weight, is_other in zip(self.weights, differs, strict=True) if is_other)
        return told / sum(self.weights)

    def worth(self, one: int, two: int) -> float:
        """What it is worth that two share a table."""
        pair = (min(one, two), max(one, two))
        wished = self.wish_worth * self.wishes.get(pair, 0)
        return self.distance(one, two) + wished - (self.met_cost if pair in self.met else 0.0)

    def value(self, table_of: Sequence[int | None]) -> float:
        """What a plan is worth; who has no table yet adds nothing."""
        at: dict[int, list[int]] = defaultdict(list)
        for guest, table in enumerate(table_of):
            if table is not None:
                at[table].append(guest)
        return sum(self.worth(*pair) for sitting in at.values() for pair in combinations(sitting, 2))

    def instance(self) -> SeatingInstance:
        import numpy as np  # not before it is needed: every page process would carry it

        import filiera_solvers as solvers

        count = len(self.guests)
        distance = np.zeros((count, count))
        for one, two in combinations(range(count), 2):
            distance[one, two] = distance[two, one] = self.distance(one, two)
        fewest = solvers.evenly_filled([table.seats for table in self.tables], count)
        return solvers.SeatingInstance(
            names=tuple(str(index) for index in range(count)),
            tables=tuple(
                solvers.Table(name=str(index), seats=table.seats, smallest=int(few), hosts=table.least_hosts)
                for index, (table, few) in enumerate(zip(self.tables, fewest, strict=True))
            ),
            hosts=self.hosts,
            together=self.together,
            apart=self.apart,
            wishes=tuple((*pair, self.wish_worth * count) for pair, count in sorted(self.wishes.items())),
            met=tuple((*pair, float(self.met_cost)) for pair in sorted(self.met)),
            distance=distance,
        )

    def table_of(self) -> list[int | None]:
        """The plan that is kept."""
        position = {table.pk: index for index, table in enumerate(self.tables)}
        return [position.get(guest.table_id or 0) for guest in self.guests]


def seating_problem(dinner: Dinner) -> SeatingProblem:
    """Everything a seating depends on, in six queries."""
    guests = tuple(
        DinnerGuest.objects.filter(dinner=dinner)
        .select_related("organisation", "country", "ecosystem", "participation")
        .order_by("pk")
    )
    position = {guest.pk: index for index, guest in enumerate(guests)}
    pairs: dict[str, list[Pair]] = defaultdict(list)
    for pair in DinnerPair.objects.filter(dinner=dinner).order_by("pk"):
        pairs[pair.kind].append(_pair(position[pair.one_id], position[pair.two_id]))
    wishes: Counter[Pair] = Counter(
        _pair(position[wish.guest_id], position[wish.wanted_id])
        for wish in DinnerWish.objects.filter(guest__dinner=dinner)
    )
    return SeatingProblem(
        guests=guests,
        tables=tuple(DinnerTable.objects.filter(dinner=dinner).order_by("number")),
        weights=(dinner.country_weight, dinner.ecosystem_weight, dinner.role_weight),
        together=tuple(pairs[PairKind.TOGETHER]),
        apart=tuple(pairs[PairKind.APART]),
        wishes=wishes,
        met=_met(dinner, guests),
        wish_worth=float(dinner.wish_worth),
        met_cost=float(dinner.met_cost),
    )


def _met(dinner: Dinner, guests: Sequence[DinnerGuest]) -> frozenset[Pair]:
    """Pairs who sat together in a published group of the edition."""
    position = {guest.participation_id: index for index, guest in enumerate(guests) if guest.participation_id}
    seats = Seat.objects.filter(
        round__series__edition=dinner.edition_id,
        round__series__published_at__isnull=False,
        participation__in=list(position),
    )
    groups: dict[int, list[int]] = defaultdict(list)
    for group, participation in seats.values_list("group", "participation"):
        groups[group].append(position[participation])
    return frozenset(_pair(one, two) for sitting in groups.values() for one, two in combinations(sitting, 2))


def told_conflict(problem: SeatingProblem, conflict: Sequence[str]) -> list[dict[str, object]]:
    """The rules that cannot all be kept, by the guests and tables they name."""
    told: list[dict[str, object]] = []
    own_apart = set(problem.apart)
    for line in conflict:
        for kind, pattern in _TELLS:
            found = pattern.match(line)
            if found is None:
                continue
            told.append(_told(problem, kind, [int(part) for part in found.groups()], own_apart))
    kept: list[dict[str, object]] = []
    for each in told:
        if each not in kept:
            kept.append(each)
    return kept


def _told(problem: SeatingProblem, kind: str, parts: list[int], own_apart: set[Pair]) -> dict[str, object]:
    if kind in ("together", "apart"):
        pair = _pair(parts[0], parts[1])
        if kind == "apart" and pair not in own_apart:
            # The search keeps those who represent the host apart, so that each table has one.
            return {"kind": "hosts"}
        return {"kind": kind, "guests": [problem.guests[index].pk for index in pair]}
    if kind in ("largest", "smallest"):
        return {"kind": kind, "table": problem.tables[parts[0]].number, "count": parts[1]}
    return {"kind": "hosts"}


def _pair(one: int, two: int) -> Pair:
    return (min(one, two), max(one, two))


@dataclass(frozen=True, slots=True)
class SeatedGuest:
    """A guest in the plan, with what their company is like; counts only, so that it can be shown."""

    guest: DinnerGuest
    others: int
    countries: int
    ecosystems: int
    hosts: int
    met_before: int


@dataclass(frozen=True, slots=True)
class SeatedTable:
    """A table of the plan and what is wrong with it."""

    table: DinnerTable
    guests: list[SeatedGuest]
    countries: int
    ecosystems: int
    hosts: int
    # Names of those who must not sit here together.
    clashes: list[tuple[str, str]]

    @property
    def is_over(self) -> bool:
        return len(self.guests) > self.table.seats

    @property
    def lacks_host(self) -> bool:
        return self.hosts < self.table.least_hosts

    @property
    def is_right(self) -> bool:
        return not (self.is_over or self.lacks_host or self.clashes)


@dataclass(frozen=True, slots=True)
class Seating:
    """A whole plan: its tables, who has none, and what it is worth."""

    tables: list[SeatedTable]
    unseated: list[DinnerGuest]
    value: float
    wishes: int
    wishes_met: int
    met_again: int
    # Pairs who must sit together and do not.
    parted: list[tuple[str, str]]

    @property
    def seats(self) -> int:
        return sum(seated.table.seats for seated in self.tables)

    @property
    def guests(self) -> int:
        return sum(len(seated.guests) for seated in self.tables) + len(self.unseated)

    @property
    def is_right(self) -> bool:
        return not self.unseated and not self.parted and all(seated.is_right for seated in self.tables)


def seating_of(problem: SeatingProblem) -> Seating:
    """The plan that is kept, measured."""
    table_of = problem.table_of()
    at: dict[int, list[int]] = defaultdict(list)
    for index, table in enumerate(table_of):
        if table is not None:
            at[table].append(index)
    together = {pair for sitting in at.values() for pair in combinations(sitting, 2)}
    names = [guest.name for guest in problem.guests]
    return Seating(
        tables=[_seated_table(problem, table, at[index]) for index, table in enumerate(problem.tables)],
        unseated=[guest for guest, table in zip(problem.guests, table_of, strict=True) if table is None],
        value=problem.value(table_of),
        wishes=sum(problem.wishes.values()),
        wishes_met=sum(count for pair, count in problem.wishes.items() if pair in together),
        met_again=len(problem.met & together),
        parted=[
            (names[one], names[two])
            for one, two in problem.together
            if table_of[one] is not None and table_of[two] is not None and table_of[one] != table_of[two]
        ],
    )


def _seated_table(problem: SeatingProblem, table: DinnerTable, sitting: list[int]) -> SeatedTable:
    here = [problem.guests[index] for index in sitting]
    apart = set(problem.apart)
    return SeatedTable(
        table=table,
        guests=[_seated_guest(problem, index, sitting) for index in sitting],
        countries=len({guest.country_id for guest in here if guest.country_id}),
        ecosystems=len({guest.ecosystem_id for guest in here if guest.ecosystem_id}),
        hosts=sum(guest.is_host for guest in here),
        clashes=[
            (problem.guests[one].name, problem.guests[two].name)
            for one, two in combinations(sitting, 2)
            if (one, two) in apart
        ],
    )


def _seated_guest(problem: SeatingProblem, index: int, sitting: list[int]) -> SeatedGuest:
    others = [other for other in sitting if other != index]
    company = [problem.guests[other] for other in others]
    return SeatedGuest(
        guest=problem.guests[index],
        others=len(others),
        countries=len({guest.country_id for guest in company if guest.country_id}),
        ecosystems=len({guest.ecosystem_id for guest in company if guest.ecosystem_id}),
        hosts=sum(guest.is_host for guest in company),
        met_before=sum(_pair(index, other) in problem.met for other in others),
    )
