"""The same annealing and enumeration without a compiler: one numpy expression a row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I32 = NDArray[np.int32]

REFRESH_EVERY = 100
INSERT_EVERY = 4


def refresh(doubled: F32, worth: F32, group: I32, affinity: F32, own: F32) -> float:
    """Rebuild ``affinity`` and ``own`` from the grouping and return its value."""
    everyone = np.arange(len(group))
    for g in range(len(affinity)):
        affinity[g] = doubled[group == g].sum(axis=0) / 2
    total = float(affinity[group, everyone].sum(dtype=np.float64) / 2)
    total += float(worth[group, everyone].sum(dtype=np.float64))
    affinity += worth
    own[:] = affinity[group, everyone]
    return total


def _swap(doubled: F32, group: I32, affinity: F32, own: F32, i: int, j: int) -> None:
    a, b = group[i], group[j]
    change = (doubled[j] - doubled[i]) / 2
    affinity[a] += change
    affinity[b] -= change
    group[i], group[j] = b, a
    own[:] = affinity[group, np.arange(len(group))]


def _random(state: NDArray[np.uint64]) -> int:
    x = int(state[0])
    x ^= (x << 13) & 0xFFFFFFFFFFFFFFFF
    x ^= x >> 7
    x ^= (x << 17) & 0xFFFFFFFFFFFFFFFF
    state[0] = x
    return x >> 33


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
    """Run Metropolis sweeps as the compiled kernel does; see there for the arguments."""
    people = len(doubled)
    offsets = len(logarithm) - people
    for _ in range(sweeps):
        if int(tally[2]) % REFRESH_EVERY == 0:
            tally[0] = refresh(doubled, worth, group, affinity, own)
        for i in range(int(tally[2]) % stride, people, stride):
            at = _random(random) % offsets
            threshold = temperature * logarithm[at : at + people]
            start = 0
            while start < people:
                a = group[i]
                step = affinity[:, i] - affinity[a, i]
                step[a] = -1e30
                gain = step[group[start:]] + affinity[a, start:] - own[start:] - doubled[i, start:]
                accepted = np.flatnonzero(gain > threshold[start:])
                if not len(accepted):
                    break
                j = start + int(accepted[0])
                tally[0] += gain[j - start]
                tally[3] += gain[j - start] < 0
                _swap(doubled, group, affinity, own, i, j)
                start = j + 1
        for block in range(len(block_start) - 1):
            members = block_member[block_start[block] : block_start[block + 1]]
            _exchange_block(
                doubled, group, affinity, own, logarithm, temperature, random, members, in_block, tally
            )
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


def _exchange_block(
    doubled: F32,
    group: I32,
    affinity: F32,
    own: F32,
    logarithm: F32,
    temperature: float,
    random: NDArray[np.uint64],
    members: I32,
    in_block: I32,
    tally: NDArray[np.float64],
) -> None:
    for _ in range(8):
        a, b = int(group[members[0]]), int(group[_random(random) % len(group)])
        single = np.flatnonzero((group == b) & (in_block == 0))
        if a == b or len(single) < len(members):
            continue
        others = np.roll(single, _random(random) % len(single))[: len(members)]
        gain = float(affinity[b, members].sum() - affinity[a, members].sum())
        gain += float(affinity[a, others].sum() - affinity[b, others].sum())
        gain -= float(doubled[np.ix_(members, others)].sum())
        gain += float(doubled[np.ix_(members, members)].sum() + doubled[np.ix_(others, others)].sum()) / 2
        if gain > temperature * logarithm[_random(random) % len(logarithm)]:
            tally[0] += gain
            for i, j in zip(members, others, strict=True):
                _swap(doubled, group, affinity, own, int(i), int(j))


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
    for i in np.flatnonzero(in_block == 0):
        a = group[i]
        if size[a] <= smallest[a]:
            continue
        gain = np.where(size < largest, affinity[:, i] - affinity[a, i], -1e30)
        gain[a] = -1e30
        b = int(gain.argmax())
        if gain[b] > temperature * logarithm[_random(random) % len(logarithm)]:
            tally[0] += gain[b]
            size[a] -= 1
            size[b] += 1
            affinity[a] -= doubled[i] / 2
            affinity[b] += doubled[i] / 2
            group[i] = b
            own[:] = affinity[group, np.arange(len(group))]


def best_by_subsets(
    weight: NDArray[np.float64], worth: NDArray[np.float64], smallest: I32, largest: I32, choice: I32
) -> float:
    """Enumerate as the compiled kernel does; see there for the arguments."""
    people, groups = len(weight), len(worth)
    masks = np.arange(1 << people)
    bits = (masks[:, None] >> np.arange(people)) & 1
    inner = np.einsum("si,ij,sj->s", bits, weight, bits, optimize=True) / 2
    count = bits.sum(axis=1)
    before = np.full(len(masks), -np.inf)
    before[0] = 0.0
    for g in range(groups):
        value_in = inner + bits @ worth[g]
        allowed = masks[(count >= smallest[g]) & (count <= largest[g])]
        after = np.full(len(masks), -np.inf)
        choice[g] = 0
        for part in allowed:
            whole = masks[masks & part == part]
            total = before[whole ^ part] + value_in[part]
            better = total > after[whole]
            after[whole[better]] = total[better]
            choice[g, whole[better]] = part
        before = after
    return float(before[-1])
