"""What organisations hear from the people below them."""

from datetime import datetime
from typing import Any

from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.organisations.models import Position


def connect() -> None:
    person_erased.connect(leave_all_teams, dispatch_uid="organisations.person_erased")


def leave_all_teams(*, person: Person, at: datetime, **_: Any) -> None:
    """Who was in a team is personal; that its facts happened stays in the ledger."""
    Position.objects.filter(person=person).delete()
