"""Plans: searched, looked at, taken, and changed little when somebody is away."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied

from filiera.mail.models import OutgoingMail
from filiera.meetings.actions import plans as actions
from filiera.meetings.actions.attendees import say_presence
from filiera.meetings.actions.meetings import NothingToPublish, publish_meetings
from filiera.meetings.actions.wishes import block_attendee, require_wish
from filiera.meetings.models import Meeting, MeetingPlan, MeetingState, PlanStatus, WishState
from filiera.meetings.queries.plans import changes_of, unmet_wishes
from filiera.meetings.queries.problem import PlannedMeeting, problem_of
from filiera.meetings.queries.standing import Hindrance, standing_of
from filiera_solvers import Status
from tests.academy.factories import NOW
from tests.meetings.meeting_factories import WishFactory, planner, room, wisher

pytestmark = pytest.mark.django_db


def wish_all(attendees, pairs, **more):
    return [WishFactory(wisher=attendees[one], wanted=attendees[other], **more) for one, other in pairs]


def searched(round_, *, keeps_plan=False):
    plan = actions.begin_plan(round_=round_, keeps_plan=keeps_plan, by=planner(round_), at=NOW)
    actions.search_plan(plan_id=plan.pk)
    plan.refresh_from_db()
    return plan


def taken(round_, **how):
    return actions.take_plan(plan=searched(round_, **how), by=planner(round_), at=NOW)


def held(round_):
    return {
        (meeting.first_id, meeting.second_id) for meeting in Meeting.objects.standing().filter(round=round_)
    }


def away(attendee, round_):
    slots = dict.fromkeys(round_.slots.values_list("pk", flat=True), "away")
    say_presence(attendee=attendee, presences=slots, by=planner(round_), at=NOW)


def test_a_plan_holds_what_fits_and_says_that_no_better_exists():
    round_, people = room(people=4, slots=3, tables=2)
    wish_all(people, [(0, 1), (2, 3), (0, 2), (1, 3), (0, 3)])

    plan = searched(round_)

    assert (plan.status, plan.value, plan.bound, plan.gap) == (PlanStatus.OPTIMAL, 10, 10, 0)
    assert plan.finished_at is not None
    assert held(round_) == set()


def test_taking_a_plan_makes_its_meetings():
    round_, people = room(people=4, slots=3, tables=2)
    wish_all(people, [(0, 1), (2, 3)])

    taken(round_)

    assert held(round_) == {(people[0].pk, people[1].pk), (people[2].pk, people[3].pk)}


def test_only_who_plans_may_search_stop_and_take():
    round_, people = room()
    wish_all(people, [(0, 1)])
    plan = searched(round_)

    for act in (
        lambda by: actions.begin_plan(round_=round_, keeps_plan=False, by=by, at=NOW),
        lambda by: actions.stop_plan(plan=plan, by=by, at=NOW),
        lambda by: actions.take_plan(plan=plan, by=by, at=NOW),
    ):
        with pytest.raises(PermissionDenied):
            act(wisher(people[0]))


def test_one_search_at_a_time_and_none_without_wishes():
    round_, people = room()
    with pytest.raises(actions.NothingToPlan):
        searched(round_)
    wish_all(people, [(0, 1)])
    actions.begin_plan(round_=round_, keeps_plan=False, by=planner(round_), at=NOW)

    with pytest.raises(actions.SearchAlreadyRuns):
        actions.begin_plan(round_=round_, keeps_plan=False, by=planner(round_), at=NOW)


def test_where_both_accept_a_waiting_wish_does_not_count():
    round_, people = room(who_accepts="both")
    wish_all(people, [(0, 1)], state=WishState.ACCEPTED, answered_at=NOW)
    wish_all(people, [(2, 3)])

    taken(round_)

    assert held(round_) == {(people[0].pk, people[1].pk)}


def test_blocked_pairs_never_meet_even_where_it_is_required():
    round_, people = room()
    (wish, *_others) = wish_all(people, [(0, 1), (2, 3)])
    require_wish(wish=wish, is_required=True, by=planner(round_), at=NOW)
    block_attendee(blocker=people[1], blocked=people[0], by=wisher(people[1]), at=NOW)

    taken(round_)

    assert held(round_) == {(people[2].pk, people[3].pk)}


def test_required_meetings_that_cannot_be_are_named():
    round_, people = room()
    for wish in wish_all(people, [(0, 1)]):
        require_wish(wish=wish, is_required=True, by=planner(round_), at=NOW)
    away(people[0], round_)

    plan = searched(round_)

    assert plan.status == PlanStatus.INFEASIBLE
    assert plan.conflict
    with pytest.raises(actions.NoPlanYet):
        actions.take_plan(plan=plan, by=planner(round_), at=NOW)


def test_nobody_with_a_wish_that_can_be_met_is_left_with_none():
    # One table and two slots: the two important meetings would take both and leave the third pair out.
    round_, people = room(people=5, slots=2, tables=1)
    wish_all(people, [(0, 1), (0, 2)], priority=3)
    wish_all(people, [(3, 0)], priority=1)

    plan = taken(round_)

    seated = {attendee for pair in held(round_) for attendee in pair}
    assert len(plan.left_out) == 1
    assert people[0].pk in seated


def test_after_an_absence_little_moves_and_the_change_is_shown_first():
    round_, people = room(people=6, slots=4, tables=3)
    wish_all(people, [(0, 1), (2, 3), (4, 5), (0, 2), (1, 3), (3, 5), (2, 4)])
    taken(round_)
    publish_meetings(round_=round_, by=planner(round_), at=NOW)
    before = held(round_)
    away(people[0], round_)
    assert {meeting.pk for meeting in standing_of(round_).unfit()} == {
        meeting.pk for meeting in Meeting.objects.filter(first=people[0])
    }

    plan = searched(round_, keeps_plan=True)
    changes = changes_of(plan, by=planner(round_))

    assert held(round_) == before
    assert [line.pair for line in changes.dropped] == [
        (people[0].pk, people[1].pk),
        (people[0].pk, people[2].pk),
    ]
    assert changes.moved == []
    actions.take_plan(plan=plan, by=planner(round_), at=NOW)
    assert held(round_) == before - {line.pair for line in changes.dropped}
    told = OutgoingMail.objects.filter(key__startswith="schedule_changed")
    assert set(told.values_list("to_person_id", flat=True)) == {
        people[index].person_id for index in (0, 1, 2)
    }


def test_the_best_found_is_shown_with_its_gap_while_the_search_goes_on(monkeypatch):
    round_, people = room()
    wish_all(people, [(0, 1), (2, 3)])
    slot, table = round_.slots.first(), round_.tables.first()
    meetings = [PlannedMeeting(people[0].pk, people[1].pk, slot.pk, table.pk)]
    seen = []

    def slow(problem, plan, *, limit_s):
        seen.append(MeetingPlan.objects.get(pk=plan.pk))
        value = 2.0 * len(seen)
        result = SimpleNamespace(
            status=Status.TIME_LIMIT, value=value, bound=4.0, gap=(4 - value) / 4, fewest=0, breaks=0,
            moved=0, seconds=limit_s, conflict=(),
        )  # fmt: skip
        return result, meetings, []

    monkeypatch.setattr(actions, "fair_plan", slow)
    plan = searched(round_)

    shown = seen[1]
    assert (shown.value, shown.gap, shown.finished_at, shown.status) == (2, 0.5, None, PlanStatus.TIME_LIMIT)
    assert shown.meetings == [meeting.as_row() for meeting in meetings]
    assert (plan.value, plan.gap, plan.finished_at is not None) == (4, 0, True)


def test_a_search_can_be_stopped_and_its_plan_taken_while_it_runs():
    round_, people = room()
    wish_all(people, [(0, 1)])
    plan = actions.begin_plan(round_=round_, keeps_plan=False, by=planner(round_), at=NOW)
    slot, table = round_.slots.first(), round_.tables.first()
    MeetingPlan.objects.filter(pk=plan.pk).update(
        value=2, meetings=[[people[0].pk, people[1].pk, slot.pk, table.pk]]
    )

    actions.stop_plan(plan=plan, by=planner(round_), at=NOW)
    taken_plan = actions.take_plan(plan=plan, by=planner(round_), at=NOW)
    actions.search_plan(plan_id=plan.pk)

    assert taken_plan.finished_at == NOW
    assert held(round_) == {(people[0].pk, people[1].pk)}


def test_a_plan_that_no_longer_fits_is_not_taken():
    round_, people = room()
    wish_all(people, [(0, 1)])
    plan = searched(round_)
    away(people[1], round_)

    with pytest.raises(actions.PlanOutdated):
        actions.take_plan(plan=plan, by=planner(round_), at=NOW)


def test_a_plan_is_taken_once_and_only_the_newest():
    round_, people = room()
    wish_all(people, [(0, 1)])
    first = searched(round_)
    second = taken(round_)

    for plan in (first, second):
        with pytest.raises(actions.PlanReplaced):
            actions.take_plan(plan=plan, by=planner(round_), at=NOW)


def test_people_who_change_places_can_do_so_in_one_step():
    round_, people = room(people=4, slots=2, tables=1)
    wish_all(people, [(0, 1), (2, 3)])
    taken(round_)
    one, other = Meeting.objects.order_by("slot__starts_at")
    plan = MeetingPlan.objects.create(
        round=round_,
        number=9,
        asked_at=NOW,
        finished_at=NOW,
        value=4,
        meetings=[
            [one.first_id, one.second_id, other.slot_id, one.table_id],
            [other.first_id, other.second_id, one.slot_id, other.table_id],
        ],
    )

    actions.take_plan(plan=plan, by=planner(round_), at=NOW)

    one_now, other_now = Meeting.objects.get(pk=one.pk), Meeting.objects.get(pk=other.pk)
    assert (one_now.slot_id, other_now.slot_id) == (other.slot_id, one.slot_id)
    assert {one_now.state, other_now.state} == {MeetingState.PLANNED}


def test_what_is_not_met_is_explained_and_a_block_is_not_told_to_the_blocked():
    round_, people = room(people=4, slots=1, tables=1)
    wish_all(people, [(0, 1)], priority=3)
    wish_all(people, [(2, 3), (0, 2)])
    taken(round_)
    block_attendee(blocker=people[3], blocked=people[2], by=wisher(people[3]), at=NOW)

    open_for_all = unmet_wishes(round_, by=planner(round_))
    for_the_blocked = unmet_wishes(round_, by=planner(round_, person=people[2].person))

    assert [line.is_apart for line in open_for_all] == [False, True]
    assert [line.is_apart for line in for_the_blocked] == [False, False]
    assert {line.why.hindrance for line in for_the_blocked} == {Hindrance.ALL_TAKEN}


def test_publishing_needs_meetings_and_writes_to_each_who_has_one():
    round_, people = room()
    wish_all(people, [(0, 1)])
    with pytest.raises(NothingToPublish):
        publish_meetings(round_=round_, by=planner(round_), at=NOW)
    taken(round_)

    publish_meetings(round_=round_, by=planner(round_), at=NOW)

    told = OutgoingMail.objects.filter(key__startswith="schedule:")
    assert set(told.values_list("to_person_id", flat=True)) == {people[0].person_id, people[1].person_id}


def test_what_has_begun_stays_as_it_is():
    round_, people = room(people=4, slots=2, tables=1)
    wish_all(people, [(0, 1), (2, 3)])
    taken(round_)
    first, second = Meeting.objects.order_by("slot__starts_at")
    during = first.slot.starts_at + timedelta(minutes=1)

    problem = problem_of(round_, at=during, keeps_plan=True)

    assert list(problem.standing) == [(second.first_id, second.second_id)]
    assert problem.pairs == [(second.first_id, second.second_id)]
    assert problem.already == {first.first_id: 1, first.second_id: 1}
