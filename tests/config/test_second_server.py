"""The other server we promise: PostgreSQL 15 as Debian ships it, given by its address."""

import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from filiera.config import database_roles
from filiera.config.database import running_database
from filiera.config.database_settings import connection_parameters
from filiera.config.installation import Installation
from filiera.config.postgres import Binaries, Cluster, connect, server_account
from tests.config.serving import Serving, data_folder, run
from tests.run_folder import run_folder

DEBIAN = Path("/usr/lib/postgresql/15")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (DEBIAN / "bin").exists(), reason="Debian's postgresql-15 is not installed"),
]


@pytest.fixture(scope="module")
def addresses() -> Iterator[dict[str, str]]:
    """A server of another version with our roles, reached by DATABASE_URL alone."""
    folder = Path(tempfile.mkdtemp(prefix="filiera-second-", dir=run_folder()))
    folder.chmod(0o711)
    cluster = Cluster(
        folder / "database",
        Binaries.in_folder(DEBIAN),
        secrets.token_urlsafe(),
        server_account(create=False),
        {"fsync": "off", "jit": "off"},
        is_throwaway=True,
    )
    cluster.create()
    with (folder / "log").open("wb") as log:
        cluster.start(log)
    password = secrets.token_hex()
    roles = (database_roles.OWNER, database_roles.APP, database_roles.BACKUP)
    with connect(cluster.dsn()) as connection:
        database_roles.prepare_roles(connection, dict.fromkeys(roles, password))
        database_roles.create_database(connection, "academy")

    def address(user: str) -> str:
        return make_conninfo(**cluster.dsn(user=user, password=password, database="academy"))

    yield {
        "superuser": make_conninfo(**cluster.dsn(database="academy")),
        "DATABASE_URL": address(database_roles.APP),
        "DATABASE_OWNER_URL": address(database_roles.OWNER),
        "DATABASE_BACKUP_URL": address(database_roles.BACKUP),
    }
    cluster.stop()
    shutil.rmtree(folder)


def state_of(connection: "psycopg.Connection[tuple[object, ...]]") -> list[tuple[object, ...]]:
    """What a first start loads: countries, regions and the definitions of indicators."""
    return connection.execute(
        "SELECT code FROM reference_country UNION ALL SELECT code FROM indicators_indicatorversion ORDER BY 1"
    ).fetchall()


def as_app(folder: Path) -> dict[str, str]:
    return connection_parameters(Installation(folder), "app")


def plain(addresses: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in addresses.items() if name.startswith("DATABASE")}


def test_a_role_that_passes_every_lock_is_refused(addresses: dict[str, str]) -> None:
    with data_folder() as folder:
        refused = run("serve", "--data", folder, DATABASE_URL=addresses["superuser"])

    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith(
        "filiera: The role filiera_superuser of DATABASE_URL passes every lock"
    )


def test_a_server_that_does_not_answer_is_told_in_one_line() -> None:
    with data_folder() as folder:
        refused = run("serve", "--data", folder, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith("filiera: DATABASE_URL: ")
    assert "Traceback" not in refused.stderr


def test_an_installation_runs_there_and_comes_back_from_a_backup(addresses: dict[str, str]) -> None:
    """What else the platform asks of that server is seen where all tests run on it; `test_backup` serves what
    was restored.
    """
    with data_folder() as folder:
        serving = Serving(folder, **plain(addresses))
        assert serving.status("/readyz") == 200
        assert serving.status("/directory/") == 200
        assert "database" not in serving.children()
        assert serving.stop() < 10
        with psycopg.connect(addresses["DATABASE_URL"]) as connection:
            there = state_of(connection)
        archive = folder.parent / "saved.filiera"
        saved = run("backup", archive, "--data", folder, **plain(addresses))
        assert saved.returncode == 0, saved.stderr

        with data_folder() as embedded:
            restored = run("restore", archive, "--data", embedded)
            assert restored.returncode == 0, restored.stderr
            with running_database(Installation(embedded)), connect(as_app(embedded)) as connection:
                here = state_of(connection)

    assert there
    assert here == there
