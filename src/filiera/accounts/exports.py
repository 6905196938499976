"""What each room knows about a person, for the archive a person can ask for."""

from collections.abc import Callable
from typing import Any

from filiera.accounts.models import Person

Collect = Callable[[Person], Any]

_collectors: dict[str, Collect] = {}


def register(name: str, collect: Collect) -> None:
    """Add a part to the archive: `collect(person)` answers what JSON can hold (dates are fine)."""
    _collectors[name] = collect


def collected(person: Person) -> dict[str, Any]:
    return {name: collect(person) for name, collect in sorted(_collectors.items())}
