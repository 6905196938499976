"""Pages of groups: the desk, a participant's page, files; and who is refused."""

import csv
import io
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from filiera.academy.actions.publication import publish_programme
from filiera.academy.models import EditionRole, SessionKind
from filiera.accounts import exports
from filiera.accounts.signals import person_erased
from filiera.accounts.viewer import SYSTEM
from filiera.workshops.actions import group_proposals as proposals
from filiera.workshops.actions import group_series as actions
from filiera.workshops.actions.group_proposals import run_search
from filiera.workshops.groups_on_the_day import desk_panels, own_parts, sheets
from filiera.workshops.models import Group, GroupSeries, Seat, ThemeWish
from tests.academy.factories import NOW, EditionMemberFactory, PartFactory, SessionFactory, moment
from tests.academy.viewers import client_of, viewer_in
from tests.admissions.factories import ParticipationFactory
from tests.workshops.challenge_factories import ChallengeFactory
from tests.workshops.group_factories import (
    GroupFactory,
    GroupRoundFactory,
    GroupSeriesFactory,
    SeatFactory,
    confirmed_people,
    details,
)

BOARD_QUERIES, PAGE_QUERIES, LIST_QUERIES = 32, 16, 7


@pytest.fixture(autouse=True)
def quick_searches():
    with patch.object(proposals, "LIMIT_S", 0.3):
        yield


@pytest.fixture
def series(edition, desk) -> GroupSeries:
    """Twelve people in three groups, two rounds, not published."""
    session = SessionFactory(part=PartFactory(edition=edition), scheduled=True, kind=SessionKind.GROUP_WORK)
    confirmed_people(edition, 12)
    made = actions.make_series(
        edition=edition, details=details(group_count=3, session=session), by=desk, at=NOW
    )
    run_search(proposals.propose_groups(series=made, by=desk, at=NOW).pk)
    made.refresh_from_db()
    publish_programme(edition=edition, note={}, by=SYSTEM, at=NOW)
    return made


@pytest.fixture
def participant(edition):
    """Somebody with an account and a confirmed place."""
    member = EditionMemberFactory(edition=edition, participant=True)
    place = ParticipationFactory(edition=edition, person=member.person, name="Ada Participant")
    return viewer_in(member), place, client_of(member.person)


def address(name: str, edition, *rest: object) -> str:
    return reverse(f"workshops:{name}", args=[edition.slug, *rest])


def test_an_organiser_makes_proposes_moves_and_publishes(edition, desk_client):
    confirmed_people(edition, 12)
    form = {
        "title_en": "Groups", "round_count": 1, "sized_by": "size", "size": 4, "repeat_price": 2.0,
        "placing_online": "mixed", "themes": "Energy\nSkills", "wish_price": 2.0, "move_price": 4,
        **{f"weight_{name}": 1.0 for name in (
            "country", "ecosystem", "maturity", "organisation_kind", "language", "organisation", "mode")},
    }  # fmt: skip
    assert desk_client.get(address("desk_series_new", edition)).status_code == 200

    made = desk_client.post(address("desk_series_new", edition), form)
    series = GroupSeries.objects.get()
    board = address("desk_series", edition, series.pk)
    assert (made.status_code, made["Location"], series.group_count) == (302, board, 3)
    assert desk_client.post(address("desk_group_proposal", edition, series.pk)).status_code == 302
    run_search(series.runs.get().pk)
    seat = Seat.objects.order_by("pk").first()
    other = Group.objects.exclude(pk=seat.group_id).first()
    seat_page = address("desk_seat", edition, series.pk, 1, seat.participation_id)
    assert desk_client.get(seat_page).status_code == 200
    assert desk_client.post(seat_page, {"target": str(other.pk)}).status_code == 302
    seat.refresh_from_db()
    assert seat.group == other
    assert desk_client.post(seat_page, {"target": "999999"}).status_code == 422
    assert desk_client.post(address("desk_group_publication", edition, series.pk)).status_code == 302
    shown = desk_client.get(board)
    assert shown.status_code == 200
    assert "Groups, published on" in shown.content.decode()


