"""Applications made from a seed, with quotas that bind.

``python tests/figures/solvers/generate_selection.py --candidates 84 --places 30 --seed 1`` prints one.
"""

from __future__ import annotations

import argparse
import json
import random
from typing import Any

Case = dict[str, Any]

COUNTRIES = ("IT", "FR", "DE", "ES", "PL", "PT", "RO", "SE", "AT", "SI")
SECTORS = ("agrifood", "digital", "energy", "health", "mobility", "textiles")


def applications(seed: int, *, candidates: int = 84, places: int = 30) -> Case:
    """Return candidates with ten limits, two targets, two per organisation, pins and exclusions."""
    dice = random.Random(seed)
    rows: list[Case] = []
    for number in range(candidates):
        country = dice.choices(COUNTRIES, range(len(COUNTRIES), 0, -1))[0]
        attributes = {
            "country": country,
            "gender": dice.choices(("woman", "man", "other"), (35, 60, 5))[0],
            "sector": sorted(dice.sample(SECTORS, dice.choice((1, 1, 2)))),
            "experience": dice.choices(("under 3 years", "3 to 10 years", "over 10 years"), (2, 4, 3))[0],
            "size": dice.choices(("small", "medium", "large"), (5, 3, 2))[0],
            "first time": dice.choices(("yes", "no"), (7, 3))[0],
        }
        rows.append(
            {
                "id": f"c{number + 1:0{len(str(candidates))}d}",
                "score": round(dice.gauss(6.5, 1.2), 2),
                "organisation": f"{country} cluster {dice.randint(1, max(2, candidates // 12))}",
                "attributes": attributes,
            }
        )
    ids = [str(row["id"]) for row in rows]
    special = dice.sample(ids, 4)
    half, third, fifth = places // 2, places // 3, places // 5

    def least(attribute: str, values: tuple[str, ...], wanted: int) -> int:
        """A quota that leaves somebody to spare."""
        there = sum(
            1
            for row in rows
            if row["id"] not in special[2:] and set(values) & set(as_list(row["attributes"][attribute]))
        )
        return max(0, min(wanted, there - 1))

    return {
        "name": f"applications {seed}",
        "seed": seed,
        "places": places,
        "candidates": rows,
        "limits": [
            {
                "name": "women",
                "attribute": "gender",
                "value": "woman",
                "least": least("gender", ("woman",), half - 1),
            },
            {"name": "men", "attribute": "gender", "value": "man", "least": least("gender", ("man",), third)},
            {"name": "each country", "attribute": "country", "each": True, "most": fifth},
            {
                "name": "Italy",
                "attribute": "country",
                "value": "IT",
                "least": least("country", ("IT",), min(3, fifth)),
            },
            {"name": "south", "attribute": "country", "values": ["IT", "ES", "PT"], "most": half},
            {
                "name": "east",
                "attribute": "country",
                "values": ["PL", "RO", "SI"],
                "least": least("country", ("PL", "RO", "SI"), third - 2),
            },
            {
                "name": "newcomers",
                "attribute": "first time",
                "value": "yes",
                "least": least("first time", ("yes",), places * 2 // 3),
            },
            {
                "name": "small clusters",
                "attribute": "size",
                "value": "small",
                "least": least("size", ("small",), third),
                "most": half + 2,
            },
            {
                "name": "health",
                "attribute": "sector",
                "value": "health",
                "least": least("sector", ("health",), fifth),
                "most": third,
            },
            {"name": "experienced", "attribute": "experience", "value": "over 10 years", "most": third},
        ],
        "targets": [
            {"name": "digital", "attribute": "sector", "value": "digital", "target": third, "weight": 0.4},
            {
                "name": "young",
                "attribute": "experience",
                "value": "under 3 years",
                "target": fifth,
                "weight": 0.3,
            },
        ],
        "most_per_organisation": 2,
        "pinned": special[:2],
        "excluded": special[2:],
    }


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--candidates", type=int, default=84)
    parser.add_argument("--places", type=int, default=30)
    asked = parser.parse_args()
    print(json.dumps(applications(asked.seed, candidates=asked.candidates, places=asked.places), indent=1))


if __name__ == "__main__":
    main()
