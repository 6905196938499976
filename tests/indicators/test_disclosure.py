"""Comparisons of clusters are attacked: answers of all groupings, groups and years against each other.

The attacker knows more than anybody could: who is in every group of every year, and a figure of their own.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

import pytest

from filiera.indicators.disclosure import (
    LEAST_PART,
    Grouping,
    Participant,
    Withheld,
    contributing,
    seated,
    smallest_part,
    step_of,
    told_of,
)

COUNTRIES = ("IT", "ES", "FR", "FI", "DE")
ECOSYSTEMS = tuple(f"E{number:02d}" for number in range(14))
SIZES = ("below-50", "50-149", "150-more")
AGES = ("below-5", "5-14", "15-more")


@dataclass(frozen=True)
class Answer:
    """What the attacker reads: of whom, which quartile, in which year."""

    of: frozenset[int]
    quartile: str
    year: int
    value: Decimal


def clusters(count: int, chance: random.Random) -> list[Participant]:
    return [
        Participant(
            key,
            frozenset(
                {
                    (Grouping.COUNTRY.value, chance.choice(COUNTRIES)),
                    (Grouping.ECOSYSTEM.value, chance.choice(ECOSYSTEMS)),
                    (Grouping.SIZE.value, chance.choice(SIZES)),
                    (Grouping.AGE.value, chance.choice(AGES)),
                }
            ),
            (chance.random(), chance.random()),
        )
        for key in range(count)
    ]


def figures(keys: list[int], chance: random.Random) -> dict[int, Decimal]:
    """Every cluster has its own value, so that a value that is found names its owner."""
    return {
        key: Decimal(value) for key, value in zip(keys, chance.sample(range(20, 900), len(keys)), strict=True)
    }


def years_of_people(world: list[Participant], chance: random.Random) -> Iterator[list[Participant]]:
    """Who takes part in four years: one comes alone, one leaves alone, some come together."""
    late, single, leaver = world[:7], world[7], world[8]
    first = list(world[8:])
    yield first
    yield [*first, single]
    yield [each for each in first if each is not leaver] + [single, *late]
    yield [each for each in first if each is not leaver] + [single, *late]


def protected_answers(
    world: list[Participant], values: dict[int, Decimal], chance: random.Random
) -> list[Answer]:
    """What is published over the years; values stay the same, which is the worst case."""
    found, history, went_in = [], [], []
    for year, people in enumerate(years_of_people(world, chance)):
        seating = seated(people, history)
        having = [each.key for each in people if (each.key + year) % 11]
        parts = contributing(seating, having, went_in)
        step = step_of([values[key] for part in parts for key in part], 0)
        for members in seating.groups.values():
            of = frozenset(key for part in parts if part <= members for key in part)
            told = told_of([values[key] for key in of], step)
            for quartile in ("lower", "median", "upper"):
                if getattr(told, quartile) is not None:
                    found.append(Answer(of, quartile, year, getattr(told, quartile)))
        numbers = seating.part_of()
        history.insert(0, numbers)
        went_in.insert(0, {key: numbers[key] for part in parts for key in part})
    return found


def open_answers(world: list[Participant], values: dict[int, Decimal], chance: random.Random) -> list[Answer]:
    """The same questions answered without any rule: every group, peers chosen by two traits, exact."""
    found = []
    for year, people in enumerate(years_of_people(world, chance)):
        groups = defaultdict(set)
        for each in people:
            groups[Grouping.ALL.value, ""].add(each.key)
            for trait in each.traits:
                groups[trait].add(each.key)
            for pair in combinations(sorted(each.traits), 2):
                groups[pair].add(each.key)
        for members in groups.values():
            ordered = sorted(values[key] for key in members)
            for quartile, share in (("lower", 0.25), ("median", 0.5), ("upper", 0.75)):
                place = share * (len(ordered) - 1)
                low, rest = ordered[int(place)], Decimal(str(place - int(place)))
                high = ordered[min(int(place) + 1, len(ordered) - 1)]
                found.append(Answer(frozenset(members), quartile, year, low + (high - low) * rest))
    return found


def attack(answers: list[Answer], own: int, values: dict[int, Decimal]) -> dict[int, Decimal]:
    """What the attacker concludes, by cluster: from small groups, equations, differences, intersections."""
    claims: dict[int, Decimal] = {}
    for answer in answers:
        others = answer.of - {own}
        if len(answer.of) == 1 and others:
            claims[next(iter(others))] = answer.value
        if len(answer.of) == 2 and answer.quartile == "median" and len(others) == 1:
            claims[next(iter(others))] = 2 * answer.value - values[own]
    claims |= solved(answers, own, values)
    claims |= differences(answers, own)
    claims |= intersections(answers, own)
    claims.pop(own, None)
    return claims


def solved(answers: list[Answer], own: int, values: dict[int, Decimal]) -> dict[int, Decimal]:
    """Medians of one or two are sums of named values: eliminate, with the own value known."""
    rows = [({own: Fraction(1)}, Fraction(values[own]))]
    for answer in answers:
        if answer.quartile == "median" and len(answer.of) <= 2:
            share = Fraction(1, len(answer.of))
            rows.append((dict.fromkeys(answer.of, share), Fraction(answer.value)))
    pivots: dict[int, tuple[dict[int, Fraction], Fraction]] = {}
    for row, right in rows:
        left = dict(row)
        for key, (other, value) in pivots.items():
            if factor := left.get(key, Fraction(0)):
                left = {
                    each: left.get(each, Fraction(0)) - factor * other.get(each, Fraction(0))
                    for each in left.keys() | other.keys()
                }
                right -= factor * value
        left = {key: share for key, share in left.items() if share}
        if left:
            key = min(left)
            pivots[key] = ({each: share / left[key] for each, share in left.items()}, right / left[key])
    return {
        key: Decimal(value.numerator) / value.denominator
        for key, (left, value) in pivots.items()
        if len(left) == 1 and key != own
    }


def differences(answers: list[Answer], own: int) -> dict[int, Decimal]:
    """Two sets of one quartile that differ by one cluster: a new answer is taken for theirs."""
    by_quartile = defaultdict(dict)
    for answer in answers:
        by_quartile[answer.quartile].setdefault(answer.of, answer.value)
    claims = {}
    for sets in by_quartile.values():
        for one, other in combinations(sets, 2):
            if abs(len(one) - len(other)) > 2:
                continue
            apart = (one ^ other) - {own}
            if len(apart) == 1 and sets[one] != sets[other]:
                larger = one if len(one) > len(other) else other
                # An odd number has a value of its own in the middle.
                if len(larger) % 2:
                    claims[next(iter(apart))] = sets[larger]
    return claims


def intersections(answers: list[Answer], own: int) -> dict[int, Decimal]:
    """A number that comes back in several groups belongs to whom they share."""
    holders: dict[Decimal, frozenset[int]] = {}
    counts: dict[Decimal, int] = defaultdict(int)
    for answer in answers:
        is_a_value = answer.quartile == "median" and len(answer.of) % 2 == 1
        if is_a_value:
            holders[answer.value] = holders.get(answer.value, answer.of) & answer.of
            counts[answer.value] += 1
    return {
        next(iter(of - {own})): value
        for value, of in holders.items()
        if len(of - {own}) == 1 and counts[value] > 1
    }


def found_by(answers: list[Answer], values: dict[int, Decimal]) -> set[int]:
    """The clusters whose value some attacker among the others finds, to within a hundredth."""
    found = set()
    for own in values:
        for key, claim in attack(answers, own, values).items():
            if abs(claim - values[key]) <= values[key] / 100:
                found.add(key)
    return found


@pytest.mark.parametrize("seed", range(6))
def test_the_attack_finds_nobody_with_the_rules_and_many_without(seed):
    chance = random.Random(seed)
    world = clusters(45, chance)
    values = figures([each.key for each in world], chance)

    with_rules = protected_answers(world, values, chance)
    without = open_answers(world, values, chance)

    assert len(with_rules) >= 12
    assert found_by(with_rules, values) == set()
    assert len(found_by(without, values)) >= 30


@pytest.mark.parametrize("seed", range(12))
def test_no_combination_of_published_sets_leads_to_fewer_than_six(seed):
    """Within a year and over four years, whatever the attacker does with the sets."""
    chance = random.Random(seed)
    world = clusters(chance.randint(6, 70), chance)
    values = figures([each.key for each in world], chance)
    published = {answer.of for answer in protected_answers(world, values, chance)}

    assert not published or smallest_part(published) >= LEAST_PART


@pytest.mark.parametrize("seed", range(6))
def test_answers_stay_the_same_when_two_of_one_part_change_places(seed):
    """So nobody can tell which of a part has which value: the reason why every attack ends there."""
    chance = random.Random(seed)
    world = clusters(45, chance)
    values = figures([each.key for each in world], chance)
    seating = seated(world, [])
    told = {}
    for number, part in enumerate(seating.parts):
        one, other = chance.sample(sorted(part), 2)
        changed = {**values, one: values[other], other: values[one]}
        step = step_of(list(values.values()), 0)
        told[number] = [
            told_of([found[key] for key in members], step)
            for found in (values, changed)
            for members in seating.groups.values()
        ]

    for answers in told.values():
        half = len(answers) // 2
        assert answers[:half] == answers[half:]


def test_five_are_not_compared_and_six_are():
    world = clusters(6, random.Random(1))

    assert seated(world[:5], []).parts == ()
    assert [len(part) for part in seated(world, []).parts] == [6]


def test_who_comes_alone_waits_and_so_does_whose_neighbour_leaves():
    world = clusters(13, random.Random(2))
    first = seated(world[:12], [])
    joined = seated(world, [first.part_of()])
    left = seated([each for each in world[:12] if each.key != min(first.parts[0])], [first.part_of()])

    assert [len(part) for part in first.parts] == [6, 6]
    assert 12 not in joined.part_of()
    assert set(left.parts) == {first.parts[1]}


def test_a_figure_that_one_newly_has_waits_and_one_that_falls_away_takes_its_part_along():
    world = clusters(12, random.Random(3))
    seating = seated(world, [])
    keys = frozenset(range(12))
    part = seating.parts[0]
    alone = min(part)
    with_all = seating.part_of()
    without = {key: number for key, number in with_all.items() if key not in part}

    newly = contributing(seating, keys - part | {alone}, [without])
    gone = contributing(seating, keys - {alone}, [with_all])

    assert all(alone not in of for of in newly)
    assert all(not of & part for of in gone)


@pytest.mark.parametrize(
    ("values", "withheld"),
    [
        ([1, 2, 3, 4, 5], Withheld.TOO_FEW),
        ([4, 4, 4, 4, 4, 4, 5], Withheld.TOO_ALIKE),
        ([1, 2, 3, 4, 5, 900], Withheld.ONE_WEIGHS),
        ([10, 20, 30, 40, 50, 60], ""),
    ],
)
def test_what_would_tell_too_much_is_withheld(values, withheld):
    told = told_of([Decimal(value) for value in values], Decimal(1))

    assert told.withheld == withheld
    assert (told.median is None) == bool(withheld)


def test_figures_are_rounded_and_none_is_that_of_one_cluster():
    values = [Decimal(value) for value in (112, 134, 171, 208, 266, 291, 335)]

    step = step_of(values, 0)
    told = told_of(values, step)

    assert step == 20
    assert (told.lower, told.median, told.upper) == (160, 220, 280)
    assert {told.lower, told.median, told.upper}.isdisjoint(values)
    assert told.least_peers == 5
