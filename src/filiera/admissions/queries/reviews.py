"""What reviews say of applications."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean, pstdev
from typing import NamedTuple

from django.db.models import Count, DecimalField, F, Q, QuerySet, Sum
from django.db.models.functions import Cast

from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import (
    Application,
    ApplicationState,
    Call,
    Remark,
    Review,
    ReviewState,
    Score,
)
from filiera.admissions.queries.reviewers import reviewers_of

_HUNDREDTH = Decimal("0.01")


class ApplicationScore(NamedTuple):
    """The weighted score of an application from 0 to 100, and how many reviews it rests on."""

    score: Decimal
    reviews: int


def scores_of(call: Call, applications: Collection[Application] | None = None) -> dict[int, ApplicationScore]:
    """The score of every application of a call that has a given review, by the application's key.

    Of all, or of some of them.

    A value counts as its share of the criterion's scale, a review as the weighted mean of its values, an
    application as the mean of its reviews. Every given review has a value by every criterion, so that one
    mean over all values says the same.
    """
    exact = DecimalField(max_digits=20, decimal_places=6)
    share = Cast(F("value") - F("criterion__lowest"), exact) / Cast(
        F("criterion__highest") - F("criterion__lowest"), exact
    )
    scores = Score.objects.filter(review__application__call=call, review__state=ReviewState.GIVEN)
    if applications is not None:
        scores = scores.filter(review__application__in=applications)
    rows = (
        scores.order_by()
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


def review_scores(call: Call, application: Application | None = None) -> dict[int, Decimal]:
    """The score from 0 to 100 of every given review of a call, by the review's key."""
    exact = DecimalField(max_digits=20, decimal_places=6)
    share = Cast(F("value") - F("criterion__lowest"), exact) / Cast(
        F("criterion__highest") - F("criterion__lowest"), exact
    )
    scores = Score.objects.filter(review__application__call=call, review__state=ReviewState.GIVEN)
    if application is not None:
        scores = scores.filter(review__application=application)
    rows = (
        scores.order_by()
        .values("review_id")
        .annotate(
            reached=Sum(share * F("criterion__weight"), output_field=exact),
            weights=Sum("criterion__weight"),
        )
    )
    return {row["review_id"]: (100 * row["reached"] / row["weights"]).quantize(_HUNDREDTH) for row in rows}


def own_reviews(viewer: Viewer, edition: Edition) -> list[Review]:
    """What the viewer has to review in an edition and has reviewed, what is open first."""
    found = Review.objects.visible_to(viewer).filter(
        reviewer=viewer.person_id or 0,
        application__call__edition=edition,
        application__state=ApplicationState.SUBMITTED,
    )
    related = found.select_related("application__call", "application__organisation", "application__country")
    # "assigned" before "conflict" before "given", as it happens.
    return list(related.order_by("state", "application__number"))


def review_for_page(viewer: Viewer, edition: Edition, review_id: int) -> QuerySet[Review]:
    """One of the viewer's own reviews with the application it judges."""
    return (
        Review.objects.visible_to(viewer)
        .filter(
            pk=review_id,
            reviewer=viewer.person_id or 0,
            application__call__edition=edition,
            application__state=ApplicationState.SUBMITTED,
        )
        .select_related(
            "reviewer",
            "application__call__edition",
            "application__call__application_form",
            "application__organisation",
            "application__country",
            "application__ecosystem",
            "application__answers__questionnaire",
        )
    )


def next_review(viewer: Viewer, edition: Edition, after: Review) -> Review | None:
    """The next one still to be given, behind this one and then from the beginning."""
    open_ones = Review.objects.visible_to(viewer).filter(
        reviewer=viewer.person_id or 0,
        application__call__edition=edition,
        application__state=ApplicationState.SUBMITTED,
        state=ReviewState.ASSIGNED,
    )
    number = after.application.number
    behind = open_ones.filter(application__number__gt=number).order_by("application__number").first()
    return behind or open_ones.exclude(pk=after.pk).order_by("application__number").first()


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A given review as the others read it."""

    review: Review
    score: Decimal | None
    values: list[Score]


def given_reviews(application: Application) -> list[ReviewLine]:
    """What was said of an application, review by review; whoever may discuss it may read it."""
    reviews = Review.objects.given().filter(application=application).select_related("reviewer")
    reviews = reviews.prefetch_related("scores__criterion").order_by("given_at", "pk")
    by_review = review_scores(application.call, application)
    return [
        ReviewLine(
            review,
            by_review.get(review.pk),
            sorted(review.scores.all(), key=lambda score: score.criterion.position),
        )
        for review in reviews
    ]


def remarks_on(viewer: Viewer, application: Application) -> list[Remark]:
    visible = Remark.objects.visible_to(viewer).filter(application=application)
    return list(visible.select_related("author").order_by("written_at", "pk"))


@dataclass(frozen=True, slots=True)
class ReviewerLine:
    """How far a reviewer is, and how they judge against the others of the same applications.

    `mean` and `spread` are in points from 0 to 100; `against_others` is how much higher than the mean of
    the others' reviews of the same applications, None where nobody else has reviewed one.
    """

    person: Person
    assigned: int
    given: int
    conflicts: int
    mean: float | None
    spread: float | None
    against_others: float | None
    is_reviewer: bool


@dataclass(frozen=True, slots=True)
class SpreadLine:
    """How far apart the reviews of one application are, in points."""

    application: Application
    score: float
    reviews: int
    spread: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the reviewing of a call is."""

    wanted: int
    assigned: int
    given: int
    applications: int
    complete: int


