"""Searches that take longer than a page may: told, stopped, run twice without harm; and bad input."""

import pytest

from filiera.accounts import exports
from filiera.accounts.signals import person_erased
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.actions import selection_proposals
from filiera.admissions.actions.selection_proposals import (
    LimitsContradict,
    NotInSelection,
    PlaceStays,
    SearchAlreadyRuns,
    cancel_run,
    choose_by_hand,
    propose,
    run_search,
)
from filiera.admissions.actions.selection_steps import NothingToUndo, SelectionNotBegun, undo_step
from filiera.admissions.actions.selection_versions import NobodyApplied, begin_selection
from filiera.admissions.models import (
    ApplicationState,
    BalanceAttribute,
    Call,
    Decision,
    HandChoice,
    ProposalStatus,
    RunKind,
    Selection,
    SelectionDecision,
    SelectionRun,
    SelectionStep,
)
from filiera.admissions.queries.selection_problem import MorePinsThanPlaces, NobodyScored
from filiera.admissions.selection_topics import may_hear
from filiera.push.models import Event
from tests.academy.factories import NOW, EditionMemberFactory
from tests.admissions.factories import ApplicationFactory, CallFactory, ParticipationFactory
from tests.admissions.selection_factories import SelectionRuleFactory, give_scores

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(db: None) -> Call:
    """Five applications for two places, with scores from 10 down to 6."""
    call = CallFactory(places=2)
    rows = [ApplicationFactory(call=call, number=number) for number in range(1, 6)]
    give_scores({row: 11 - row.number for row in rows})
    return call


@pytest.fixture
def selection(call: Call) -> Selection:
    return begin_selection(call=call, by=SYSTEM, at=NOW)


@pytest.fixture
def in_a_job(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection_proposals, "AT_ONCE", 3)


def decided(selection: Selection) -> list[str]:
    rows = selection.decisions.order_by("application__number")
    return list(rows.values_list("decision", flat=True))


def hand(call: Call, number: int, choice: str, *, alone: bool = False) -> Selection:
    return choose_by_hand(
        call=call,
        application=call.applications.get(number=number),
        hand=choice,
        reason="",
        alone=alone,
        by=SYSTEM,
        at=NOW,
    )


@pytest.mark.usefixtures("in_a_job")
def test_many_applications_are_decided_by_a_job_that_tells_how_far_it_is(call, selection):
    propose(call=call, by=SYSTEM, at=NOW)
    waiting = decided(selection)

    run = SelectionRun.objects.get()
    run_search(run.pk)
    for other in SelectionRun.objects.running():
        run_search(other.pk)

    selection.refresh_from_db()
    assert waiting == ["undecided"] * 5
    assert decided(selection) == ["selected"] * 2 + ["reserve"] * 3
    assert selection.status == ProposalStatus.OPTIMAL
    assert Event.objects.filter(topic=f"selection:{call.edition_id}").exists()
    assert {row.reason["kind"] for row in selection.decisions.all()} == {"score"}


@pytest.mark.usefixtures("in_a_job")
def test_a_job_that_runs_twice_changes_nothing_more(call, selection):
    propose(call=call, by=SYSTEM, at=NOW)
    run = SelectionRun.objects.get()
    run_search(run.pk)
    steps = SelectionStep.objects.count()

    run_search(run.pk)

    assert SelectionStep.objects.count() == steps


@pytest.mark.usefixtures("in_a_job")
def test_a_second_search_is_refused_while_one_runs(call, selection):
    propose(call=call, by=SYSTEM, at=NOW)

    with pytest.raises(SearchAlreadyRuns):
        propose(call=call, by=SYSTEM, at=NOW)


@pytest.mark.usefixtures("in_a_job")
def test_a_search_whose_question_changed_is_dropped(call, selection):
    propose(call=call, by=SYSTEM, at=NOW)
    run = SelectionRun.objects.get()
    hand(call, 5, HandChoice.PINNED, alone=True)

    run_search(run.pk)

    assert decided(selection) == ["undecided"] * 4 + ["selected"]


@pytest.mark.usefixtures("in_a_job")
def test_a_stopped_search_ends(call, selection):
    propose(call=call, by=SYSTEM, at=NOW)
    run = SelectionRun.objects.get()
    cancel_run(run=run, by=SYSTEM, at=NOW)

    run_search(run.pk)

    run.refresh_from_db()
    assert run.finished_at is not None


def test_reasons_that_two_seconds_do_not_suffice_for_follow(call, selection, monkeypatch):
    monkeypatch.setattr(selection_proposals, "_is_explained", lambda problem, result: False)
    propose(call=call, by=SYSTEM, at=NOW)
    SelectionDecision.objects.update(reason={"kind": "open"})

    run_search(SelectionRun.objects.get(kind=RunKind.EXPLAIN).pk)

    assert {row.reason["kind"] for row in selection.decisions.all()} == {"score"}


def test_reasons_of_a_cohort_that_is_no_longer_the_best_are_not_told(call, selection, monkeypatch):
    monkeypatch.setattr(selection_proposals, "_is_explained", lambda problem, result: False)
    propose(call=call, by=SYSTEM, at=NOW)
    call.applications.filter(number=1).update(state=ApplicationState.WITHDRAWN, withdrawn_at=NOW)
    SelectionDecision.objects.update(reason={"kind": "open"})

    run_search(SelectionRun.objects.get(kind=RunKind.EXPLAIN).pk)

    assert {row.reason["kind"] for row in selection.decisions.all()} == {"open"}


