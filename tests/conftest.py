"""One throw-away database cluster for each run of the tests; one database for each worker in it."""

import fcntl
import gc
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pytest_django import DjangoDbBlocker

from filiera.config import database_roles
from filiera.config.migration_states import quick_states
from filiera.config.postgres import Binaries, Cluster, first_unreachable_parent, server_account
from filiera.questionnaires.wall_setting import EVERYTHING, SETTING
from tests.config.serving import DEMONSTRATED, PREPARED_VARIABLE
from tests.run_folder import RunFolder, run_folder

pytest_plugins = ["tests.edition_people", "tests.loaded_demonstration"]
TEMPLATE = "filiera_template"
MIGRATED = "filiera_migrated"
URL_VARIABLE = "FILIERA_TEST_DATABASE_URL"
# A folder such as /usr/lib/postgresql/15 runs the tests on another PostgreSQL.
BINARIES_VARIABLE = "FILIERA_TEST_POSTGRES"
FAST_NOT_SAFE = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "64MB",
    "max_wal_size": "2GB",
}


class ThrowawayServer:
    """A cluster in a temporary folder that leaves with the run, also when the run is killed."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="filiera-test-", dir=run_folder()))
        self.folder.chmod(0o711)
        account = server_account(create=False)
        named = os.environ.get(BINARIES_VARIABLE)
        binaries = Binaries.in_folder(Path(named)) if named else Binaries.of_wheel()
        if account is not None and first_unreachable_parent(binaries.root, account) is not None:
            binaries = binaries.copied_to(self.folder / "pg")
        self.cluster = Cluster(
            directory=self.folder / "database",
            binaries=binaries,
            superuser_password=secrets.token_urlsafe(),
            account=account,
            options=FAST_NOT_SAFE,
            is_throwaway=True,
        )

    def start(self) -> str:
        self.cluster.create()
        with (self.folder / "database.log").open("wb") as log:
            self.cluster.start(log)
        return make_conninfo(**self.cluster.dsn())

    def stop(self) -> None:
        self.cluster.stop()
        shutil.rmtree(self.folder)


def prepare_server(url: str) -> str:
    """The roles of a real installation and a template that knows their rights; the owner's address."""
    password = secrets.token_urlsafe()
    roles = (database_roles.OWNER, database_roles.APP, database_roles.BACKUP)
    parameters = {name: str(value) for name, value in conninfo_to_dict(url).items() if value is not None}
    with psycopg.connect(url, autocommit=True) as connection:
        database_roles.prepare_roles(connection, dict.fromkeys(roles, password))
        connection.execute(f"ALTER ROLE {database_roles.OWNER} CREATEDB")
        # Tests act as the app's role by SET ROLE, in the transaction that the test rolls back.
        connection.execute(f"GRANT {database_roles.APP} TO {database_roles.OWNER}")
        for copied in (MIGRATED, DEMONSTRATED):
            connection.execute(f"DROP DATABASE IF EXISTS {copied}")
        database_roles.create_database(connection, TEMPLATE)
    owner = {**parameters, "user": database_roles.OWNER, "password": password}
    with psycopg.connect(**{**owner, "dbname": TEMPLATE}, autocommit=True) as connection:
        database_roles.grant_future_tables(connection)
    return make_conninfo(**{**owner, "dbname": "postgres"})


def start_server() -> tuple[ThrowawayServer | None, str]:
    given = os.environ.get(URL_VARIABLE)
    if given:
        return None, prepare_server(given)
    server = ThrowawayServer()
    try:
        return server, prepare_server(server.start())
    except BaseException:
        server.stop()
        raise


OWNER_VARIABLE = "FILIERA_TEST_OWNER_CONNECTION"


def pytest_configure(config: pytest.Config) -> None:
    """With several workers the controller starts the server that all of them share."""
    is_worker = hasattr(config, "workerinput")
    if not is_worker:
        folder = RunFolder()
        config.add_cleanup(folder.remove)
        os.environ[PREPARED_VARIABLE] = tempfile.mkdtemp(prefix="prepared-", dir=folder.path)
    if not is_worker and getattr(config.option, "numprocesses", None):
        server, os.environ[OWNER_VARIABLE] = start_server()
        if server is not None:
            config.add_cleanup(server.stop)