def test_settings_that_leave_somebody_alone_are_refused_and_kept(edition, desk_client):
    confirmed_people(edition, 6)

    answer = desk_client.post(
        address("desk_series_new", edition),
        {"sized_by": "number", "size": 5, "round_count": 1, "themes": "Mine"},
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors["size"] == [
        "With 6 people some groups would have one person alone. Take fewer groups."
    ]
    assert "Mine" in answer.content.decode()


def test_open_challenges_become_themes(edition, desk_client):
    ChallengeFactory(edition=edition, title="Members stay silent")
    ChallengeFactory(edition=edition, title="Solved already", solved=True)
    ChallengeFactory(title="Of another edition")

    page = desk_client.get(address("desk_series_new", edition), {"themes": "challenges"})

    assert page.context["form"]["themes"].value() == "Members stay silent"


def test_dragging_onto_somebody_exchanges_the_two(edition, series, desk_client):
    one, two = Seat.objects.filter(round__number=1, group__number__in=[1, 2]).order_by("group__number", "pk")[
        3:5
    ]
    move = address("desk_seat_move", edition, series.pk, 1, one.participation_id)

    answer = desk_client.post(
        move, {"group": two.group_id, "with": two.participation_id}, headers={"HX-Request": "true"}
    )

    assert (answer.status_code, answer["HX-Trigger"]) == (200, "filiera:draft")
    before = (one.group_id, two.group_id)
    one.refresh_from_db()
    two.refresh_from_db()
    assert (two.group_id, one.group_id) == before


def test_a_participant_sees_the_own_group_big_and_everybodys(edition, series, desk, participant):
    viewer, place, client = participant
    run_search(proposals.take_in_changes(series=series, by=desk, at=NOW).pk)
    edition.refresh_from_db()
    edition.is_demonstration, edition.clock_at = True, moment(8)
    edition.save()
    page = address("groups", edition)
    hidden = client.get(page).content.decode()
    assert "Person 001" not in hidden
    assert "The groups are not published yet" in hidden

    actions.publish_groups(series=series, by=desk, at=NOW)
    group = Group.objects.get(round__number=1, seats__participation=place)
    shown = client.get(page)

    text = shown.content.decode()
    assert shown.status_code == 200
    assert f'<dd class="big">{group.number}</dd>' in text
    assert "Person 001" in text
    assert "kept" not in text
    parts = list(own_parts(viewer, edition, moment(8)))
    assert [part.key for part in parts] == [f"group-{each.pk}" for each in series.rounds.order_by("number")]
    assert [(part.starts_at, part.ends_at) for part in parts] == [
        (moment(9), moment(9, 30)), (moment(9, 30), moment(10)),
    ]  # fmt: skip
    assert list(desk_panels(viewer, edition, moment(8))) == []
    assert list(sheets(viewer, edition, moment(9).date())) == []
    assert len(next(iter(desk_panels(desk, edition, moment(8)))).lines) == 3
    assert len(next(iter(sheets(desk, edition, moment(9).date()))).rows) == 6


def test_visitors_read_which_sessions_are_in_groups_and_no_name(edition, series, desk):
    actions.publish_groups(series=series, by=desk, at=NOW)

    page = Client().get(address("groups", edition))

    text = page.content.decode()
    assert page.status_code == 200
    assert "Person 0" not in text
    assert "1 session is worked in groups" in text


def test_a_participant_wishes_for_themes_until_they_close(edition, desk, participant):
    _viewer, place, client = participant
    series = actions.make_series(
        edition=edition,
        details=details(themes=("Energy", "Skills"), wishes_until=timezone.now() + timedelta(days=1)),
        by=desk,
        at=NOW,
    )
    wishes = address("group_wishes", edition, series.pk)
    assert "Choose themes" in client.get(address("groups", edition)).content.decode()
    assert client.get(wishes).status_code == 200
    twice = client.post(wishes, {"wish_1": "Energy", "wish_2": "Energy"})
    assert twice.status_code == 422

    assert client.post(wishes, {"wish_1": "Skills", "wish_2": "Energy"}).status_code == 302

    assert list(ThemeWish.objects.order_by("rank").values_list("participation", "theme")) == [
        (place.pk, "Skills"), (place.pk, "Energy"),
    ]  # fmt: skip
    series.wishes_until = timezone.now() - timedelta(minutes=1)
    series.save()
    assert client.get(wishes).status_code == 404


def desk_addresses(edition, series) -> list[str]:
    seat = Seat.objects.filter(round__series=series).first()
    place = seat.participation_id
    return [
        address("desk_groups", edition),
        address("desk_series_new", edition),
        address("desk_series", edition, series.pk),
        address("desk_series_settings", edition, series.pk),
        address("desk_seat", edition, series.pk, 1, place),
        address("desk_group", edition, seat.group_id),
        address("desk_round", edition, series.pk, 1),
        address("desk_group_rule_new", edition, series.pk),
        address("groups_csv", edition, series.pk),
        address("groups_xlsx", edition, series.pk),
        address("breakout_rooms_csv", edition, series.pk, 1),
        address("group_table_cards", edition, series.pk),
    ]


def test_the_desk_of_groups_is_for_those_who_form_them(
    edition, series, in_role, desk_client, outsider_client
):
    pages = desk_addresses(edition, series)
    facilitator = client_of(in_role(EditionRole.FACILITATOR).person)
    participant = client_of(in_role(EditionRole.PARTICIPANT).person)

    assert {desk_client.get(page).status_code for page in pages} == {200}
    assert {facilitator.get(page).status_code for page in pages} == {200}
    assert {participant.get(page).status_code for page in pages} == {403}
    assert {outsider_client.get(page).status_code for page in pages} == {403}
    assert {Client().get(page).status_code for page in pages} == {302}


def test_the_desk_of_another_edition_finds_nothing(edition, series, desk_client):
    elsewhere = GroupRoundFactory(series=GroupSeriesFactory()).series
    seat = SeatFactory(group=GroupFactory(round=elsewhere.rounds.get(), number=1))

    assert desk_client.get(address("desk_series", edition, elsewhere.pk)).status_code == 404
    assert desk_client.get(address("desk_group", edition, seat.group_id)).status_code == 404
    stranger = address("desk_seat", edition, series.pk, 1, seat.participation_id)
    assert desk_client.get(stranger).status_code == 404


@pytest.mark.parametrize("people", [12, 24])
def test_board_query_count(edition, series, desk, desk_client, people, django_assert_num_queries):
    if people == 24:
        confirmed_people(edition, 12)
        run_search(proposals.propose_groups(series=series, by=desk, at=NOW).pk)

    with django_assert_num_queries(BOARD_QUERIES):
        desk_client.get(address("desk_series", edition, series.pk))


@pytest.mark.parametrize("count", [1, 3])
def test_groups_query_count(edition, series, desk, participant, count, django_assert_num_queries):
    actions.publish_groups(series=series, by=desk, at=NOW)
    for _each in range(count - 1):
        confirmed_people(edition, 3)
        again = actions.make_series(edition=edition, details=details(), by=desk, at=NOW)
        run_search(proposals.propose_groups(series=again, by=desk, at=NOW).pk)
        actions.publish_groups(series=again, by=desk, at=NOW)

    with django_assert_num_queries(PAGE_QUERIES):
        participant[2].get(address("groups", edition))


@pytest.mark.parametrize("count", [1, 3])
def test_series_list_query_count(edition, desk_client, count, django_assert_num_queries):
    for _each in range(count):
        GroupSeriesFactory(edition=edition)

    with django_assert_num_queries(LIST_QUERIES):
        desk_client.get(address("desk_groups", edition))


def test_files_hold_everybody_and_are_safe_from_formulas(edition, series, desk_client):
    seat = Seat.objects.filter(round__number=1, round__series=series).order_by("group__number").first()
    seat.participation.name = "=HYPERLINK(1)"
    seat.participation.save()
    seat.group.theme = "@theme"
    seat.group.save()

    told = desk_client.get(address("groups_csv", edition, series.pk))
    workbook = load_workbook(io.BytesIO(desk_client.get(address("groups_xlsx", edition, series.pk)).content))
    rooms = desk_client.get(address("breakout_rooms_csv", edition, series.pk, 1))
    cards = desk_client.get(address("group_table_cards", edition, series.pk))

    rows = list(csv.reader(io.StringIO(told.content.decode("utf-8-sig"))))
    assert len(rows) == 1 + 24
    assert rows[0][:4] == ["Round", "Group", "Theme", "Name"]
    assert "'=HYPERLINK(1)" in {row[3] for row in rows}
    assert all(row[10] for row in rows[1:])
    sheet = workbook.active
    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
    rows = list(csv.reader(io.StringIO(rooms.content.decode("utf-8-sig"))))
    assert rows[0] == ["Pre-assign Room Name", "Email Address"]
    assert len(rows) == 1 + 12
    assert cards.content.startswith(b"%PDF")
    assert cards["Cache-Control"] == "private, no-store"


def test_a_person_takes_groups_and_wishes_home_and_is_forgotten(edition, series, desk, participant):
    _viewer, place, _client = participant
    run_search(proposals.take_in_changes(series=series, by=desk, at=NOW).pk)
    actions.publish_groups(series=series, by=desk, at=NOW)
    ThemeWish.objects.create(series=series, participation=place, rank=1, theme="Energy", wished_at=NOW)
    seats_before = Seat.objects.count()

    archive = exports.collected(place.person)["groups"]
    person_erased.send(sender=None, person=place.person, at=NOW)

    assert [each["round"] for each in archive["groups"]] == [1, 2]
    assert [wish["theme"] for wish in archive["wishes"]] == ["Energy"]
    assert not ThemeWish.objects.exists()
    assert Seat.objects.count() == seats_before
