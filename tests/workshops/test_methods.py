"""Methods: led step by step, written in silence, grouped, voted and placed within limits that hold."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from filiera.academy.models import EditionRole
from filiera.accounts import exports
from filiera.accounts.actions import erase_person
from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.ledger.models import Fact
from filiera.push.models import Event
from filiera.workshops.actions import method_cards, method_results, method_runs, method_votes, methods
from filiera.workshops.actions.plans import begin_plan
from filiera.workshops.method_blocks import (
    MOST_EACH,
    Area,
    Block,
    Content,
    Step,
    content_from,
    data_of,
    problems,
    sheet_for,
    table_for,
)
from filiera.workshops.models import (
    BoardMember,
    CardPile,
    Dot,
    Method,
    MethodBoard,
    MethodCard,
    MethodMove,
    MethodRun,
    Placing,
    RunState,
)
from filiera.workshops.packaged import packaged_methods
from filiera.workshops.queries.method_board import board_now
from filiera.workshops.queries.method_results import cards_table, results_of
from filiera.workshops.queries.method_targets import board_with_data
from filiera.workshops.queries.methods import boards_to_open, library, turns_of
from tests.academy.factories import NOW, EditionFactory, EditionMemberFactory
from tests.academy.viewers import viewer_in
from tests.admissions.test_people_list import take_part, viewer_at
from tests.workshops.challenge_factories import ChallengeFactory
from tests.workshops.method_factories import (
    CANVAS,
    CHAIN,
    EXPLAIN,
    GROUP,
    OPEN,
    PLACE,
    SHEETS,
    TABLES,
    TALK,
    VOTE,
    WRITE,
    board_of,
    go,
    groups_of,
    make_method,
    prepared,
    running,
    sit_down,
    write,
)

LATER = NOW + timedelta(minutes=3)


@pytest.fixture
def edition(db):
    return EditionFactory(public=True)


@pytest.fixture
def leader(edition):
    return viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.FACILITATOR))


def fresh(run):
    return MethodRun.objects.select_related("edition", "version").get(pk=run.pk)


def dot(run, on, by):
    return method_votes.put_dot(board=board_of(run), on=on, by=by, at=NOW)


def card_key(card):
    return "card", card.pk


# What comes with the platform


def words_of(value):
    """Every text in several languages within a piece of data."""
    if isinstance(value, dict):
        if value and set(value) <= {"en", "it"}:
            return [value]
        return [words for part in value.values() for words in words_of(part)]
    if isinstance(value, list):
        return [words for part in value for words in words_of(part)]
    return []


def test_fifteen_methods_come_ready_and_in_both_languages():
    packaged = packaged_methods()
    half = {
        code: [words for words in words_of(data_of(content)) if set(words) != {"en", "it"}]
        for code, content in packaged.items()
    }

    assert (len(packaged), [problems(each) for each in packaged.values()]) == (15, [[]] * 15)
    assert {code: words for code, words in half.items() if words} == {}


def test_a_method_is_read_as_it_was_stored():
    stored = {code: content_from(data_of(content)) for code, content in packaged_methods().items()}

    assert stored == dict(packaged_methods())


@pytest.mark.parametrize(
    ("steps", "count"),
    [
        ((), 1),
        ((VOTE,), 1),
        ((replace(CANVAS, areas=()),), 1),
        ((WRITE, replace(PLACE, across=None)), 1),
        ((EXPLAIN, GROUP, VOTE), 1),
        ((WRITE, GROUP, VOTE, PLACE, TALK), 0),
    ],
)
def test_what_a_method_lacks_is_said(steps, count):
    assert len(problems(Content(title={"en": "M"}, steps=tuple(steps)))) == count


@pytest.mark.parametrize("people", [1, 2, 5, 6])
def test_in_each_turn_every_sheet_lies_before_somebody_and_before_all_once(people):
    sheets = list(range(1, people + 1))
    turns = [[sheet_for(place, turn, sheets) for place in range(people)] for turn in range(1, people + 1)]

    assert all(sorted(turn) == sheets for turn in turns)
    assert all(sorted(before) == sheets for before in zip(*turns, strict=True))
    assert turns[0] == sheets


def test_hosts_stay_at_their_table_and_others_see_them_all():
    areas = [Area(str(number), {}) for number in range(3)]
    seen = {place: [table_for(place, turn, areas, 9)[0].code for turn in (1, 2, 3)] for place in range(9)}

    assert [seen[place] for place in range(3)] == [["0"] * 3, ["1"] * 3, ["2"] * 3]
    assert all(len(set(seen[place])) == 3 for place in range(3, 9))


# The library


def test_the_library_has_what_is_packaged_and_what_was_written(edition, leader):
    own = make_method(edition)

    lines = library(leader, edition)

    assert ([line.code for line in lines[:15]], lines[15].key) == (
        list(packaged_methods()),
        f"own-{own.pk}",
    )


def test_a_packaged_method_is_taken_over_once_and_follows_the_package(edition, leader):
    first = methods.take_over_method(edition=edition, code="swot", by=leader, at=NOW)
    Method.objects.filter(pk=first.pk).update(content={"title": {"en": "Old"}})

    again = methods.take_over_method(edition=edition, code="swot", by=leader, at=LATER)

    assert (again.pk, again.told) == (first.pk, packaged_methods()["swot"])


def test_a_reworded_method_stays_reworded_until_it_is_put_back(edition, leader):
    method = methods.take_over_method(edition=edition, code="swot", by=leader, at=NOW)
    head = methods.MethodHead(title={"en": "Our SWOT"}, summary={})
    methods.word_method(method=method, head=head, by=leader, at=NOW)

    kept = methods.take_over_method(edition=edition, code="swot", by=leader, at=LATER)
    back = methods.remove_method(method=kept, by=leader, at=LATER)

    assert (kept.told.title, back.told, back.removed_at) == (
        {"en": "Our SWOT"},
        packaged_methods()["swot"],
        None,
    )


def test_what_is_held_keeps_the_version_it_began_with(edition, leader):
    run = prepared(edition)
    method = run.version.method
    methods.save_step(method=method, code="hello", step=replace(EXPLAIN, minutes=9), by=leader, at=NOW)
    later = method_runs.prepare_run(
        method=Method.objects.get(pk=method.pk), details=method_runs.RunDetails(), by=leader, at=NOW
    )

    assert [fresh(each).content.steps[0].minutes for each in (run, later)] == [1, 9]
    assert (run.version.number, later.version.number) == (1, 2)


def test_steps_are_moved_and_taken_out_unless_another_needs_them(edition, leader):
    method = make_method(edition, WRITE, OPEN, replace(VOTE, source="ideas"))
    moved = methods.move_step(method=method, code="thoughts", by_places=-1, by=leader, at=NOW)
    left = methods.remove_step(method=moved, code="thoughts", by=leader, at=NOW)

    assert [step.code for step in moved.told.steps] == ["thoughts", "ideas", "dots"]
    assert [step.code for step in left.told.steps] == ["ideas", "dots"]
    with pytest.raises(methods.StepIsUsed):
        methods.remove_step(method=left, code="ideas", by=leader, at=NOW)


def test_an_unfinished_method_cannot_be_prepared(edition, leader):
    with pytest.raises(methods.MethodNotReady) as refused:
        prepared(edition, replace(CANVAS, areas=()))

    assert len(refused.value.missing) == 1


def test_only_those_who_lead_write_and_hold_methods(edition):
    by = viewer_at(take_part(edition))
    run = running(edition)

    for act in (
        lambda: methods.take_over_method(edition=edition, code="swot", by=by, at=NOW),
        lambda: methods.remove_method(method=run.version.method, by=by, at=NOW),
        lambda: method_runs.prepare_run(
            method=run.version.method, details=method_runs.RunDetails(), by=by, at=NOW
        ),
        lambda: method_runs.move_run(run=run, step=1, turn=1, seen=run.moves, by=by, at=NOW),
        lambda: method_runs.extend_step(run=run, minutes=1, seen=run.moves, by=by, at=NOW),
        lambda: method_runs.show_step(run=run, seen=run.moves, by=by, at=NOW),
        lambda: method_runs.end_run(run=run, seen=run.moves, by=by, at=NOW),
        lambda: method_runs.remove_run(run=run, by=by),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_a_leader_of_another_edition_moves_nothing(edition):
    other = viewer_in(EditionMemberFactory(edition=EditionFactory(public=True), role=EditionRole.DIRECTOR))
    run = running(edition)

    with pytest.raises(PermissionDenied):
        method_runs.move_run(run=run, step=1, turn=1, seen=run.moves, by=other, at=NOW)


# The pointer


def test_each_group_of_a_round_has_a_board_with_its_people(edition):
    round_ = groups_of(edition, sizes=(2, 3))

    run = running(edition, round=round_)

    boards = run.boards.order_by("position")
    assert [(each.name, each.topic, each.members.count()) for each in boards] == [
        ("1. Theme 1", "Theme 1", 2),
        ("2. Theme 2", "Theme 2", 3),
    ]


def test_groups_that_are_not_published_hold_nothing(edition):
    round_ = groups_of(edition)
    round_.series.published_at = None
    round_.series.save()

    with pytest.raises(method_runs.GroupsNotPublished):
        prepared(edition, round=round_)


def test_the_step_has_its_time_and_more_when_asked(edition, leader):
    run = running(edition, WRITE)

    longer = method_runs.extend_step(run=run, minutes=2, seen=run.moves, by=leader, at=LATER)
    # Its time is up: from now on.
    again = method_runs.extend_step(
        run=longer, minutes=1, seen=longer.moves, by=leader, at=NOW + timedelta(minutes=30)
    )

    assert (run.deadline, longer.deadline, again.deadline) == (
        NOW + timedelta(minutes=5),
        NOW + timedelta(minutes=7),
        NOW + timedelta(minutes=31),
    )


def test_a_step_without_minutes_has_no_clock(edition):
    assert running(edition, replace(WRITE, minutes=0)).deadline is None


def test_going_on_shows_what_was_hidden_and_going_back_does_not_hide_it(edition):
    run = go(running(edition, WRITE, GROUP), 1)
    back = go(run, 0)

    assert (run.revealed, back.revealed, back.step, back.furthest) == (["ideas"], ["ideas"], 0, 1)


def test_what_the_leader_did_is_told_in_order(edition, leader):
    run = running(edition, EXPLAIN, WRITE, GROUP, VOTE)
    run = go(run, 1)
    run = method_runs.show_step(run=run, seen=run.moves, by=leader, at=NOW)
    run = method_runs.extend_step(run=run, minutes=5, seen=run.moves, by=leader, at=NOW)
    run = go(run, 3)
    run = go(run, 2)
    method_runs.end_run(run=run, seen=run.moves, by=leader, at=NOW)

    assert list(MethodMove.objects.order_by("number").values_list("kind", flat=True)) == [
        "started",
        "next",
        "revealed",
        "extended",
        "skipped",
        "back",
        "ended",
    ]


def test_a_second_click_moves_nothing(edition, leader):
    run = running(edition)
    go(run, 1)

    with pytest.raises(method_runs.MovedMeanwhile):
        method_runs.move_run(run=run, step=1, turn=1, seen=run.moves, by=leader, at=NOW)


@pytest.mark.parametrize(("step", "turn"), [(-1, 1), (9, 1), (1, 2), (0, 0)])
def test_steps_and_turns_that_are_not_there_are_refused(edition, leader, step, turn):
    run = running(edition)

    with pytest.raises(method_runs.NoSuchStep):
        method_runs.move_run(run=run, step=step, turn=turn, seen=run.moves, by=leader, at=NOW)


def test_sheets_go_round_as_long_as_there_are_people(edition):
    run = running(edition, replace(SHEETS, turns=6))
    sit_down(run, 2)

    assert turns_of(fresh(run), run.now) == 2


def test_what_was_prepared_is_taken_away_and_what_was_started_is_not(edition, leader):
    first, second = prepared(edition), running(edition)
    method_runs.remove_run(run=first, by=leader)

    with pytest.raises(method_runs.AlreadyStarted):
        method_runs.remove_run(run=second, by=leader)
    with pytest.raises(method_runs.AlreadyStarted):
        method_runs.start_run(run=second, by=leader, at=NOW)
    assert list(MethodRun.objects.all()) == [second]


def test_held_to_its_end_it_counts_once_for_each_board_and_person(edition, leader):
    run = running(edition, WRITE)
    writer, _idle = sit_down(run, 2)
    write(run, writer)
    run = method_runs.end_run(run=fresh(run), seen=run.moves, by=leader, at=LATER)

    facts = Fact.objects.filter(kind__startswith="method.").order_by("kind")
    assert (run.state, [(fact.kind, fact.unit) for fact in facts]) == (
        RunState.HELD,
        [("method.held", "one"), ("method.worked_in", "person")],
    )


def test_ended_early_or_with_nothing_done_it_does_not_count(edition, leader):
    early, empty = running(edition, WRITE, OPEN), running(edition, WRITE)
    writer = sit_down(early)[0]
    write(early, writer)

    states = [
        method_runs.end_run(run=fresh(run), seen=run.moves, by=leader, at=LATER).state
        for run in (early, empty)
    ]

    assert (states, Fact.objects.filter(kind__startswith="method.").count()) == (
        [RunState.BROKEN_OFF, RunState.HELD],
        0,
    )


# Writing


def test_silent_cards_are_seen_by_their_writer_alone_until_they_are_shown(edition, leader):
    run = running(edition, WRITE)
    writer, other = sit_down(run, 2)
    card = write(run, writer)

    def seen():
        return [list(MethodCard.objects.visible_to(viewer)) for viewer in (writer, other, leader, VISITOR)]

    before = seen()
    method_runs.show_step(run=fresh(run), seen=run.moves, by=leader, at=NOW)

    assert (before, seen()) == ([[card], [], [], []], [[card], [card], [card], []])


def test_the_screen_shows_how_many_and_not_what(edition, leader):
    run = running(edition, WRITE)
    write(run, sit_down(run)[0])
    write(run, next(iter(sit_down(run))))

    now = board_now(leader, board_of(run), for_screen=True)

    assert (now.count, now.writers, list(now.cards)) == (2, 2, [])


def test_hidden_cards_are_told_to_desk_and_screen_alone(edition):
    run = running(edition, WRITE)
    writer = sit_down(run)[0]
    Event.objects.all().delete()

    write(run, writer)

    assert list(Event.objects.values_list("topic", flat=True)) == [run.counts_topic]


def test_each_writes_as_many_as_the_step_allows_and_again_after_taking_one_away(edition):
    run = running(edition, WRITE)
    writer, other = sit_down(run, 2)
    first = write(run, writer)
    write(run, writer)
    write(run, other)
    with pytest.raises(method_cards.LimitReached):
        write(run, writer)

    method_cards.remove_card(card=first, by=writer, at=NOW)
    write(run, writer)

    assert MethodCard.objects.standing().filter(author=writer.person).count() == 2


def test_the_same_card_sent_again_is_one_card(edition):
    run = running(edition, WRITE)
    writer, other = sit_down(run, 2)
    first = write(run, writer, client_key="phone-0001")

    again = write(run, writer, client_key="phone-0001")
    # Of somebody else it is another.
    write(run, other, client_key="phone-0001")

    assert (again.pk, MethodCard.objects.count()) == (first.pk, 2)


def test_a_phone_that_was_offline_brings_its_cards_later(edition, leader):
    run = running(edition, WRITE, OPEN)
    writer = sit_down(run)[0]
    run = go(run, 1)
    late = write(run, writer, step="ideas", at=LATER)
    method_runs.end_run(run=fresh(run), seen=run.moves, by=leader, at=LATER)
    after_end = write(run, writer, step="ideas", at=LATER + timedelta(hours=11))
    with pytest.raises(method_cards.MethodIsOver):
        write(run, writer, step="thoughts", at=LATER + timedelta(hours=13))

    # The step was shown when it was left: so are they.
    assert set(MethodCard.objects.visible_to(leader)) == {late, after_end}


@pytest.mark.parametrize("step", ["thoughts", "piles", "no-such-step"])
def test_a_step_that_has_not_been_takes_no_cards(edition, step):
    run = running(edition, WRITE, GROUP, OPEN)

    with pytest.raises(method_cards.StepNotOpen):
        write(run, sit_down(run)[0], step=step)


def test_an_empty_card_is_none(edition):
    run = running(edition, WRITE)

    with pytest.raises(method_cards.NothingWritten):
        write(run, sit_down(run)[0], "  ")


def test_only_who_sits_at_a_board_works_there(edition, leader):
    run = running(edition, OPEN)
    card = write(run, sit_down(run)[0])
    other = viewer_at(take_part(edition))

    for act in (
        lambda: write(run, other),
        lambda: dot(run, card_key(card), other),
        lambda: method_cards.take_role(board=board_of(run), role="host", by=other),
        lambda: method_cards.remove_card(card=card, by=other, at=NOW),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_to_a_group_come_its_people_and_those_who_lead(edition, leader):
    run = running(edition, OPEN, round=groups_of(edition))
    board = board_of(run)
    stranger = viewer_at(take_part(edition))

    method_cards.join_board(board=board, by=leader, at=NOW)
    with pytest.raises(PermissionDenied):
        method_cards.join_board(board=board, by=stranger, at=NOW)

    assert board.members.count() == 3


def test_another_group_sees_the_cards_when_it_is_over(edition, leader):
    round_ = groups_of(edition)
    run = running(edition, OPEN, round=round_)
    board = board_of(run)
    own, other = (viewer_at(group.seats.first().participation) for group in round_.groups.order_by("number"))
    card = write(run, own)

    before = list(MethodCard.objects.visible_to(other))
    method_runs.end_run(run=fresh(run), seen=run.moves, by=leader, at=LATER)

    assert (before, list(MethodCard.objects.visible_to(other))) == ([], [card])
    assert boards_to_open(other, fresh(run))[0].pk == board.pk


def test_a_board_stays_its_group_s_when_groups_are_formed_anew(edition):
    round_ = groups_of(edition)
    run = running(edition, OPEN, round=round_)
    round_.groups.all().delete()
    stranger = viewer_at(take_part(edition))

    assert list(MethodBoard.objects.visible_to(stranger)) == []
    with pytest.raises(PermissionDenied):
        method_cards.join_board(board=board_of(run), by=stranger, at=NOW)


def test_a_role_is_one_person_s(edition):
    role = {"code": "host", "name": {"en": "Host"}}
    run = running(edition, OPEN)
    run.version.content["roles"] = [role]
    run.version.save()
    first, second = sit_down(run, 2)

    taken = method_cards.take_role(board=board_of(run), role="host", by=first)
    with pytest.raises(method_cards.RoleTaken):
        method_cards.take_role(board=board_of(run), role="host", by=second)
    laid_down = method_cards.take_role(board=board_of(run), role="host", by=first)

    assert (taken.role, laid_down.role) == ("host", "")


def test_chains_grow_as_far_as_they_may(edition):
    run = running(edition, CHAIN)
    writer = sit_down(run)[0]
    first = write(run, writer, "It rains")
    second = write(run, writer, "Clouds", parent_id=first.pk)

    with pytest.raises(method_cards.ChainIsLong):
        write(run, writer, "Sea", parent_id=second.pk)
    chain = board_now(writer, board_of(run)).chains
    assert [(link.card, [each.card for each in link.links]) for link in chain] == [(first, [second])]


def test_sheets_go_on_to_the_next_who_reads_them(edition):
    run = running(edition, SHEETS)
    first, second, third = sit_down(run, 3)
    card = write(run, first, "A beginning")
    go(run, 0, 2)

    before = [list(board_now(viewer, board_of(run)).sheet) for viewer in (first, second, third)]
    answer = write(run, second, "Built on it", turn=2)

    # In silence only whoever holds the sheet reads it.
    assert before == [[], [card], []]
    assert (answer.sheet, answer.turn) == (card.sheet, 2)
    assert list(MethodCard.objects.visible_to(third)) == []


def test_a_card_of_a_turn_that_has_not_been_is_refused(edition):
    run = running(edition, SHEETS)

    with pytest.raises(method_cards.StepNotOpen):
        write(run, sit_down(run, 3)[0], turn=2)


def test_a_canvas_takes_cards_into_its_areas(edition):
    run = running(edition, CANVAS)
    writer = sit_down(run)[0]
    card = write(run, writer, area="minus")

    with pytest.raises(method_cards.AreaUnknown):
        write(run, writer, area="elsewhere")
    assert [list(shown.cards) for shown in board_now(writer, board_of(run)).areas] == [[], [card]]


def test_at_the_tables_a_card_goes_where_its_writer_sits(edition):
    run = running(edition, TABLES)
    sitting = sit_down(run, 3)
    first = [write(run, viewer).area for viewer in sitting]
    go(run, 0, 2)
    second = [write(run, viewer, turn=2).area for viewer in sitting]

    assert (first, second) == (["plus", "minus", "plus"], ["minus", "plus", "minus"])


# Piles


def test_cards_are_put_on_piles_and_an_empty_pile_goes(edition):
    run = running(edition, OPEN, GROUP)
    by = sit_down(run)[0]
    cards = [write(run, by, text) for text in ("one", "two", "three")]
    go(run, 1)
    for card in cards:
        card.board = board_of(run)
    pile = method_cards.put_on_pile(card=cards[0], pile=None, title="Alike", by=by, at=NOW)
    method_cards.put_on_pile(card=cards[1], pile=pile, title="", by=by, at=NOW)
    data = board_with_data(fresh(run), board_of(run))
    targets = [(each.kind, each.title) for each in data.given_by(fresh(run).now)]

    for card in cards[:2]:
        method_cards.put_on_pile(card=card, pile=None, title="", by=by, at=NOW)

    assert (targets, CardPile.objects.count()) == ([("pile", "Alike"), ("card", "three")], 0)


def test_piles_are_made_only_in_their_step(edition):
    run = running(edition, OPEN, GROUP)
    by = sit_down(run)[0]
    card = write(run, by)
    card.board = board_of(run)

    with pytest.raises(method_cards.StepNotOpen):
        method_cards.put_on_pile(card=card, pile=None, title="Alike", by=by, at=NOW)


# Dots


def voting(edition, cards=2, people=1, step=VOTE):
    run = running(edition, OPEN, step)
    sitting = sit_down(run, people)
    written = [write(run, sitting[0], f"Card {number}") for number in range(cards)]
    go(run, 1)
    return run, sitting, written


def test_dots_are_limited_in_all_and_on_one_card(edition):
    run, (by,), (first, second) = voting(edition)
    dot(run, card_key(first), by)
    dot(run, card_key(first), by)
    with pytest.raises(method_votes.EnoughOnOne):
        dot(run, card_key(first), by)
    dot(run, card_key(second), by)
    with pytest.raises(method_votes.DotsAreUsed):
        dot(run, card_key(second), by)

    method_votes.take_dot_back(board=board_of(run), on=card_key(first), by=by)
    dot(run, card_key(second), by)

    assert [Dot.objects.filter(card=card).count() for card in (first, second)] == [1, 2]


def test_others_dots_are_hidden_until_they_are_shown_and_then_stay(edition, leader):
    run, (one, two), (first, _second) = voting(edition, people=2)
    dot(run, card_key(first), one)
    hidden = board_now(two, board_of(run))
    method_runs.show_step(run=fresh(run), seen=fresh(run).moves, by=leader, at=NOW)
    shown = board_now(two, board_of(run))

    assert [each.dots for each in hidden.targets] == [0, 0]
    assert [each.dots for each in shown.targets] == [1, 0]
    assert list(Dot.objects.visible_to(two)) == list(Dot.objects.all())
    with pytest.raises(method_votes.VotesAreShown):
        dot(run, card_key(first), two)


def test_only_what_the_step_works_on_is_voted_on(edition):
    run, (by,), _cards = voting(edition)
    elsewhere = running(edition, OPEN)
    foreign = write(elsewhere, sit_down(elsewhere)[0])

    with pytest.raises(method_votes.NotOnThisBoard):
        dot(run, card_key(foreign), by)


def test_what_was_wanted_most_comes_first_and_as_many_as_asked(edition):
    run = running(edition, OPEN, VOTE, TALK)
    by = sit_down(run)[0]
    _first, second = write(run, by), write(run, by, "Wanted")
    go(run, 1)
    dot(run, card_key(second), by)
    go(run, 2)

    talk = board_now(by, board_of(run))

    assert [(each.target.title, each.dots) for each in talk.targets] == [("Wanted", 1)]


@pytest.mark.django_db(transaction=True)
def test_from_many_tabs_at_once_no_more_dots_and_cards_are_taken_than_allowed():
    edition = EditionFactory(public=True)
    run, (by,), (first, second) = voting(edition)
    board = board_of(run)

    def put(number):
        try:
            with transaction.atomic():
                dot_on = card_key(first if number % 2 else second)
                method_votes.put_dot(board=board, on=dot_on, by=by, at=NOW)
            return 1
        except (method_votes.DotsAreUsed, method_votes.EnoughOnOne):
            return 0
        finally:
            connection.close()

    def send(number):
        try:
            write(run, by, f"Late {number}", step="thoughts", client_key=f"phone-{number % 2:04d}")
            return 1
        except method_cards.LimitReached:
            return 0
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        put_count = sum(pool.map(put, range(12)))
        list(pool.map(send, range(12)))

    assert (put_count, Dot.objects.count()) == (3, 3)
    assert max(Dot.objects.filter(card=card).count() for card in (first, second)) == 2
    # Three are allowed, two were there, and of two new ones each was sent six times.
    assert MethodCard.objects.standing().count() == 3


# Places on axes


def test_the_middle_of_what_people_said_is_shown_when_all_may_see_it(edition, leader):
    run, people, (card, _other) = voting(edition, people=3, step=PLACE)
    for viewer, across, upwards in zip(people, (1, 2, 5), (5, 4, 4), strict=True):
        method_votes.place_on_axes(
            board=board_of(run), on=card_key(card), across=across, upwards=upwards, by=viewer, at=NOW
        )
    hidden = board_now(people[0], board_of(run)).spots
    method_runs.show_step(run=fresh(run), seen=fresh(run).moves, by=leader, at=NOW)

    (spot,) = board_now(people[0], board_of(run)).spots
    assert (hidden, spot.across, spot.upwards, spot.people, spot.spread) == ([], 2, 4, 3, 4)


def test_saying_it_again_moves_it(edition):
    run, (by,), (card, _other) = voting(edition, step=PLACE)
    for across in (1, 4):
        method_votes.place_on_axes(
            board=board_of(run), on=card_key(card), across=across, upwards=2, by=by, at=NOW
        )

    assert list(Placing.objects.values_list("across", "upwards")) == [(4, 2)]


def test_a_point_that_is_on_no_axis_is_refused(edition):
    run, (by,), (card, _other) = voting(edition, step=PLACE)

    with pytest.raises(method_votes.PointUnknownHere):
        method_votes.place_on_axes(board=board_of(run), on=card_key(card), across=6, upwards=2, by=by, at=NOW)


# What becomes of it


def test_a_card_becomes_a_measure_once_and_keeps_the_link(edition):
    round_ = groups_of(edition)
    run = running(edition, OPEN, round=round_)
    by = viewer_at(round_.groups.order_by("number").first().seats.first().participation)
    card = write(run, by, "Visit thirty firms")
    plan = begin_plan(group=card.board.group, title="Plan", by=by, at=NOW)

    measure = method_results.make_measure(card=card, plan=plan, by=by, at=NOW)

    measure.refresh_from_db()
    assert (measure.text, measure.from_card.pk) == ("Visit thirty firms", card.pk)
    with pytest.raises(method_results.AlreadyCarriedOn):
        method_results.make_measure(card=card, plan=plan, by=by, at=NOW)


def test_a_card_goes_into_the_thread_of_a_challenge_as_an_idea(edition):
    run = running(edition, OPEN)
    by = sit_down(run)[0]
    card = write(run, by, "Ask the quiet ones")
    challenge = ChallengeFactory(edition=edition)

    comment = method_results.give_to_challenge(card=card, challenge=challenge, by=by, at=NOW)

    assert (comment.text, comment.challenge, comment.from_card.pk) == (card.text, challenge, card.pk)


def test_cards_stay_in_their_edition_and_with_those_who_wrote(edition):
    run = running(edition, OPEN)
    by = sit_down(run)[0]
    card = write(run, by)
    elsewhere = ChallengeFactory(edition=EditionFactory(public=True))
    stranger = viewer_at(take_part(edition))

    with pytest.raises(PermissionDenied):
        method_results.give_to_challenge(card=card, challenge=elsewhere, by=by, at=NOW)
    with pytest.raises(PermissionDenied):
        method_results.give_to_challenge(
            card=card, challenge=ChallengeFactory(edition=edition), by=stranger, at=NOW
        )


def test_the_table_and_the_page_have_all_that_was_shown(edition, leader):
    run = running(edition, OPEN, VOTE, WRITE)
    by = sit_down(run)[0]
    card = write(run, by, "Shown")
    go(run, 1)
    dot(run, card_key(card), by)
    go(run, 2)
    write(run, by, "Still hidden")
    run = fresh(run)
    boards = boards_to_open(by, run)

    table = cards_table(by, run, boards)
    (result,) = results_of(by, run, boards)

    assert [(row[5], row[8]) for row in table.rows] == [("Shown", 1)]
    assert [(each.step.code, each.is_empty) for each in result.steps] == [
        ("thoughts", False),
        ("dots", False),
    ]


# The database


@pytest.mark.parametrize(
    "change",
    [
        lambda run: MethodRun.objects.update(state="held"),
        lambda run: MethodRun.objects.update(turn=0),
        lambda run: MethodRun.objects.update(step=3),
        lambda run: MethodCard.objects.update(number=0),
        lambda run: MethodCard.objects.update(number=MOST_EACH + 1),
        lambda run: MethodCard.objects.update(number=1),
        lambda run: MethodCard.objects.update(client_key="same"),
        lambda run: MethodCard.objects.filter(number=1).update(removed_at=NOW),
        lambda run: Dot.objects.update(number=1),
        lambda run: Dot.objects.update(number_there=1),
        lambda run: Dot.objects.update(number=0),
        lambda run: Dot.objects.filter(number=1).update(card=None),
        lambda run: Placing.objects.update(across=6),
        lambda run: Placing.objects.update(card=None),
        lambda run: BoardMember.objects.update(position=1),
        lambda run: BoardMember.objects.update(role="host"),
        lambda run: MethodMove.objects.update(number=1),
        lambda run: MethodBoard.objects.create(run=run, position=1),
        lambda run: Method.objects.update(packaged_code="swot"),
    ],
)
def test_the_database_keeps_limits_places_and_states(edition, change):
    run, (by, _other), (first, _second) = voting(edition, people=2)
    dot(run, card_key(first), by)
    dot(run, card_key(first), by)
    make_method(edition)
    Placing.objects.create(
        board=board_of(run), step="x", person=by.person, card=first, across=1, upwards=1, placed_at=NOW
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        change(run)


# Personal data


def test_an_archive_tells_what_somebody_did_and_erasing_takes_the_name_away(edition):
    run, (by,), (card, _second) = voting(edition)
    dot(run, card_key(card), by)
    told = exports.collected(by.person)["methods"]

    erase_person(person=by.person, by=SYSTEM, at=LATER)

    card.refresh_from_db()
    assert (len(told["cards"]), len(told["dots"]), len(told["boards"])) == (2, 1, 1)
    assert (card.text, card.author, card.client_key) == ("Card 0", None, "")
    assert list(Dot.objects.values_list("person", flat=True)) == [None]
    assert not BoardMember.objects.exists()


def test_a_block_is_known_by_every_step(edition):
    assert {step.block for content in packaged_methods().values() for step in content.steps} == set(Block)
    assert isinstance(Step(code="a", block=Block.WRITE, title={}).whole_minutes, int)
