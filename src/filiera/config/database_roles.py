"""Who may do what in the database: superuser, owner of the tables, the running app, the one that copies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow

OWNER = "filiera_owner"
APP = "filiera_app"
BACKUP = "filiera_backup"
DATABASE = "filiera"

# Only the copying role passes row-level security: a dump that leaves rows out would be no backup.
_ATTRIBUTES = {
    OWNER: "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE",
    APP: "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOCREATEDB",
    BACKUP: "LOGIN NOSUPERUSER BYPASSRLS NOCREATEROLE NOCREATEDB",
}


def prepare_roles(connection: psycopg.Connection[TupleRow], passwords: Mapping[str, str]) -> None:
    """Create what is missing and set the passwords anew; safe to run at every start."""
    known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles").fetchall()}
    for role, attributes in _ATTRIBUTES.items():
        verb = "ALTER" if role in known else "CREATE"
        connection.execute(
            sql.SQL("{} ROLE {} {} PASSWORD {}").format(
                sql.SQL(verb), sql.Identifier(role), sql.SQL(attributes), sql.Literal(passwords[role])
            )
        )
    connection.execute(sql.SQL("GRANT pg_read_all_data TO {}").format(sql.Identifier(BACKUP)))


def create_database(connection: psycopg.Connection[TupleRow], name: str = DATABASE) -> bool:
    """Create the owner's database unless it is there; True when it was made."""
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return False
    database, owner = sql.Identifier(name), sql.Identifier(OWNER)
    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    for role in (APP, BACKUP):
        connection.execute(
            sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, sql.Identifier(role))
        )
    # Tables of facts to import, and facts gathered for figures, lie beside the others for a transaction.
    connection.execute(sql.SQL("GRANT TEMPORARY ON DATABASE {} TO {}").format(database, sql.Identifier(APP)))
    return True


_FUTURE_RIGHTS = (
    "SELECT, INSERT, UPDATE, DELETE ON TABLES",
    "USAGE, SELECT, UPDATE ON SEQUENCES",
    "EXECUTE ON FUNCTIONS",
)


def grant_future_tables(connection: psycopg.Connection[TupleRow], *, app: str = APP) -> None:
    """Let the app use what the connected owner will create; migrations take back what it must not do."""
    for rights in _FUTURE_RIGHTS:
        _alter_default_privileges(connection, "GRANT {} TO {}", rights, app)


def withhold_future_tables(connection: psycopg.Connection[TupleRow], *, app: str = APP) -> None:
    """The opposite, for the time in which tables come with rights of their own."""
    for rights in _FUTURE_RIGHTS:
        _alter_default_privileges(connection, "REVOKE {} FROM {}", rights, app)


def _alter_default_privileges(
    connection: psycopg.Connection[TupleRow], sentence: LiteralString, rights: LiteralString, app: str
) -> None:
    change = sql.SQL(sentence).format(sql.SQL(rights), sql.Identifier(app))
    connection.execute(sql.SQL("ALTER DEFAULT PRIVILEGES IN SCHEMA public {}").format(change))


@dataclass(frozen=True)
class RoleState:
    """What the database itself says about the role of a connection."""

    name: str
    is_superuser: bool
    bypasses_row_security: bool
    owns_tables: bool


def role_state(connection: psycopg.Connection[TupleRow]) -> RoleState:
    row = connection.execute(
        "SELECT rolname, rolsuper, rolbypassrls, EXISTS ("
        "  SELECT 1 FROM pg_class WHERE relowner = pg_roles.oid AND relkind IN ('r', 'p')"
        "  AND relnamespace = 'public'::regnamespace)"
        " FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert row is not None
    return RoleState(*row)
