"""Pages of visits: who comes in, what they see, what they can do."""

from datetime import timedelta

import pytest
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import SYSTEM
from filiera.meetings.actions import visits_draw
from filiera.meetings.models import VisitPlace, VisitRound, VisitSlot, VisitWishList
from tests.academy.factories import EditionMemberFactory, SessionFactory, publish
from tests.academy.viewers import client_of
from tests.admissions.factories import ParticipationFactory
from tests.meetings.visit_factories import (
    CLOSES,
    VisitFactory,
    VisitPlaceFactory,
    VisitRoundFactory,
    VisitSlotFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(edition):
    """Seen as at a moment at which wishes are open."""
    edition.is_demonstration, edition.clock_at = True, CLOSES - timedelta(days=1)
    edition.save()
    publish(edition)
    return edition


@pytest.fixture
def round_(edition):
    return VisitRoundFactory(edition=edition)


@pytest.fixture
def participant(edition):
    """Somebody with a confirmed place, signed in."""
    membership = EditionMemberFactory(edition=edition, participant=True)
    participation = ParticipationFactory(edition=edition, person=membership.person)
    return participation, client_of(membership.person)


def own_page(edition):
    return reverse("meetings:visits", args=[edition.slug])


def after_closing(edition):
    edition.clock_at = CLOSES + timedelta(hours=1)
    edition.save()


def test_a_participant_ranks_and_sees_it_kept(edition, round_, participant):
    _participation, client = participant
    first, second, third = (VisitSlotFactory(visit__round=round_) for _ in range(3))
    prefix = f"round-{round_.pk}"

    answer = client.post(
        reverse("meetings:visit_wishes", args=[edition.slug, round_.pk]),
        {f"{prefix}-slot_{third.pk}": "1", f"{prefix}-slot_{first.pk}": "3"},
    )

    kept = VisitWishList.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, own_page(edition))
    assert list(kept.wishes.order_by("rank").values_list("slot", "rank")) == [(third.pk, 1), (first.pk, 2)]
    page = client.get(own_page(edition)).content.decode()
    assert kept.code in page
    assert second.visit.title["en"] in page


def test_what_was_typed_stays_when_a_condition_is_missing(edition, round_, participant):
    _participation, client = participant
    slot = VisitSlotFactory(visit__round=round_, visit__needs_closed_shoes=True)
    prefix = f"round-{round_.pk}"

    answer = client.post(
        reverse("meetings:visit_wishes", args=[edition.slug, round_.pk]), {f"{prefix}-slot_{slot.pk}": "1"}
    )

    assert answer.status_code == 422
    assert "Accept it, or take the visit out." in answer.content.decode()
    assert '<option value="1" selected>' in answer.content.decode()
    assert not VisitWishList.objects.exists()


def test_two_visits_at_one_number_are_refused(edition, round_, participant):
    _participation, client = participant
    slots = [VisitSlotFactory(visit__round=round_) for _ in range(2)]
    typed = {f"round-{round_.pk}-slot_{slot.pk}": "1" for slot in slots}

    answer = client.post(reverse("meetings:visit_wishes", args=[edition.slug, round_.pk]), typed)

    assert answer.status_code == 422
    assert "Another visit is number 1 already." in answer.content.decode()


def test_after_the_draw_one_sees_the_place_and_why_and_gives_it_back(edition, round_, participant):
    participation, client = participant
    slot = VisitSlotFactory(visit__round=round_)
    VisitWishList.objects.create(
        round=round_, participation=participation, code="ABCDEF", saved_at=CLOSES
    ).wishes.create(slot=slot, rank=1)
    after_closing(edition)
    visits_draw.draw_visits(round_=round_, by=SYSTEM, at=CLOSES)

    page = client.get(own_page(edition)).content.decode()
    place = VisitPlace.objects.get()
    answer = client.post(reverse("meetings:visit_place_give_back", args=[edition.slug, place.pk]))

    assert "First wish: there was a place at your turn, number 1." in page
    assert answer.status_code == 302
    assert VisitPlace.objects.standing().count() == 0
    assert "You gave your place back." in client.get(own_page(edition)).content.decode()


def test_the_draw_shows_codes_to_all_and_names_to_nobody(edition, round_, participant, client):
    participation, _client = participant
    slot = VisitSlotFactory(visit__round=round_)
    VisitWishList.objects.create(
        round=round_, participation=participation, code="ABCDEF", saved_at=CLOSES
    ).wishes.create(slot=slot, rank=1)
    draw_page = reverse("meetings:visit_draw", args=[edition.slug, round_.pk])
    data = reverse("meetings:visit_draw_data", args=[edition.slug, round_.pk])

    before, told_before = client.get(draw_page).content.decode(), client.get(data).json()
    after_closing(edition)
    visits_draw.draw_visits(round_=round_, by=SYSTEM, at=CLOSES)
    after, told = client.get(draw_page).content.decode(), client.get(data).json()

    assert round_.seed_digest in before
    assert round_.seed not in before
    assert told_before == {"seed_sha256": round_.seed_digest, "wishes_close_at": CLOSES.isoformat()}
    assert round_.seed in after
    assert "ABCDEF" in after
    assert participation.name not in after
    assert told["wishes"] == {"ABCDEF": [slot.code]}


def test_a_round_in_preparation_is_unknown(edition, participant):
    _participation, client = participant
    hidden = VisitRoundFactory(edition=edition, hidden=True)

    assert client.get(reverse("meetings:visit_draw", args=[edition.slug, hidden.pk])).status_code == 404
    assert client.post(reverse("meetings:visit_wishes", args=[edition.slug, hidden.pk])).status_code == 404


