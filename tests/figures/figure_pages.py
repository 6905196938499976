"""What the pages cost: CPU per request beside a bare page, waiting, SQL statements, memory, start times.

    .venv/bin/python tests/figures/figure_pages.py      prints the table, writes build/figures/pages.json

The CPU time is the kernel's own count for the page processes and the database together. "Built anew" is
asked of a server that keeps no finished page; everything is measured in one run on one machine.
"""

import gzip
import json
import platform
import re
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.config.serving import Serving, data_folder, plain_environment  # noqa: E402
from tests.figures.measuring import Client, Cost, below, cost, proportional_memory_mb, wait_until_calm  # noqa: E402
from tests.figures.pages import BARE, EDITIONS, LARGE, PAGES, Page  # noqa: E402

TARGET = ROOT / "build" / "figures" / "pages.json"
FIRST_START_S, SECOND_START_S = 120.0, 8.0
WEB_MEMORY_MB = 250.0
FIRST_VIEW_KB = 100.0
PUBLICATION_S = 5.0
UNPREPARED_MS = 60.0


def main() -> None:
    figures: dict[str, object] = {"machine": machine()}
    with data_folder() as folder:
        serving = Serving(folder, what="demo")
        figures["first_start_s"] = serving.opened_after_s
        prepared = prepare(folder)
        figures["publication_s"] = prepared["seconds_to_publish"]
        figures["unprepared_ms"] = prepared["unprepared_ms"]
        figures["first_view_kb"] = first_view_kb(serving.port)
        let_worker_finish(serving)
        costs = measure(serving, prepared, kept=True)
        figures["memory_mb"] = memory(serving)
        serving.stop()
        serving = Serving(folder, what="demo")
        figures["second_start_s"] = serving.opened_after_s
        serving.stop()
        serving = Serving(folder, what="demo", FILIERA_PAGE_CACHE_BYTES="0")
        let_worker_finish(serving)
        costs += measure(serving, prepared, kept=False)
        serving.stop()
    figures["pages"] = costs
    show(figures)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(figures, indent=1) + "\n")


def let_worker_finish(serving: Serving) -> None:
    """What it asks of the database would be counted as a page's; it starts once pages are open."""
    while "worker" not in serving.children():
        time.sleep(0.1)
    wait_until_calm(below(serving.children()["worker"]))


def machine() -> dict[str, object]:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    cores = len(
        [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("processor")]
    )
    load = Path("/proc/loadavg").read_text().split()[0]
    return {
        "processor": model,
        "cores": cores,
        "load_before": float(load),
        "python": platform.python_version(),
    }


def prepare(folder: Path) -> dict[str, object]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.figures.prepared"],
        env=plain_environment(FILIERA_DATA=str(folder)),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    told: dict[str, object] = json.loads(done.stdout)
    return told


def measure(serving: Serving, prepared: dict[str, object], *, kept: bool) -> list[dict[str, object]]:
    """The bare page each time, since it is the measure of its own run."""
    rows = []
    for page in PAGES:
        if not kept and not page.is_kept and page is not BARE:
            continue
        for edition in EDITIONS:
            if page.is_for(edition):
                rows.append(row_of(serving, page, edition, prepared, kept=kept))
                sys.stderr.write(f"measured {rows[-1]['page']}, {edition}\n")
    return rows


def row_of(
    serving: Serving, page: Page, edition: str, prepared: dict[str, object], *, kept: bool
) -> dict[str, object]:
    told, sessions, statements = prepared["told"], prepared["sessions"], prepared["statements"]
    assert isinstance(told, dict)
    assert isinstance(sessions, dict)
    assert isinstance(statements, dict)
    headers = {"Cookie": told[page.role]} if page.role else {}
    if page.has_token:
        headers["Authorization"] = f"Bearer {told['token']}"

    def pids() -> list[int]:
        children = serving.children()
        return below(children["web"]) + below(children["database"])

    found: Cost = cost(serving.port, page.address(edition, sessions[edition]), headers, pids)
    return {
        "page": page.name if kept or page is BARE else f"{page.name}, built anew",
        "edition": edition,
        "statements": statements[f"{page.name} {edition}"],
        "budget_ms": page.budget_ms if kept else page.budget_anew_ms,
        "budget_bare_pages": page.budget_bare_pages if kept else None,
        **asdict(found),
    }


