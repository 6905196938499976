"""What a usable time range is, said once for every table that holds one."""

import secrets

from django.db.models import BooleanField, Func, Q


class _IsUsable(Func):
    template = (
        "(NOT isempty(%(expressions)s) AND NOT lower_inf(%(expressions)s) AND NOT upper_inf(%(expressions)s)"
        " AND lower_inc(%(expressions)s) AND NOT upper_inc(%(expressions)s))"
    )
    output_field = BooleanField()


def finite_range(field: str) -> Q:
    """Not empty, both ends given, start included and end excluded: empty ranges would overlap nothing."""
    return Q(_IsUsable(field))


def fresh_overlap_key() -> int:
    """A key that nothing else has, so that nothing may overlap with it."""
    return secrets.randbelow(2**62)
