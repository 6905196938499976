"""The page that a place's link opens, and the desk's pages about participants."""

import io

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from filiera.academy.models import Day, EditionRole
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.models import DayAttendance, Participation, ParticipationState
from filiera.admissions.queries.participants import Asked, participants_page
from filiera.admissions.queries.place_links import token_of
from filiera.mail.models import OutgoingMail
from tests.academy.factories import NOW, EditionFactory, PartFactory
from tests.academy.viewers import client_of
from tests.accounts.factories import PASSWORD, PersonFactory
from tests.admissions.factories import DayAttendanceFactory, ParticipationFactory


@pytest.fixture
def demonstration(edition):
    """Seen as at a moment at which offers are open."""
    edition.is_demonstration, edition.clock_at = True, NOW
    edition.save()
    return edition


@pytest.fixture
def offered(demonstration):
    return ParticipationFactory(edition=demonstration, offered=True, linked=True, name="Anna Rossi")


def address(place, name="place"):
    return reverse(f"place:{name}", args=[token_of(place)])


def desk_address(edition, name, *keys):
    return reverse(f"admissions:{name}", args=[edition.slug, *keys])


def test_a_place_is_confirmed_by_its_link_without_an_account(client, offered):
    page = client.get(address(offered))
    answer = client.post(address(offered, "answer"), {"answer": "yes"}, follow=True)

    offered.refresh_from_db()
    assert "23:00, Europe/Rome" not in page.content.decode()
    assert "a place is waiting for you" in page.content.decode()
    assert "your place is confirmed" in answer.content.decode()
    assert offered.state == ParticipationState.CONFIRMED


def test_a_place_is_declined_by_its_link(client, offered):
    client.post(address(offered, "answer"), {"answer": "no"})

    offered.refresh_from_db()
    assert offered.state == ParticipationState.DECLINED


def test_a_second_tab_that_answers_late_is_told_and_changes_nothing(client, offered):
    client.post(address(offered, "answer"), {"answer": "no"})

    late = client.post(address(offered, "answer"), {"answer": "yes"}, follow=True)

    offered.refresh_from_db()
    assert offered.state == ParticipationState.DECLINED
    assert "There is no open offer" in late.content.decode()


def test_a_wrong_or_replaced_link_opens_nothing(client, offered):
    old = address(offered)
    offered.link_seed = "c" * 32
    offered.save()

    statuses = [client.get(path).status_code for path in (old, "/place/no-such-token/", "/place/7-ab/")]

    assert statuses == [404, 404, 404]


def test_the_days_are_said_on_the_page(client, demonstration, offered):
    PartFactory(edition=demonstration)
    first, second = Day.objects.order_by("date")
    client.post(address(offered, "answer"), {"answer": "yes"})

    client.post(address(offered, "days"), {f"day_{first.pk}": "online", f"day_{second.pk}": "absent"})

    modes = DayAttendance.objects.order_by("day__date").values_list("mode", flat=True)
    assert list(modes) == ["online", "absent"]


def test_a_mode_that_does_not_exist_is_refused_at_its_day(client, demonstration, offered):
    PartFactory(edition=demonstration)
    client.post(address(offered, "answer"), {"answer": "yes"})

    answer = client.post(address(offered, "days"), {f"day_{Day.objects.first().pk}": "by telepathy"})

    assert (answer.status_code, DayAttendance.objects.count()) == (422, 0)


def test_giving_back_asks_first(client, demonstration):
    place = ParticipationFactory(edition=demonstration, linked=True)

    asked = client.get(address(place, "cancellation"))
    place.refresh_from_db()
    before = place.state
    client.post(address(place, "cancellation"))

    place.refresh_from_db()
    assert (asked.status_code, before, place.state) == (200, "confirmed", "cancelled")


def test_whoever_is_signed_in_takes_the_place_into_their_account(demonstration):
    place = ParticipationFactory(edition=demonstration, linked=True)
    person = PersonFactory(password=PASSWORD)

    client_of(person).post(address(place, "account"))

    place.refresh_from_db()
    assert place.person == person


def test_a_visitor_cannot_take_a_place_into_an_account(client, demonstration):
    place = ParticipationFactory(edition=demonstration, linked=True)

    assert client.post(address(place, "account")).status_code == 404


def test_ones_own_place_is_found_from_the_edition(demonstration):
    place = ParticipationFactory(edition=demonstration, link_seed="d" * 32)

    answer = client_of(place.person).get(desk_address(demonstration, "my_place"))

    assert answer["Location"] == address(place)


def test_somebody_without_a_place_is_told(outsider_client, demonstration):
    ParticipationFactory(edition=demonstration, link_seed="d" * 32)

    answer = outsider_client.get(desk_address(demonstration, "my_place"), follow=True)

    assert "No place in this edition belongs to your account" in answer.content.decode()


DESK_PAGES = ("desk_participants", "desk_participants_csv", "desk_participants_xlsx", "desk_days")


@pytest.mark.parametrize("page", DESK_PAGES)
def test_the_desk_reads_and_others_do_not(edition, desk_client, outsider_client, member_client, page):
    ParticipationFactory(edition=edition)
    path = desk_address(edition, page)

    statuses = [client.get(path).status_code for client in (desk_client, member_client, outsider_client)]

    assert statuses == [200, 403, 403]
    assert Client().get(path).status_code == 302


