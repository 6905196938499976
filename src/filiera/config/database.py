"""The installation's database: its own cluster or the operator's server, found running or started."""

import fcntl
import json
import os
import pwd
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from filiera.config.database_roles import (
    APP,
    DATABASE,
    OWNER,
    create_database,
    grant_future_tables,
    prepare_roles,
    role_state,
)
from filiera.config.database_settings import connection_parameters
from filiera.config.errors import CannotRun
from filiera.config.installation import Installation
from filiera.config.postgres import (
    SUPERUSER,
    Binaries,
    Cluster,
    ServerAccount,
    connect,
    first_unreachable_parent,
    server_account,
)

OLDEST_MAJOR = 15
_SERVER_OPTIONS = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "checkpoint_completion_target": "0.9",
    "random_page_cost": "1.1",
    "log_min_duration_statement": "2s",
    # The table of jobs lives by insertion and deletion: dead rows slow every worker down.
    "autovacuum_naptime": "15s",
}


class FolderLock:
    """One Filiera per data folder; the kernel lets go of the lock whatever becomes of its holder."""

    def __init__(self, installation: Installation) -> None:
        self.file = installation.folder / "lock"
        self.folder = installation.folder
        self.descriptor: int | None = None

    def take(self) -> bool:
        descriptor = os.open(self.file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self.descriptor = descriptor
        return True

    def write(self, told: dict[str, object]) -> None:
        self.file.write_text(json.dumps(told))

    def holder(self) -> str:
        """Who holds it, in words for the operator."""
        told = self._told()
        return f"process {told['pid']}, {told['address']}" if told else "it is just starting"

    def address(self) -> str:
        """Where the holder's pages are; empty while nothing runs."""
        return str(self._told().get("address", ""))

    def _told(self) -> dict[str, object]:
        try:
            told: dict[str, object] = json.loads(self.file.read_text())
        except (OSError, ValueError):
            return {}
        return told

    def release(self) -> None:
        if self.descriptor is not None:
            os.close(self.descriptor)
            self.descriptor = None


def cluster_of(installation: Installation) -> Cluster:
    """The cluster of the data folder, with programs and an account that can run it.

    Raises CannotRun when the account cannot reach the folder.
    """
    binaries = Binaries.of_wheel()
    account = _account_for(installation)
    if account is not None:
        closed = first_unreachable_parent(installation.folder, account)
        if closed is not None:
            raise CannotRun(
                f"The database runs as {account.name}, who may not pass through {closed}: "
                "choose another folder with --data, or open that one to it."
            )
        binaries = binaries.copied_to(installation.folder / "pg")
    password = installation.database_passwords()[SUPERUSER]
    return Cluster(installation.database_folder, binaries, password, account, _SERVER_OPTIONS)


def _account_for(installation: Installation) -> ServerAccount | None:
    if not installation.has_database:
        return server_account(create=True)
    owner = installation.database_folder.stat()
    if owner.st_uid == os.geteuid():
        return None
    if os.geteuid() != 0:
        raise CannotRun(f"The data folder {installation.folder} belongs to another user.")
    # Who made the cluster keeps it, also where a better account has come since.
    return ServerAccount(pwd.getpwuid(owner.st_uid).pw_name, owner.st_uid, owner.st_gid)


def start_cluster(installation: Installation) -> Cluster:
    """Create the cluster if there is none and start it; roles and database are brought up to date."""
    cluster = cluster_of(installation)
    if not cluster.exists:
        cluster.create()
    with log_file(installation, "database").open("ab") as log:
        cluster.start(log)
    try:
        _prepare(installation, cluster)
    except BaseException:
        cluster.stop()
        raise
    return cluster


def _prepare(installation: Installation, cluster: Cluster) -> None:
    passwords = installation.database_passwords()
    with connect(cluster.dsn()) as connection:
        prepare_roles(connection, passwords)
        create_database(connection)
    owner = cluster.dsn(user=OWNER, password=passwords[OWNER], database=DATABASE)
    with connect(owner) as connection:
        grant_future_tables(connection, app=APP)


def check_operators_server(installation: Installation) -> list[str]:
    """Look at a server given by DATABASE_URL before anything is written there; warnings for the operator.

    Raises CannotRun.
    """
    app, owner = (connection_parameters(installation, role) for role in ("app", "owner"))
    try:
        with connect(app) as connection:
            major = connection.info.server_version // 10_000
            state = role_state(connection)
    except psycopg.OperationalError as error:
        raise CannotRun(f"DATABASE_URL: {str(error).splitlines()[0]}") from error
    if major < OLDEST_MAJOR:
        raise CannotRun(f"The database is PostgreSQL {major}; Filiera needs {OLDEST_MAJOR} or later.")
    if state.is_superuser or state.bypasses_row_security:
        raise CannotRun(
            f"The role {state.name} of DATABASE_URL passes every lock (superuser or BYPASSRLS): "
            "give Filiera a plain role, and the owner of the tables as DATABASE_OWNER_URL."
        )
    if owner["user"] == app["user"]:
        return [
            f"The pages use the role {state.name} that owns the tables; "
            "with DATABASE_OWNER_URL for migrations they could do less harm."
        ]
    with connect(owner) as connection:
        grant_future_tables(connection, app=app["user"])
    return []


def is_empty(installation: Installation) -> bool:
    """Whether nothing was ever stored here, neither in the folder nor on the operator's server."""
    if not installation.settings.database_url:
        return not installation.has_database
    check_operators_server(installation)
    with connect(connection_parameters(installation, "app")) as connection:
        found = connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone()
    return found is None


@contextmanager
def running_database(installation: Installation) -> Iterator[None]:
    """The database for the time of one command: the running one, or one started for it.

    Raises CannotRun.
    """
    if installation.settings.database_url:
        check_operators_server(installation)
        yield
        return
    if not installation.has_database:
        raise CannotRun(
            f"There is no installation in {installation.folder}: start it once with filiera serve."
        )
    lock = FolderLock(installation)
    if lock.take():
        cluster = start_cluster(installation)
        try:
            yield
        finally:
            cluster.stop()
            lock.release()
        return
    _wait_for_running(installation)
    yield


def _wait_for_running(installation: Installation) -> None:
    cluster = cluster_of(installation)
    deadline = time.monotonic() + 60.0
    while cluster.serving_pid() is None or not cluster.is_ready:
        if time.monotonic() > deadline:
            raise CannotRun(
                f"The database in {installation.folder} is held by another Filiera but does not run."
            )
        time.sleep(0.1)


def log_file(installation: Installation, process: str) -> Path:
    """The log of a process; a long one is put aside, once."""
    file = installation.logs / f"{process}.log"
    if file.exists() and file.stat().st_size > 10_000_000:
        file.replace(file.with_suffix(".log.old"))
    return file
