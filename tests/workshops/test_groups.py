"""Forming groups: making, proposing, moving, absences, publication, and what the database refuses."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from filiera.academy.models import EditionRole, SessionState
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.models import ParticipationState
from filiera.ledger.models import Fact
from filiera.push.models import Event
from filiera.workshops.actions import group_proposals as proposals
from filiera.workshops.actions import group_seats as seats
from filiera.workshops.actions import group_series as actions
from filiera.workshops.actions.group_proposals import run_search
from filiera.workshops.actions.group_steps import (
    GroupsArePublished,
    NothingToUndo,
    SearchAlreadyRuns,
    undo_step,
)
from filiera.workshops.actions.group_work import record_group_work
from filiera.workshops.group_topics import desk_topic, groups_topic, may_hear
from filiera.workshops.models import (
    Group,
    GroupRule,
    GroupRun,
    GroupSeries,
    RoundAbsence,
    SearchStatus,
    Seat,
    ThemeWish,
)
from filiera.workshops.queries.group_board import board_of
from filiera.workshops.queries.group_score import score_of
from filiera.workshops.queries.groups import formed
from tests.academy.factories import NOW, PartFactory, SessionFactory, between, moment
from tests.admissions.factories import DayAttendanceFactory, ParticipationFactory, PresenceFactory
from tests.workshops.group_factories import (
    GroupFactory,
    GroupRoundFactory,
    GroupSeriesFactory,
    SeatFactory,
    confirmed_people,
    details,
)

QUICK_S = 0.3


@pytest.fixture(autouse=True)
def quick_searches():
    with patch.object(proposals, "LIMIT_S", QUICK_S):
        yield


def make(edition, by, **changes) -> GroupSeries:
    return actions.make_series(edition=edition, details=details(**changes), by=by, at=NOW)


def propose(series, by) -> GroupSeries:
    run = proposals.propose_groups(series=series, by=by, at=NOW)
    run_search(run.pk)
    series.refresh_from_db()
    return series


def absorb(series, by) -> GroupSeries:
    run = proposals.take_in_changes(series=series, by=by, at=NOW)
    run_search(run.pk)
    series.refresh_from_db()
    return series


def seating(series) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = {}
    for seat in Seat.objects.filter(round__series=series).select_related("group", "round"):
        found.setdefault(seat.round.number, {})[seat.participation_id] = seat.group.number
    return found


def test_a_series_has_its_rounds_and_groups_with_themes_in_turn(edition, desk):
    series = make(edition, desk, group_count=3, themes=("Energy", "Skills"))

    told = Group.objects.filter(round__series=series).order_by("round__number", "number")
    assert list(told.values_list("round__number", "number", "theme")) == [
        (1, 1, "Energy"), (1, 2, "Skills"), (1, 3, "Energy"),
        (2, 1, "Energy"), (2, 2, "Skills"), (2, 3, "Energy"),
    ]  # fmt: skip


@pytest.mark.parametrize("role", [EditionRole.PARTICIPANT, EditionRole.SPEAKER, EditionRole.VIEWER])
def test_only_those_who_form_groups_make_them(edition, in_role, role):
    with pytest.raises(PermissionDenied):
        make(edition, in_role(role))


def test_a_session_of_another_edition_is_refused(edition, desk):
    with pytest.raises(actions.SessionElsewhere):
        make(edition, desk, session=SessionFactory(scheduled=True))


def test_a_proposal_seats_everybody_once_in_each_round(edition, desk):
    people = confirmed_people(edition, 20)
    ParticipationFactory(edition=edition, offered=True)

    series = propose(make(edition, desk, group_count=4, round_count=3), desk)

    found = seating(series)
    everybody = {person.pk for person in people}
    assert [set(found[number]) for number in (1, 2, 3)] == [everybody] * 3
    assert all(sorted(row.values()) == sorted([1, 2, 3, 4] * 5) for row in found.values())
    assert series.status in (SearchStatus.OPTIMAL, SearchStatus.BEST_FOUND)
    problem, plan = formed(series)
    score = score_of(problem, plan)
    assert score.points >= score.least_points


def test_a_proposal_is_refused_without_people_and_with_more_groups_than_people(edition, desk):
    series = make(edition, desk, group_count=3)
    with pytest.raises(proposals.NobodyIsThere):
        proposals.propose_groups(series=series, by=desk, at=NOW)

    confirmed_people(edition, 2)
    with pytest.raises(proposals.MoreGroupsThanPeople):
        proposals.propose_groups(series=series, by=desk, at=NOW)


def test_a_search_runs_once_and_a_stopped_one_leaves_the_seats(edition, desk):
    confirmed_people(edition, 8)
    series = make(edition, desk)
    run = proposals.propose_groups(series=series, by=desk, at=NOW)
    with pytest.raises(SearchAlreadyRuns):
        proposals.propose_groups(series=series, by=desk, at=NOW)

    actions.change_series(series=series, details=details(group_count=4), by=desk, at=NOW)
    run_search(run.pk)

    assert not Seat.objects.filter(round__series=series).exists()


def test_stopping_a_search_takes_the_best_it_has(edition, desk):
    confirmed_people(edition, 20)
    series = make(edition, desk, group_count=4)
    run = proposals.propose_groups(series=series, by=desk, at=NOW)
    proposals.cancel_run(run=run, by=desk, at=NOW)

    run_search(run.pk)

    assert Seat.objects.filter(round__series=series).count() == 40
    assert not GroupRun.objects.running().filter(series=series).exists()


def test_rules_that_contradict_each_other_are_kept_by_name(edition, desk):
    people = confirmed_people(edition, 14)
    series = make(edition, desk)
    seats.add_rule(series=series, kind="together", first=people[0], second=people[1], by=desk, at=NOW)
    seats.add_rule(series=series, kind="together", first=people[2], second=people[1], by=desk, at=NOW)
    seats.add_rule(series=series, kind="apart", first=people[0], second=people[2], by=desk, at=NOW)
    seats.add_rule(series=series, kind="apart", first=people[5], second=people[6], by=desk, at=NOW)

    propose(series, desk)

    assert series.status == SearchStatus.INFEASIBLE
    assert sorted(board_of(series, 1).conflict) == [
        "Person 000 and Person 001 are kept together.",
        "Person 000 and Person 002 are kept apart.",
        "Person 001 and Person 002 are kept together.",
    ]


def test_a_pair_has_one_rule_and_two_people(edition, desk):
    people = confirmed_people(edition, 3)
    series = make(edition, desk)
    seats.add_rule(series=series, kind="apart", first=people[1], second=people[0], by=desk, at=NOW)

    with pytest.raises(seats.PairHasRule):
        seats.add_rule(series=series, kind="together", first=people[0], second=people[1], by=desk, at=NOW)
    with pytest.raises(seats.PairIsOnePerson):
        seats.add_rule(series=series, kind="apart", first=people[0], second=people[0], by=desk, at=NOW)


def test_a_move_an_exchange_and_a_fixed_place_are_taken_back_one_by_one(edition, desk):
    people = confirmed_people(edition, 8)
    series = propose(make(edition, desk, round_count=1), desk)
    before = seating(series)[1]
    round_ = series.rounds.get()
    mover = people[0]
    other = next(person for person in people if before[person.pk] != before[mover.pk])
    target = round_.groups.get(number=before[other.pk])

    seats.move_person(round_=round_, participation=mover, group=target, with_=other, by=desk, at=NOW)
    seats.fix_place(round_=round_, participation=mover, is_fixed=True, by=desk, at=NOW)

    exchanged = {**before, mover.pk: before[other.pk], other.pk: before[mover.pk]}
    assert seating(series)[1] == exchanged
    propose(series, desk)
    assert seating(series)[1][mover.pk] == target.number
    assert [undo_step(series=series, by=desk, at=NOW).kind for _step in range(3)] == [
        "proposed", "fixed", "moved",
    ]  # fmt: skip
    assert seating(series)[1] == before
    undo_step(series=series, by=desk, at=NOW)
    with pytest.raises(NothingToUndo):
        undo_step(series=series, by=desk, at=NOW)


def test_a_group_of_another_round_and_a_person_without_place_are_refused(edition, desk):
    people = confirmed_people(edition, 4)
    series = make(edition, desk)
    first, second = series.rounds.order_by("number")

    with pytest.raises(seats.GroupElsewhere):
        seats.move_person(
            round_=first, participation=people[0], group=second.groups.get(number=1), by=desk, at=NOW
        )
    with pytest.raises(seats.NoConfirmedPlace):
        seats.move_person(
            round_=first,
            participation=ParticipationFactory(edition=edition, offered=True),
            group=first.groups.get(number=1),
            by=desk,
            at=NOW,
        )
    with pytest.raises(seats.NotSeated):
        seats.fix_place(round_=first, participation=people[0], is_fixed=True, by=desk, at=NOW)


def test_an_absence_and_a_late_arrival_are_taken_in_with_few_moves_in_published_groups(edition, desk):
    people = confirmed_people(edition, 30)
    series = propose(make(edition, desk, group_count=5, move_price=10.0), desk)
    series = actions.publish_groups(series=series, by=desk, at=NOW)
    before = seating(series)
    rounds = list(series.rounds.order_by("number"))
    late = confirmed_people(edition, 1)[0]
    seats.tell_absence(rounds=rounds, participation=people[0], is_absent=True, by=desk, at=NOW)

    absorb(series, desk)

    after = seating(series)
    assert series.published_at is not None
    for number in (1, 2):
        assert set(after[number]) == {person.pk for person in people[1:]} | {late.pk}
        stayed = set(before[number]) & set(after[number])
        assert sum(before[number][key] != after[number][key] for key in stayed) <= 1
    assert board_of(series, 1).taken_in.startswith("2 places were given. ")
    with pytest.raises(proposals.NothingToTakeIn):
        proposals.take_in_changes(series=series, by=desk, at=NOW)


def test_whoever_is_absent_that_day_has_no_seat_and_the_mode_is_known(edition, desk):
    part = PartFactory(edition=edition)
    session = SessionFactory(part=part, scheduled=True)
    day = part.days.get(date=part.starts_on)
    people = confirmed_people(edition, 9)
    DayAttendanceFactory(participation=people[0], day=day, mode="absent")
    for person in people[1:4]:
        DayAttendanceFactory(participation=person, day=day, mode="online")

    series = propose(
        make(edition, desk, group_count=3, round_count=1, session=session, placing_online="together"), desk
    )

    found = seating(series)[1]
    assert people[0].pk not in found
    online = {found[person.pk] for person in people[1:4]}
    assert online.isdisjoint(found[person.pk] for person in people[4:])
    flagged = Group.objects.filter(round__series=series, is_online=True)
    assert set(flagged.values_list("number", flat=True)) == online
    board = board_of(series, 1)
    assert [person.pk for person in board.away] == [people[0].pk]
    assert "Online that day, as everybody in this group." in next(
        line.reason for card in board.circles for line in card.seats if line.participation == people[1]
    )


def test_publication_locks_and_is_heard_by_everybody(edition, desk):
    people = confirmed_people(edition, 4)
    series = make(edition, desk, round_count=1)
    with pytest.raises(actions.NobodySits):
        actions.publish_groups(series=series, by=desk, at=NOW)
    propose(series, desk)

    published = actions.publish_groups(series=series, by=desk, at=NOW)

    assert published.published_at == NOW
    assert Event.objects.filter(topic=f"groups:{edition.pk}").count() == 1
    round_ = series.rounds.get()
    group = round_.groups.get(number=1)
    with pytest.raises(GroupsArePublished):
        seats.move_person(round_=round_, participation=people[0], group=group, by=desk, at=NOW)
    with pytest.raises(GroupsArePublished):
        proposals.propose_groups(series=series, by=desk, at=NOW)
    with pytest.raises(GroupsArePublished):
        undo_step(series=series, by=desk, at=NOW)
    with pytest.raises(GroupsArePublished):
        actions.change_series(series=series, details=details(), by=desk, at=NOW)
    reopened = actions.reopen_groups(series=series, by=desk, at=NOW)
    assert reopened.published_at is None
    assert Event.objects.filter(topic=f"groups:{edition.pk}").count() == 2


def test_a_moved_or_cancelled_session_is_seen_on_the_board(edition, desk):
    part = PartFactory(edition=edition)
    session = SessionFactory(part=part, scheduled=True)
    confirmed_people(edition, 4)
    series = propose(make(edition, desk, round_count=1, session=session), desk)
    assert not board_of(series, 1).here.has_moved

    session.during = between(moment(14))
    session.save()
    assert board_of(series, 1).here.has_moved
    actions.accept_moved_session(
        round_=series.rounds.select_related("session", "series__edition").get(), by=desk, at=NOW
    )
    assert not board_of(series, 1).here.has_moved
    session.state = SessionState.CANCELLED
    session.save()
    assert board_of(series, 1).here.is_cancelled


def test_wishes_are_the_persons_own_until_they_close(edition, desk, in_role):
    member = in_role(EditionRole.PARTICIPANT)
    own = ParticipationFactory(edition=edition, person=member.person)
    other = ParticipationFactory(edition=edition)
    series = make(
        edition, desk, themes=("Energy", "Skills", "Data", "Finance"), wishes_until=NOW + timedelta(days=1)
    )

    wanted = ["Skills", "Energy", "Skills", "No such theme", "Data", "Finance"]
    seats.wish_themes(series=series, participation=own, themes=wanted, by=member, at=NOW)

    assert list(ThemeWish.objects.order_by("rank").values_list("rank", "theme")) == [
        (1, "Skills"), (2, "Energy"), (3, "Data"),
    ]  # fmt: skip
    with pytest.raises(PermissionDenied):
        seats.wish_themes(series=series, participation=other, themes=wanted, by=member, at=NOW)
    later = NOW + timedelta(days=2)
    with pytest.raises(seats.WishesAreClosed):
        seats.wish_themes(series=series, participation=own, themes=[], by=member, at=later)
    seats.wish_themes(series=series, participation=own, themes=["Data"], by=desk, at=later)
    assert list(ThemeWish.objects.values_list("rank", "theme")) == [(1, "Data")]


def test_wishes_come_true_as_far_as_groups_have_room(edition, desk):
    people = confirmed_people(edition, 12, countries=["IT"])
    series = make(edition, desk, round_count=1, themes=("Energy", "Skills"), weights={})
    for number, person in enumerate(people):
        theme = "Energy" if number < 8 else "Skills"
        seats.wish_themes(series=series, participation=person, themes=[theme], by=desk, at=NOW)

    propose(series, desk)

    assert (series.status, board_of(series, 1).points) == (SearchStatus.BEST_FOUND, "4 points")


def test_group_work_is_recorded_once_the_session_was_held(edition, desk):
    session = SessionFactory(part=PartFactory(edition=edition), scheduled=True)
    people = confirmed_people(edition, 4)
    series = propose(make(edition, desk, round_count=1, session=session), desk)
    actions.publish_groups(series=series, by=desk, at=NOW)
    PresenceFactory(participation=people[0], session=session, day=None, minutes=60)
    PresenceFactory(participation=people[1], session=session, day=None, minutes=60)

    assert record_group_work(by=SYSTEM, at=NOW) == 0
    session.held_at = moment(10)
    session.save()
    assert [record_group_work(by=SYSTEM, at=NOW) for _time in range(2)] == [1, 0]

    facts = Fact.objects.filter(kind="group.worked_in")
    assert set(facts.values_list("organisation", flat=True)) == {
        people[0].organisation_id, people[1].organisation_id,
    }  # fmt: skip
    with pytest.raises(PermissionDenied):
        record_group_work(by=desk, at=NOW)


def test_fewer_groups_leave_their_people_waiting(edition, desk):
    confirmed_people(edition, 12)
    series = propose(make(edition, desk, group_count=4, round_count=1), desk)

    series = actions.change_series(
        series=series, details=details(group_count=3, round_count=1), by=desk, at=NOW
    )

    assert len(board_of(series, 1).waiting) == 3
    assert board_of(series, 1).needs_absorbing == (1,)


def test_a_place_given_back_leaves_its_group(edition, desk):
    people = confirmed_people(edition, 8)
    series = propose(make(edition, desk, round_count=1), desk)
    gone = people[0]
    gone.state, gone.ended_at = ParticipationState.CANCELLED, NOW
    gone.save()

    board = board_of(series, 1)

    assert board.seated == 7
    assert gone.pk not in {line.participation.pk for card in board.circles for line in card.seats}


def test_published_groups_are_heard_by_people_of_the_edition_and_drafts_by_those_who_form_them(
    edition, desk, in_role, outsider
):
    member = in_role(EditionRole.PARTICIPANT)
    people = [viewer.person_id for viewer in (desk, member, outsider)]

    heard = {
        topic: [may_hear(person, topic) for person in (*people, None)]
        for topic in (groups_topic(edition.pk), desk_topic(edition.pk))
    }

    assert heard == {
        f"groups:{edition.pk}": [True, True, False, False],
        f"groups:{edition.pk}:desk": [True, False, False, False],
    }


def test_the_database_refuses_what_cannot_be(edition):
    series = GroupSeriesFactory(edition=edition)
    round_ = GroupRoundFactory(series=series)
    seat = SeatFactory(group=GroupFactory(round=round_, number=1))
    other = GroupFactory(round=round_, number=2)
    place = seat.participation
    wrong = [
        lambda: SeatFactory(group=other, participation=place),
        lambda: GroupFactory(round=round_, number=2),
        lambda: GroupRoundFactory(series=series, number=1),
        lambda: GroupRoundFactory(series=series, number=0),
        lambda: GroupSeriesFactory(edition=edition, group_count=0),
        lambda: GroupSeriesFactory(edition=edition, move_price=-1),
        lambda: GroupRule.objects.create(series=series, kind="apart", first=place, second=place),
        lambda: ThemeWish.objects.create(
            series=series, participation=place, rank=4, theme="Energy", wished_at=NOW
        ),
        lambda: GroupRun.objects.create(series=series, kind="propose", asked_at=NOW, share=2),
    ]
    RoundAbsence.objects.create(round=round_, participation=place, told_at=NOW)
    wrong.append(lambda: RoundAbsence.objects.create(round=round_, participation=place, told_at=NOW))

    for attempt in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