def test_the_desk_of_another_edition_reads_nothing(edition, desk_client):
    other = ParticipationFactory()

    own_desk = desk_client.get(desk_address(edition, "desk_participant", other.pk))
    their_desk = desk_client.get(desk_address(other.edition, "desk_participants"))

    assert (own_desk.status_code, their_desk.status_code) == (404, 403)


def test_the_kitchen_reads_counts_and_no_names(edition, in_role):
    PartFactory(edition=edition)
    place = ParticipationFactory(edition=edition, name="Anna Rossi")
    DayAttendanceFactory(participation=place, day=Day.objects.first())
    kitchen = client_of(in_role(EditionRole.KITCHEN).person)

    days = kitchen.get(desk_address(edition, "desk_days"))
    people = kitchen.get(desk_address(edition, "desk_participants"))

    assert (days.status_code, people.status_code) == (200, 403)
    assert "Anna" not in days.content.decode()


@pytest.mark.parametrize("people", [1, 4])
def test_participant_list_query_count(edition, desk_client, people, django_assert_num_queries):
    ParticipationFactory.create_batch(people, edition=edition)
    path = desk_address(edition, "desk_participants")
    desk_client.get(path)

    with django_assert_num_queries(10):
        desk_client.get(path)


def test_the_list_is_paged_by_name(edition):
    for name in ("Zoë", "Émile", "Anna"):
        ParticipationFactory(edition=edition, name=name)

    first = participants_page(SYSTEM, edition, Asked(), after=None, size=2)
    second = participants_page(SYSTEM, edition, Asked(), after=first.next_key, size=2)

    assert [row.name for row in first.rows] == ["Anna", "Émile"]
    assert ([row.name for row in second.rows], second.next_key) == (["Zoë"], None)


def test_the_list_is_narrowed_by_words_place_and_day(edition, desk_client):
    PartFactory(edition=edition)
    day = Day.objects.order_by("date").first()
    anna = ParticipationFactory(edition=edition, name="Anna Rossi")
    ParticipationFactory(edition=edition, name="Bruno Verdi", offered=True)
    ParticipationFactory(edition=edition, name="Carla Neri")
    DayAttendanceFactory(participation=anna, day=day, mode="online")
    path = desk_address(edition, "desk_participants")

    def names(query):
        return [row.name for row in desk_client.get(path + query).context["page"].rows]

    assert names("?q=ross") == ["Anna Rossi"]
    assert names("?state=offered") == ["Bruno Verdi"]
    assert names(f"?day={day.pk}&mode=online") == ["Anna Rossi"]
    assert names(f"?day={day.pk}&mode=none") == ["Carla Neri"]
    assert len(names("?state=nonsense&day=x&after=999999999999999999999")) == 3


def test_the_export_holds_days_and_no_formula(edition, desk_client):
    PartFactory(edition=edition)
    place = ParticipationFactory(edition=edition, name="=cmd()", email="anna@example.org")
    DayAttendanceFactory(participation=place, day=Day.objects.order_by("date").first())

    text = desk_client.get(desk_address(edition, "desk_participants_csv")).content.decode("utf-8-sig")
    book = load_workbook(io.BytesIO(desk_client.get(desk_address(edition, "desk_participants_xlsx")).content))

    assert "'=cmd()" in text
    assert "In person" in text
    assert book.active["A2"].data_type == "s"


def test_the_desk_adds_offers_confirms_and_takes_back(demonstration, desk_client):
    made = {"name": "Anna Rossi", "email": "anna@example.org", "language": "it", "how": "later"}

    desk_client.post(desk_address(demonstration, "desk_participant_new"), made)
    place = Participation.objects.get()
    states = [place.state]
    for step in ("offer", "confirmation", "cancellation", "offer"):
        desk_client.post(desk_address(demonstration, f"desk_participant_{step}", place.pk))
        place.refresh_from_db()
        states.append(place.state)

    assert states == ["selected", "offered", "confirmed", "cancelled", "offered"]
    assert OutgoingMail.objects.filter(language="it").count() == 4


def test_an_address_that_is_taken_is_told_at_the_field(demonstration, desk_client):
    ParticipationFactory(edition=demonstration, email="anna@example.org")
    made = {"name": "Anna", "email": "anna@example.org", "language": "en", "how": "offer"}

    answer = desk_client.post(desk_address(demonstration, "desk_participant_new"), made)

    assert answer.status_code == 422
    assert "has a place in this edition already" in answer.content.decode()


@pytest.mark.parametrize(
    "step", ["edit", "days", "offer", "confirmation", "cancellation", "link"], ids=lambda step: step
)
def test_who_only_reads_changes_nothing(edition, in_role, step):
    place = ParticipationFactory(edition=edition)
    reader = client_of(in_role(EditionRole.FACILITATOR).person)

    assert reader.post(desk_address(edition, f"desk_participant_{step}", place.pk)).status_code == 403


def test_the_desk_corrects_somebody(edition, desk_client):
    place = ParticipationFactory(edition=edition, person=None, name="Ana")
    told = {"name": "Anna Rossi", "email": "Anna@Example.org", "language": "en"}

    desk_client.post(desk_address(edition, "desk_participant_edit", place.pk), told)

    place.refresh_from_db()
    assert (place.name, place.email) == ("Anna Rossi", "anna@example.org")


def test_a_draft_edition_is_not_there_for_strangers(client, db):
    draft = EditionFactory()

    assert client.get(desk_address(draft, "desk_participants")).status_code == 404
