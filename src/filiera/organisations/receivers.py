"""What organisations hear from the people below them."""

from datetime import datetime
from typing import Any

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.organisations.models import Position


def connect() -> None:
    person_erased.connect(leave_all_teams, dispatch_uid="organisations.person_erased")
    exports.register("organisations", teams_of)


def teams_of(person: Person) -> list[dict[str, Any]]:
    """The teams a person stands in, for the archive of their data."""
    positions = Position.objects.filter(person=person).order_by("pk")
    return [
        {
            "organisation": position.organisation.name,
            "role": position.role,
            "title": position.title,
            "from": position.from_date,
            "until": position.until_date,
        }
        for position in positions.select_related("organisation")
    ]


def leave_all_teams(*, person: Person, at: datetime, **_: Any) -> None:
    """Who was in a team is personal; that its facts happened stays in the ledger."""
    Position.objects.filter(person=person).delete()
