"""The cluster's own traps: pids that lie, folders out of reach, another version's data."""

import os
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from filiera.config.errors import CannotRun
from filiera.config.postgres import Binaries, Cluster, ServerAccount, first_unreachable_parent, server_account
from tests.run_folder import run_folder


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="filiera-cluster-", dir=run_folder()))
    folder.chmod(0o711)
    account = server_account(create=False)
    binaries = Binaries.of_wheel()
    if account is not None and first_unreachable_parent(binaries.root, account) is not None:
        binaries = binaries.copied_to(folder / "pg")
    made = Cluster(
        folder / "database", binaries, secrets.token_urlsafe(), account, {"fsync": "off"}, is_throwaway=True
    )
    made.create()
    yield made
    made.stop()
    shutil.rmtree(folder)


def start(cluster: Cluster) -> None:
    with (cluster.directory.parent / "log").open("ab") as log:
        cluster.start(log)


def answer(cluster: Cluster) -> object:
    with psycopg.connect(**cluster.dsn()) as connection:
        return connection.execute("SELECT 42").fetchone()


def test_a_started_cluster_answers_only_with_the_password(cluster: Cluster) -> None:
    start(cluster)

    assert answer(cluster) == (42,)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(**cluster.dsn(password="wrong"))


def test_a_pid_file_naming_a_stranger_is_not_believed(cluster: Cluster) -> None:
    pid_file = cluster.directory / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{cluster.directory}\n0\n5432\n/tmp\n\n0\nready\n")

    assert cluster.serving_pid() is None
    start(cluster)

    assert answer(cluster) == (42,)
    assert cluster.process is not None
    assert cluster.serving_pid() == cluster.process.pid


def test_a_zombie_is_not_a_server(cluster: Cluster) -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    (cluster.directory / "postmaster.pid").write_text(f"{child.pid}\n")

    assert cluster.serving_pid() is None
    child.wait()


def test_killed_server_starts_again_with_what_was_acknowledged(cluster: Cluster) -> None:
    start(cluster)
    with psycopg.connect(**cluster.dsn(), autocommit=True) as connection:
        connection.execute("CREATE TABLE note (text text)")
        connection.execute("INSERT INTO note VALUES ('kept')")
    assert cluster.process is not None
    cluster.process.kill()
    cluster.process.wait()

    start(cluster)

    with psycopg.connect(**cluster.dsn()) as connection:
        assert connection.execute("SELECT text FROM note").fetchall() == [("kept",)]


def test_a_new_start_takes_over_from_a_server_left_behind(cluster: Cluster) -> None:
    start(cluster)
    predecessor = cluster.process
    assert predecessor is not None
    cluster.process = None

    start(cluster)

    assert predecessor.wait(5) == 0
    assert answer(cluster) == (42,)


def test_data_of_another_major_version_are_refused(cluster: Cluster) -> None:
    (cluster.directory / "PG_VERSION").write_text("17\n")

    with pytest.raises(CannotRun, match="belong to PostgreSQL 17, this is 18"):
        start(cluster)

    (cluster.directory / "PG_VERSION").write_text("18\n")


def test_a_long_path_gets_a_short_socket(cluster: Cluster) -> None:
    deep = cluster.directory.parent / ("x" * 90)
    deep.mkdir(mode=0o711)
    moved = cluster.directory.rename(deep / "database")
    cluster.directory = moved

    start(cluster)

    assert len(str(cluster.socket_directory)) < 60
    assert answer(cluster) == (42,)
    shutil.rmtree(cluster.socket_directory, ignore_errors=True)


def test_the_server_ends_when_its_starter_is_killed(cluster: Cluster) -> None:
    code = (
        "import sys, time; from pathlib import Path; from filiera.config.postgres import *\n"
        f"account = {cluster.account!r}\n"
        f"made = Cluster(Path({str(cluster.directory)!r}), Binaries(Path({str(cluster.binaries.root)!r}),"
        f" {cluster.binaries.version!r}), 'x', account)\n"
        "made.start(open('/dev/null', 'wb')); print('up', flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert starter.stdout is not None
    assert starter.stdout.readline() == b"up\n"
    assert cluster.serving_pid() is not None

    starter.kill()
    starter.communicate()

    deadline = time.monotonic() + 10
    while cluster.serving_pid() is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert cluster.serving_pid() is None


def test_the_first_unreachable_folder_is_named() -> None:
    stranger = ServerAccount("stranger", uid=4_000_000, gid=4_000_000)
    with tempfile.TemporaryDirectory() as closed:
        inner = Path(closed) / "inner"
        inner.mkdir(0o711)

        assert first_unreachable_parent(inner, stranger) == Path(closed)
        Path(closed).chmod(0o711)
        assert first_unreachable_parent(inner, stranger) is None
