"""Groupings that keep every rule, to start a search from; or the smallest conflict among the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from filiera_solvers._frame import Clock
from filiera_solvers._groups_instance import FREE, GroupsInstance, GroupsRule, IntVector

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar


DRAWS = 20


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why no grouping keeps every rule; without reasons where none was found in the time."""

    reasons: tuple[str, ...]
    rules: tuple[GroupsRule, ...] = ()


def blocks_of(instance: GroupsInstance) -> list[list[int]]:
    """Return the people in blocks that must stay together, most of them alone."""
    leader = list(range(instance.people_count))

    def find(person: int) -> int:
        while leader[person] != person:
            leader[person] = leader[leader[person]]
            person = leader[person]
        return person

    for first, second in instance.together:
        leader[find(second)] = find(first)
    blocks: dict[int, list[int]] = {}
    for person in range(instance.people_count):
        blocks.setdefault(find(person), []).append(person)
    return list(blocks.values())


def most_worthwhile_sizes(instance: GroupsInstance, random: np.random.Generator) -> IntVector:
    """Return group sizes within the bounds with the most pairs (the fewest, if pairs cost); ties are drawn.

    With distances of one kind the best sizes are almost always extreme: the number of pairs decides.
    """
    people, groups = instance.people_count, instance.group_count
    pairs_count = 1.0 if instance.distance.sum() >= 0 else -1.0
    smallest, largest = _bounds_with_fixed(instance)
    order = random.permutation(groups)
    worth = np.full(people + 1, -np.inf)
    worth[0] = 0.0
    chosen = np.zeros((groups, people + 1), dtype=np.int64)
    for position, group in enumerate(order):
        after = np.full(people + 1, -np.inf)
        for size in random.permutation(np.arange(smallest[group], largest[group] + 1)):
            if size > people:
                continue
            total = worth[: people + 1 - size] + pairs_count * size * size
            better = total > after[size:]
            after[size:][better] = total[better]
            chosen[position, size:][better] = size
        worth = after
    sizes = np.zeros(groups, dtype=np.int64)
    left = people
    for position in range(groups - 1, -1, -1):
        sizes[order[position]] = chosen[position, left]
        left -= chosen[position, left]
    return sizes


def _bounds_with_fixed(instance: GroupsInstance) -> tuple[IntVector, IntVector]:
    """Return the bounds tightened by those who can be in one group only, and by who can be in each at all."""
    permitted = instance.permitted()
    bound_to = permitted[permitted.sum(axis=1) == 1].sum(axis=0)
    smallest = np.maximum(instance.smallest, bound_to)
    largest = np.minimum(instance.largest, permitted.sum(axis=0))
    if (smallest > largest).any() or not smallest.sum() <= instance.people_count <= largest.sum():
        return instance.smallest, instance.largest
    return smallest, largest


def start_grouping(
    instance: GroupsInstance, random: np.random.Generator, clock: Clock
) -> IntVector | Conflict:
    """Draw a grouping that keeps every rule: at random where that works, else by a model."""
    sizes = most_worthwhile_sizes(instance, random)
    if not instance.together and not instance.apart and instance.permitted().all():
        return random.permutation(np.repeat(np.arange(instance.group_count), sizes))
    drawn = _drawn_in_time(instance, sizes, random)
    return _modelled(instance, random, clock) if drawn is None else drawn


def is_easily_drawn(instance: GroupsInstance, seed: int) -> bool:
    """Say whether a few draws at random find a grouping that keeps every rule."""
    random = np.random.default_rng([seed, 1])
    return _drawn_in_time(instance, most_worthwhile_sizes(instance, random), random) is not None


def _drawn_in_time(
    instance: GroupsInstance, sizes: IntVector, random: np.random.Generator
) -> IntVector | None:
    for _ in range(DRAWS):
        drawn = _drawn(instance, sizes, random)
        if drawn is not None:
            return drawn
    return None


def _drawn(instance: GroupsInstance, sizes: IntVector, random: np.random.Generator) -> IntVector | None:
    group_of = np.full(instance.people_count, FREE, dtype=np.int64)
    room = sizes.copy()
    apart_from: list[set[int]] = [set() for _ in range(instance.people_count)]
    for first, second in instance.apart:
        apart_from[first].add(second)
        apart_from[second].add(first)
    blocks = blocks_of(instance)
    order = random.permutation(len(blocks))
    permitted = instance.permitted()
    hardness = [
        (permitted[blocks[block]].all(axis=0).sum(), -len(blocks[block]), -_degree(blocks[block], apart_from))
        for block in order
    ]
    for position in sorted(range(len(order)), key=lambda place: hardness[place]):
        block = blocks[order[position]]
        taken = {int(group_of[other]) for person in block for other in apart_from[person]}
        open_groups = [
            group
            for group in np.flatnonzero(permitted[block].all(axis=0))
            if room[group] >= len(block) and group not in taken
        ]
        if not open_groups:
            return None
        weights = room[open_groups] / room[open_groups].sum()
        group = int(random.choice(open_groups, p=weights))
        group_of[block] = group
        room[group] -= len(block)
    return group_of if all(group_of[one] != group_of[two] for one, two in instance.apart) else None


def _degree(block: Sequence[int], apart_from: Sequence[set[int]]) -> int:
    return sum(len(apart_from[person]) for person in block)


