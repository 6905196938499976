"""Stars, one's own agenda and the secret calendar address."""

from datetime import UTC, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from filiera.academy.actions.feeds import create_feed, revoke_feed
from filiera.academy.actions.stars import SessionNotPublished, star_session, unstar_session
from filiera.academy.models import CalendarFeed, Star
from filiera.accounts.viewer import VISITOR
from tests.academy.factories import NOW, SessionFactory, StarFactory, publish

pytestmark = pytest.mark.django_db
LATER = datetime(2023, 6, 1, tzinfo=UTC)


@pytest.fixture
def session(edition):
    row = SessionFactory(part__edition=edition, scheduled=True)
    publish(edition)
    return row


def test_starring_twice_is_starring_once(edition, session, member):
    for at in (NOW, LATER):
        star_session(edition=edition, slug=session.slug, by=member, at=at)

    stars = Star.objects.values_list("person_id", "session_id", "starred_at")
    assert list(stars) == [(member.person_id, session.pk, NOW)]


def test_a_star_is_taken_back(edition, session, member):
    other = StarFactory(session=session)
    StarFactory(session=session, person=member.person)

    unstar_session(edition=edition, slug=session.slug, by=member)

    assert list(Star.objects.all()) == [other]


def test_visitors_have_no_stars(edition, session):
    with pytest.raises(PermissionDenied):
        star_session(edition=edition, slug=session.slug, by=VISITOR, at=NOW)


def test_only_what_is_published_can_be_starred(edition, session, member):
    waiting = SessionFactory(part=session.part, scheduled=True)

    with pytest.raises(SessionNotPublished):
        star_session(edition=edition, slug=waiting.slug, by=member, at=NOW)


def test_the_star_button_acts_without_script(member, member_client, edition, session):
    address = reverse("academy:session_star", args=[edition.slug, session.slug])

    answer = member_client.post(address, {"is_starred": "1"})

    assert (answer.status_code, Star.objects.filter(person=member.person).count()) == (302, 1)
    assert answer["Location"] == reverse("academy:session", args=[edition.slug, session.slug])


def test_the_star_button_answers_a_script_with_itself(member_client, edition, session):
    address = reverse("academy:session_star", args=[edition.slug, session.slug])

    answer = member_client.post(address, {"is_starred": "1"}, headers={"HX-Request": "true"})

    assert answer.content.decode().startswith('<button class="star" form="stars"')
    assert 'value="0" aria-pressed="true"' in answer.content.decode()


def test_no_way_back_leads_elsewhere(member_client, edition, session):
    address = reverse("academy:session_star", args=[edition.slug, session.slug])

    answer = member_client.post(
        address, {"is_starred": "1"}, headers={"Referer": "https://elsewhere.example/"}
    )

    assert answer["Location"] == reverse("academy:session", args=[edition.slug, session.slug])


@pytest.mark.parametrize("name", ["my", "session_star", "feed_create", "feed_revoke"])
def test_visitors_are_asked_to_sign_in(client, edition, session, name):
    arguments = [edition.slug, session.slug] if name == "session_star" else [edition.slug]
    address = reverse(f"academy:{name}", args=arguments)

    answer = client.get(address) if name == "my" else client.post(address)

    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('account_login')}?next={address}")


def test_the_agenda_holds_what_one_starred(member, member_client, edition, session):
    SessionFactory(part=session.part, scheduled=True)
    publish(edition, at=LATER)
    StarFactory(session=session, person=member.person)

    shown = member_client.get(reverse("academy:my", args=[edition.slug]))

    assert shown.context["count"] == 1
    assert shown.content.decode().count("<article") == 1


def test_overlapping_sessions_are_pointed_out(member, member_client, edition, session):
    other = SessionFactory(part=session.part, scheduled=True)
    publish(edition, at=LATER)
    for each in (session, other):
        StarFactory(session=each, person=member.person)

    assert member_client.get(reverse("academy:my", args=[edition.slug])).context["overlaps"] == 1


def test_one_feed_is_alive_at_a_time(edition, member):
    first = create_feed(edition=edition, by=member, at=NOW)
    same = create_feed(edition=edition, by=member, at=LATER)
    revoke_feed(edition=edition, by=member, at=LATER)
    new = create_feed(edition=edition, by=member, at=LATER)

    assert first == same
    assert first.token != new.token
    assert list(CalendarFeed.objects.order_by("pk").values_list("revoked_at", flat=True)) == [LATER, None]


@pytest.mark.parametrize("action", [create_feed, revoke_feed])
def test_visitors_have_no_feed(edition, action):
    with pytest.raises(PermissionDenied):
        action(edition=edition, by=VISITOR, at=NOW)


def test_revoking_leaves_the_feeds_of_others(edition, member, outsider):
    theirs = create_feed(edition=edition, by=outsider, at=NOW)

    assert revoke_feed(edition=edition, by=member, at=NOW) == 0
    theirs.refresh_from_db()
    assert theirs.revoked_at is None


def test_the_secret_address_is_made_and_revoked_by_forms(member_client, edition, session):
    member_client.post(reverse("academy:feed_create", args=[edition.slug]))
    feed = CalendarFeed.objects.get()
    shown = member_client.get(reverse("academy:my", args=[edition.slug])).context["feed_address"]
    member_client.post(reverse("academy:feed_revoke", args=[edition.slug]))

    feed.refresh_from_db()
    assert shown.endswith(reverse("academy:my_feed", args=[edition.slug, feed.token]))
    assert feed.revoked_at is not None