def progress_of_reviews(call: Call) -> Progress:
    counted = (
        Application.objects.submitted()
        .filter(call=call)
        .annotate(
            given=Count("reviews", filter=Q(reviews__state=ReviewState.GIVEN)),
            held=Count("reviews", filter=~Q(reviews__state=ReviewState.CONFLICT)),
        )
        .values_list("given", "held")
    )
    rows = list(counted)
    return Progress(
        wanted=len(rows) * call.reviews_per_application,
        assigned=sum(held for _given, held in rows),
        given=sum(given for given, _held in rows),
        applications=len(rows),
        complete=sum(given >= call.reviews_per_application for given, _held in rows),
    )


def reviewer_lines(call: Call) -> list[ReviewerLine]:
    """Every reviewer of the edition, and whoever has reviewed and is none any more."""
    reviews = list(
        Review.objects.filter(
            application__call=call,
            application__state=ApplicationState.SUBMITTED,
            reviewer__isnull=False,
        ).values_list("pk", "reviewer", "application", "state")
    )
    points = {pk: float(score) for pk, score in review_scores(call).items()}
    by_application: dict[int, list[tuple[int, float]]] = {}
    for pk, reviewer_id, application_id, _state in reviews:
        if pk in points:
            by_application.setdefault(application_id, []).append((reviewer_id, points[pk]))
    current = {reviewer.person.pk: reviewer.person for reviewer in reviewers_of(call)}
    former = {reviewer_id for _pk, reviewer_id, _application, _state in reviews} - set(current)
    people = {**current, **Person.objects.in_bulk(former)}
    lines = []
    for person in sorted(people.values(), key=lambda person: (person.sort_name, person.pk)):
        states = [state for _pk, reviewer_id, _application, state in reviews if reviewer_id == person.pk]
        own = [points[pk] for pk, reviewer_id, _a, _s in reviews if reviewer_id == person.pk and pk in points]
        lines.append(
            ReviewerLine(
                person=person,
                assigned=states.count(ReviewState.ASSIGNED),
                given=states.count(ReviewState.GIVEN),
                conflicts=states.count(ReviewState.CONFLICT),
                mean=fmean(own) if own else None,
                spread=pstdev(own) if len(own) > 1 else None,
                against_others=_against_others(person.pk, by_application.values()),
                is_reviewer=person.pk in current,
            )
        )
    return lines


def spread_lines(call: Call, *, most: int) -> list[SpreadLine]:
    """The applications on which reviewers agree least, the furthest apart first."""
    reviews = Review.objects.given().filter(
        application__call=call, application__state=ApplicationState.SUBMITTED
    )
    points = review_scores(call)
    by_application: dict[int, list[float]] = {}
    for pk, application_id in reviews.values_list("pk", "application"):
        if pk in points:
            by_application.setdefault(application_id, []).append(float(points[pk]))
    apart = sorted(
        ((max(values) - min(values), key) for key, values in by_application.items() if len(values) > 1),
        key=lambda entry: (-entry[0], entry[1]),
    )[:most]
    found = Application.objects.select_related("organisation").in_bulk([key for _spread, key in apart])
    return [
        SpreadLine(found[key], fmean(by_application[key]), len(by_application[key]), spread)
        for spread, key in apart
    ]


def _against_others(person_id: int, reviewed: Iterable[list[tuple[int, float]]]) -> float | None:
    differences = []
    for entries in reviewed:
        own = [score for reviewer_id, score in entries if reviewer_id == person_id]
        others = [score for reviewer_id, score in entries if reviewer_id != person_id]
        if own and others:
            differences.append(own[0] - fmean(others))
    return fmean(differences) if differences else None
