"""Pages of dinner: who comes in, what they see, what they can do."""

from datetime import timedelta

import pytest
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.admissions.actions.listings import join_list
from filiera.meetings.actions import dinner_seating
from filiera.meetings.models import Dinner, DinnerGuest, DinnerWish, SeatingRun
from tests.academy.factories import EditionMemberFactory, publish
from tests.academy.viewers import client_of
from tests.admissions.factories import ParticipationFactory
from tests.meetings.dinner_factories import (
    WISHES_UNTIL,
    DinnerFactory,
    DinnerGuestFactory,
    DinnerTableFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(edition):
    """Seen as at a moment at which wishes are taken."""
    edition.is_demonstration, edition.clock_at = True, WISHES_UNTIL - timedelta(days=1)
    edition.save()
    publish(edition)
    return edition


@pytest.fixture
def dinner(edition):
    return DinnerFactory(edition=edition)


def guest_in(dinner, *, listed=False, **columns):
    """A participant at dinner, with their account."""
    membership = EditionMemberFactory(edition=dinner.edition, participant=True)
    participation = ParticipationFactory(edition=dinner.edition, person=membership.person, **columns)
    if listed:
        join_list(
            participation=participation, challenge="", by=Viewer(person=membership.person), at=WISHES_UNTIL
        )
    return DinnerGuestFactory(dinner=dinner, participation=participation, name=participation.name)


def address(name, edition, *keys):
    return reverse(f"meetings:{name}", args=[edition.slug, *keys])


def test_a_participant_wishes_for_people_who_want_to_be_found(edition, dinner):
    own, found, hidden = guest_in(dinner), guest_in(dinner, listed=True), guest_in(dinner)
    client = client_of(own.participation.person)

    page = client.get(address("dinner", edition)).content.decode()
    answer = client.post(
        address("dinner_wishes", edition, dinner.pk), {f"dinner-{dinner.pk}-wish_1": str(found.pk)}
    )
    refused = client.post(
        address("dinner_wishes", edition, dinner.pk), {f"dinner-{dinner.pk}-wish_1": str(hidden.pk)}
    )

    assert found.name in page
    assert hidden.name not in page
    assert (answer.status_code, refused.status_code) == (302, 422)
    assert list(DinnerWish.objects.values_list("guest", "wanted")) == [(own.pk, found.pk)]


def test_one_sees_the_own_table_and_only_who_wants_to_be_found(edition, dinner):
    table, other = DinnerTableFactory(dinner=dinner), DinnerTableFactory(dinner=dinner, least_hosts=0)
    own, found, hidden = guest_in(dinner), guest_in(dinner, listed=True), guest_in(dinner)
    host = DinnerGuestFactory(dinner=dinner, host=True, name="Somebody of the pole")
    elsewhere = guest_in(dinner, listed=True)
    DinnerGuest.objects.filter(pk__in=[own.pk, found.pk, hidden.pk, host.pk]).update(table=table)
    DinnerGuest.objects.filter(pk=elsewhere.pk).update(table=other)
    client = client_of(own.participation.person)

    before = client.get(address("dinner", edition)).content.decode()
    dinner_seating.publish_dinner(dinner=dinner, by=SYSTEM, at=WISHES_UNTIL)
    after = client.get(address("dinner", edition)).content.decode()

    assert "Your table" not in before
    assert "Your table" in after
    assert all(name in after for name in (found.name, host.name, "one more guest"))
    assert hidden.name not in after
    assert elsewhere.name not in after


def test_nobody_wishes_in_the_name_of_another(edition, dinner):
    guest_in(dinner)
    stranger = EditionMemberFactory(edition=edition, participant=True)

    answer = client_of(stranger.person).post(address("dinner_wishes", edition, dinner.pk))

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("role", "board", "kitchen"),
    [
        (EditionRole.DESK, 200, 200),
        (EditionRole.HOST, 403, 200),
        (EditionRole.KITCHEN, 403, 200),
        (EditionRole.FACILITATOR, 403, 200),
        (EditionRole.PARTICIPANT, 403, 403),
        (EditionRole.REVIEWER, 403, 403),
    ],
)
def test_names_are_for_who_seats_and_counts_for_the_kitchen(edition, dinner, in_role, role, board, kitchen):
    guest = guest_in(dinner)
    DinnerGuestFactory(dinner=dinner, host=True, diet="vegan")
    client = client_of(in_role(role).person)

    page = client.get(address("desk_dinner_kitchen", edition, dinner.pk))

    assert client.get(address("desk_dinner", edition, dinner.pk)).status_code == board
    assert page.status_code == kitchen
    assert guest.name not in page.content.decode()
    if kitchen == 200:
        assert "<b>1</b> vegan" in page.content.decode()