def _modelled(instance: GroupsInstance, random: np.random.Generator, clock: Clock) -> IntVector | Conflict:
    rules = [
        *(GroupsRule("together", one, two) for one, two in instance.together),
        *(GroupsRule("apart", one, two) for one, two in instance.apart),
        *(
            GroupsRule("smallest", group, int(size))
            for group, size in enumerate(instance.smallest)
            if size > 0
        ),
        *(
            GroupsRule("largest", group, int(size))
            for group, size in enumerate(instance.largest)
            if size < instance.people_count
        ),
    ]
    if instance.fixed_group is not None:
        rules += [
            GroupsRule("fixed", person, int(group))
            for person, group in enumerate(instance.fixed_group)
            if group != FREE
        ]
    if instance.allowed is not None:
        restricted = np.flatnonzero(~instance.allowed.all(axis=1))
        rules += [GroupsRule("allowed", int(person)) for person in restricted]
    seed = int(random.integers(2**31 - 1))
    try:
        found = _assignment(instance, rules, seed, max(1.0, clock.left_s))
    except _UndecidedInTime:
        return Conflict(())
    return _conflict(instance, rules, clock) if found is None else found


class _UndecidedInTime(Exception):
    """Neither a grouping nor a proof that there is none."""


def _conflict(instance: GroupsInstance, rules: list[GroupsRule], clock: Clock) -> Conflict:
    from ortools.sat.python import cp_model  # slow to load, and rarely needed

    from filiera_solvers._conflict_core import smallest_core, too_many_for

    counted = too_many_for(instance.permitted(), instance.largest)
    if counted is not None:
        return Conflict((_crowded(instance, *counted),), _crowding(instance, *counted))
    model = cp_model.CpModel()
    literals = [model.new_bool_var("") for _ in rules]
    _pose(model, instance, rules, literals)
    core = smallest_core(model, literals, clock)
    # Where the time did not suffice to shrink them, all rules together are a conflict that was proven.
    named = range(len(rules)) if core is None else core
    kept = tuple(rules[position] for position in named)
    return Conflict(tuple(_told(instance, rule) for rule in kept), kept)


def _assignment(
    instance: GroupsInstance, rules: Sequence[GroupsRule], seed: int, time_limit_s: float
) -> IntVector | None:
    """Return a grouping that keeps the rules, None when there is none."""
    from ortools.sat.python import cp_model  # slow to load, and rarely needed

    model = cp_model.CpModel()
    sits = _pose(model, instance, rules, [model.new_constant(1)] * len(rules))
    solver = cp_model.CpSolver()
    solver.parameters.random_seed = seed
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = time_limit_s
    match solver.solve(model):
        case cp_model.INFEASIBLE:
            return None
        case cp_model.UNKNOWN | cp_model.MODEL_INVALID:
            raise _UndecidedInTime
    return np.array(
        [next(group for group, here in enumerate(places) if solver.boolean_value(here)) for places in sits],
        dtype=np.int64,
    )


def _pose(
    model: CpModel, instance: GroupsInstance, rules: Sequence[GroupsRule], literals: Sequence[IntVar]
) -> list[list[IntVar]]:
    """Say in a model who can sit where; each rule holds where its literal is true."""
    people, groups = range(instance.people_count), range(instance.group_count)
    sits = [[model.new_bool_var("") for _ in groups] for _ in people]
    for person in people:
        model.add_exactly_one(sits[person])
    for rule, literal in zip(rules, literals, strict=True):
        match rule.kind:
            case "together":
                for group in groups:
                    same = model.add(sits[rule.first][group] == sits[rule.second][group])
                    same.only_enforce_if(literal)
            case "apart":
                for group in groups:
                    model.add_bool_or(~sits[rule.first][group], ~sits[rule.second][group], ~literal)
            case "fixed":
                model.add_implication(literal, sits[rule.first][rule.second])
            case "allowed":
                assert instance.allowed is not None
                for group in np.flatnonzero(~instance.allowed[rule.first]).tolist():
                    model.add_implication(literal, ~sits[rule.first][group])
            case "smallest":
                seated = sum(sits[person][rule.first] for person in people)
                model.add(seated >= rule.second).only_enforce_if(literal)
            case _:
                seated = sum(sits[person][rule.first] for person in people)
                model.add(seated <= rule.second).only_enforce_if(literal)
    return sits


def _crowded(instance: GroupsInstance, people: list[int], groups: list[int]) -> str:
    names = ", ".join(instance.names[person] for person in people)
    where = ", ".join(instance.group_names[group] for group in groups) or "no group"
    room = sum(int(instance.largest[group]) for group in groups)
    return f"{len(people)} people may only be in {where}, with room for {room}: {names}"


def _crowding(instance: GroupsInstance, people: list[int], groups: list[int]) -> tuple[GroupsRule, ...]:
    """The same by its rules: who is held to these groups, and how many those take."""
    fixed = np.full(instance.people_count, FREE) if instance.fixed_group is None else instance.fixed_group
    held = (
        GroupsRule("allowed", person)
        if fixed[person] == FREE
        else GroupsRule("fixed", person, int(fixed[person]))
        for person in people
    )
    return (*held, *(GroupsRule("largest", group, int(instance.largest[group])) for group in groups))


def _told(instance: GroupsInstance, rule: GroupsRule) -> str:
    names, groups = instance.names, instance.group_names
    match rule.kind:
        case "together":
            return f"{names[rule.first]} and {names[rule.second]} must be together"
        case "apart":
            return f"{names[rule.first]} and {names[rule.second]} must be apart"
        case "fixed":
            return f"{names[rule.first]} must be in group {groups[rule.second]}"
        case "allowed":
            assert instance.allowed is not None
            told = ", ".join(groups[group] for group in np.flatnonzero(instance.allowed[rule.first]))
            return f"{names[rule.first]} may only be in {told or 'no group'}"
        case "smallest":
            return f"group {groups[rule.first]} needs at least {rule.second}"
        case _:
            return f"group {groups[rule.first]} holds at most {rule.second}"
