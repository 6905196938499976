"""What accounts tells the rooms above it."""

from django.dispatch import Signal

person_erased = Signal()
"""A person is being erased; carries `person` (still readable) and `at`.

Sent inside the transaction, before the person's own row is emptied: each room removes what it keeps
about the person and leaves its counts. An error in a receiver stops the erasure.
"""
