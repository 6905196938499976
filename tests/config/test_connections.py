"""A kept connection is trusted while its server keeps it, and no longer."""

import pytest
from django.db import connection, connections
from pytest_django import DjangoAssertNumQueries

from filiera.config.postgres import connect


@pytest.mark.django_db(transaction=True)
def test_a_living_connection_is_usable_without_a_question(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    connection.ensure_connection()

    with django_assert_num_queries(0):
        assert connection.is_usable()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_is_not_usable() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    told = connections["default"].get_connection_params()
    parameters = {name: str(told[name]) for name in ("host", "port", "user", "password", "dbname")}
    with connect(parameters) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])

    assert not connection.is_usable()
    connection.close()
    connection.ensure_connection()
    assert connection.is_usable()
