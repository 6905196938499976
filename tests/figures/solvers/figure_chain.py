"""How fast chains are proven, from five thousand to two hundred thousand companies."""

from __future__ import annotations

import time
from typing import Any

from generate_chain import RULES, companies
from tables import Row, tell

from filiera_solvers import ChainRules, Limits, solve_chain

SECOND = ChainRules(
    least_countries=4,
    most_per_country=2,
    least_sme_share=0.5,
    second_source=True,
    second_other_country=True,
)
TIGHT = ChainRules(least_countries=8, most_per_country=1, least_sme_share=1.0)
CASES: tuple[tuple[str, dict[str, Any]], ...] = (
    *((f"5,000, seed {seed}", {"seed": seed}) for seed in (1, 2, 3)),
    *((f"200,000, seed {seed}", {"seed": seed, "count": 200_000}) for seed in (1, 2, 3)),
    ("5,000, three offers each", {"seed": 1, "offers_per_organisation": 3.0}),
    ("5,000, eight countries, all small", {"seed": 1, "rules": TIGHT}),
    ("5,000, second sources abroad", {"seed": 1, "rules": SECOND}),
    ("5,000, five chains", {"seed": 1, "alternatives": 5, "least_difference": 3}),
    ("5,000, trade-off of six", {"seed": 1, "front": 6}),
    ("5,000, 300 links of their own", {"seed": 1, "pair_count": 300}),
    ("5,000, 3,000 links of their own", {"seed": 1, "pair_count": 3000}),
)


def row_for(name: str, settings: dict[str, Any]) -> Row:
    instance = companies(**{"rules": RULES, **settings})
    began = time.perf_counter()
    result = solve_chain(instance, Limits(time_limit_s=60, seed=1))
    return {
        "companies": name,
        "kept": result.kept,
        "status": result.status.value,
        "filter and search s": round(time.perf_counter() - began, 2),
        "value": None if result.value is None else round(result.value, 4),
        "gap": result.gap,
        "chains": 1 + len(result.others),
        "front": len(result.front),
        "valid": result.checker is not None and result.checker.valid,
    }


def main() -> None:
    rows = [row_for(name, settings) for name, settings in CASES]
    tell("chain", "Chains of eight stages in twenty countries", rows)


if __name__ == "__main__":
    main()
