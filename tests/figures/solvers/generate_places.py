"""Wishes for laboratory visits made from a seed: some are wanted by all, some ask for an identity card.

``python tests/figures/solvers/generate_places.py --people 30 --options 5 --seed 1`` prints one.
"""

from __future__ import annotations

import argparse
import json
import random
from typing import Any

Case = dict[str, Any]


def visits(
    seed: int,
    *,
    people: int = 30,
    options: int = 5,
    wishes: int = 4,
    share_of_places: float = 0.9,
    companions: int = 2,
    rule: str = "rank-maximal",
) -> Case:
    """Return people with a few ranked wishes, laboratories with uneven demand, and pairs who go together."""
    dice = random.Random(seed)
    labs = [f"lab {index + 1}" for index in range(options)]
    demand = [dice.uniform(0.5, 3) for _ in labs]
    capacity = [max(1, round(people * share_of_places / options)) for _ in labs]
    rows = []
    for index in range(people):
        wanted: list[str] = []
        while len(wanted) < min(wishes, options):
            lab = dice.choices(labs, demand)[0]
            if lab not in wanted:
                wanted.append(lab)
        rows.append(
            {
                "id": f"p{index + 1:0{len(str(people))}d}",
                "wishes": wanted,
                "has": ["identity card"] if dice.random() < 0.85 else [],
            }
        )
    ids = [str(row["id"]) for row in rows]
    chosen = dice.sample(ids, 2 * companions)
    for first, second in zip(chosen[::2], chosen[1::2], strict=True):
        rows[ids.index(second)]["wishes"] = list(rows[ids.index(first)]["wishes"])
    return {
        "name": f"laboratory visits {seed}",
        "seed": seed,
        "rule": rule,
        "draw": f"laboratory visits {seed}",
        "options": [
            {"id": lab, "capacity": places, "needs": ["identity card"] if index % 3 == 0 else []}
            for index, (lab, places) in enumerate(zip(labs, capacity, strict=True))
        ],
        "people": rows,
        "companions": [list(pair) for pair in zip(chosen[::2], chosen[1::2], strict=True)],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--people", type=int, default=30)
    parser.add_argument("--options", type=int, default=5)
    parser.add_argument("--wishes", type=int, default=4)
    parser.add_argument("--companions", type=int, default=2)
    parser.add_argument("--rule", choices=("rank-maximal", "drawn"), default="rank-maximal")
    asked = parser.parse_args()
    case = visits(
        asked.seed,
        people=asked.people,
        options=asked.options,
        wishes=asked.wishes,
        companions=asked.companions,
        rule=asked.rule,
    )
    print(json.dumps(case, indent=1))


if __name__ == "__main__":
    main()
