"""A hall of 300 telephones: how fast all hear an event while 3,000 votes come in, and how they are counted.

.venv/bin/python tests/figures/figure_live.py      prints the table, writes build/figures/live.json
"""

import asyncio
import json
import re
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from tests.config.serving import Serving, data_folder, plain_environment  # noqa: E402
from tests.figures.measuring import below, proportional_memory_mb  # noqa: E402

TARGET = ROOT / "build" / "figures" / "live.json"
PHONES = 300
VOTES_WITHIN_S = 10.0
PUSH_MEMORY_MB = 150.0


@dataclass
class Phone:
    """A browser: its cookies, its stream, what it heard and when."""

    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""
    heard: list[tuple[float, str]] = field(default_factory=list)

    @property
    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


def inside(folder: Path, what: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.figures.live_prepared", what],
        env=plain_environment(FILIERA_DATA=str(folder)),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def told_by(process: "subprocess.Popen[str]") -> dict[str, object]:
    said, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    told: dict[str, object] = json.loads(said)
    return told


async def ask(port: int, request: str) -> tuple[int, list[str], str]:
    """One request on a connection of its own: status, headers, body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request.encode())
    await writer.drain()
    answer = (await reader.read()).decode(errors="replace")
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    lines = head.split("\r\n")
    return int(lines[0].split()[1]), lines[1:], body


def head_of(port: int, method: str, path: str, phone: Phone, more: str = "", length: int = 0) -> str:
    cookies = f"Cookie: {phone.cookie_header}\r\n" if phone.cookies else ""
    return (
        f"{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n{cookies}{more}"
        f"Content-Length: {length}\r\n\r\n"
    )


async def enter(port: int, path: str, phone: Phone) -> None:
    status, headers, body = await ask(port, head_of(port, "GET", path, phone))
    assert status == 200, status
    for line in headers:
        if line.lower().startswith("set-cookie:"):
            name, _, value = line.split(":", 1)[1].strip().partition(";")[0].partition("=")
            phone.cookies[name] = value
    found = re.search(r'data-push-token="([^"]+)"', body)
    assert found is not None
    phone.token = found[1]


async def listen(port: int, phone: Phone) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head_of(port, "GET", f"/push/?token={phone.token}", phone).encode())
    await writer.drain()
    async for line in reader:
        if line.startswith(b"data:"):
            phone.heard.append((time.time(), line.decode()))


async def vote_all(port: int, path: str, questions: list[int], phones: list[Phone]) -> tuple[float, int]:
    """Every phone votes for every question once, spread over ten seconds."""
    started = time.monotonic()
    refused = 0

    async def one(index: int, phone: Phone, question: int) -> None:
        nonlocal refused
        await asyncio.sleep(
            max(0.0, started + index / (PHONES * len(questions)) * VOTES_WITHIN_S - time.monotonic())
        )
        more = f"HX-Request: true\r\nX-CSRFToken: {phone.cookies['filiera_csrf']}\r\n"
        status, _headers, _body = await ask(
            port, head_of(port, "POST", f"{path}questions/{question}/vote/", phone, more)
        )
        refused += status != 200

    turns = [(phone, question) for question in questions for phone in phones]
    await asyncio.gather(*(one(index, phone, question) for index, (phone, question) in enumerate(turns)))
    return time.monotonic() - started, refused


async def attack(port: int, path: str, question: int, phone: Phone) -> None:
    """One browser presses in thirty windows at once."""
    more = f"HX-Request: true\r\nX-CSRFToken: {phone.cookies['filiera_csrf']}\r\n"
    request = head_of(port, "POST", f"{path}questions/{question}/vote/", phone, more)
    await asyncio.gather(*(ask(port, request) for _ in range(30)))


async def measure(serving: Serving, folder: Path) -> dict[str, object]:
    made = told_by(inside(folder, "make"))
    questions = made["questions"]
    assert isinstance(questions, list)
    path = f"/academy/cba-2-torino/live/{made['code']}/"
    phones = [Phone() for _ in range(PHONES)]
    for start in range(0, PHONES, 20):
        await asyncio.gather(*(enter(serving.port, path, phone) for phone in phones[start : start + 20]))
    listening = [asyncio.create_task(listen(serving.port + 1, phone)) for phone in phones]
    await asyncio.sleep(3)
    teller = inside(folder, "tell")
    seconds, refused = await vote_all(serving.port, path, questions, phones)
    told = (await asyncio.to_thread(told_by, teller))["told"]
    assert isinstance(told, list)
    await asyncio.sleep(2)
    memory = proportional_memory_mb(below(serving.children()["push"]))
    for task in listening:
        task.cancel()
    before = told_by(inside(folder, "count"))
    await attack(serving.port, path, questions[0], phones[0])
    after = told_by(inside(folder, "count"))
    waits = [
        heard - told[number]
        for phone in phones
        for number, heard in enumerate([at for at, said in phone.heard if '"stage"' in said][: len(told)])
    ]
    cuts = statistics.quantiles(waits, n=100)
    return {
        "delivered": len(waits),
        "of": PHONES * len(told),
        "p50_ms": cuts[49] * 1000,
        "p99_ms": cuts[98] * 1000,
        "votes_s": seconds,
        "votes_refused": refused,
        "votes_counted": before["rows"],
        "votes_cast": PHONES * len(questions),
        "voices": before["voices"],
        "counted_twice": after["twice"],
        "push_memory_mb": memory,
    }


def main() -> None:
    with data_folder() as folder:
        serving = Serving(folder, what="demo")
        try:
            figures = asyncio.run(measure(serving, folder))
        finally:
            serving.stop()
    figures["load_before"] = float(Path("/proc/loadavg").read_text().split()[0])
    for name, value in figures.items():
        sys.stdout.write(
            f"{name:<18}{value:>12.1f}\n" if isinstance(value, float) else f"{name:<18}{value:>12}\n"
        )
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
