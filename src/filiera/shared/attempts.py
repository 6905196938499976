"""How often something may be tried in a minute: counted in the cache that all processes share."""

from datetime import datetime

from django.core.cache import cache

_WINDOW_S = 60


def count_attempt(what: str, *, at: datetime) -> int:
    """Note one more attempt; how many there were in this minute."""
    key = _key(what, at)
    cache.add(key, 0, timeout=2 * _WINDOW_S)
    return int(cache.incr(key))


def attempts_so_far(what: str, *, at: datetime) -> int:
    return int(cache.get(_key(what, at), 0))


def _key(what: str, at: datetime) -> str:
    return f"attempts:{what}:{int(at.timestamp()) // _WINDOW_S}"
