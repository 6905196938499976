"""Reviewing: criteria, assignment, scores, conflicts of interest, discussion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.admissions.assigning import assign_evenly
from filiera.admissions.models import (
    Application,
    ApplicationState,
    Call,
    Criterion,
    Remark,
    Review,
    ReviewState,
    Score,
)
from filiera.admissions.policies import calls as policies
from filiera.admissions.queries.reviewers import excluded_by_application, reviewers_of

from .errors import FieldRefusal


class ScaleIsUsed(FieldRefusal):
    message = _("Scores were given by this scale already. Its words and its weight may change, its ends not.")
    field = "highest"


class CriterionIsUsed(FieldRefusal):
    message = _("Scores were given by this criterion already; it stays.")


class ReviewsHaveBegun(FieldRefusal):
    message = _("Reviews were given already: a new criterion would leave a gap in them.")


class ScaleDoesNotRise(FieldRefusal):
    message = _("The highest score has to be above the lowest.")
    field = "highest"


class NoCriteria(FieldRefusal):
    message = _("There is no criterion yet. Add one, so that reviewers know what to look at.")


class NoReviewers(FieldRefusal):
    message = _("Nobody in the team is a reviewer yet. Invite reviewers to the team first.")


class ScoreMissing(FieldRefusal):
    message = _("A score is missing. Give one by every criterion.")


class ScoreOutsideScale(FieldRefusal):
    message = _("A score is outside its scale.")


class ReviewIsOver(FieldRefusal):
    message = _("This application is no longer yours to review.")


class OwnScoreFirst(FieldRefusal):
    message = _("Give your own scores first; then you read what the others say.")


@dataclass(frozen=True, kw_only=True)
class CriterionDetails:
    name: dict[str, str]
    guidance: dict[str, str]
    weight: int
    lowest: int
    highest: int


@dataclass(frozen=True, kw_only=True)
class ReviewRules:
    """How a call is reviewed."""

    reviews_per_application: int
    is_review_blind: bool
    conflict_by_country: bool


@dataclass(frozen=True, slots=True)
class AssignmentReport:
    """How many reviews were given out, and how many nobody could take."""

    assigned: int
    lacking: int


@transaction.atomic
def set_review_rules(*, call: Call, rules: ReviewRules, by: Viewer, at: datetime) -> Call:
    """Say how a call is reviewed; what is assigned already stays.

    Raises PermissionDenied.
    """
    call = _locked(call, by)
    call.reviews_per_application = rules.reviews_per_application
    call.is_review_blind = rules.is_review_blind
    call.conflict_by_country = rules.conflict_by_country
    call.save(update_fields=["reviews_per_application", "is_review_blind", "conflict_by_country"])
    return call


@transaction.atomic
def save_criterion(
    *, call: Call, criterion: Criterion | None, details: CriterionDetails, by: Viewer, at: datetime
) -> Criterion:
    """Add a criterion behind the others, or change one; once used its scale stays.

    Raises PermissionDenied, ScaleDoesNotRise, ReviewsHaveBegun, ScaleIsUsed.
    """
    call = _locked(call, by)
    if details.highest <= details.lowest:
        raise ScaleDoesNotRise
    if criterion is None:
        if Review.objects.given().filter(application__call=call).exists():
            raise ReviewsHaveBegun
        last = call.criteria.aggregate(last=Max("position"))["last"] or 0
        criterion = Criterion(call=call, position=last + 1)
    is_other_scale = (criterion.lowest, criterion.highest) != (details.lowest, details.highest)
    if criterion.pk is not None and is_other_scale and criterion.scores.exists():
        raise ScaleIsUsed
    criterion.name, criterion.guidance, criterion.weight = details.name, details.guidance, details.weight
    criterion.lowest, criterion.highest = details.lowest, details.highest
    criterion.save()
    return criterion


@transaction.atomic
def delete_criterion(*, criterion: Criterion, by: Viewer, at: datetime) -> None:
    """Raises PermissionDenied, CriterionIsUsed."""
    _locked(criterion.call, by)
    if criterion.scores.exists():
        raise CriterionIsUsed
    criterion.delete()


@transaction.atomic
def take_usual_criteria(*, call: Call, by: Viewer, at: datetime) -> list[Criterion]:
    """Give a call without criteria the four that cluster academies use.

    Raises PermissionDenied, ReviewsHaveBegun.
    """
    call = _locked(call, by)
    if call.criteria.exists():
        return []
    return [
        save_criterion(call=call, criterion=None, details=details, by=by, at=at) for details in USUAL_CRITERIA
    ]


@transaction.atomic
def assign_reviews(*, call: Call, by: Viewer, at: datetime) -> AssignmentReport:
    """Give every submitted application as many reviewers as the call wants, evenly and without conflicts.

    What is assigned or given stays; pressing again fills what came in since.
    Raises PermissionDenied, NoCriteria, NoReviewers.
    """
    call = _locked(call, by)
    if not call.criteria.exists():
        raise NoCriteria
    if not reviewers_of(call):
        raise NoReviewers
    return _fill(call, list(Application.objects.submitted().filter(call=call)), at)


@transaction.atomic
def give_review(
    *, review: Review, scores: Mapping[int, int], comment: str, by: Viewer, at: datetime
) -> Review:
    """Judge an application by every criterion; what was given may be given anew.

    `scores` are values by the criterion's key.
    Raises PermissionDenied, ReviewIsOver, ScoreMissing, ScoreOutsideScale.
    """
    review = _own(review, by)
    if review.state == ReviewState.CONFLICT or review.application.state != ApplicationState.SUBMITTED:
        raise ReviewIsOver
    criteria = list(review.application.call.criteria.all())
    if {criterion.pk for criterion in criteria} - set(scores):
        raise ScoreMissing
    if any(not c.lowest <= scores[c.pk] <= c.highest for c in criteria):
        raise ScoreOutsideScale
    for criterion in criteria:
        Score.objects.update_or_create(
            review=review, criterion=criterion, defaults={"value": scores[criterion.pk]}
        )
    review.comment = comment
    review.state, review.given_at = ReviewState.GIVEN, review.given_at or at
    review.save(update_fields=["comment", "state", "given_at"])
    return review


@transaction.atomic
def declare_conflict(*, review: Review, note: str, by: Viewer, at: datetime) -> AssignmentReport:
    """Step back from an application; another reviewer gets it at once, if there is one.

    Scores that were given count no more. Raises PermissionDenied, ReviewIsOver.
    """
    review = _own(review, by)
    if review.state == ReviewState.CONFLICT:
        raise ReviewIsOver
    review.scores.all().delete()
    review.state, review.conflict_at, review.conflict_note = ReviewState.CONFLICT, at, note
    review.given_at, review.comment = None, ""
    review.save()
    return _fill(review.application.call, [review.application], at)


@transaction.atomic
def write_remark(*, application: Application, text: str, by: Viewer, at: datetime) -> Remark:
    """Say something in the discussion of an application.

    Raises PermissionDenied, OwnScoreFirst.
    """
    if not policies.can_discuss(by, application):
        if policies.can_review(by, application.call.edition):
            raise OwnScoreFirst
        raise PermissionDenied
    return Remark.objects.create(application=application, author=by.person, text=text, written_at=at)


def _locked(call: Call, by: Viewer) -> Call:
    if not policies.can_edit_call(by, call.edition):
        raise PermissionDenied
    calls = Call.objects.select_for_update(of=("self",), no_key=True)
    return calls.select_related("edition").get(pk=call.pk)


def _own(review: Review, by: Viewer) -> Review:
    if not policies.can_give_review(by, review):
        raise PermissionDenied
    # The call first, as assignment does: two who step back at once see each other's heirs.
    Call.objects.select_for_update(no_key=True).get(pk=review.application.call_id)
    locked = Review.objects.select_for_update(of=("self",))
    return locked.select_related("application__call__edition").get(pk=review.pk)


def _fill(call: Call, applications: Sequence[Application], at: datetime) -> AssignmentReport:
    reviewers = reviewers_of(call)
    standing: dict[int, set[int]] = {}
    held = Review.objects.standing().filter(application__call=call, reviewer__isnull=False)
    for application_id, reviewer_id in held.values_list("application", "reviewer"):
        standing.setdefault(application_id, set()).add(int(reviewer_id or 0))
    assignment = assign_evenly(
        applications=[application.pk for application in applications],
        reviewers=[reviewer.person.pk for reviewer in reviewers],
        excluded=excluded_by_application(call, applications, reviewers),
        standing=standing,
        wanted=call.reviews_per_application,
    )
    Review.objects.bulk_create(
        [
            Review(application_id=application_id, reviewer_id=reviewer_id, assigned_at=at)
            for application_id, reviewer_id in assignment.pairs
        ],
        batch_size=1_000,
    )
    return AssignmentReport(len(assignment.pairs), sum(assignment.lacking.values()))


USUAL_CRITERIA = (
    CriterionDetails(
        name={"en": "Need", "it": "Bisogno"},
        guidance={
            "en": "The challenge is real, concrete and shared by others.",
            "it": "La sfida è reale, concreta e condivisa da altri.",
        },
        weight=3,
        lowest=1,
        highest=5,
    ),
    CriterionDetails(
        name={"en": "Will to act", "it": "Volontà di agire"},
        guidance={
            "en": "It is clear what will be done afterwards, and by whom.",
            "it": "È chiaro che cosa si farà dopo, e chi lo farà.",
        },
        weight=3,
        lowest=1,
        highest=5,
    ),
    CriterionDetails(
        name={"en": "What others learn", "it": "Che cosa imparano gli altri"},
        guidance={
            "en": "A practice or an experience that the group can use.",
            "it": "Una pratica o un’esperienza utile al gruppo.",
        },
        weight=2,
        lowest=1,
        highest=5,
    ),
    CriterionDetails(
        name={"en": "Position in the organisation", "it": "Ruolo nell’organizzazione"},
        guidance={
            "en": "The candidate can decide, or reaches those who do.",
            "it": "La persona candidata può decidere, o arriva a chi decide.",
        },
        weight=2,
        lowest=1,
        highest=5,
    ),
)
