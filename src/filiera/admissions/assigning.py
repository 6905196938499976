"""Who reviews what: everybody as much as the others, nobody where they have a conflict."""

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Assignment:
    """New pairs of application and reviewer; `lacking` names how many reviews could not be given out."""

    pairs: tuple[tuple[int, int], ...]
    lacking: Mapping[int, int]


def assign_evenly(
    *,
    applications: Collection[int],
    reviewers: Collection[int],
    excluded: Mapping[int, Collection[int]],
    standing: Mapping[int, Collection[int]],
    wanted: int,
) -> Assignment:
    """Fill every application up to `wanted` reviews, with loads that differ as little as they can.

    `excluded` are reviewers who may not review an application, `standing` those who do already; both by
    application. First whoever has least is taken, the hardest applications before the others; then work
    goes along chains from who has most to who has least, until no chain makes two loads more equal.
    """
    load = dict.fromkeys(sorted(reviewers), 0)
    for held in standing.values():
        for reviewer in held:
            if reviewer in load:
                load[reviewer] += 1
    eligible = {
        application: {
            reviewer
            for reviewer in load
            if reviewer not in excluded.get(application, ()) and reviewer not in standing.get(application, ())
        }
        for application in applications
    }
    given: dict[int, set[int]] = {application: set() for application in applications}
    lacking = {}
    for application in sorted(applications, key=lambda key: (len(eligible[key]), key)):
        missing = wanted - len(standing.get(application, ()))
        least = sorted(eligible[application], key=lambda reviewer: (load[reviewer], reviewer))
        for reviewer in least[: max(missing, 0)]:
            given[application].add(reviewer)
            load[reviewer] += 1
        if missing > len(least):
            lacking[application] = missing - len(least)
    _level(given, eligible, load)
    pairs = sorted((application, reviewer) for application, held in given.items() for reviewer in held)
    return Assignment(tuple(pairs), lacking)


def _level(given: dict[int, set[int]], eligible: Mapping[int, Collection[int]], load: dict[int, int]) -> None:
    """Shift work until no chain leads from somebody to somebody with at least two fewer."""
    settled: set[int] = set()
    while True:
        fullest = max(
            (reviewer for reviewer in load if reviewer not in settled),
            key=lambda reviewer: (load[reviewer], -reviewer),
            default=None,
        )
        if fullest is None:
            return
        chain = _chain_to_less(fullest, given, eligible, load)
        if not chain:
            settled.add(fullest)
            continue
        settled.clear()
        for application, giver, taker in chain:
            given[application].remove(giver)
            given[application].add(taker)
        load[fullest] -= 1
        load[chain[-1][2]] += 1


def _chain_to_less(
    start: int,
    given: Mapping[int, set[int]],
    eligible: Mapping[int, Collection[int]],
    load: Mapping[int, int],
) -> list[tuple[int, int, int]]:
    """Steps (application, who gives it up, who takes it) that end at somebody with two fewer than `start`."""
    came_by: dict[int, tuple[int, int]] = {}
    waiting, seen = deque([start]), {start}
    held_by: dict[int, list[int]] = {}
    for application, holders in given.items():
        for holder in holders:
            held_by.setdefault(holder, []).append(application)
    while waiting:
        giver = waiting.popleft()
        for application in held_by.get(giver, ()):
            for taker in sorted(set(eligible[application]) - given[application] - seen):
                came_by[taker] = (application, giver)
                if load[taker] <= load[start] - 2:
                    return _chain(taker, start, came_by)
                seen.add(taker)
                waiting.append(taker)
    return []


def _chain(last: int, start: int, came_by: Mapping[int, tuple[int, int]]) -> list[tuple[int, int, int]]:
    steps, taker = [], last
    while taker != start:
        application, giver = came_by[taker]
        steps.append((application, giver, taker))
        taker = giver
    return steps[::-1]