def pytest_collection() -> None:
    """Nothing of what is imported now becomes rubbish: looking for some would take seconds."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Afterwards it is looked for less often than usual, which takes a tenth of a test's time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What others would wait for comes first, then files that take long: what is left at the end is short."""
    first = {item.path for item in items if item.get_closest_marker("prepares")}
    long = {item.path for item in items if any(map(item.get_closest_marker, ("browser", "slow")))}
    items.sort(key=lambda item: (item.path not in first, item.path not in long))


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The databases of a throw-away server leave with it, whoever is still connected."""
    return URL_VARIABLE not in os.environ


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    server: ThrowawayServer | None = None
    owner = os.environ.get(OWNER_VARIABLE)
    if owner is None:
        server, owner = start_server()
    told = conninfo_to_dict(owner)
    connections.settings["default"].update(
        HOST=told["host"],
        PORT=str(told["port"]),
        USER=told["user"],
        PASSWORD=told["password"],
        NAME="postgres",
    )
    connections.settings["default"]["TEST"].update(
        NAME=(connections.settings["default"]["TEST"]["NAME"] or "test_filiera"), TEMPLATE=MIGRATED
    )
    with django_db_blocker.unblock():
        migrate_once()
    yield
    if server is not None:
        connections.close_all()
        server.stop()


def migrate_once() -> None:
    """The database that each worker's is a copy of: the first worker migrates it, the others wait."""
    default = connections["default"]
    with (Path(os.environ[PREPARED_VARIABLE]) / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with default.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [MIGRATED])
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE {MIGRATED} TEMPLATE {TEMPLATE}")
                default.close()
                default.settings_dict["NAME"] = MIGRATED
                with quick_states():
                    call_command("migrate", verbosity=0)
        default.close()
        default.settings_dict["NAME"] = "postgres"


@pytest.fixture
def as_app(db: None) -> Iterator[None]:
    """The rest of the test speaks to the database with the rights of the running platform."""
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {database_roles.APP}")
        yield
        cursor.execute("RESET ROLE")


@pytest.fixture(autouse=True, scope="session")
def _quick_passwords() -> None:
    # Argon2 costs 200 ms a password by design; tests of sign-in need its rules, not its price.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


LEDGER_GUARD = """
DO $$
DECLARE guarded text;
BEGIN
    FOR guarded IN SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'ledger_refuse_truncate' LOOP
        EXECUTE format('ALTER TABLE %s {verb} TRIGGER ledger_refuse_truncate', guarded);
    END LOOP;
END $$
"""
# What the frameworks keep there is the same before and after a test.
EMPTY_TABLES = """
DO $$
DECLARE named text; is_filled boolean; filled text[] := '{}';
BEGIN
    FOR named IN
        SELECT oid::regclass::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
        AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
    LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', named) INTO is_filled;
        IF is_filled THEN filled := filled || named; END IF;
    END LOOP;
    IF cardinality(filled) > 0 THEN
        EXECUTE 'TRUNCATE ' || array_to_string(filled, ', ') || ' CASCADE';
    END IF;
END $$
"""


@pytest.fixture(autouse=True, scope="session")
def _facts_leave_with_their_test() -> Iterator[None]:
    """Tests with real commits empty all tables afterwards; only there the ledger's owner lifts its guard.

    Only tables that hold something are emptied: all of them would take a second for each test.
    """

    def empty_tables(_test_case: TransactionTestCase) -> None:
        with connections["default"].cursor() as cursor:
            # The wall around sensitive answers hides rows from the owner of the tables, too.
            cursor.execute("SELECT set_config(%s, %s, false)", [SETTING, EVERYTHING])
            cursor.execute(LEDGER_GUARD.format(verb="DISABLE"))
            cursor.execute(EMPTY_TABLES)
            cursor.execute(LEDGER_GUARD.format(verb="ENABLE"))
            cursor.execute("SELECT set_config(%s, '', false)", [SETTING])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_tables)
        yield
