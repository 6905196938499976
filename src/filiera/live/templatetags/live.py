from collections.abc import Container

from django import template

register = template.Library()


@register.filter
def is_in(key: int, keys: Container[int]) -> bool:
    return key in keys
