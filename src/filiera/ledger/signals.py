"""Told after commit, once for a transaction: the ledger holds facts that it did not hold before.

Without arguments: whoever hears reads what is new.
"""

from django.db import transaction
from django.dispatch import Signal

facts_recorded = Signal()


def tell_after_commit() -> None:
    """Send `facts_recorded` when the transaction is through, however many facts it records."""
    waiting = transaction.get_connection().run_on_commit
    if not any(told is _send for _savepoints, told, _robust in waiting):
        transaction.on_commit(_send)


def _send() -> None:
    facts_recorded.send(sender=None)
