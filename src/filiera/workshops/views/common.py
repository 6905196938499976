"""What the pages of these rooms share."""

from random import randrange

_LONGEST_WAIT_MS = 3_000


def own_wait_ms() -> int:
    """How long a page waits after news before it asks: a hall of pages must not ask at one moment."""
    return randrange(300, _LONGEST_WAIT_MS)  # noqa: S311 - it spreads, it hides nothing
