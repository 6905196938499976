"""Told inside the transaction of the action, so that whoever hears can still refuse.

Arguments: `membership`, `by` (Viewer), `at`; for agreements `agreement`, `step`, `by`, `at`.
"""

from django.dispatch import Signal

membership_started = Signal()
membership_ended = Signal()
membership_withdrawn = Signal()
agreement_advanced = Signal()
