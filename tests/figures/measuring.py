"""The kernel's own counters of processes, and a plain client on loopback."""

import http.client
import os
import statistics
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def below(pid: int) -> list[int]:
    """A process and all that it started, as far as they live."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*"):
        try:
            children = (task / "children").read_text().split()
        except OSError:
            continue
        for child in children:
            found += below(int(child))
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time of living processes and of the children they have buried."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / _TICKS_PER_S


def wait_until_calm(pids: Iterable[int], *, share: float = 0.05, seconds: float = 3.0) -> None:
    """Until these processes leave the machine to others; at most three minutes."""
    watched = list(pids)
    until = time.monotonic() + 180
    before = cpu_seconds(watched)
    while time.monotonic() < until:
        time.sleep(seconds)
        spent = cpu_seconds(watched)
        if spent - before < share * seconds:
            return
        before = spent


def proportional_memory_mb(pids: Iterable[int]) -> float:
    """Shared pages are counted once, divided among those who share them (PSS)."""
    total_kb = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total_kb += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total_kb / 1024


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes
    headers: Mapping[str, str]


class Client:
    """One kept connection, as a browser or a reverse proxy has it."""

    def __init__(self, port: int, headers: Mapping[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.headers = {
            "Host": f"localhost:{port}",
            "Accept-Encoding": "gzip",
            "Accept-Language": "en",
            **headers,
        }

    def get(self, path: str) -> Answer:
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        return Answer(answer.status, answer.read(), dict(answer.getheaders()))

    def close(self) -> None:
        self.connection.close()


@dataclass(frozen=True)
class Cost:
    """What one request cost, on average and in waiting."""

    cpu_ms: float
    requests_per_s: float
    p50_ms: float
    p99_ms: float
    requests: int
    bytes_sent: int


def cost(
    port: int,
    path: str,
    headers: Mapping[str, str],
    pids: Callable[[], list[int]],
    *,
    at_least_s: float = 3.0,
) -> Cost:
    """Two clients ask again and again; the counters are read before and after, the client's own time not."""
    warm = Client(port, headers)
    for _ in range(8):
        first = warm.get(path)
        assert first.status in (200, 304), (path, first.status)
    warm.close()
    watched = pids()
    before, started = cpu_seconds(watched), time.perf_counter()
    waits: list[float] = []
    threads = [
        threading.Thread(target=_ask, args=(port, path, headers, started + at_least_s, waits))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - started
    used = cpu_seconds(watched) - before
    cuts = statistics.quantiles(waits, n=100)
    return Cost(
        cpu_ms=used / len(waits) * 1000,
        requests_per_s=len(waits) / elapsed,
        p50_ms=cuts[49] * 1000,
        p99_ms=cuts[98] * 1000,
        requests=len(waits),
        bytes_sent=len(first.body),
    )


def _ask(port: int, path: str, headers: Mapping[str, str], until: float, waits: list[float]) -> None:
    client = Client(port, headers)
    while time.perf_counter() < until:
        asked = time.perf_counter()
        answer = client.get(path)
        waits.append(time.perf_counter() - asked)
        assert answer.status in (200, 304), (path, answer.status)
    client.close()
