import asyncio
import json
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.db import connection, connections, transaction
from django.test import RequestFactory
from django.utils import timezone

from filiera.push import actions, asgi, queries, tokens, topics, views
from filiera.push.hub import Hub, Notice
from filiera.push.models import Event
from tests.accounts.factories import NOW, PersonFactory


@pytest.fixture
def signed_in(db):
    """A request of somebody signed in by a session that is on their list."""
    person = PersonFactory()
    session = SessionStore()
    session.create()
    UserSession.objects.create(
        user=person, session_key=session.session_key, ip="127.0.0.1", user_agent="test", last_seen_at=NOW
    )
    request = RequestFactory().get("/")
    request.user, request.session = person, session
    return request


def visitor_request():
    request = RequestFactory().get("/")
    request.user, request.session = AnonymousUser(), SessionStore()
    return request


def test_token_names_topics_and_person(signed_in):
    ticket = tokens.read_token(tokens.issue_token(signed_in, ["b:2", "a:1", "a:1"]))

    assert (ticket.topics, ticket.person_id) == (("a:1", "b:2"), signed_in.user.pk)
    assert signed_in.session.session_key not in ticket.session_mark
    assert tokens.is_still_valid(ticket)


@pytest.mark.parametrize(
    "token",
    ["", "forged", signing.dumps({"t": ["a"], "p": None, "s": ""}, salt="other")],
    ids=["empty", "not signed", "signed for something else"],
)
def test_forged_token_is_refused(token):
    with pytest.raises(tokens.TokenRefused):
        tokens.read_token(token)


def test_token_ends_with_the_session(signed_in):
    ticket = tokens.read_token(tokens.issue_token(signed_in, ["a:1"]))
    UserSession.objects.all().delete()

    assert not tokens.is_still_valid(ticket)


def test_token_ends_when_the_person_is_barred(signed_in):
    ticket = tokens.read_token(tokens.issue_token(signed_in, ["a:1"]))
    signed_in.user.is_active = False
    signed_in.user.save()

    assert not tokens.is_still_valid(ticket)


@pytest.mark.parametrize(("topic", "is_valid"), [("closed:1", False), ("open:1", True), ("unknown:1", True)])
def test_topics_are_asked_again(monkeypatch, signed_in, topic, is_valid):
    monkeypatch.setattr(topics, "_authorisers", {})
    topics.register("closed", lambda person_id, topic: False)
    topics.register("open", lambda person_id, topic: person_id == signed_in.user.pk)

    ticket = tokens.read_token(tokens.issue_token(signed_in, [topic]))

    assert tokens.is_still_valid(ticket) is is_valid


@pytest.mark.django_db
def test_events_after_a_number_repeat_the_last_seconds():
    old = Event.objects.create(topic="a:1", created_at=NOW - timedelta(minutes=1))
    recent = Event.objects.create(topic="a:1", created_at=NOW - timedelta(seconds=5))
    new = Event.objects.create(topic="a:1", created_at=NOW)
    Event.objects.create(topic="b:1", created_at=NOW)

    assert queries.events_after(last_id=recent.pk, topics=["a:1"], at=NOW) == [recent, new]
    assert queries.events_after(last_id=0, topics=["a:1"], at=NOW) == [old, recent, new]


@pytest.mark.django_db
def test_poll_answers_events_and_then_that_nothing_changed():
    token = tokens.issue_token(visitor_request(), ["a:1"])
    event = actions.publish_event("a:1", {"session": 7})
    factory = RequestFactory()

    first = views.event_poll(factory.get("/", {"token": token, "since": "0"}))
    second = views.event_poll(
        factory.get("/", {"token": token, "since": str(event.pk)}, headers={"If-None-Match": first["ETag"]})
    )

    assert json.loads(first.content) == {
        "events": [{"id": event.pk, "topic": "a:1", "data": {"session": 7}}],
        "last": event.pk,
    }
    assert (second.status_code, second.content) == (304, b"")


@pytest.mark.django_db
@pytest.mark.parametrize("since", ["", "-1", "x", "²", "9" * 30])
def test_poll_with_a_senseless_number_starts_now(since):
    actions.remove_old_events(before=timezone.now())
    token = tokens.issue_token(visitor_request(), ["a:1"])

    answer = views.event_poll(RequestFactory().get("/", {"token": token, "since": since}))

    assert json.loads(answer.content) == {"events": [], "last": 0}


