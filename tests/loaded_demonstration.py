"""A database in which the demonstration is loaded, for modules whose tests only look at it."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from filiera.demo.load import load_demonstration
from tests.config.serving import DEMONSTRATED, PREPARED_VARIABLE


@pytest.fixture(scope="module")
def loaded_demonstration(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The tests of the module have a copy of it for their database; it is loaded once for all modules."""
    default = connections["default"]
    own = default.settings_dict["NAME"]
    copy = f"{own}_demonstrated"
    with django_db_blocker.unblock():
        _load_once(own)
        _run(f"CREATE DATABASE {copy} TEMPLATE {DEMONSTRATED}")
        _go_to(copy)
        yield
        _go_to("postgres")
        _run(f"DROP DATABASE {copy}")
        _go_to(own)


def _load_once(own: str) -> None:
    """The first who needs it loads it into a copy of its own empty database; others wait."""
    with (Path(os.environ[PREPARED_VARIABLE]) / "demonstrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _go_to("postgres")
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DEMONSTRATED])
            is_there = cursor.fetchone() is not None
        if not is_there:
            _run(f"CREATE DATABASE {DEMONSTRATED} TEMPLATE {own}")
            _go_to(DEMONSTRATED)
            load_demonstration(lambda step: None)
            _run("ANALYZE")
            _go_to("postgres")


def _run(statement: str) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(statement)


def _go_to(database: str) -> None:
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = database
