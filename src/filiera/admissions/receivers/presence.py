"""What check-in tells a person about themselves.

At an erasure the place loses its person and name and its presences stay: counted, not named.
"""

from typing import Any

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.admissions.models import Presence


def connect() -> None:
    exports.register("presence", presences_of)


def presences_of(person: Person) -> Any:
    """When a person was seen, also what was taken back."""
    return list(
        Presence.objects.filter(participation__person=person)
        .order_by("checked_in_at", "pk")
        .values(
            "participation__edition__slug", "day__date", "session__slug", "mode", "minutes", "source",
            "checked_in_at", "undone_at", "station__name",
        )
    )  # fmt: skip