@pytest.mark.django_db
def test_poll_refuses_a_forged_token():
    assert views.event_poll(RequestFactory().get("/", {"token": "x"})).status_code == 403


@pytest.mark.django_db
def test_event_of_a_failed_transaction_is_not_told():
    with transaction.atomic():
        actions.publish_event("a:1")
        transaction.set_rollback(True)

    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_old_events_go():
    Event.objects.create(topic="a:1", created_at=NOW - timedelta(days=2))
    kept = Event.objects.create(topic="a:1", created_at=NOW)

    assert actions.remove_old_events(before=NOW - timedelta(days=1)) == 1
    assert list(Event.objects.all()) == [kept]


def test_hub_tells_only_those_who_asked_and_forgets_them():
    hub = Hub(lambda event_id: {})

    async def story():
        with hub.subscription(["a:1", "b:1"]) as mine, hub.subscription(["c:1"]) as other:
            hub.tell(Notice(1, "b:1"))
            told = mine.get_nowait(), other.empty()
            hub.close()
            return told, mine.get_nowait(), other.get_nowait()

    assert asyncio.run(story()) == ((Notice(1, "b:1"), True), None, None)
    assert hub._streams == {}


def test_stream_that_does_not_read_is_ended():
    hub = Hub(lambda event_id: {})

    async def story():
        with hub.subscription(["a:1"]) as notices:
            for number in range(500):
                hub.tell(Notice(number, "a:1"))
            return notices.get_nowait()

    assert asyncio.run(story()) is None


class Client:
    """Speaks to the ASGI application the way a server would."""

    def __init__(self, query, last_event_id=None):
        headers = [] if last_event_id is None else [(b"last-event-id", str(last_event_id).encode())]
        self.scope = {
            "type": "http",
            "method": "GET",
            "path": "/push/",
            "query_string": query.encode(),
            "headers": headers,
        }
        self.gone = asyncio.Event()
        self.said = asyncio.Queue()

    async def receive(self):
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message):
        await self.said.put(message)

    async def next_text(self):
        message = await asyncio.wait_for(self.said.get(), 10)
        return message.get("body", b"").decode()


@pytest.mark.django_db(transaction=True)
def test_stream_replays_then_tells_live_events_and_ends_when_the_right_ends(monkeypatch):
    # The threads of this test leave with it, and their connections must too.
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", 0)
    monkeypatch.setattr(asgi, "CHECK_EVERY_S", 0.3)
    monkeypatch.setattr(topics, "_authorisers", {})
    allowed = [True]
    topics.register("a", lambda person_id, topic: allowed[0])
    token = tokens.issue_token(visitor_request(), ["a:1"])
    missed = actions.publish_event("a:1", {"session": 1})

    def publish(topic, data):
        try:
            return actions.publish_event(topic, data)
        finally:
            connection.close()

    async def story():
        listening = asyncio.create_task(asgi.hub.listen_for_ever())
        while not asgi.hub.is_listening:
            await asyncio.sleep(0.05)
        client = Client(f"token={token}", last_event_id=0)
        streaming = asyncio.create_task(asgi.application(client.scope, client.receive, client.send))
        start = await client.said.get()
        retry, replayed = await client.next_text(), await client.next_text()
        await asyncio.to_thread(publish, "b:1", {"session": 9})
        live = await asyncio.to_thread(publish, "a:1", {"session": 2})
        told = await client.next_text()
        while told.startswith(":"):
            told = await client.next_text()
        allowed[0] = False
        refused = await client.next_text()
        while refused.startswith(":"):
            refused = await client.next_text()
        await asyncio.wait_for(streaming, 10)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        return start["status"], retry, replayed, live.pk, told, refused

    status, retry, replayed, live_id, told, refused = asyncio.run(story())

    assert (status, retry) == (200, "retry: 2000\n\n")
    assert replayed == f'id: {missed.pk}\ndata: {{"topic": "a:1", "data": {{"session": 1}}}}\n\n'
    assert told == f'id: {live_id}\ndata: {{"topic": "a:1", "data": {{"session": 2}}}}\n\n'
    assert refused == "event: refused\ndata: {}\n\n"


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/push/", "GET", 403), ("/push/", "POST", 405), ("/other", "GET", 404)]
)
def test_stream_refuses(path, method, status):
    async def story():
        client = Client("token=forged")
        client.scope.update(path=path, method=method)
        await asgi.application(client.scope, client.receive, client.send)
        return (await client.said.get())["status"]

    assert asyncio.run(story()) == status
