"""The push process: a raw ASGI application that streams events to open pages.

It runs beside the pages on the next port (`uvicorn filiera.push.asgi:application`). One database
connection per process listens; each stream has a short queue and is asked about its right to listen
every few seconds.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeVar
from urllib.parse import parse_qs

import django

from filiera.shared.loading import loading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filiera.config.settings")
with loading():
    django.setup()

from django.db import close_old_connections
from django.utils import timezone

from filiera.push.hub import Data, Hub, Notice
from filiera.push.models import Event
from filiera.push.queries import events_after
from filiera.push.tokens import Ticket, TokenRefused, is_still_valid, read_token

Result = TypeVar("Result")
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

CHECK_EVERY_S = 12.0


def _data_of(event_id: int) -> Data | None:
    return _with_fresh_connection(Event.objects.filter(pk=event_id).values_list("data", flat=True).first)


hub = Hub(_data_of)


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http":
        await _answer(scope, receive, send)


async def _live(receive: Receive, send: Send) -> None:
    listening: asyncio.Task[None] | None = None
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            listening = asyncio.create_task(hub.listen_for_ever())
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            if listening is not None:
                listening.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await listening
            hub.close()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _answer(scope: Scope, receive: Receive, send: Send) -> None:
    path, method = scope["path"].rstrip("/"), scope["method"]
    if path == "/healthz":
        await _plain(
            send, 200 if hub.is_listening else 503, b"listening\n" if hub.is_listening else b"not listening\n"
        )
    elif path != "/push":
        await _plain(send, 404, b"Not found\n")
    elif method not in ("GET", "HEAD"):
        await _plain(send, 405, b"Only GET\n")
    else:
        await _open_stream(scope, receive, send)


async def _open_stream(scope: Scope, receive: Receive, send: Send) -> None:
    asked = parse_qs(scope["query_string"].decode("ascii", "replace"))
    try:
        ticket = read_token(asked.get("token", [""])[0])
    except TokenRefused:
        await _plain(send, 403, b"This stream was not given to you, or its time is over.\n")
        return
    if not await _in_thread(is_still_valid, ticket):
        await _plain(send, 403, b"This stream is no longer yours.\n")
        return
    headers = {name.lower(): value for name, value in scope["headers"]}
    since = headers.get(b"last-event-id", b"").decode("ascii", "replace") or asked.get("since", [""])[0]
    await _stream(ticket, _number(since), receive, send)


async def _stream(ticket: Ticket, since: int | None, receive: Receive, send: Send) -> None:
    # Subscribed before the replay is read, so that nothing falls between the two.
    with hub.subscription(ticket.topics) as notices:
        await send({"type": "http.response.start", "status": 200, "headers": _STREAM_HEADERS})
        await _send_text(send, "retry: 2000\n\n")
        if since is not None:
            for notice in await _in_thread(_replayed, ticket, since):
                await _send_text(send, _frame(notice))
        leaving = asyncio.create_task(_until_gone(receive))
        try:
            await _forward(ticket, notices, leaving, send)
        finally:
            leaving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await leaving


async def _forward(
    ticket: Ticket, notices: "asyncio.Queue[Notice | None]", leaving: "asyncio.Task[None]", send: Send
) -> None:
    clock = asyncio.get_running_loop().time
    check_at = clock() + CHECK_EVERY_S
    while not leaving.done():
        waiting = asyncio.ensure_future(notices.get())
        await asyncio.wait(
            {waiting, leaving}, timeout=max(0.0, check_at - clock()), return_when=asyncio.FIRST_COMPLETED
        )
        if clock() >= check_at:
            if not await _in_thread(is_still_valid, ticket):
                waiting.cancel()
                await _send_text(send, "event: refused\ndata: {}\n\n")
                break
            await _send_text(send, ": still here\n\n")
            check_at = clock() + CHECK_EVERY_S
        if not waiting.done():
            waiting.cancel()
            continue
        notice = waiting.result()
        if notice is None:
            break
        await _send_text(send, _frame(notice))
    await send({"type": "http.response.body", "body": b"", "more_body": False})


_STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
    # The token in the address is the only key to a stream; no cookie is read here.
    (b"access-control-allow-origin", b"*"),
]


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _in_thread(function: Callable[..., Result], *arguments: Any) -> Result:
    return await asyncio.to_thread(_with_fresh_connection, function, *arguments)


def _with_fresh_connection(function: Callable[..., Result], *arguments: Any) -> Result:
    close_old_connections()
    try:
        return function(*arguments)
    finally:
        close_old_connections()


def _replayed(ticket: Ticket, since: int) -> list[Notice]:
    events = events_after(last_id=since, topics=ticket.topics, at=timezone.now())
    return [Notice(event.pk, event.topic, event.data) for event in events]


def _frame(notice: Notice) -> str:
    said = json.dumps({"topic": notice.topic, "data": notice.data})
    return f"id: {notice.event_id}\ndata: {said}\n\n"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


async def _send_text(send: Send, text: str) -> None:
    await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _plain(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"access-control-allow-origin", b"*")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