def first_view_kb(port: int) -> float:
    """The schedule with its style sheets and scripts, compressed; fonts and pictures aside."""
    client = Client(port, {})
    seen: dict[str, int] = {}
    waiting = [f"/academy/{LARGE}/schedule/"]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        answer = client.get(path)
        assert answer.status == 200, (path, answer.status)
        is_zipped = answer.headers.get("content-encoding") == "gzip"
        text = (gzip.decompress(answer.body) if is_zipped else answer.body).decode()
        seen[path] = len(answer.body) if is_zipped else len(gzip.compress(answer.body, 6))
        waiting += references(text, path)
    client.close()
    return sum(seen.values()) / 1000


def references(text: str, path: str) -> list[str]:
    if path.endswith("/"):
        tags = re.findall(r"<(?:link|script)\b[^>]*>", text)
        wanted = [
            tag for tag in tags if tag.startswith("<script") or re.search(r"stylesheet|modulepreload", tag)
        ]
        return [found[1] for tag in wanted if (found := re.search(r'(?:href|src)="(/static/[^"]+)"', tag))]
    imported = re.findall(r"""(?:from|import|@import)\s*(?:url\()?["']([./][^"']+)["']""", text)
    return [str(Path(path).parent / name) if name.startswith(".") else name for name in imported]


def memory(serving: Serving) -> dict[str, float]:
    return {name: proportional_memory_mb(below(pid)) for name, pid in serving.children().items()}


def show(figures: dict[str, object]) -> None:
    rows = figures["pages"]
    assert isinstance(rows, list)
    bare = next(row["cpu_ms"] for row in rows if row["page"] == "bare page")
    write = sys.stdout.write
    write(f"\n{figures['machine']}\n\n")
    columns = ("CPU ms", "budget", "req/s", "p50 ms", "p99 ms")
    write(f"{'page':<34}{'edition':<14}{''.join(f'{column:>8}' for column in columns)}{'SQL':>5}\n")
    for row in rows:
        budget = row["budget_ms"] or (row["budget_bare_pages"] or 0) * bare
        said = f"{budget:.1f}" if budget and row["edition"] == LARGE else ""
        mark = " !" if said and row["cpu_ms"] > budget else ""
        write(
            f"{row['page']:<34}{row['edition']:<14}{row['cpu_ms']:>8.2f}{said:>8}{row['requests_per_s']:>8.0f}"
            f"{row['p50_ms']:>8.1f}{row['p99_ms']:>8.1f}{row['statements']:>5}{mark}\n"
        )
    memory_mb = figures["memory_mb"]
    assert isinstance(memory_mb, dict)
    write(f"\nmemory (PSS, MB): {', '.join(f'{name} {used:.0f}' for name, used in memory_mb.items())}")
    write(f"; pages may use {WEB_MEMORY_MB:.0f}\n")
    write(f"first view of the schedule: {figures['first_view_kb']:.1f} kB of {FIRST_VIEW_KB:.0f}\n")
    write(f"schedule with nothing prepared: {figures['unprepared_ms']:.1f} ms of {UNPREPARED_MS:.0f}\n")
    write(f"publishing 200 sessions: {figures['publication_s']:.2f} s of {PUBLICATION_S:.0f}\n")
    write(f"first start {figures['first_start_s']:.1f} s of {FIRST_START_S:.0f}, ")
    write(f"second start {figures['second_start_s']:.1f} s of {SECOND_START_S:.0f}\n")


if __name__ == "__main__":
    main()
