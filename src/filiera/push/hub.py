"""One listener of the database, many streams: hands each notice to those who asked for its topic."""

import asyncio
import contextlib
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import psycopg
from django.db import connections

from filiera.push.actions import CHANNEL

_QUEUE_LENGTH = 200
_RETRY_AFTER_S = 1.0
_PATIENCE_S = 30.0
_logger = logging.getLogger(__name__)


Data = dict[str, str | int | None]
ReadData = Callable[[int], Data | None]


@dataclass(frozen=True, slots=True)
class Notice:
    event_id: int
    topic: str
    data: Data = field(default_factory=dict)


Notices = asyncio.Queue[Notice | None]


class Hub:
    """Streams that are open in this process. `None` in a queue ends its stream; the page comes back.

    `read_data(event_id)` is asked once per event, however many streams hear of it.
    """

    def __init__(self, read_data: ReadData) -> None:
        self._read_data = read_data
        self._streams: dict[str, set[Notices]] = defaultdict(set)
        self.is_listening = False

    @contextlib.contextmanager
    def subscription(self, topics: Iterable[str]) -> Iterator[Notices]:
        notices: Notices = asyncio.Queue(_QUEUE_LENGTH)
        for topic in topics:
            self._streams[topic].add(notices)
        try:
            yield notices
        finally:
            for topic in topics:
                self._streams[topic].discard(notices)
                if not self._streams[topic]:
                    del self._streams[topic]

    def tell(self, notice: Notice) -> None:
        for notices in self._streams.get(notice.topic, set()):
            self._put(notices, notice)

    def close(self) -> None:
        """End every stream; each page opens a new one and asks for what it missed."""
        for notices in set().union(*self._streams.values()) if self._streams else set():
            self._put(notices, None)

    async def listen_for_ever(self) -> None:
        """Listen; when the database goes away, try again until it is back."""
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:
                _logger.warning("The push process lost the database and tries again: %s", error)
            finally:
                self.is_listening = False
            # What was announced meanwhile is lost to this listener, not to pages that ask again.
            self.close()
            await asyncio.sleep(_RETRY_AFTER_S)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(_address(), autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self.is_listening = True
            while True:
                async for announced in connection.notifies(timeout=_PATIENCE_S):
                    said = json.loads(announced.payload)
                    if said["topic"] not in self._streams:
                        continue
                    data = await asyncio.to_thread(self._read_data, said["id"])
                    if data is not None:
                        self.tell(Notice(event_id=said["id"], topic=said["topic"], data=data))
                # A dead connection may stay silent for ever, so it is asked now and then.
                await connection.execute("SELECT 1")

    @staticmethod
    def _put(notices: Notices, notice: Notice | None) -> None:
        try:
            notices.put_nowait(notice)
        except asyncio.QueueFull:
            # A stream that does not read is ended; its page comes back with the last number it knows.
            while not notices.empty():
                notices.get_nowait()
            notices.put_nowait(None)


def _address() -> str:
    parameters = connections["default"].get_connection_params()
    named = ("dbname", "host", "port", "user", "password", "options", "sslmode", "sslrootcert")
    given = {name: str(parameters[name]) for name in named if parameters.get(name)}
    return psycopg.conninfo.make_conninfo(**given)
