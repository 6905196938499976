"""Pages by key: the next one starts after the last row shown, however many rows there are."""

import base64
import binascii
import json
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from filiera.shared.errors import DomainError

DEFAULT_LIMIT = 50
LARGEST_LIMIT = 100


class InvalidCursor(DomainError):
    message = _("The value of `after` is not one that this list has given.")


def cursor(*key: str | int) -> str:
    """The key of a row as text that a client passes back unread."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def key_after(text: str, *kinds: type) -> Sequence[str | int]:
    """The key that `cursor` made. Raises InvalidCursor."""
    try:
        key = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise InvalidCursor from error
    if not isinstance(key, list) or [type(part) for part in key] != list(kinds):
        raise InvalidCursor
    if any(isinstance(part, int) and abs(part) >= 2**63 for part in key) or any(
        isinstance(part, str) and "\x00" in part for part in key
    ):
        raise InvalidCursor
    return key
