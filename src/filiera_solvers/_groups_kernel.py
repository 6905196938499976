"""The compiled annealing of groups: swaps along whole rows, then block exchanges and insertions.

``affinity[g, i]`` is the sum of weights between person i and the members of group g plus the worth of
person i in group g; it is kept group by group, so that the gain of swapping person i with everybody is one
pass over contiguous rows. The pass counts acceptable swaps chunk by chunk, without a branch and without a
look-up, so that the compiler makes vector code of it (its trip count must not be a constant, or it is
unrolled instead); only a chunk that holds an acceptable swap is looked at person by person.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from filiera_solvers._compiled import compiled

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]

SHORTEST_CHUNK = 64
REFRESH_EVERY = 100  # sweeps after which rounding errors of 32-bit sums are wiped out
INSERT_EVERY = 4  # sweeps


@compiled
def refresh(doubled: F32, worth: F32, group: I32, affinity: F32, own: F32) -> float:
    """Rebuild ``affinity`` and ``own`` from the grouping and return its value."""
    people = doubled.shape[0]
    groups = affinity.shape[0]
    total = 0.0
    for g in range(groups):
        for i in range(people):
            affinity[g, i] = 0
    for j in range(people):
        g = group[j]
        for i in range(people):
            affinity[g, i] += np.float32(0.5) * doubled[j, i]
    for i in range(people):
        total += affinity[group[i], i] * 0.5 + worth[group[i], i]
        for g in range(groups):
            affinity[g, i] += worth[g, i]
        own[i] = affinity[group[i], i]
    return total


@compiled
def _swap(doubled: F32, group: I32, affinity: F32, own: F32, i: int, j: int) -> None:
    a = group[i]
    b = group[j]
    row_i = doubled[i]
    row_j = doubled[j]
    to_a = affinity[a]
    to_b = affinity[b]
    for k in range(doubled.shape[0]):
        change = np.float32(0.5) * (row_j[k] - row_i[k])
        to_a[k] += change
        to_b[k] -= change
        g = group[k]
        own[k] += change * np.float32((g == a) * 1 - (g == b) * 1)
    group[i] = b
    group[j] = a
    own[i] = to_b[i]
    own[j] = to_a[j]


@compiled
def _insert(doubled: F32, group: I32, affinity: F32, own: F32, i: int, b: int) -> None:
    a = group[i]
    row = doubled[i]
    to_a = affinity[a]
    to_b = affinity[b]
    for k in range(doubled.shape[0]):
        change = np.float32(0.5) * row[k]
        to_a[k] -= change
        to_b[k] += change
        g = group[k]
        own[k] += change * np.float32((g == b) * 1 - (g == a) * 1)
    group[i] = b
    own[i] = to_b[i]


@compiled
def _random(state: NDArray[np.uint64]) -> int:
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return int(x >> np.uint64(33))


@compiled
def _exchange_blocks(
    doubled: F32,
    group: I32,
    affinity: F32,
    own: F32,
    logarithm: F32,
    temperature: float,
    random: NDArray[np.uint64],
    block_start: I32,
    block_member: I32,
    in_block: I32,
    tally: NDArray[np.float64],
) -> None:
    """Exchange people who must stay together with as many others of another group."""
    people = doubled.shape[0]
    blocks = block_start.shape[0] - 1
    other = np.empty(people, np.int32)
    for block in range(blocks):
        first = block_start[block]
        count = block_start[block + 1] - first
        for _ in range(8):
            a = group[block_member[first]]
            taken = 0
            if _random(random) % 2 == 0:
                against = _random(random) % blocks
                start = block_start[against]
                if block_start[against + 1] - start != count or group[block_member[start]] == a:
                    continue
                for k in range(count):
                    other[k] = block_member[start + k]
                taken = count
            else:
                b = group[_random(random) % people]
                if b == a:
                    continue
                at = _random(random) % people
                for k in range(people):
                    j = (at + k) % people
                    if group[j] == b and in_block[j] == 0:
                        other[taken] = j
                        taken += 1
                        if taken == count:
                            break
            if taken < count:
                continue
            b = group[other[0]]
            gain = 0.0
            for k in range(count):
                i = block_member[first + k]
                j = other[k]
                gain += affinity[b, i] - affinity[a, i] + affinity[a, j] - affinity[b, j]
                for h in range(count):
                    gain -= doubled[i, other[h]]
                    if h < k:
                        gain += doubled[i, block_member[first + h]] + doubled[j, other[h]]
            if gain > temperature * logarithm[_random(random) % logarithm.shape[0]]:
                tally[0] += gain
                for k in range(count):
                    _swap(doubled, group, affinity, own, block_member[first + k], other[k])


@compiled
def _insert_some(
    doubled: F32,
    group: I32,
    affinity: F32,
    own: F32,
    logarithm: F32,
    temperature: float,
    random: NDArray[np.uint64],
    in_block: I32,
    size: I32,
    smallest: I32,
    largest: I32,
    tally: NDArray[np.float64],
) -> None:
    """Move single people into groups that have room, out of groups that can spare them."""
    for i in range(doubled.shape[0]):
        a = group[i]
        if in_block[i] == 1 or size[a] <= smallest[a]:
            continue
        for b in range(size.shape[0]):
            if b == a or size[b] >= largest[b]:
                continue
            gain = affinity[b, i] - affinity[a, i]
            if gain > temperature * logarithm[_random(random) % logarithm.shape[0]]:
                tally[0] += gain
                size[a] -= 1
                size[b] += 1
                _insert(doubled, group, affinity, own, i, b)
                break


@compiled
def _spread_steps(affinity: F32, group: I32, i: int, step: F32, there: F32) -> None:
    """Write into ``there[j]`` what person i gains by going to the group of person j."""
    a = group[i]
    here = affinity[a, i]
    for g in range(step.shape[0]):
        step[g] = affinity[g, i] - here
    step[a] = np.float32(-1e30)
    for j in range(there.shape[0]):
        there[j] = step[np.uint32(group[j])]  # unsigned: no index counts from the end


@compiled
def _acceptable(there: F32, to_a: F32, own: F32, row: F32, logarithm: F32, t: np.float32) -> int:
    """Count the swaps that pass their thresholds."""
    count = np.int32(0)
    for k in range(there.shape[0]):
        count += np.int32(there[k] + to_a[k] - own[k] - row[k] > t * logarithm[k])
    return int(count)


@compiled
def sweep(
    doubled: F32,
    worth: F32,
    group: I32,
    affinity: F32,
    own: F32,
    logarithm: F32,
    temperature: float,
    ratio: float,
    sweeps: int,
    stride: int,
    random: NDArray[np.uint64],
    block_start: I32,
    block_member: I32,
    in_block: I32,
    size: I32,
    smallest: I32,
    largest: I32,
    is_flexible: bool,
    best: I32,
    tally: NDArray[np.float64],
) -> None:
    """Run Metropolis sweeps over all pairs, cooling by ``ratio`` after each.

    ``doubled`` is twice the weight matrix, ``logarithm`` a long table of logarithms of uniform numbers.
    ``tally`` holds value, best value, sweeps done, worsening swaps accepted; ``best`` the best grouping seen
    at the end of a sweep. With a ``stride`` a sweep goes through one person in so many only.
    """
    people = doubled.shape[0]
    offsets = logarithm.shape[0] - people
    chunk = max(SHORTEST_CHUNK, people // 4)
    step = np.empty(affinity.shape[0], np.float32)
    there = np.empty(people, np.float32)
    for _ in range(sweeps):
        if int(tally[2]) % REFRESH_EVERY == 0:
            tally[0] = refresh(doubled, worth, group, affinity, own)
        t = np.float32(temperature)
        for i in range(int(tally[2]) % stride, people, stride):
            at = _random(random) % offsets
            _spread_steps(affinity, group, i, step, there)
            start = 0
            while start < people:
                end = min(start + chunk, people)
                a = group[i]
                hits = _acceptable(
                    there[start:end], affinity[a, start:end], own[start:end], doubled[i, start:end],
                    logarithm[at + start : at + end], t,
                )  # fmt: skip
                if hits > 0:
                    for j in range(start, end):
                        gain = there[j] + affinity[group[i], j] - own[j] - doubled[i, j]
                        if gain > t * logarithm[at + j]:
                            tally[0] += gain
                            if gain < 0:
                                tally[3] += 1
                            _swap(doubled, group, affinity, own, i, j)
                            _spread_steps(affinity, group, i, step, there)
                start = end
        if block_start.shape[0] > 1:
            _exchange_blocks(
                doubled, group, affinity, own, logarithm, temperature, random,
                block_start, block_member, in_block, tally,
            )  # fmt: skip
        if is_flexible and int(tally[2]) % INSERT_EVERY == 0:
            _insert_some(
                doubled, group, affinity, own, logarithm, temperature, random,
                in_block, size, smallest, largest, tally,
            )  # fmt: skip
        if tally[0] > tally[1] + 1e-9 * abs(tally[1]):
            tally[1] = tally[0]
            best[:] = group
        temperature *= ratio
        tally[2] += 1


@compiled
def best_by_subsets(
    weight: NDArray[np.float64], worth: NDArray[np.float64], smallest: I32, largest: I32, choice: I32
) -> float:
    """Return the best value; ``choice[g, mask]`` are the members of g when groups 0..g hold ``mask``."""
    people = weight.shape[0]
    groups = worth.shape[0]
    full = (1 << people) - 1
    never = -1e300
    inner = np.zeros(full + 1)
    count = np.zeros(full + 1, np.int32)
    for mask in range(1, full + 1):
        last = 0
        while (mask >> (last + 1)) > 0:
            last += 1
        rest = mask ^ (1 << last)
        count[mask] = count[rest] + 1
        total = inner[rest]
        for k in range(last):
            if (rest >> k) & 1:
                total += weight[last, k]
        inner[mask] = total
    before = np.full(full + 1, never)
    before[0] = 0.0
    after = np.empty(full + 1)
    value_in = np.empty(full + 1)
    for g in range(groups):
        value_in[0] = 0.0
        for mask in range(1, full + 1):
            last = 0
            while (mask >> (last + 1)) > 0:
                last += 1
            value_in[mask] = value_in[mask ^ (1 << last)] + worth[g, last]
        for mask in range(full + 1):
            best = never
            chosen = 0
            part = mask
            while True:
                if count[part] >= smallest[g] and count[part] <= largest[g] and before[mask ^ part] > never:
                    total = before[mask ^ part] + inner[part] + value_in[part]
                    if total > best:
                        best = total
                        chosen = part
                if part == 0:
                    break
                part = (part - 1) & mask
            after[mask] = best
            choice[g, mask] = chosen
        before[:] = after
    return float(before[full])
