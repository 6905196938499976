"""The pages of trends: who gets in, what is saved at each touch, what nobody sees."""

import pytest
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import SYSTEM
from filiera.workshops.actions import trends as actions
from filiera.workshops.models import Trend, TrendComment, TrendRating
from tests.academy.factories import NOW, EditionFactory, EditionMemberFactory
from tests.academy.viewers import client_of
from tests.admissions.test_people_list import take_part
from tests.workshops.trend_factories import TrendCommentFactory, TrendFactory, TrendRatingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(db):
    return EditionFactory(public=True)


@pytest.fixture
def trend(edition):
    return TrendFactory(edition=edition, title={"en": "Carbon at the border"})


@pytest.fixture
def reader(edition):
    return client_of(take_part(edition).person)


@pytest.fixture
def leader(edition):
    return client_of(EditionMemberFactory(edition=edition, role=EditionRole.FACILITATOR).person)


def page(name, edition, *rest):
    return reverse(f"workshops:{name}", args=[edition.slug, *rest])


PEOPLE = ["trends", "trend_stage"]
PEOPLE_ONE = ["trend", "trend_stage_one"]
DESK = ["desk_trends", "desk_trend_new", "desk_trend_copies"]


@pytest.mark.parametrize("name", [*PEOPLE, *PEOPLE_ONE])
def test_the_people_of_the_edition_read_it_and_nobody_else(client, edition, trend, reader, name):
    address = page(name, edition, *([trend.pk] if name in PEOPLE_ONE else []))
    elsewhere = client_of(take_part(EditionFactory(public=True)).person)

    statuses = [each.get(address).status_code for each in (reader, elsewhere, client)]

    assert statuses == [200, 403, 302]


@pytest.mark.parametrize("name", [*DESK, "desk_trend"])
def test_the_desk_is_for_those_who_lead(client, edition, trend, reader, leader, name):
    address = page(name, edition, *([trend.pk] if name == "desk_trend" else []))

    assert [each.get(address).status_code for each in (leader, reader, client)] == [200, 403, 302]


def test_a_draft_is_known_to_the_team_alone(edition, reader, leader):
    draft = TrendFactory(edition=edition, draft=True, title={"en": "Not said yet"})
    addresses = [page("trends", edition), page("trend", edition, draft.pk)]

    assert [leader.get(address).status_code for address in addresses] == [200, 200]
    assert "Not said yet" not in reader.get(addresses[0]).content.decode()
    assert reader.get(addresses[1]).status_code == 404


def test_each_touch_is_saved_and_answered(edition, trend):
    client = client_of(take_part(edition).person)
    address = page("trend_rating", edition, trend.pk)
    answers = [
        client.post(address, {scale: "4"}, headers={"HX-Request": "true"}).content.decode()
        for scale in ("impact", "likelihood", "time_to_effect", "readiness")
    ]

    assert ["3 more" in answers[0], "2 more" in answers[1], "One more" in answers[2]] == [True] * 3
    assert "All four are said" in answers[3]
    assert TrendRating.objects.get().completed_at is not None


def test_without_script_the_whole_form_is_saved(edition, trend, reader):
    answer = reader.post(
        page("trend_rating", edition, trend.pk),
        {"impact": "1", "likelihood": "2", "time_to_effect": "3", "readiness": "4"},
    )

    assert (answer.status_code, TrendRating.objects.get().readiness) == (302, 4)


def test_a_closed_trend_says_so_and_keeps_nothing(edition, reader):
    closed = TrendFactory(edition=edition, closed=True)

    answer = reader.post(
        page("trend_rating", edition, closed.pk), {"impact": "1"}, headers={"HX-Request": "true"}
    )

    assert (answer.status_code, TrendRating.objects.count()) == (422, 0)
    assert "takes no ratings now" in answer.content.decode()


def test_who_leads_does_not_rate(edition, trend, leader):
    answer = leader.post(page("trend_rating", edition, trend.pk), {"impact": "1"})

    assert (answer.status_code, TrendRating.objects.count()) == (403, 0)