def test_visitors_sign_in_and_outsiders_stay_out(edition, dinner, client, outsider_client):
    assert client.get(address("dinner", edition)).status_code == 302
    assert outsider_client.get(address("dinner", edition)).status_code == 403
    assert client.get(address("desk_dinner", edition, dinner.pk)).status_code == 302
    assert outsider_client.get(address("desk_dinner", edition, dinner.pk)).status_code in {403, 404}


def test_the_desk_of_another_edition_finds_nothing(edition, dinner):
    other = EditionMemberFactory(director=True)
    client = client_of(other.person)

    assert client.get(address("desk_dinner", other.edition, dinner.pk)).status_code == 404
    assert client.get(address("desk_dinner", edition, dinner.pk)).status_code in {403, 404}


def test_the_desk_plans_seats_moves_publishes_and_prints(edition, desk_client):
    desk_client.post(
        address("desk_dinner_new", edition),
        {"title_en": "Dinner", "country_weight": 2, "ecosystem_weight": 1, "role_weight": 1,
         "wish_worth": 2, "met_cost": 1},
    )  # fmt: skip
    dinner = Dinner.objects.get()
    for _ in range(3):
        ParticipationFactory(edition=edition)
    desk_client.post(
        address("desk_dinner_tables", edition, dinner.pk), {"count": 2, "seats": 3, "least_hosts": 0}
    )
    desk_client.post(address("desk_dinner_gathering", edition, dinner.pk))
    desk_client.post(
        address("desk_dinner_guest_new", edition, dinner.pk), {"name": "Anna of the pole", "role": "host"}
    )
    desk_client.post(address("desk_dinner_proposal", edition, dinner.pk))
    dinner_seating.run_seating(SeatingRun.objects.get().pk)
    anna = dinner.guests.get(name="Anna of the pole")
    second = dinner.tables.exclude(pk=anna.table_id).get()
    board = desk_client.get(address("desk_dinner", edition, dinner.pk)).content.decode()

    moved = desk_client.post(address("desk_dinner_seat", edition, anna.pk), {"table": str(second.pk)})
    published = desk_client.post(address("desk_dinner_publication", edition, dinner.pk))

    anna.refresh_from_db()
    dinner.refresh_from_db()
    assert (moved.status_code, published.status_code) == (302, 302)
    assert anna.table_id == second.pk
    assert dinner.published_at is not None
    assert "4 guests at 2 tables" in board
    for printed in ("table-plan", "place-cards"):
        answer = desk_client.get(address("desk_dinner_pdf", edition, dinner.pk, printed))
        assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
    assert desk_client.get(address("desk_dinner_pdf", edition, dinner.pk, "else")).status_code == 404


def test_seats_that_are_missing_are_said_at_once(edition, dinner, desk_client):
    DinnerTableFactory(dinner=dinner, seats=1)
    for _ in range(2):
        guest_in(dinner)

    answer = desk_client.post(address("desk_dinner_proposal", edition, dinner.pk), follow=True)

    assert "There are 2 guests and 1 seats." in answer.content.decode()
    assert not SeatingRun.objects.exists()


@pytest.mark.parametrize("guests", [2, 8])
def test_the_board_asks_as_often_however_many_dine(
    edition, dinner, desk_client, guests, django_assert_max_num_queries
):
    table = DinnerTableFactory(dinner=dinner, seats=8)
    for _ in range(guests):
        DinnerGuestFactory(dinner=dinner, table=table)

    with django_assert_max_num_queries(26):
        assert desk_client.get(address("desk_dinner", edition, dinner.pk)).status_code == 200
