"""Whether engines agree to the byte: every packaged indicator over a million facts of the ledger.

``python tests/figures/indicators/figure_agreement.py [--facts 1000000] [--engines postgres duckdb spark]``

The demonstration in a folder of its own, and generated facts that `filiera import facts` adds to it, a part
of which is taken back. Spark needs the extra `spark` and Java 17; where they are absent its row says so.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "tests" / "figures" / "solvers")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filiera.config.settings")

from tables import Row, tell  # noqa: E402

from tests.config.serving import Serving, command, plain_environment  # noqa: E402

SEED = 5
FACTS, TAKEN_BACK = 1_000_000, 20_000
BREAKDOWNS = ("", "ecosystem", "s3_priority")
COLUMNS = (
    "kind", "happened_on", "organisation", "counterpart", "quantity", "amount_eur", "ecosystem", "size_class"
)  # fmt: skip


def main() -> int:
    """Print and keep the table; 1 where engines differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=FACTS)
    parser.add_argument("--engines", nargs="+", default=["postgres", "duckdb", "spark"])
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="filiera-agreement-") as made:
        folder = Path(made)
        folder.chmod(0o711)
        data = folder / "data"
        Serving(data, what="demo").stop()
        import_facts(folder, data, given.facts)
        rows = [row for breakdown in BREAKDOWNS for row in compared(folder, data, breakdown, given.engines)]
    tell("agreement", f"Engines over {given.facts:,} facts and the demonstration's", rows)
    return 1 if any(row["agrees"] == "no" for row in rows) else 0


def import_facts(folder: Path, data: Path, count: int) -> None:
    """Add generated facts, and some more that are taken back."""
    rng = random.Random(SEED)
    all_facts, taken_back = folder / "facts.csv", folder / "taken_back.csv"
    write_facts(all_facts, count, rng)
    write_facts(taken_back, TAKEN_BACK, rng)
    for words in ([all_facts], [taken_back], [taken_back, "--reverse"]):
        subprocess.run(
            command("import", "facts", *words, "--data", data), env=plain_environment(), check=True
        )


def write_facts(file: Path, count: int, rng: random.Random) -> None:
    """Facts of every kind and quantity between the demonstration's organisations, half of them of a pole."""
    import django

    django.setup()
    from filiera.ledger.kinds import all_kinds

    kinds = [kind.code for kind in all_kinds()]
    organisations = column_of("demo/data/organisations.csv", "slug")
    poles = ["agrifood", "biopmed", "cgreen", "clever", "mesap", "pointex", "polo-ict"]
    ecosystems = [*column_of("reference/data/ecosystems.csv", "code"), ""]
    with file.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target)
        writer.writerow(COLUMNS)
        for _number in range(count):
            organisation = rng.choice(poles if rng.random() < 0.5 else organisations)
            counterpart = rng.choice(organisations) if rng.random() < 0.8 else ""
            writer.writerow(
                [
                    rng.choice(kinds),
                    f"{rng.randint(2020, 2025)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
                    organisation,
                    counterpart if counterpart != organisation else "",
                    rng.choice(["", "1", "2.5", "0.3333", "7"]),
                    rng.choice(["", "100.10", "2500"]),
                    rng.choice(ecosystems),
                    rng.choice(["micro", "small", "medium", "large", ""]),
                ]
            )


def column_of(table: str, column: str) -> list[str]:
    """One column of a table of the project."""
    with (ROOT / "src" / "filiera" / table).open(encoding="utf-8") as lines:
        return [row[column] for row in csv.DictReader(lines)]


def compared(folder: Path, data: Path, breakdown: str, engines: list[str]) -> list[Row]:
    """Return a row an engine: its figures by one breakdown, and whether they are the first engine's."""
    rows: list[Row] = []
    first = ""
    for engine in engines:
        file = folder / f"{engine}.json"
        words = ["indicators", "compute", "--data", data, "--engine", engine, "--to", file]
        started = time.perf_counter()
        done = subprocess.run(
            command(*words, *(["--breakdown", breakdown] if breakdown else [])),
            capture_output=True,
            text=True,
            env=plain_environment(),
            check=False,
        )
        seconds = time.perf_counter() - started
        row: Row = {"breakdown": breakdown or "none", "engine": engine, "seconds": round(seconds, 1)}
        if done.returncode:
            row |= {"agrees": f"not run: {done.stderr.strip().splitlines()[-1]}"}
        else:
            digest = hashlib.sha256(file.read_bytes()).hexdigest()
            values = json.loads(file.read_text())["values"]
            first = first or digest
            row |= {
                "indicators": len({value["indicator"] for value in values}),
                "figures": len(values),
                "with a value": sum(value["value"] is not None for value in values),
                "sha256": digest[:12],
                "agrees": "yes" if digest == first else "no",
            }
        rows.append(row)
    return rows


if __name__ == "__main__":
    sys.exit(main())
