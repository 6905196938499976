"""What methods add to somebody's own page, the desk of the running day, its folder and a dossier."""

import pytest

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.workshops import method_parts
from filiera.workshops.actions import method_cards, method_runs
from filiera.workshops.models import Challenge, ChallengeState, MethodBoard, MethodRun, Seat
from filiera.workshops.push_topics import may_hear
from filiera.workshops.queries.methods import boards_to_open
from tests.academy.factories import NOW, EditionFactory, EditionMemberFactory
from tests.academy.viewers import viewer_in
from tests.admissions.test_people_list import take_part, viewer_at
from tests.workshops.challenge_factories import ChallengeFactory
from tests.workshops.method_factories import (
    OPEN,
    WRITE,
    board_of,
    go,
    groups_of,
    prepared,
    running,
    sit_down,
    write,
)


@pytest.fixture
def edition(db):
    return EditionFactory(public=True)


@pytest.fixture
def leader(edition):
    return viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.FACILITATOR))


def own(viewer, edition):
    return [part.title for part in method_parts.own_parts(viewer, edition, NOW)]


def test_what_goes_on_stands_on_the_page_of_those_who_work_there(edition):
    running(edition, OPEN)
    prepared(edition, OPEN)
    round_ = groups_of(edition)
    in_groups = running(edition, OPEN, round=round_)
    MethodRun.objects.filter(pk=in_groups.pk).update(title="In groups")
    member = viewer_at(round_.groups.first().seats.first().participation)
    other = viewer_at(take_part(edition))

    assert [own(viewer, edition) for viewer in (member, other, VISITOR)] == [
        ["Short method", "In groups"],
        ["Short method"],
        [],
    ]


def test_what_is_over_leaves_it(edition, leader):
    run = running(edition, OPEN)
    method_runs.end_run(run=run, seen=run.moves, by=leader, at=NOW)

    assert own(leader, edition) == []


def test_the_desk_sees_what_goes_on_and_what_is_prepared(edition, leader):
    run = running(edition, WRITE)
    write(run, sit_down(run)[0])
    prepared(edition, OPEN)

    (panel,) = method_parts.desk_panels(leader, edition, NOW)

    assert [line.detail for line in panel.lines] == ["Now: Ideas, one card", "Prepared"]
    assert method_parts.desk_panels(viewer_at(take_part(edition)), edition, NOW) == []


def test_the_folder_of_a_day_has_the_steps_with_their_minutes(edition, leader):
    running(edition, WRITE, OPEN)

    (sheet,) = method_parts.sheets(leader, edition, NOW.date())

    assert [(row[2], row[3], row[5]) for row in sheet.rows] == [
        ("1", "Ideas", "5 min"),
        ("2", "Thoughts", "5 min"),
    ]
    assert method_parts.sheets(viewer_at(take_part(edition)), edition, NOW.date()) == []
    assert method_parts.sheets(leader, edition, NOW.date().replace(year=2001)) == []


def test_a_dossier_has_the_own_cards_alone(edition):
    run = running(edition, OPEN)
    one, two = sit_down(run, 2)
    write(run, one, "Mine")
    write(run, two, "Yours")

    (section,) = method_parts.dossier_sections(one, edition)

    assert [entry.title for entry in section.entries] == ["Mine"]


def test_whoever_comes_into_the_group_later_still_joins(edition):
    round_ = groups_of(edition)
    run = running(edition, OPEN, round=round_)
    late = take_part(edition)
    group = round_.groups.order_by("number").first()
    Seat.objects.create(group=group, round=round_, participation=late)

    assert list(MethodBoard.objects.visible_to(viewer_at(late))) == [board_of(run)]
    method_cards.join_board(board=board_of(run), by=viewer_at(late), at=NOW)
    write(run, viewer_at(late), "I am late")

    assert board_of(run).cards.count() == 1


def test_a_challenge_that_left_the_wall_leaves_the_boards(edition, leader):
    challenge = ChallengeFactory(edition=edition, title="Silent members")
    run = running(edition, OPEN, challenge=challenge)
    before = [board.works_on for board in boards_to_open(leader, run)]
    Challenge.objects.filter(pk=challenge.pk).update(state=ChallengeState.WITHDRAWN)

    assert (before, [board.works_on for board in boards_to_open(leader, run)]) == (["Silent members"], [""])


def test_the_people_of_the_edition_hear_of_it_and_nobody_else(edition):
    run = go(running(edition, WRITE, OPEN), 1)
    member, stranger = take_part(edition), take_part(EditionFactory(public=True))

    heard = [may_hear(key, run.topic) for key in (member.person_id, stranger.person_id, None)]

    assert (heard, SYSTEM.person) == ([True, False, False], None)
