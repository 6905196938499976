"""Instances of groups, rounds and seating, each made from a seed.

``python tests/figures/solvers/generate_groups.py groups --people 24 --seed 1`` prints one as JSON;
``... mdgp --people 960 --groups 24 --seed 1`` prints one in the text format of MDGPLIB (uniform distances);
with ``--different-sizes`` every group has bounds of its own.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

Case = dict[str, Any]

COUNTRIES = ("IT", "FR", "DE", "ES", "PL", "PT", "RO", "SE", "AT", "SI", "BG", "FI", "GR")
SECTORS = ("agrifood", "digital", "energy", "health", "mobility", "textiles", "aerospace")
LEVELS = ("under 3 years", "3 to 10 years", "over 10 years")


def mdgp_distances(family: str, people: int, seed: int) -> NDArray[np.float64]:
    """Return the upper triangle, row by row, of one of the three families of MDGPLIB."""
    random = np.random.default_rng(seed)
    pairs = people * (people - 1) // 2
    if family == "RanReal":
        return np.round(random.random(pairs) * 100, 3)
    if family == "RanInt":
        return random.integers(0, 101, pairs).astype(np.float64)
    points = random.random((people, int(random.integers(2, 22)))) * 10
    first, second = np.triu_indices(people, 1)
    distances: NDArray[np.float64] = np.sqrt(((points[first] - points[second]) ** 2).sum(axis=1))
    return np.round(distances, 3)


def mdgp_lines(
    family: str, people: int, groups: int, seed: int, *, different_sizes: bool = False
) -> Iterator[str]:
    """Yield the lines of an MDGPLIB file with equal groups, or with bounds up to a third off for each."""
    size = people // groups
    smallest = largest = np.full(groups, size)
    if different_sizes:
        random = np.random.default_rng([seed, 9])
        smallest = random.integers(size - size // 3, size + 1, groups)
        largest = random.integers(size, size + size // 3 + 1, groups)
    bounds = "".join(f"{low} {high} " for low, high in zip(smallest, largest, strict=True))
    yield f"{people} {groups} {'ds' if different_sizes else 'ss'} {bounds}"
    first, second = np.triu_indices(people, 1)
    for one, two, distance in zip(first, second, mdgp_distances(family, people, seed), strict=True):
        yield f"{one} {two} {distance:.3f}"


def participants(people: int, seed: int) -> tuple[list[str], list[Case]]:
    """Return ids and attributes of people who come to an academy."""
    random = np.random.default_rng(seed)
    ids = [f"p{number + 1:0{len(str(people))}d}" for number in range(people)]
    weights = np.arange(len(COUNTRIES), 0, -1) / sum(range(len(COUNTRIES) + 1))
    countries = [str(one) for one in random.choice(COUNTRIES, people, p=weights)]
    levels = [str(one) for one in random.choice(LEVELS, people)]
    sectors = [sorted(str(one) for one in random.choice(SECTORS, 2, replace=False)) for _ in range(people)]
    return ids, [
        {"name": "country", "kind": "nominal", "weight": 2, "values": countries},
        {"name": "sectors", "kind": "set", "weight": 2, "values": sectors},
        {"name": "experience", "kind": "ordinal", "weight": 1, "order": list(LEVELS), "values": levels},
    ]


def groups_case(people: int, groups: int, seed: int) -> Case:
    """Return people to divide, with links, a fixed place and wishes for themes."""
    ids, attributes = participants(people, seed)
    random = np.random.default_rng([seed, 1])
    drawn = [str(one) for one in random.permutation(ids)[:9]]
    names = [
        f"group {chr(65 + number)}" if groups <= 26 else f"group {number + 1}" for number in range(groups)
    ]
    return {
        "people": ids,
        "groups": [
            {"id": name, "smallest": people // groups, "largest": -(-people // groups)} for name in names
        ],
        "attributes": attributes,
        "together": [drawn[0:2]],
        "apart": [drawn[2:4], drawn[4:6]],
        "fixed": {drawn[6]: names[0]},
        "wishes": [[drawn[7], names[1], 1.0], [drawn[8], names[2 % groups], 1.0]],
    }


def rounds_case(people: int, groups: int, rounds: int, seed: int) -> Case:
    """Return people who meet in several rounds; one of them misses the last round, some know each other."""
    ids, attributes = participants(people, seed)
    random = np.random.default_rng([seed, 2])
    known = {
        tuple(sorted(str(one) for one in random.choice(ids, 2, replace=False))) for _ in range(people // 3)
    }
    plan: list[Case] = [{"groups": groups} for _ in range(rounds)]
    plan[-1]["absent"] = [ids[-1]]
    return {
        "people": ids,
        "rounds": plan,
        "repeat_price": 1.0,
        "met": [[*pair, 0.5] for pair in sorted(known)],
        "attributes": attributes,
        "diversity_weight": 0.05,
    }


def seating_case(guests: int, seats: int, seed: int) -> Case:
    """Return guests and tables with a host each; one table more serves vegan food than it takes."""
    ids, attributes = participants(guests, seed)
    random = np.random.default_rng([seed, 3])
    tables = -(-guests // seats)
    vegan = {str(one) for one in random.choice(ids, guests // 10, replace=False)}
    pairs = [tuple(sorted(str(one) for one in random.choice(ids, 2, replace=False))) for _ in range(guests)]
    return {
        "guests": [
            {"id": one, "host": number < tables + 2, "diets": ["vegan"] if one in vegan else []}
            for number, one in enumerate(ids)
        ],
        "tables": [
            {
                "id": f"table {number + 1}",
                "seats": seats,
                "hosts": 1,
                "diets": ["vegan"] if number <= -(-len(vegan) // seats) else [],
            }
            for number in range(tables)
        ],
        "apart": [list(pairs[0])],
        "wishes": [[*pair, 1.0] for pair in sorted(set(pairs[1 : guests // 4]))],
        "met": [[*pair, 0.4] for pair in sorted(set(pairs[guests // 4 :]))],
        "attributes": attributes,
    }


def main() -> None:
    """Print one instance."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("problem", choices=("groups", "rounds", "seating", "mdgp"))
    parser.add_argument("--people", type=int, default=24)
    parser.add_argument("--groups", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seats", type=int, default=8)
    parser.add_argument("--different-sizes", action="store_true")
    parser.add_argument("--family", choices=("RanReal", "RanInt", "Geo"), default="RanReal")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.problem == "mdgp":
        lines = mdgp_lines(
            given.family, given.people, given.groups, given.seed, different_sizes=given.different_sizes
        )
        sys.stdout.writelines(line + "\n" for line in lines)
        return
    case = {
        "groups": lambda: groups_case(given.people, given.groups, given.seed),
        "rounds": lambda: rounds_case(given.people, given.groups, given.rounds, given.seed),
        "seating": lambda: seating_case(given.people, given.seats, given.seed),
    }[given.problem]()
    sys.stdout.write(json.dumps(case, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
