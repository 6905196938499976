"""Rounds: tournaments without a repeat, and thirty people over four rounds."""

from __future__ import annotations

from generate_groups import participants
from tables import Row, tell

from filiera_solvers import (
    Attribute,
    AttributeKind,
    Limits,
    RoundsInstance,
    distance_from_attributes,
    solve_rounds,
)

TOURNAMENTS = (
    *((5, 3, 6), (5, 3, 7), (4, 4, 5), (5, 5, 6), (6, 3, 8), (7, 3, 10)),
    *((8, 3, 10), (8, 4, 7), (8, 4, 8), (8, 4, 9), (10, 4, 9)),
)
SEEDS = (1, 2, 3)


def tournaments() -> list[Row]:
    """Return a row for each tournament: the slowest of three seeds."""
    rows: list[Row] = []
    for groups, size, rounds in TOURNAMENTS:
        instance = RoundsInstance(people_count=groups * size, sizes=((size,) * groups,) * rounds)
        results = [solve_rounds(instance, Limits(time_limit_s=10, seed=seed)) for seed in SEEDS]
        rows.append(
            {
                "tournament": f"{groups}-{size}-{rounds}",
                "repeats": max(result.repeats or 0 for result in results),
                "status": max(result.status.value for result in results),
                "slowest seconds": round(max(result.seconds for result in results), 2),
            }
        )
    return rows


def thirty_people() -> list[Row]:
    """Return a row for each weight of diversity: 30 people, five groups of six, four rounds, 3 s."""
    _, given = participants(30, 1)
    distance = distance_from_attributes(
        [
            Attribute(
                name=str(one["name"]),
                kind=AttributeKind(one["kind"]),
                weight=float(one["weight"]),
                order=one.get("order", ()),
                values=[tuple(value) if isinstance(value, list) else value for value in one["values"]],
            )
            for one in given
        ]
    )
    rows: list[Row] = []
    for weight in (0.0, 0.1, 1.0):
        instance = RoundsInstance(
            people_count=30, sizes=((6,) * 5,) * 4, distance=distance, diversity_weight=weight
        )
        result = solve_rounds(instance, Limits(time_limit_s=3, seed=1))
        rows.append(
            {
                "weight of diversity": weight,
                "repeats": result.repeats,
                "fewest possible": 30,
                "value": result.value,
                "bound": result.bound,
                "status": result.status.value,
                "seconds": round(result.seconds, 2),
            }
        )
    return rows


def main() -> None:
    """Print and keep the tables."""
    tell("rounds", "Rounds without a repeat, three seeds", tournaments())
    tell("rounds_thirty", "Thirty people, five groups, four rounds", thirty_people())


if __name__ == "__main__":
    main()
