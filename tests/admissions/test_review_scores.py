"""The weighted score of an application."""

from decimal import Decimal

import pytest

from filiera.admissions.queries.reviews import ApplicationScore, scores_of
from tests.admissions.factories import (
    ApplicationFactory,
    CallFactory,
    CriterionFactory,
    ReviewFactory,
    ScoreFactory,
)

pytestmark = pytest.mark.django_db


def test_values_count_as_shares_of_their_scale_and_by_weight():
    call = CallFactory()
    need = CriterionFactory(call=call, weight=3)
    plan = CriterionFactory(call=call, weight=1, lowest=0, highest=10)
    application = ApplicationFactory(call=call)
    for need_value, plan_value in ((5, 0), (3, 10)):
        review = ReviewFactory(application=application, given=True)
        ScoreFactory(review=review, criterion=need, value=need_value)
        ScoreFactory(review=review, criterion=plan, value=plan_value)

    # The first review says (3 x 1 + 0) / 4, the second (3 x 0.5 + 1) / 4.
    assert scores_of(call) == {application.pk: ApplicationScore(Decimal("68.75"), 2)}


def test_reviews_not_given_and_other_calls_do_not_count():
    call = CallFactory()
    ScoreFactory(review=ReviewFactory(application=ApplicationFactory(call=call)))
    ScoreFactory(review=ReviewFactory(application=ApplicationFactory(call=call), conflict=True))
    ScoreFactory()

    assert scores_of(call) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_scores_are_one_question(django_assert_num_queries, count):
    call = CallFactory()
    criterion = CriterionFactory(call=call)
    for _ in range(count):
        review = ReviewFactory(application=ApplicationFactory(call=call), given=True)
        ScoreFactory(review=review, criterion=criterion)

    with django_assert_num_queries(1):
        assert len(scores_of(call)) == count
