"""The annealing of meetings: Kempe chains between two slots, and ejection of what stands in the way.

The state is always free of clashes and of overfull slots; a meeting without a place costs its ``drop_cost``.
A chain swaps two slots for one meeting and for all that must give way to it, so it stays free of clashes, and
only the people at its two ends see their own day change. A place is kind * slots + slot; ``at`` has an empty
column before the first and after the last slot, so that a slot's neighbours always exist.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from filiera_solvers import _compiled

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

if _compiled.has_compiler():
    from filiera_solvers._compiled import compiled
else:
    from filiera_solvers._compiled import FunctionT

    def compiled(function: FunctionT) -> FunctionT:
        """Leave the function as it is: the same search, slower."""
        return function


class Task(NamedTuple):
    """What the kernel must respect; it changes nothing in here."""

    people: IntArray  # (meetings, 2)
    allowed: BoolArray  # (meetings, places)
    capacity: IntArray  # (places,)
    drop_cost: FloatArray  # (meetings,)
    precedences: IntArray  # (precedences, 2): the first before the second
    in_precedence: BoolArray  # (meetings,)
    previous: IntArray  # (meetings,) place in the plan to keep to, or -1
    least: IntArray  # (people,) meetings each should have
    most: IntArray  # (people,) meetings nobody may exceed
    price: FloatArray  # (3,) of a broken precedence, of a changed place, of a meeting short of ``least``


class State(NamedTuple):
    """Where the search stands; the kernel changes all of it."""

    position: IntArray  # (meetings,) place or -1
    at: IntArray  # (people, slots + 2) meeting or -1
    load: IntArray  # (places,)
    degree: IntArray  # (people,)
    runs: IntArray  # (people,) uninterrupted runs of meetings
    unplaced: IntArray  # (meetings,) the first ``tally[0]`` are the meetings without a place
    unplaced_index: IntArray  # (meetings,)
    tally: IntArray  # (2,) how many are unplaced; the latest mark
    random: IntArray  # (2,)
    cost: FloatArray  # (2,) now, best
    best_position: IntArray  # (meetings,)
    mark: IntArray  # (meetings,) scratch
    chain: IntArray  # (2 * meetings + 8,) scratch
    ends: IntArray  # (8, 3) scratch: person, old slot, new slot
    load_change: IntArray  # (places,) scratch, zero between moves


@compiled
def draw(random: IntArray) -> float:
    """Return the next number of L'Ecuyer's combined generator, in (0, 1)."""
    random[0] = (random[0] * 40014) % 2147483563
    random[1] = (random[1] * 40692) % 2147483399
    difference = random[0] - random[1]
    if difference < 1:
        difference += 2147483562
    return float(difference / 2147483563.0)


@compiled
def breaks_of(runs: int) -> int:
    """Return the breaks of somebody with so many uninterrupted runs of meetings."""
    return runs - 1 if runs > 1 else 0


@compiled
def runs_after_leaving(at: IntArray, person: int, slot: int) -> int:
    """Return the change in the runs of a person who gives up a slot."""
    change = -1
    if at[person, slot] >= 0:
        change += 1
    if at[person, slot + 2] >= 0:
        change += 1
    return change


@compiled
def runs_after_taking(at: IntArray, person: int, slot: int) -> int:
    """Return the change in the runs of a person who takes a free slot."""
    change = 1
    if at[person, slot] >= 0:
        change -= 1
    if at[person, slot + 2] >= 0:
        change -= 1
    return change


@compiled
def runs_after_moving(at: IntArray, person: int, old: int, new: int) -> int:
    """Return the change in the runs of a person whose meeting goes from one slot to a free one."""
    change = runs_after_leaving(at, person, old) + runs_after_taking(at, person, new)
    if new - old == 1 or old - new == 1:
        change += 1  # the slot just given up is no neighbour any more
    return change


@compiled
def late_count(position: IntArray, precedences: IntArray, slots: int) -> int:
    """Count the precedences that are broken."""
    count = 0
    for row in range(precedences.shape[0]):
        first = position[precedences[row, 0]]
        second = position[precedences[row, 1]]
        if first >= 0 and second >= 0 and first % slots >= second % slots:
            count += 1
    return count


@compiled
def place(task: Task, state: State, meeting: int, target: int) -> float:
    """Give a meeting a place (its people must be free there); returns the change in cost but precedences."""
    slots = state.at.shape[1] - 2
    slot = target % slots
    delta = -float(task.drop_cost[meeting])
    for side in range(2):
        person = task.people[meeting, side]
        before = breaks_of(state.runs[person])
        state.runs[person] += runs_after_taking(state.at, person, slot)
        delta += breaks_of(state.runs[person]) - before
        if state.degree[person] < task.least[person]:
            delta -= task.price[2]
        state.degree[person] += 1
        state.at[person, slot + 1] = meeting
    if task.previous[meeting] == target:
        delta -= task.price[1]
    state.load[target] += 1
    state.position[meeting] = target
    index = state.unplaced_index[meeting]
    last = state.unplaced[state.tally[0] - 1]
    state.unplaced[index] = last
    state.unplaced_index[last] = index
    state.tally[0] -= 1
    return delta


@compiled
def remove(task: Task, state: State, meeting: int) -> float:
    """Take a meeting out of its place; returns the change in cost but precedences."""
    slots = state.at.shape[1] - 2
    target = state.position[meeting]
    slot = target % slots
    delta = float(task.drop_cost[meeting])
    for side in range(2):
        person = task.people[meeting, side]
        before = breaks_of(state.runs[person])
        state.runs[person] += runs_after_leaving(state.at, person, slot)
        delta += breaks_of(state.runs[person]) - before
        if state.degree[person] <= task.least[person]:
            delta += task.price[2]
        state.degree[person] -= 1
        state.at[person, slot + 1] = -1
    if task.previous[meeting] == target:
        delta += task.price[1]
    state.load[target] -= 1
    state.position[meeting] = -1
    state.unplaced[state.tally[0]] = meeting
    state.unplaced_index[meeting] = state.tally[0]
    state.tally[0] += 1
    return delta


@compiled
def accepts(delta: float, temperature: float, random: IntArray) -> bool:
    """Decide by Metropolis' rule."""
    return delta <= 0 or draw(random) < math.exp(-delta / temperature)


