"""Printing a benchmark table and keeping it as JSON."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
SHARED = Path(os.environ.get("FILIERA_SHARED") or ROOT.parent / "shared")
BENCH = SHARED / "bench" / "solver"

Row = dict[str, Any]


def tell(name: str, title: str, rows: Sequence[Row]) -> None:
    """Print rows as a table and write them to build/figures/<name>.json."""
    print(f"\n{title}")
    heads = list(dict.fromkeys(head for row in rows for head in row))
    cells = [[_told(row.get(head)) for head in heads] for row in rows]
    widths = [max(len(head), *(len(line[column]) for line in cells)) for column, head in enumerate(heads)]
    for line in [heads, *cells]:
        print("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)))
    sys.stdout.flush()
    folder = ROOT / "build" / "figures"
    folder.mkdir(parents=True, exist_ok=True)
    machine = {
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
    }
    content = {"title": title, "machine": machine, "rows": list(rows)}
    (folder / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _told(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
