"""What reviews say of applications."""

from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, DecimalField, F, Sum
from django.db.models.functions import Cast

from filiera.admissions.models import Call, ReviewState, Score

_HUNDREDTH = Decimal("0.01")


class ApplicationScore(NamedTuple):
    """The weighted score of an application from 0 to 100, and how many reviews it rests on."""

    score: Decimal
    reviews: int


def scores_of(call: Call) -> dict[int, ApplicationScore]:
    """The score of every application of a call that has a given review, by the application's key.

    A value counts as its share of the criterion's scale, a review as the weighted mean of its values, an
    application as the mean of its reviews. Every given review has a value by every criterion, so that one
    mean over all values says the same.
    """
    exact = DecimalField(max_digits=20, decimal_places=6)
    share = Cast(F("value") - F("criterion__lowest"), exact) / Cast(
        F("criterion__highest") - F("criterion__lowest"), exact
    )
    rows = (
        Score.objects.filter(review__application__call=call, review__state=ReviewState.GIVEN)
        .order_by()
        .values("review__application_id")
        .annotate(
            reached=Sum(share * F("criterion__weight"), output_field=exact),
            weights=Sum("criterion__weight"),
            reviews=Count("review", distinct=True),
        )
    )
    return {
        row["review__application_id"]: ApplicationScore(
            (100 * row["reached"] / row["weights"]).quantize(_HUNDREDTH), row["reviews"]
        )
        for row in rows
    }
