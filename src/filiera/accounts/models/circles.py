"""Who shares an edition with whom: known only to a room above, which registers the question here."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

PeopleNear = Callable[[int], QuerySet[Any, Any]]

_people_near: list[PeopleNear] = []


def register(people_near: PeopleNear) -> None:
    """Add a query from a person's id to the ids of people who share something with them."""
    if people_near not in _people_near:
        _people_near.append(people_near)


def queries_near(person_id: int) -> list[QuerySet[Any, Any]]:
    """The registered queries, asked for one person; none of them is run yet."""
    return [people_near(person_id) for people_near in _people_near]
