"""How good plans of meetings are: the benchmark days, others of their kind, days of wishes, absences.

``python tests/figures/solvers/figure_meetings.py [--quick]``: quick takes a sixth of the time limits.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from generate_meetings import Case, bilateral_day, wished_day
from tables import SHARED, Row, tell

from filiera_solvers import Limits, MeetingsInstance, MeetingsResult, solve_meetings
from filiera_solvers._frame import Clock
from filiera_solvers._meetings_command import encode_meetings, read_meetings
from filiera_solvers._meetings_exact import improve_exactly

B2B = SHARED / "bench" / "solver" / "b2b"
SEEDS = (1, 2, 3)
OTHERS = {
    "like s1, 11": {"seed": 11, "people": 30, "slots": 10, "tables": 12, "meetings": 80, "absent_share": 0.3},
    "like s2, 12": {"seed": 12, "people": 42, "slots": 8, "tables": 21, "meetings": 125, "absent_share": 0.0},
    "like m1, 13": {
        **{"seed": 13, "people": 70, "slots": 21, "tables": 14, "meetings": 154, "absent_share": 0.3},
        "precedences": 6,
    },
    "like l1, 14": {
        **{"seed": 14, "people": 120, "slots": 16, "tables": 40, "meetings": 520, "absent_share": 0.3},
        "precedences": 10,
    },
}


def read_case(case: Case) -> MeetingsInstance:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "case.json"
        path.write_text(json.dumps(case), encoding="utf-8")
        return read_meetings(path)


def model_alone(instance: MeetingsInstance, seconds: float) -> int | None:
    """Return the breaks that plain CP-SAT finds in the same time, without a plan to start from."""
    clock = Clock(Limits(time_limit_s=seconds, seed=1))
    clock.start()
    nothing = np.full(len(instance.pairs), -1, dtype=np.int64)
    place, _ = improve_exactly(instance, instance.allowed, nothing, clock, seconds)
    if place is None:
        return None
    slots: dict[int, list[int]] = {}
    for pair, own in zip(instance.pairs.tolist(), place.tolist(), strict=True):
        for person in pair:
            slots.setdefault(person, []).append(own % instance.n_slots)
    days = [np.diff(sorted(own)) for own in slots.values()]
    return int(sum((gaps > 1).sum() for gaps in days))


def all_rows(share: float) -> list[Row]:
    cases: dict[str, tuple[MeetingsInstance, Row]] = {}
    if B2B.is_dir():
        with (B2B / "reference_values.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                known: Row = {
                    "reference": int(row["fewest_breaks_found"]),
                    "CP-SAT alone": int(row["cpsat_alone_breaks"]),
                }
                cases[row["instance"]] = (read_meetings(B2B / f"{row['instance']}.json"), known)
    for name, size in OTHERS.items():
        instance = read_case(bilateral_day(**size))
        cases[name] = (instance, {"reference": None, "CP-SAT alone": model_alone(instance, 60 * share)})
    rows: list[Row] = []
    for name, (instance, known) in cases.items():
        results = [solve_meetings(instance, Limits(time_limit_s=60 * share, seed=seed)) for seed in SEEDS]
        breaks = sorted(result.breaks for result in results)
        rows.append(
            {
                "instance": name,
                "meetings": len(instance.pairs),
                "limit s": 60 * share,
                "median s": round(float(np.median([result.seconds for result in results])), 1),
                "breaks": breaks[1],
                "worst of 3": breaks[2],
                **known,
                "proven": all(result.status.value == "optimal" for result in results),
                "valid": all(result.checker is not None and result.checker.valid for result in results),
            }
        )
    return rows


def wanted_rows(share: float) -> list[Row]:
    rows: list[Row] = []
    for seed in SEEDS:
        case = wished_day(seed)
        instance = read_case(case)
        told = solve_meetings(instance, Limits(time_limit_s=20 * share, seed=seed))
        rows.append(_wanted_row(f"wished day {seed}", told, None))
        absent = np.random.default_rng(seed).choice(60, 2, replace=False).tolist()
        for kind, missed in (("away", range(20)), ("away in the morning", range(10))):
            solution = encode_meetings(instance, told)
            changed = json.loads(json.dumps(case))
            for person in absent:
                changed["unavailable"][str(person)] = list(missed)
            changed["previous"] = [[*one["people"], one["slot"]] for one in solution["meetings"]]
            again = read_case(changed)
            kept = (again.previous >= 0) & again.allowed[range(len(again.pairs)), again.previous]
            result = solve_meetings(again, Limits(time_limit_s=10 * share, seed=seed))
            rows.append(_wanted_row(f"  two people {kind}", result, int(kept.sum())))
    return rows


def _wanted_row(name: str, result: MeetingsResult, others: int | None) -> Row:
    return {
        "instance": name,
        "s": round(result.seconds, 1),
        "priorities": result.priority_sum,
        "bound": result.bound,
        "gap %": None if result.gap is None else round(100 * result.gap, 3),
        "fewest": result.fewest,
        "fewest bound": result.fewest_bound,
        "breaks": result.breaks,
        "others": others,
        "moved %": None if others is None else round(100 * result.moved / others, 1),
        "valid": result.checker is not None and result.checker.valid,
    }


def main() -> None:
    share = 1 / 6 if "--quick" in sys.argv else 1.0
    tell(
        "meetings_wanted",
        "Meetings, mode wanted: 60 people, 400 wishes, 20 slots, 15 tables",
        wanted_rows(share),
    )
    tell("meetings_all", "Meetings, mode all: fewest breaks, one core, three seeds", all_rows(share))


if __name__ == "__main__":
    main()