def test_results_come_with_the_closing(edition, trend, reader, leader):
    for _number in range(5):
        TrendRatingFactory(trend=trend, participation=take_part(edition))
    before = reader.get(page("trend", edition, trend.pk)).content.decode()
    leader.post(page("desk_trends_state", edition), {"to": "closed"})
    after = reader.get(page("trend", edition, trend.pk)).content.decode()
    listed = reader.get(page("trends", edition)).content.decode()

    assert ("5 people have rated it" in before, "5 people have rated it" in after) == (False, True)
    assert "When trends take effect" in listed


def test_the_question_for_reasons_is_seen_by_the_asked_alone(edition, trend, leader):
    for _number in range(6):
        TrendRatingFactory(trend=trend, participation=take_part(edition))
    far, middle = take_part(edition), TrendRating.objects.first().participation
    TrendRatingFactory(trend=trend, participation=far, impact=5)
    actions.close_trend(trend=trend, by=SYSTEM, at=NOW)
    leader.post(page("desk_trend_reasons", edition, trend.pk))
    address = page("trend", edition, trend.pk)

    seen = [
        "You see it differently" in client.get(address).content.decode()
        for client in (client_of(far.person), client_of(middle.person), leader)
    ]

    assert seen == [True, False, False]


def test_a_comment_without_a_name_has_none_on_the_page(edition, trend):
    place = take_part(edition)
    client = client_of(place.person)
    client.post(page("trend_comment_create", edition, trend.pk), {"text": "Quiet words"})
    body = client_of(take_part(edition).person).get(page("trend", edition, trend.pk)).content.decode()

    assert ("Quiet words" in body, place.person.shown_name in body) == (True, False)


def test_a_comment_is_taken_away_by_its_author(edition, trend, reader):
    comment = TrendCommentFactory(trend=trend)
    address = page("trend_comment_removal", edition, trend.pk, comment.pk)

    statuses = [
        each.post(address).status_code for each in (reader, client_of_member(edition, comment.author))
    ]

    assert (statuses, TrendComment.objects.get().text) == ([403, 302], "")


def client_of_member(edition, person):
    EditionMemberFactory(edition=edition, person=person, participant=True)
    return client_of(person)


def test_the_desk_puts_up_changes_opens_and_removes(edition, leader):
    said = {
        "title_en": "Skills run short",
        "description_en": "More retire than begin.",
        "code": "skills",
        "sources": "https://example.org/report What it says",
    }
    leader.post(page("desk_trend_new", edition), said)
    made = Trend.objects.get()
    leader.post(page("desk_trend", edition, made.pk), {**said, "title_en": "Skills"})
    leader.post(page("desk_trend_state", edition, made.pk), {"to": "open"})
    made.refresh_from_db()

    assert (made.title, made.state, made.sources) == (
        {"en": "Skills"},
        "open",
        [{"url": "https://example.org/report", "note": "What it says"}],
    )
    leader.post(page("desk_trend_removal", edition, made.pk))
    assert not Trend.objects.exists()


@pytest.mark.parametrize("sources", ["javascript:alert(1)", "no address", "https://"])
def test_a_source_that_is_no_address_is_refused_and_kept(edition, leader, sources):
    answer = leader.post(page("desk_trend_new", edition), {"title_en": "A", "code": "a", "sources": sources})

    assert (answer.status_code, sources in answer.content.decode()) == (422, True)


@pytest.mark.parametrize("row_count", [1, 4])
@pytest.mark.parametrize("name", ["trends", "desk_trends", "trend_stage"])
def test_lists_ask_as_often_for_many_as_for_one(
    edition, leader, row_count, name, django_assert_max_num_queries
):
    for _number in range(row_count):
        made = TrendFactory(edition=edition)
        TrendRatingFactory.create_batch(2, trend=made)
    address = page(name, edition)
    leader.get(address)

    with django_assert_max_num_queries(20):
        leader.get(address)
