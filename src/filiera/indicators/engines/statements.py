"""Statements for the live tables, compiled once and kept: a page that asks again needs no compiler."""

import hashlib

from filiera.indicators.definition import Definition
from filiera.indicators.engines.compiler import Dialect, Shape, statement_of
from filiera.indicators.models import CompiledStatement

# Raised whenever the compiler writes something else for the same definition.
COMPILER_VERSION = 5


def statement_for(definition: Definition, shape: Shape, dialect: Dialect) -> str:
    """The statement of a definition and shape, from where it was kept or compiled now."""
    if dialect != "postgres":
        return statement_of(definition, shape, dialect)
    key = _key(definition, shape)
    return _kept(key) or _keep(key, definition, shape)


def _key(definition: Definition, shape: Shape) -> str:
    told = (COMPILER_VERSION, definition.measure, definition.side, definition.about, shape)
    return hashlib.sha256(repr(told).encode()).hexdigest()


_in_memory: dict[str, str] = {}


def _kept(key: str) -> str:
    if key not in _in_memory:
        found = CompiledStatement.objects.filter(key=key).values_list("statement", flat=True).first()
        if found is None:
            return ""
        _in_memory[key] = found
    return _in_memory[key]


def _keep(key: str, definition: Definition, shape: Shape) -> str:
    statement = statement_of(definition, shape, "postgres")
    CompiledStatement.objects.bulk_create(
        [CompiledStatement(key=key, statement=statement)], ignore_conflicts=True
    )
    _in_memory[key] = statement
    return statement
