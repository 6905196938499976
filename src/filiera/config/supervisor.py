"""One process that starts the others, brings back what dies, and ends all of them within ten seconds."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from filiera.config import build, database
from filiera.config.database import FolderLock, log_file
from filiera.config.errors import CannotRun
from filiera.config.installation import FOLDER_VARIABLE, Installation
from filiera.config.postgres import Cluster
from filiera.config.processes import tied_to_this_process
from filiera.config.terminal import say, tell

LOOPBACK = "127.0.0.1"
_PATIENCE_S = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0)
_STEADY_AFTER_S = 30.0
_CHILDREN_HAVE_S = 8.0
_OPENING_LIMIT_S = 90.0


@dataclass(frozen=True)
class Address:
    """Where the pages are served, and with which certificate."""

    host: str = LOOPBACK
    port: int = 8000
    certificate: Path | None = None
    key: Path | None = None

    @property
    def scheme(self) -> str:
        return "https" if self.certificate else "http"

    @property
    def is_loopback(self) -> bool:
        return self.host in {LOOPBACK, "localhost", "::1"}

    @property
    def shown(self) -> str:
        return f"{self.scheme}://localhost:{self.port}"


@dataclass
class Child:
    """A process that shall always run."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    failures: int = 0
    not_before: float = field(default=0.0)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=dict(self.environment),
                # Control-C in the terminal is for us; we tell the others in our own order.
                start_new_session=True,
                # Without us nobody would end it in order: jobs are run again, readers ask again.
                preexec_fn=tied_to_this_process(signal.SIGKILL),
            )
        self.started_at = time.monotonic()

    def look_after(self) -> None:
        """Start it again when it has ended, each time a little later."""
        now = time.monotonic()
        if self.process is not None:
            if self.process.poll() is None:
                return
            self.failures = 0 if now - self.started_at > _STEADY_AFTER_S else self.failures
            patience = _PATIENCE_S[min(self.failures, len(_PATIENCE_S) - 1)]
            say(f"{self.name} ended (exit code {self.process.returncode}); starting it again")
            self.failures, self.not_before, self.process = self.failures + 1, now + patience, None
        if now >= self.not_before:
            self.start()

    def tell(self, signal_number: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal_number)

    def wait_until(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Starts the installation at an address and stays until it is told to stop."""

    def __init__(self, installation: Installation, address: Address, *, workers: int = 2) -> None:
        self.installation = installation
        self.address = address
        self.workers = workers
        self.cluster: Cluster | None = None
        self.children: list[Child] = []
        self.static_folder = installation.folder / "static"
        self.is_stopping = False

    def run(self) -> None:
        """Raises CannotRun."""
        signal.signal(signal.SIGTERM, self._stop_soon)
        signal.signal(signal.SIGINT, self._stop_soon)
        lock = FolderLock(self.installation)
        if not lock.take():
            raise CannotRun(f"A Filiera already runs on {self.installation.folder} ({lock.holder()}).")
        with ExitStack() as stack:
            stack.callback(lock.release)
            self._refuse_taken_port()
            lock.write({"pid": os.getpid(), "address": self.address.shown})
            stack.callback(lock.write, {})
            stack.callback(self.stop)
            self.static_folder = build.static_folder(fallback=self.installation.folder / "static")
            # Files and machine code are made while the database starts and gets its tables.
            building = build.begin(self.static_folder, self.installation.build_lock)
            self._start_database()
            told = self._prepare()
            if building is not None:
                self._wait_for(building, "Making what pages need")
            web, *others = self._made_children()
            self.children = [web]
            if self._wait_until_open():
                self._announce(told)
            # Readers first: the processes behind the pages start when they no longer compete with them.
            self.children += others
            while not self.is_stopping:
                self._look_after_all()
                time.sleep(0.1)

    def _stop_soon(self, _number: int, _frame: object) -> None:
        self.is_stopping = True

    def _refuse_taken_port(self) -> None:
        # Processes of a supervisor that was killed need a moment to end and let go of the port.
        deadline = time.monotonic() + 6.0
        while not is_free(self.address.host, self.address.port):
            if time.monotonic() > deadline or not _was_left_behind(self.installation):
                raise CannotRun(
                    f"Port {self.address.port} of {self.address.host} is taken: choose another with --port."
                )
            time.sleep(0.1)

    def _start_database(self) -> None:
        if self.installation.settings.database_url:
            for warning in database.check_operators_server(self.installation):
                say(f"Warning: {warning}")
        else:
            say("Starting the database …")
            self.cluster = database.start_cluster(self.installation)

    def _prepare(self) -> list[str]:
        """Bring the data up to date, unless the same code has done so in this folder before."""
        stamp = self.installation.folder / "prepared.json"
        digest = build.digest_of_what_is_stored()
        is_ours = not self.installation.settings.database_url
        known = json.loads(stamp.read_text()) if is_ours and stamp.exists() else {}
        if known.get("digest") != digest:
            say("Bringing the tables up to date …")
            told = self._run_preparation()
        elif known.get("invites"):
            # A link for the first administrator is made anew at every start, as long as nobody has used one.
            told = self._run_preparation("--invite")
        else:
            return list(known["told"])
        is_kept = self.installation.is_demonstration
        kept = {"digest": digest, "told": told if is_kept else [], "invites": bool(told) and not is_kept}
        stamp.write_text(json.dumps(kept))
        return told

    def _run_preparation(self, *arguments: str) -> list[str]:
        with subprocess.Popen(
            [sys.executable, "-m", "filiera.config.prepare", *arguments],
            stdout=subprocess.PIPE,
            env=self._environment("migrate"),
            start_new_session=True,
            preexec_fn=tied_to_this_process(signal.SIGKILL),
        ) as preparing:
            self._wait_for(preparing, "Bringing the tables up to date")
            assert preparing.stdout is not None
            said = preparing.stdout.read()
        return said.decode().splitlines()

    def _wait_for(self, process: "subprocess.Popen[bytes]", doing: str) -> None:
        while process.poll() is None:
            if self.is_stopping:
                process.terminate()
            time.sleep(0.05)
        if process.returncode != 0:
            reason = "was interrupted" if self.is_stopping else "failed; the lines above say why"
            raise CannotRun(f"{doing} {reason}.")

    def _made_children(self) -> Iterator[Child]:
        push_port = self.address.port + 1
        if not is_free(self.address.host, push_port):
            push_port = free_port(self.address.host)
        certificate = (
            [f"--ssl-certfile={self.address.certificate}", f"--ssl-keyfile={self.address.key}"]
            if self.address.certificate
            else []
        )
        push = ["-m", "uvicorn", "filiera.push.asgi:application", f"--host={self.address.host}"]
        push += [f"--port={push_port}", "--timeout-graceful-shutdown=3", "--log-level=warning", *certificate]
        modules = {
            "web": ["-m", "filiera.config.web"],
            "push": push,
            "worker": ["-m", "filiera.config.worker"],
        }
        for name, arguments in modules.items():
            environment = {**self._environment(name), "FILIERA_PUSH_PORT": str(push_port)}
            yield Child(name, [sys.executable, *arguments], environment, log_file(self.installation, name))

    def _environment(self, process: str) -> dict[str, str]:
        told = {
            FOLDER_VARIABLE: str(self.installation.folder),
            "DJANGO_SETTINGS_MODULE": "filiera.config.settings",
            "FILIERA_PROCESS": process,
            "FILIERA_HOST": self.address.host,
            "FILIERA_PORT": str(self.address.port),
            "FILIERA_WORKERS": str(self.workers),
            # A heap for each thread would keep for itself what another thread could use; what is large is
            # given back to the machine at once.
            "MALLOC_ARENA_MAX": "1",
            "MALLOC_TRIM_THRESHOLD_": "262144",
            "MALLOC_MMAP_THRESHOLD_": "1048576",
            "FILIERA_STATIC": str(self.static_folder),
        }
        if self.address.certificate and self.address.key:
            told |= {
                "FILIERA_TLS_CERT": str(self.address.certificate),
                "FILIERA_TLS_KEY": str(self.address.key),
            }
        return {**os.environ, **told}

    def _look_after_all(self) -> None:
        if self.cluster is not None and self.cluster.has_ended:
            say("database ended; starting it again")
            with log_file(self.installation, "database").open("ab") as log:
                self.cluster.start(log)
        for child in self.children:
            child.look_after()

    def _wait_until_open(self) -> bool:
        deadline = time.monotonic() + _OPENING_LIMIT_S
        while not self.is_stopping:
            self._look_after_all()
            if answers(self.address):
                return True
            if time.monotonic() > deadline:
                raise CannotRun(f"The pages do not answer; see {self.installation.logs / 'web.log'}.")
            time.sleep(0.05)
        return False

    def _announce(self, told: list[str]) -> None:
        shown = self.installation.settings.public_url or self.address.shown
        tell(f"Filiera is open at {shown}")
        for line in told:
            tell(line)

    def stop(self) -> None:
        """Web and push let go of their readers, the worker finishes its jobs, the database closes last."""
        deadline = time.monotonic() + _CHILDREN_HAVE_S
        for child in self.children:
            child.tell(signal.SIGTERM)
        for child in self.children:
            child.wait_until(deadline)
        if self.cluster is not None:
            self.cluster.stop(limit_s=1.5)


def _was_left_behind(installation: Installation) -> bool:
    lock = installation.folder / "lock"
    return lock.exists() and '"pid"' in lock.read_text()


def answers(address: Address) -> bool:
    host = LOOPBACK if address.is_loopback or address.host in {"0.0.0.0", "::"} else address.host  # noqa: S104
    try:
        with socket.create_connection((host, address.port), timeout=1.0):
            pass
        if address.certificate:
            return True
        request = urllib.request.Request(f"http://{host}:{address.port}/healthz")
        with urllib.request.urlopen(request, timeout=10.0) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # Connections that have ended linger on the port; only a listener counts.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host: str) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])
