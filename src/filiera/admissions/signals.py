"""What admissions tells the rooms above it."""

from django.dispatch import Signal

place_confirmed = Signal()
"""A place in an edition is confirmed; carries `participation` and `at`.

Sent inside the transaction: what begins with the place begins together with it, or not at all.
"""

place_ended = Signal()
"""A confirmed place in an edition ended; carries `participation` and `at`.

Sent inside the transaction: what the person held besides becomes free together with the place, or not at all.
"""
