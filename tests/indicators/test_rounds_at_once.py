"""A round that is frozen while others still answer and accept, with real commits."""

import pytest

from filiera.indicators.actions import declaring, round_freezing, round_parts
from filiera.indicators.actions.round_mails import RoundNotOpen
from filiera.indicators.models import CollectionRound, Declaration, PartState
from tests.indicators.at_once import one_after_the_other
from tests.indicators.factories import NOW
from tests.indicators.readiness_factories import colleague
from tests.indicators.round_factories import YEAR, answered, network, opened, part_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_answer_that_is_on_its_way_is_in_the_report():
    made = network(pole_count=1, firms_each=5)
    round_ = opened(made, codes=())
    for firm in made.firms[1:]:
        answered(round_, firm, people=10)

    one_after_the_other(
        lambda: answered(round_, made.firms[0], people=10),
        lambda: round_freezing.freeze_round(round_=round_, by=made.officer, at=NOW),
    )

    told = CollectionRound.objects.get().report["questions"]["people"]["0"]
    assert (told["value"], told["answers"]) == ("50", 5)


def test_what_comes_while_the_report_is_made_is_refused():
    made = network(pole_count=1)
    round_ = opened(made)
    part = round_parts.submit_part(part=part_of(round_, made.poles[0]), by=made.managers[0], at=NOW)

    def freeze():
        return round_freezing.freeze_round(round_=round_, without_missing=True, by=made.officer, at=NOW)

    given = one_after_the_other(freeze, lambda: round_parts.accept_part(part=part, by=made.officer, at=NOW))

    assert given[1] is RoundNotOpen
    part.refresh_from_db()
    assert part.state == PartState.SUBMITTED


def test_an_answer_that_comes_while_the_report_is_made_is_refused():
    made = network(pole_count=1)
    round_ = opened(made, codes=())

    given = one_after_the_other(
        lambda: round_freezing.freeze_round(round_=round_, by=made.officer, at=NOW),
        lambda: answered(round_, made.firms[0], people=10),
    )

    assert given[1] is RoundNotOpen


def test_two_declarations_of_a_figure_are_confirmed_one_after_the_other():
    made = network(pole_count=1)
    pole, second = made.poles[0], colleague(made.poles[0])
    told = [
        declaring.declare_figure(
            code="management_staff", organisation=pole, period=YEAR, value=value, by=made.managers[0], at=NOW,
            source_url="https://example.org/",
        )
        for value in (3, 4)
    ]  # fmt: skip

    given = one_after_the_other(
        *(lambda row=row: declaring.confirm_declaration(declaration=row, by=second, at=NOW) for row in told)
    )

    assert given == told
    assert [row.value for row in Declaration.objects.standing()] == [4]
