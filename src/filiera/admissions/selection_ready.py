"""What the selection tells the rest of the platform when it starts."""

from filiera.admissions.actions import decisions, selection_proposals  # noqa: F401 - the worker's jobs
from filiera.admissions.queries.reserve import register_reserve
from filiera.admissions.queries.selection import next_in_reserve
from filiera.admissions.receivers import selection as receivers
from filiera.admissions.selection_places import register_selection_place
from filiera.admissions.selection_topics import register_topics


def register_selection() -> None:
    register_selection_place()
    register_topics()
    register_reserve(next_in_reserve)
    receivers.connect()
