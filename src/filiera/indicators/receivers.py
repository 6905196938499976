"""What figures hear from below: the ledger has facts, memberships have changed."""

from functools import partial
from typing import Any

from django.db import transaction

from filiera.indicators.actions.refreshing import refresh_figures_later
from filiera.ledger import signals as ledger
from filiera.organisations import signals as organisations


def connect() -> None:
    ledger.facts_recorded.connect(refresh, dispatch_uid="indicators.facts_recorded")
    for name in ("membership_started", "membership_ended", "membership_withdrawn"):
        getattr(organisations, name).connect(refresh_after_commit, dispatch_uid=f"indicators.{name}")


def refresh(**_: Any) -> None:
    refresh_figures_later()


def refresh_after_commit(**_: Any) -> None:
    transaction.on_commit(partial(refresh_figures_later))
