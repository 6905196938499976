"""Checking oneself in: only by the code of this minute, only while it is on, only for oneself."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from filiera.academy.models import EditionRole, PartMode
from filiera.accounts.viewer import Viewer
from filiera.admissions.actions import self_check_in as actions
from filiera.admissions.models import Presence, PresenceMode, PresenceSource
from filiera.admissions.queries.place_links import viewer_by_link
from filiera.admissions.queries.presence_lists import Target
from filiera.admissions.queries.self_check_in import screen_code
from tests.academy.factories import (
    EditionMemberFactory,
    PartFactory,
    SessionFactory,
    between,
    moment,
)
from tests.academy.viewers import client_of
from tests.admissions.factories import ParticipationFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_counters(db):
    cache.clear()


@pytest.fixture
def session(edition):
    return SessionFactory(part=PartFactory(edition=edition), during=between(moment(9), 90))


@pytest.fixture
def place(edition):
    return ParticipationFactory(edition=edition)


def own(place):
    return Viewer(person=place.person, edition_id=place.edition_id)


def check_in(place, code, *, at, by=None, is_online=False):
    return actions.check_oneself_in(
        participation=place, code=code, is_online=is_online, by=by or own(place), at=at
    )


def code_of(session, at):
    return screen_code(Target(session=session), at).code


def test_the_code_of_the_session_lets_its_people_in(session, place):
    target, recorded = check_in(place, code_of(session, moment(9, 5)), at=moment(9, 5))

    assert (target.session, recorded.presence.mode, recorded.presence.source) == (
        session,
        PresenceMode.IN_PERSON,
        PresenceSource.SELF,
    )


def test_the_holder_of_the_places_link_checks_in(session, place):
    _, recorded = check_in(place, code_of(session, moment(9)), at=moment(9), by=viewer_by_link(place))

    assert recorded.is_new


def test_a_code_is_typed_with_a_blank(session, place):
    code = code_of(session, moment(9))

    assert check_in(place, f"{code[:3]} {code[3:]}", at=moment(9))[1].is_new


def test_the_code_of_the_minute_before_still_counts_and_an_older_one_does_not(session, place):
    code = code_of(session, moment(9))

    with pytest.raises(actions.CodeNotOnScreen):
        check_in(place, code, at=moment(9, 2))
    assert check_in(place, code, at=moment(9, 1))[1].is_new


@pytest.mark.parametrize(("hour", "minute"), [(8, 39), (10, 46)])
def test_a_code_counts_only_near_the_session(session, place, hour, minute):
    at = moment(hour, minute)

    with pytest.raises(actions.CodeNotOnScreen):
        check_in(place, code_of(session, at), at=at)


def test_a_second_time_is_no_second_presence(session, place):
    check_in(place, code_of(session, moment(9)), at=moment(9))

    assert not check_in(place, code_of(session, moment(9, 5)), at=moment(9, 5))[1].is_new
    assert Presence.objects.count() == 1


def test_online_parts_make_online_presence_and_hybrid_ones_ask(edition, place):
    online = SessionFactory(part=PartFactory(edition=edition, online=True), during=between(moment(9)))
    hybrid = SessionFactory(
        part=PartFactory(edition=edition, mode=PartMode.HYBRID), during=between(moment(9))
    )

    modes = [
        check_in(place, code_of(online, moment(9)), at=moment(9))[1].presence.mode,
        check_in(place, code_of(hybrid, moment(9)), at=moment(9), is_online=True)[1].presence.mode,
    ]

    assert modes == [PresenceMode.ONLINE, PresenceMode.ONLINE]


def test_a_day_has_a_code_too(session, place):
    day = session.part.days.order_by("date").first()
    code = screen_code(Target(day=day), moment(12)).code

    target, _ = check_in(place, code, at=moment(12))

    assert target.day == day


def test_codes_are_not_guessed(session, place):
    for _ in range(actions.WRONG_A_MINUTE):
        with pytest.raises(actions.CodeNotOnScreen):
            check_in(place, "000000", at=moment(9))

    with pytest.raises(actions.TooManyTries):
        check_in(place, code_of(session, moment(9)), at=moment(9))


def test_nobody_checks_somebody_else_in(session, place, edition):
    other = ParticipationFactory(edition=edition)

    with pytest.raises(PermissionDenied):
        check_in(place, code_of(session, moment(9)), at=moment(9), by=own(other))


# Pages


@pytest.fixture
def running(edition):
    now = timezone.now()
    part = PartFactory(edition=edition, starts_on=now.date(), ends_on=now.date())
    return SessionFactory(part=part, during=between(now - timedelta(minutes=5)))


def here(edition):
    return reverse("admissions:here", args=[edition.slug])


def screen(edition, session):
    return reverse("admissions:desk_screen_session", args=[edition.slug, session.pk])


def test_who_is_signed_in_types_one_code(edition, running, place):
    answer = client_of(place.person).post(here(edition), {"code": code_of(running, timezone.now())})

    assert (answer.status_code, answer.context["recorded"].is_new) == (200, True)


def test_a_visitor_types_the_code_of_the_badge_too(edition, running, place):
    said = {"code": code_of(running, timezone.now()), "entry_code": place.entry_code}

    answer = Client().post(here(edition), said)

    assert answer.context["place"] == place
    assert Presence.objects.get().participation == place


def test_wrong_codes_keep_what_was_typed(edition, running, place):
    answers = [
        Client().post(here(edition), {"code": "12", "entry_code": place.entry_code}),
        Client().post(here(edition), {"code": "123456", "entry_code": "nonsense"}),
        Client().post(here(edition), {}),
    ]

    assert [answer.status_code for answer in answers] == [422] * 3
    assert answers[1].context["form"]["code"].value() == "123456"


def test_codes_of_badges_are_not_guessed(edition, running, place):
    said = {"code": code_of(running, timezone.now()), "entry_code": "ABCDEFGHJKMN"}
    for _ in range(actions.WRONG_A_MINUTE):
        Client().post(here(edition), said)

    answer = Client().post(here(edition), {**said, "entry_code": place.entry_code})

    assert (answer.status_code, Presence.objects.exists()) == (422, False)


def test_the_screen_shows_the_code_to_those_who_check_in(edition, running, member_client, outsider_client):
    door = client_of(EditionMemberFactory(edition=edition, role=EditionRole.CHECK_IN).person)

    answer = door.get(screen(edition, running))

    assert (answer.status_code, answer.context["is_on"]) == (200, True)
    assert answer.context["shown"].code[:3] in answer.content.decode()
    for client, status in ((member_client, 403), (outsider_client, 403), (Client(), 302)):
        assert client.get(screen(edition, running)).status_code == status


def test_the_screen_shows_no_code_at_other_times(edition, session):
    door = client_of(EditionMemberFactory(edition=edition, role=EditionRole.CHECK_IN).person)

    answer = door.get(screen(edition, session))

    assert not answer.context["is_on"]
    assert answer.context["shown"].code[:3] + " " not in answer.content.decode()


def test_ones_own_place_shows_the_entry_code(place):
    place.link_seed = "seed"
    place.save()
    from filiera.admissions.queries.place_links import token_of

    text = Client().get(reverse("place:place", args=[token_of(place)])).content.decode()

    code = place.entry_code
    assert f"{code[:4]}-{code[4:8]}-{code[8:]}" in text
    assert "<svg" in text
