"""How many wishes are met, rank by rank and by the draw."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

from generate_places import visits
from tables import Row, tell

from filiera_solvers import Limits, solve_places
from filiera_solvers._places_command import read_places

SIZES = ((30, 5, 4, 2), (200, 12, 5, 12), (1000, 40, 10, 60))


def row_for(people: int, options: int, wishes: int, companions: int, rule: str) -> Row:
    case = visits(1, people=people, options=options, wishes=wishes, companions=companions, rule=rule)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.json"
        path.write_text(json.dumps(case), encoding="utf-8")
        instance = read_places(path)
    result = solve_places(instance, Limits(time_limit_s=60, seed=1))
    return {
        "people": people,
        "options": options,
        "rule": rule,
        "status": result.status.value,
        "s": round(result.seconds, 2),
        "first wishes": result.value,
        "could be": result.bound,
        "profile": " ".join(map(str, result.profile)),
        "without": int((result.option_of < 0).sum()),
        "valid": result.checker is not None and result.checker.valid,
    }


def main() -> None:
    rows = [row_for(*size, rule) for size in SIZES for rule in ("rank-maximal", "drawn")]
    tell("places", "Places: wishes met by rule", rows)


if __name__ == "__main__":
    main()
