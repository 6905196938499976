"""Addresses made from names."""

from typing import Any

from django.db.models import QuerySet
from django.utils.text import slugify

LONGEST = 60


def free_slug(rows: QuerySet[Any, Any], name: str, otherwise: str) -> str:
    """A slug made from a name that none of the rows has yet."""
    base = slugify(name)[:LONGEST].strip("-") or otherwise
    taken = set(rows.filter(slug__startswith=base).values_list("slug", flat=True))
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"
