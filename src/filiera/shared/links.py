"""Links by which somebody comes in without an account: the key of a row, and a mark that only we can make."""

import secrets
from collections.abc import Callable
from typing import TypeVar

from django.db import models
from django.utils.crypto import constant_time_compare, salted_hmac

_LONGEST_KEY = 18
_MARK_LENGTH = 40
_Row = TypeVar("_Row", bound=models.Model)


def fresh_seed() -> str:
    """What a link is made from beside the platform's key: another seed ends the link."""
    return secrets.token_hex(16)


def link_token(salt: str, key: int, *told: object) -> str:
    """Such as `12-4f…`: the same as long as all that is told is; worthless without the platform's key."""
    words = ":".join(str(each) for each in (key, *told))
    return f"{key}-{salted_hmac(salt, words, algorithm='sha256').hexdigest()[:_MARK_LENGTH]}"


def row_of(token: str, rows: "models.QuerySet[_Row]", token_of: Callable[[_Row], str]) -> _Row | None:
    """The row among these whose present link this is."""
    key, _dash, _mark = token.partition("-")
    if not key.isdecimal() or len(key) > _LONGEST_KEY:
        return None
    row = rows.filter(pk=int(key)).first()
    return row if row is not None and constant_time_compare(token_of(row), token) else None
