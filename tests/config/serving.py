"""A whole installation for a test: the real command on a folder and a port of its own."""

import contextlib
import fcntl
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from filiera.config.database_settings import connection_parameters
from filiera.config.installation import Installation
from filiera.config.postgres import connect
from filiera.config.supervisor import free_port
from tests.run_folder import run_folder

ROOT = Path(__file__).resolve().parents[2]


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "filiera.config.cli", *(str(argument) for argument in arguments)]


def plain_environment(**more: str) -> dict[str, str]:
    """Ours without what the tests themselves were told about databases and folders."""
    kept = {
        name: value for name, value in os.environ.items() if "FILIERA" not in name and "DATABASE" not in name
    }
    return {**kept, "PYTHONPATH": str(ROOT / "src"), **more}


def run(*arguments: str | Path, **more: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        env=plain_environment(**more),
        timeout=180,
        check=False,
    )


class Serving:
    """`filiera serve` (or demo) as a process, with what it said."""

    def __init__(
        self,
        folder: Path,
        *,
        what: str = "serve",
        port: int | None = None,
        more: Sequence[str] = (),
        **environment: str,
    ) -> None:
        self.folder = folder
        self.installation = Installation(folder)
        self.port = port or free_port("127.0.0.1")
        self.said: list[str] = []
        started = time.monotonic()
        self.process = subprocess.Popen(
            command(what, "--data", folder, "--port", str(self.port), *more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=plain_environment(**environment),
        )
        self.is_open = threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        while not self.is_open.wait(0.1):
            if self.process.poll() is not None:
                self.reader.join()
                raise AssertionError("".join(self.said))
        self.opened_after_s = time.monotonic() - started

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                self.said.append(line)
                if line.startswith("Filiera is open"):
                    self.is_open.set()

    def address(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def status(self, path: str) -> int:
        """The status of an answer; 0 when there was none."""
        try:
            with urllib.request.urlopen(self.address(path), timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except (OSError, urllib.error.URLError):
            return 0

    def children(self) -> dict[str, int]:
        """The processes under the supervisor by what they are."""
        found = {}
        for pid in _pids_below(self.process.pid):
            words = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
            for name, mark in _MARKS.items():
                if re.search(mark, words):
                    found[name] = pid
        return found

    def database(self, role: str = "app") -> dict[str, str]:
        return connection_parameters(self.installation, role)  # type: ignore[arg-type]

    def stop(self) -> float:
        """The seconds it took."""
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)
        self.reader.join(5)
        return time.monotonic() - started

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)
        self.reader.join(20)


def wait_until_jobs_are_done(serving: Serving, limit_s: float = 180.0) -> None:
    """Until nothing is left that the worker could do now."""
    deadline = time.monotonic() + limit_s
    with connect(serving.database("owner")) as connection:
        while connection.execute(_DUE_JOBS).fetchone() != (0,):
            assert time.monotonic() < deadline, "the worker does not come to an end"
            time.sleep(0.5)


_DUE_JOBS = """
SELECT count(*) FROM procrastinate_jobs
WHERE status = 'doing' OR status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())
"""
_MARKS = {
    "database": r"bin/postgres -D",
    "web": r"filiera\.config\.web",
    "push": r"uvicorn",
    "worker": r"filiera\.config\.worker",
}


def _pids_below(parent: int) -> list[int]:
    with contextlib.suppress(FileNotFoundError):
        return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
    return []


@contextlib.contextmanager
def data_folder(prepared: str = "") -> Iterator[Path]:
    """A folder that also the database's own account can reach, which pytest's are not.

    `prepared` is "serve" or "demo": then the folder is as after a first start of that, which is made once in
    a run of the tests and copied for everybody who does not test first starts.
    """
    with tempfile.TemporaryDirectory(prefix="filiera-data-", dir=run_folder()) as outer:
        Path(outer).chmod(0o711)
        folder = Path(outer) / "data"
        if prepared:
            _copy_prepared(folder, prepared)
        yield folder


PREPARED_VARIABLE = "FILIERA_TEST_PREPARED"
"""Where the folders of this run are kept that were started once; workers are told by their controller."""
DEMONSTRATED = "filiera_demonstrated"
"""The database of this run in which the demonstration is loaded."""


def _copy_prepared(folder: Path, what: str) -> None:
    kept = Path(os.environ[PREPARED_VARIABLE]) / what
    with kept.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            made = Serving(folder, what=what)
            # Whoever takes a copy is not kept waiting by the mails and computations of a first start.
            wait_until_jobs_are_done(made)
            made.stop()
            _copy(folder, kept)
            return
    _copy(kept, folder)


def _copy(source: Path, target: Path) -> None:
    # Keeps owners and modes: the database accepts no files of anybody else.
    subprocess.run(["cp", "-a", "--reflink=auto", source, target], check=True)
