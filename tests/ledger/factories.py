"""Facts are made by the ledger's own action; tests only need a subject to hang them on."""

from datetime import UTC, datetime
from typing import Any

from filiera.accounts.viewer import SYSTEM
from filiera.ledger import actions
from filiera.ledger.models import Fact
from tests.organisations.factories import MembershipFactory

NOW = datetime(2023, 9, 21, 9, tzinfo=UTC)


def recorded_fact(**values: Any) -> Fact:
    """A fact of a known kind about a membership of its own, unless told otherwise."""
    subject = values.pop("subject", None) or MembershipFactory()
    return actions.record(
        values.pop("kind", "membership.started"),
        **{
            "subject": subject,
            "by": SYSTEM,
            "at": NOW,
            "organisation": getattr(subject, "cluster", None),
            **values,
        },
    )
