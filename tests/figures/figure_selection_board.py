"""The balanced selection through the platform: how soon a cohort is found, proven, explained and shown.

    .venv/bin/python tests/figures/figure_selection_board.py      writes build/figures/selection-board.json

Eighty-four applications are proven in less than two seconds while the page waits; a thousand are within one
per cent of the bound in twenty; the board of ten thousand asks as many statements as that of eighty-four.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tests" / "figures" / "solvers"))

from tables import tell  # noqa: E402

from tests.config.serving import Serving, data_folder, plain_environment  # noqa: E402

FEW_S, MANY_S, GAP = 2.0, 20.0, 0.01


def main() -> None:
    with data_folder() as folder:
        serving = Serving(folder, what="demo")
        done = subprocess.run(
            [sys.executable, "-m", "tests.figures.selection_prepared"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**plain_environment(FILIERA_DATA=str(folder)), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            check=False,
        )
        serving.stop()
    if done.returncode:
        sys.exit(done.returncode)
    rows = json.loads(done.stdout.splitlines()[-1])["rows"]
    tell("selection-board", "The selection through the platform", rows)
    few, many, most = rows
    kept = {
        f"84 proven in {FEW_S} s": few["status"] == "optimal" and few["found s"] < FEW_S,
        f"1,000 within {GAP:.0%} in {MANY_S} s": many["gap"] is not None
        and many["gap"] <= GAP
        and many["found s"] <= MANY_S,
        "everybody of 84 and of 1,000 has a worked-out reason": few["explained"] == 84
        and many["explained"] == 1_000,
        "the board asks no more for more": few["statements"] >= most["statements"],
    }
    for claim, is_kept in kept.items():
        print(f"{'kept' if is_kept else 'NOT KEPT'}: {claim}")
    if not all(kept.values()):
        sys.exit(1)


if __name__ == "__main__":
    main()