@compiled
def force_in(task: Task, state: State, meeting: int, target: int, temperature: float) -> None:
    """Propose a place for a meeting that has none; whatever stands in the way loses its own."""
    slots = state.at.shape[1] - 2
    slot = target % slots
    first = state.at[task.people[meeting, 0], slot + 1]
    second = state.at[task.people[meeting, 1], slot + 1]
    if first == second:
        second = -1
    room = task.capacity[target] - state.load[target]
    if first >= 0 and state.position[first] == target:
        room += 1
    if second >= 0 and state.position[second] == target:
        room += 1
    third = -1
    if room <= 0:
        for _ in range(10):
            other = state.at[int(draw(state.random) * state.at.shape[0]), slot + 1]
            if other >= 0 and other != first and other != second and state.position[other] == target:
                third = other
                break
        if third < 0:
            return
    for side in range(2):
        person = task.people[meeting, side]
        if state.at[person, slot + 1] < 0 and state.degree[person] >= task.most[person]:
            return
    late = late_count(state.position, task.precedences, slots)
    delta = 0.0
    first_place, second_place, third_place = -1, -1, -1
    if first >= 0:
        first_place = state.position[first]
        delta += remove(task, state, first)
    if second >= 0:
        second_place = state.position[second]
        delta += remove(task, state, second)
    if third >= 0:
        third_place = state.position[third]
        delta += remove(task, state, third)
    delta += place(task, state, meeting, target)
    delta += task.price[0] * (late_count(state.position, task.precedences, slots) - late)
    if accepts(delta, temperature, state.random):
        state.cost[0] += delta
        return
    remove(task, state, meeting)
    if first >= 0:
        place(task, state, first, first_place)
    if second >= 0:
        place(task, state, second, second_place)
    if third >= 0:
        place(task, state, third, third_place)


@compiled
def drop(task: Task, state: State, meeting: int, temperature: float) -> None:
    """Propose to take a meeting out."""
    slots = state.at.shape[1] - 2
    target = state.position[meeting]
    late = late_count(state.position, task.precedences, slots)
    delta = remove(task, state, meeting)
    delta += task.price[0] * (late_count(state.position, task.precedences, slots) - late)
    if accepts(delta, temperature, state.random):
        state.cost[0] += delta
    else:
        place(task, state, meeting, target)


@compiled
def change_kind(task: Task, state: State, meeting: int, target: int, temperature: float) -> None:
    """Propose another kind of place in the same slot."""
    old = state.position[meeting]
    if target == old or not task.allowed[meeting, target] or state.load[target] >= task.capacity[target]:
        return
    delta = 0.0
    if task.previous[meeting] == old:
        delta += task.price[1]
    elif task.previous[meeting] == target:
        delta -= task.price[1]
    if accepts(delta, temperature, state.random):
        state.position[meeting] = target
        state.load[old] -= 1
        state.load[target] += 1
        state.cost[0] += delta


@compiled
def collect(
    task: Task, state: State, start: int, old: int, new: int, length: int, end_count: int
) -> tuple[int, int]:
    """Append all meetings that must change slots with ``start``; length -1 when one of them may not."""
    stamp = state.tally[1]
    if not task.allowed[start, state.position[start] - old + new]:
        return -1, 0
    state.chain[length] = start
    state.mark[start] = stamp
    length += 1
    for side in range(2):
        person = task.people[start, side]
        here = old
        there = new
        while True:
            follower = state.at[person, there + 1]
            if follower < 0:
                state.ends[end_count, 0] = person
                state.ends[end_count, 1] = here
                state.ends[end_count, 2] = there
                end_count += 1
                break
            if state.mark[follower] == stamp:
                return length, end_count  # a closed ring: nobody is at its end
            if not task.allowed[follower, state.position[follower] - there + here]:
                return -1, 0
            state.chain[length] = follower
            state.mark[follower] = stamp
            length += 1
            person = task.people[follower, 0] + task.people[follower, 1] - person
            here, there = there, here
    return length, end_count