def test_nobody_gives_back_the_place_of_another(edition, round_, participant):
    _participation, client = participant
    theirs = VisitPlaceFactory(slot__visit__round=round_, slot__taken=1)

    answer = client.post(reverse("meetings:visit_place_give_back", args=[edition.slug, theirs.pk]))

    assert answer.status_code == 404
    assert VisitPlace.objects.standing().count() == 1


def test_visitors_sign_in_and_outsiders_stay_out(edition, round_, client, outsider_client):
    assert client.get(own_page(edition)).status_code == 302
    assert outsider_client.get(own_page(edition)).status_code == 403


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (EditionRole.DESK, 200),
        (EditionRole.HOST, 200),
        (EditionRole.PARTICIPANT, 403),
        (EditionRole.FACILITATOR, 403),
        (EditionRole.KITCHEN, 403),
    ],
)
def test_who_comes_is_for_the_team_and_the_host(edition, round_, in_role, role, status):
    slot = VisitSlotFactory(visit__round=round_)
    viewer = in_role(role)
    client = client_of(viewer.person)

    pages = ("desk_visits", ()), ("desk_visit_round", (round_.pk,)), ("desk_visitors", (slot.pk,))
    statuses = [
        client.get(reverse(f"meetings:{name}", args=[edition.slug, *keys])).status_code
        for name, keys in pages
    ]

    assert statuses == [status] * 3


def test_a_host_sees_who_comes_and_cannot_draw(edition, round_, in_role):
    client = client_of(in_role(EditionRole.HOST).person)

    assert client.post(reverse("meetings:desk_visit_draw", args=[edition.slug, round_.pk])).status_code == 403
    assert client.get(reverse("meetings:desk_visit_new", args=[edition.slug, round_.pk])).status_code == 403


def test_the_desk_of_another_edition_finds_nothing(edition, round_, in_role):
    other = EditionMemberFactory(director=True)
    client = client_of(other.person)

    assert client.get(reverse("meetings:desk_visit_round", args=[edition.slug, round_.pk])).status_code in {
        403,
        404,
    }
    own = reverse("meetings:desk_visit_round", args=[other.edition.slug, round_.pk])
    assert client.get(own).status_code == 404


def test_the_desk_plans_opens_and_draws(edition, desk_client):
    made = desk_client.post(
        reverse("meetings:desk_visit_round_new", args=[edition.slug]),
        {"title_en": "Laboratories", "closes_on": "2023-09-17T20:00"},
    )
    round_ = VisitRound.objects.get()
    new_visit = reverse("meetings:desk_visit_new", args=[edition.slug, round_.pk])
    desk_client.post(new_visit, {"title_en": "Plasma", "identity": "shown", "is_step_free": "on"})
    visit = round_.visits.get()
    desk_client.post(
        reverse("meetings:desk_visit_slot_new", args=[edition.slug, visit.pk]),
        {"starts_on": "2023-09-21T16:30", "ends_on": "2023-09-21T17:15", "places": "8"},
    )
    opened = desk_client.post(reverse("meetings:desk_visit_opening", args=[edition.slug, round_.pk]))

    round_.refresh_from_db()
    slot = VisitSlot.objects.get()
    assert (made.status_code, opened.status_code) == (302, 302)
    assert round_.opened_at is not None
    assert (slot.code, slot.places) == ("A", 8)
    late = desk_client.post(new_visit, {"title_en": "Hydrogen", "identity": "none"})
    assert late.status_code == 422
    assert "People wish already." in late.content.decode()


@pytest.mark.parametrize("people", [1, 4])
def test_the_round_page_asks_as_often_however_many_wish(
    edition, round_, desk_client, people, django_assert_max_num_queries
):
    slot = VisitSlotFactory(visit__round=round_, places=3)
    for number in range(people):
        VisitWishList.objects.create(
            round=round_,
            participation=ParticipationFactory(edition=edition),
            code=f"CODE{number}",
            saved_at=CLOSES,
        ).wishes.create(slot=slot, rank=1)
    after_closing(edition)
    visits_draw.draw_visits(round_=round_, by=SYSTEM, at=CLOSES)

    with django_assert_max_num_queries(24):
        page = desk_client.get(reverse("meetings:desk_visit_round", args=[edition.slug, round_.pk]))

    assert page.status_code == 200


@pytest.mark.parametrize("rounds", [1, 3])
def test_the_own_page_asks_as_often_however_many_rounds(
    edition, participant, rounds, django_assert_max_num_queries
):
    _participation, client = participant
    for _ in range(rounds):
        VisitFactory(round=VisitRoundFactory(edition=edition))

    with django_assert_max_num_queries(20):
        assert client.get(own_page(edition)).status_code == 200


def test_the_page_of_a_session_tells_of_its_visits(edition, round_, participant):
    participation, client = participant
    session = SessionFactory(part__edition=edition, scheduled=True, kind="laboratory_visit")
    publish(edition)
    slot = VisitSlotFactory(visit__round=round_, visit__session=session)
    page = reverse("academy:session", args=[edition.slug, session.slug])

    before = client.get(page).content.decode()
    VisitPlaceFactory(slot=slot, participation=participation)
    after = client.get(page).content.decode()

    assert "Wishes are open." in before
    assert "You have a place at a visit in this session." in after


def test_the_desk_hears_of_times_outside_a_session_that_moved(edition, round_, desk_client):
    session = SessionFactory(part__edition=edition, scheduled=True)
    VisitSlotFactory(visit__round=round_, visit__session=session)

    page = desk_client.get(reverse("meetings:desk_visit_round", args=[edition.slug, round_.pk]))

    assert "the time of A lies outside of it now" in page.content.decode()