def test_a_reviewers_late_score_changes_no_reason(call, selection, monkeypatch):
    """The reasons are those of the proposal, whatever came in after it."""
    monkeypatch.setattr(selection_proposals, "_is_explained", lambda problem, result: False)
    propose(call=call, by=SYSTEM, at=NOW)
    give_scores({call.applications.get(number=5): 10})
    SelectionDecision.objects.update(reason={"kind": "open"})

    run_search(SelectionRun.objects.get(kind=RunKind.EXPLAIN).pk)

    last = selection.decisions.get(application__number=5)
    assert (last.reason["kind"], last.reason["rank"]) == ("score", 5)


def test_nobody_scored_is_refused(db):
    call = CallFactory(places=2)
    ApplicationFactory(call=call)
    begin_selection(call=call, by=SYSTEM, at=NOW)

    with pytest.raises(NobodyScored):
        propose(call=call, by=SYSTEM, at=NOW)


def test_without_applications_no_selection_begins(db):
    with pytest.raises(NobodyApplied):
        begin_selection(call=CallFactory(), by=SYSTEM, at=NOW)


def test_nothing_is_proposed_before_the_beginning(call):
    with pytest.raises(SelectionNotBegun):
        propose(call=call, by=SYSTEM, at=NOW)


def test_more_pins_than_places_are_refused(call, selection):
    hand(call, 5, HandChoice.PINNED)
    hand(call, 4, HandChoice.PINNED)

    with pytest.raises(MorePinsThanPlaces):
        hand(call, 3, HandChoice.PINNED)


def test_a_pin_that_contradicts_the_limits_is_refused_and_changes_nothing(call, selection):
    propose(call=call, by=SYSTEM, at=NOW)
    call.applications.filter(number=5).update(is_returning=True)
    SelectionRuleFactory(selection=selection, attribute=BalanceAttribute.NEWCOMER, value="returning", most=0)

    with pytest.raises(LimitsContradict):
        hand(call, 5, HandChoice.PINNED)

    assert decided(selection) == ["selected"] * 2 + ["reserve"] * 3


def test_places_beyond_the_applications_let_everybody_in(call, selection):
    Call.objects.filter(pk=call.pk).update(places=40)

    propose(call=call, by=SYSTEM, at=NOW)

    assert decided(selection) == ["selected"] * 5


def test_places_beyond_the_applications_do_not_break_a_limit(call, selection):
    Call.objects.filter(pk=call.pk).update(places=40)
    SelectionRuleFactory(selection=selection, attribute=BalanceAttribute.NEWCOMER, value="new", most=3)

    propose(call=call, by=SYSTEM, at=NOW)

    assert decided(selection).count("selected") == 3


def test_an_application_without_a_score_stays_undecided_unless_pinned(call, selection):
    ApplicationFactory(call=call, number=6)
    propose(call=call, by=SYSTEM, at=NOW)
    undecided = decided(selection)[-1]

    hand(call, 6, HandChoice.PINNED)

    assert undecided == Decision.UNDECIDED
    assert decided(selection) == ["selected"] + ["reserve"] * 4 + ["selected"]


def test_somebody_with_a_place_is_not_moved(call, selection):
    application = call.applications.get(number=5)
    ParticipationFactory(edition=call.edition, application=application)

    propose(call=call, by=SYSTEM, at=NOW)

    assert decided(selection) == ["selected"] + ["reserve"] * 3 + ["selected"]
    with pytest.raises(PlaceStays):
        hand(call, 5, HandChoice.EXCLUDED)


def test_a_withdrawn_application_cannot_be_moved(call, selection):
    call.applications.filter(number=5).update(state=ApplicationState.WITHDRAWN, withdrawn_at=NOW)

    with pytest.raises(NotInSelection):
        hand(call, 5, HandChoice.PINNED)


def test_nothing_is_left_to_undo(call, selection):
    with pytest.raises(NothingToUndo):
        undo_step(call=call, by=SYSTEM, at=NOW)


def test_only_the_last_thirty_changes_can_be_taken_back(call, selection):
    for _change in range(16):
        hand(call, 5, HandChoice.PINNED, alone=True)
        hand(call, 5, "", alone=True)

    assert selection.steps.count() == 30


@pytest.mark.parametrize(
    ("role", "hears"), [("director", True), ("desk", True), ("reviewer", False), ("participant", False)]
)
def test_open_boards_are_heard_by_those_who_see_them(call, role, hears):
    member = EditionMemberFactory(edition=call.edition, role=role)

    assert may_hear(member.person_id, f"selection:{call.edition_id}") is hears


def test_a_stranger_hears_nothing(call):
    assert not may_hear(None, f"selection:{call.edition_id}")


def test_an_erased_person_leaves_no_word_in_a_pin(call, selection):
    application = call.applications.get(number=5)
    person = application.filed_by
    choose_by_hand(
        call=call,
        application=application,
        hand=HandChoice.PINNED,
        reason="She knows the mayor.",
        alone=True,
        by=SYSTEM,
        at=NOW,
    )

    person_erased.send(sender=type(person), person=person, at=NOW)

    decision = selection.decisions.get(application__number=5)
    assert (decision.hand, decision.hand_reason, selection.steps.count()) == ("pinned", "", 0)


def test_the_archive_of_a_person_holds_what_they_were_told_and_nothing_pending(call, selection):
    person = call.applications.get(number=1).filed_by
    call.applications.filter(number=1).update(candidate=person)
    propose(call=call, by=SYSTEM, at=NOW)
    pending = exports.collected(person)["selections"]
    selection.decisions.filter(application__number=1).update(told_at=NOW)

    told = exports.collected(person)["selections"]

    assert pending == {"decisions": []}
    assert [row["decision"] for row in told["decisions"]] == ["selected"]