@compiled
def overfull(task: Task, state: State, first: int, length: int, old: int, new: int) -> int:
    """Count the chain from ``first`` on into ``load_change``; returns a place without room, or -1."""
    slots = state.at.shape[1] - 2
    for index in range(first, length):
        position = state.position[state.chain[index]]
        other = position - old + new if position % slots == old else position - new + old
        state.load_change[position] -= 1
        state.load_change[other] += 1
    for kind in range(0, task.capacity.shape[0], slots):
        if state.load[kind + new] + state.load_change[kind + new] > task.capacity[kind + new]:
            return kind + new
        if state.load[kind + old] + state.load_change[kind + old] > task.capacity[kind + old]:
            return kind + old
    return -1


@compiled
def swap_chains(task: Task, state: State, meeting: int, new: int, temperature: float) -> None:
    """Propose to move a meeting to another slot, with all that must give way, and a second chain for room."""
    slots = state.at.shape[1] - 2
    old = state.position[meeting] % slots
    state.tally[1] += 1
    length, end_count = collect(task, state, meeting, old, new, 0, 0)
    if length < 0:
        return
    full = overfull(task, state, 0, length, old, new)
    if full >= 0:
        slot = full % slots
        for _ in range(6):
            other = state.at[int(draw(state.random) * state.at.shape[0]), slot + 1]
            if other < 0 or state.position[other] != full or state.mark[other] == state.tally[1]:
                continue
            longer, end_count = collect(task, state, other, slot, old + new - slot, length, end_count)
            if longer >= 0:
                full = overfull(task, state, length, longer, old, new)
            length = longer
            break
    for kind in range(0, task.capacity.shape[0], slots):
        state.load_change[kind + old] = 0
        state.load_change[kind + new] = 0
    if length < 0 or full >= 0:
        return

    delta = 0.0
    for index in range(end_count):
        person = state.ends[index, 0]
        change = runs_after_moving(state.at, person, state.ends[index, 1], state.ends[index, 2])
        delta += breaks_of(state.runs[person] + change) - breaks_of(state.runs[person])
    ordered = False
    for index in range(length):
        member = state.chain[index]
        ordered = ordered or task.in_precedence[member]
        if task.previous[member] >= 0:
            position = state.position[member]
            other = position - old + new if position % slots == old else position - new + old
            if task.previous[member] == position:
                delta += task.price[1]
            elif task.previous[member] == other:
                delta -= task.price[1]
    if ordered:
        delta -= task.price[0] * late_count(state.position, task.precedences, slots)
    shift(state, length, old, new)
    if ordered:
        delta += task.price[0] * late_count(state.position, task.precedences, slots)
    if not accepts(delta, temperature, state.random):
        shift(state, length, old, new)
        return
    state.cost[0] += delta
    for index in range(end_count):
        person = state.ends[index, 0]
        state.runs[person] += runs_after_moving(state.at, person, state.ends[index, 1], state.ends[index, 2])
        state.at[person, state.ends[index, 1] + 1] = -1
    for index in range(length):
        member = state.chain[index]
        position = state.position[member]
        slot = position % slots
        state.load[position] += 1
        state.load[position - slot + old + new - slot] -= 1
        state.at[task.people[member, 0], slot + 1] = member
        state.at[task.people[member, 1], slot + 1] = member


@compiled
def shift(state: State, length: int, old: int, new: int) -> None:
    """Swap the two slots for all members of the chain; doing it twice changes nothing."""
    slots = state.at.shape[1] - 2
    for index in range(length):
        member = state.chain[index]
        slot = state.position[member] % slots
        state.position[member] += old + new - 2 * slot


@compiled
def anneal(task: Task, state: State, temperature: float, moves: int, drop_share: float) -> None:
    """Make so many proposals at one temperature; ``best_position`` keeps the best state seen."""
    slots = state.at.shape[1] - 2
    meetings = task.people.shape[0]
    kinds = task.capacity.shape[0] // slots
    for _ in range(moves):
        meeting = int(draw(state.random) * meetings)
        if state.tally[0] > 0 and draw(state.random) < 0.15:
            meeting = state.unplaced[int(draw(state.random) * state.tally[0])]
        slot = int(draw(state.random) * slots)
        position = state.position[meeting]
        if position < 0:
            target = slot + slots * int(draw(state.random) * kinds)
            if task.allowed[meeting, target]:
                force_in(task, state, meeting, target, temperature)
        elif drop_share > 0 and draw(state.random) < drop_share:
            drop(task, state, meeting, temperature)
        elif slot != position % slots:
            swap_chains(task, state, meeting, slot, temperature)
        elif kinds > 1:
            target = slot + slots * int(draw(state.random) * kinds)
            change_kind(task, state, meeting, target, temperature)
        if state.cost[0] < state.cost[1] - 1e-7:
            state.cost[1] = state.cost[0]
            state.best_position[:] = state.position
