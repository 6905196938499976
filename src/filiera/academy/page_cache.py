"""Finished pages kept in the process: a few megabytes, the least recently asked for leave first."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from django.conf import settings

import filiera

_ZIP_LEVEL = 6


class BoundedCache:
    """Values by key until their sizes together pass a limit; safe between threads."""

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self.held_bytes = 0
        self._values: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> Any:
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Any, size_bytes: int) -> None:
        if size_bytes > self.limit_bytes:
            return
        with self._lock:
            replaced = self._values.pop(key, None)
            if replaced is not None:
                self.held_bytes -= replaced[1]
            self._values[key] = (value, size_bytes)
            self.held_bytes += size_bytes
            while self.held_bytes > self.limit_bytes:
                _key, (_value, freed) = self._values.popitem(last=False)
                self.held_bytes -= freed

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self.held_bytes = 0


kept = BoundedCache(settings.PAGE_CACHE_BYTES)
"""Finished pages and the parts they share."""

versions = BoundedCache(2 * 1024 * 1024)
"""Published versions as they were read: the data that pages are built from, not pages."""


def finished_page(key: Hashable, build: Callable[[], str]) -> bytes:
    """The page kept under this key, else built, compressed and kept; as it is kept, compressed.

    The key must name everything that the page depends on; a page for one person is never given here.
    """
    page = kept.get(key)
    if isinstance(page, bytes):
        return page
    page = zipped(build().encode())
    kept.put(key, page, len(page))
    return page


def zipped(body: bytes) -> bytes:
    return gzip.compress(body, _ZIP_LEVEL, mtime=0)


def unzipped(page: bytes) -> bytes:
    return gzip.decompress(page)


def mark_of(key: Hashable) -> str:
    """The same in every process that runs the same code, for pages that depend on the key alone."""
    return hashlib.sha256(f"{_mark_of_code()}{key!r}".encode()).hexdigest()[:24]


@lru_cache(maxsize=1)
def _mark_of_code() -> str:
    root = Path(filiera.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in (".py", ".html", ".mo", ".css", ".js", ".svg"):
            stat = path.stat()
            digest.update(f"{path.relative_to(root)} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
