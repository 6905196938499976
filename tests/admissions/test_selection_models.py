"""What the database refuses of a selection, and who sees it."""

import pytest
from django.db import IntegrityError, transaction

from filiera.accounts.viewer import VISITOR
from filiera.admissions.models import (
    Decision,
    DecisionText,
    HandChoice,
    ProposalStatus,
    RunKind,
    Selection,
    SelectionRun,
)
from tests.academy.factories import NOW
from tests.admissions.factories import CallFactory
from tests.admissions.selection_factories import (
    SelectionDecisionFactory,
    SelectionFactory,
    SelectionRuleFactory,
)

pytestmark = pytest.mark.django_db


def run_of(selection: Selection, **wishes: object) -> SelectionRun:
    return SelectionRun.objects.create(selection=selection, kind=RunKind.PROPOSE, asked_at=NOW, **wishes)


def two_versions(**wishes: object) -> None:
    call = CallFactory()
    SelectionFactory(call=call, number=1, **wishes)
    SelectionFactory(call=call, number=2)


def same_number_twice() -> None:
    call = SelectionFactory(number=1, kept=True).call
    SelectionFactory(call=call, number=1)


def same_rank_twice() -> None:
    first = SelectionDecisionFactory(decision=Decision.RESERVE, reserve_rank=1)
    SelectionDecisionFactory(selection=first.selection, decision=Decision.RESERVE, reserve_rank=1)


def same_application_twice() -> None:
    first = SelectionDecisionFactory()
    SelectionDecisionFactory(selection=first.selection, application=first.application)


def same_text_twice() -> None:
    call = CallFactory()
    for _attempt in range(2):
        DecisionText.objects.create(call=call, decision=Decision.SELECTED, changed_at=NOW)


def same_position_twice() -> None:
    first = SelectionRuleFactory()
    SelectionRuleFactory(selection=first.selection, position=first.position)


def two_runs() -> None:
    selection = SelectionFactory()
    run_of(selection)
    run_of(selection)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("selection_number_unique_in_call", same_number_twice),
        ("selection_one_in_work", two_versions),
        ("selection_proposed_at_known", lambda: SelectionFactory(status=ProposalStatus.INFEASIBLE)),
        (
            "selection_proven_value_meets_bound",
            lambda: SelectionFactory(status=ProposalStatus.OPTIMAL, proposed_at=NOW, value=1, bound=2),
        ),
        ("selection_rule_is_limit_or_wish", lambda: SelectionRuleFactory(target=2, weight=1.0)),
        ("selection_rule_is_limit_or_wish", lambda: SelectionRuleFactory(most=None)),
        ("selection_rule_is_limit_or_wish", lambda: SelectionRuleFactory(wish=True, weight=0.0)),
        ("selection_rule_is_limit_or_wish", lambda: SelectionRuleFactory(wish=True, weight=None)),
        ("selection_rule_least_up_to_most", lambda: SelectionRuleFactory(least=3, most=2)),
        ("selection_rule_position_unique_in_selection", same_position_twice),
        ("selection_decision_once_for_application", same_application_twice),
        ("selection_reserve_rank_unique", same_rank_twice),
        ("selection_reserve_has_rank", lambda: SelectionDecisionFactory(decision=Decision.RESERVE)),
        ("selection_reserve_has_rank", lambda: SelectionDecisionFactory(selected=True, reserve_rank=1)),
        ("selection_hand_reason_needs_hand", lambda: SelectionDecisionFactory(hand_reason="The host")),
        ("selection_run_one_at_a_time", two_runs),
        ("selection_run_share", lambda: run_of(SelectionFactory(), share=1.5)),
        ("decision_text_once_for_decision", same_text_twice),
        (
            "decision_text_of_a_decision",
            lambda: DecisionText.objects.create(
                call=CallFactory(), decision=Decision.UNDECIDED, changed_at=NOW
            ),
        ),
    ],
)
def test_the_database_refuses_what_cannot_be(name, broken):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        broken()


def test_a_kept_version_leaves_room_for_the_next():
    two_versions(kept=True)

    assert Selection.objects.count() == 2


def test_a_pin_says_why():
    decision = SelectionDecisionFactory(hand=HandChoice.PINNED, hand_reason="The host")

    assert decision.hand_reason == "The host"


def test_a_visitor_sees_no_selection():
    SelectionFactory()

    assert not Selection.objects.visible_to(VISITOR).exists()
