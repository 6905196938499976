"""What pages of visits ask again and again."""

from collections.abc import Mapping

from django import template

register = template.Library()


@register.filter
def wished(counts: Mapping[int, int], slot_id: int) -> int:
    """How many put a slot first."""
    return counts.get(slot_id, 0)
