"""A reviewer's pages: what is to be judged, one application after the other, and what others say of it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import edition_page, for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import reviews as actions
from filiera.admissions.forms.reviews import ConflictForm, RemarkForm, ReviewForm
from filiera.admissions.models import Review, ReviewState
from filiera.admissions.policies import calls as policies
from filiera.admissions.queries.reviews import (
    given_reviews,
    next_review,
    own_reviews,
    remarks_on,
    review_for_page,
)
from filiera.admissions.queries.summaries import answer_section, blind_summary_of, summary_of
from filiera.questionnaires.queries.display import shown_answers
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal

reviewing = for_those_who(policies.can_review)


@require_safe
@reviewing
def review_list(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """What is still to be reviewed, what was given, what was handed back."""
    found = own_reviews(request.viewer, edition)
    open_ones = [review for review in found if review.state == ReviewState.ASSIGNED]
    context = {
        "open": open_ones,
        "given": [review for review in found if review.state == ReviewState.GIVEN],
        "conflicts": [review for review in found if review.state == ReviewState.CONFLICT],
        "total": len([review for review in found if review.state != ReviewState.CONFLICT]),
        "is_blind": any(review.application.call.is_review_blind for review in found),
    }
    return edition_page(request, edition, "admissions/review/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@reviewing
def review(request: ViewerRequest, edition: Edition, review_id: int) -> HttpResponse:
    """One application to judge; saving leads to the next that waits."""
    found = _find(request, edition, review_id)
    criteria = list(found.application.call.criteria.order_by("position"))
    form = ReviewForm(request.POST or None, review=found, criteria=criteria)
    if request.method == "POST" and form.is_valid():
        try:
            actions.give_review(
                review=found,
                scores=form.scores(),
                comment=form.cleaned_data["comment"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Your scores are saved."))
            following = next_review(request.viewer, edition, found)
            if following is None:
                return redirect("admissions:reviews", edition.slug)
            return redirect("admissions:review", edition.slug, following.pk)
    return _page(request, edition, found, form=form, status=422 if request.method == "POST" else 200)


@require_POST
@reviewing
def conflict(request: ViewerRequest, edition: Edition, review_id: int) -> HttpResponse:
    """Step back; somebody else gets the application."""
    found = _find(request, edition, review_id)
    form = ConflictForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        report = actions.declare_conflict(review=found, note=note, by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        words = (
            _("Another reviewer has the application now.")
            if report.assigned
            else _("You no longer review it. There is nobody else yet; the team sees that.")
        )
        messages.success(request, words)
    return redirect("admissions:reviews", edition.slug)


@require_POST
@reviewing
def remark(request: ViewerRequest, edition: Edition, review_id: int) -> HttpResponse:
    found = _find(request, edition, review_id)
    form = RemarkForm(request.POST)
    if form.is_valid():
        try:
            actions.write_remark(
                application=found.application,
                text=form.cleaned_data["text"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("admissions:review", edition.slug, found.pk)
    return _page(request, edition, found, remark_form=form, status=422)


def _find(request: ViewerRequest, edition: Edition, review_id: int) -> Review:
    found = get_object_or_404(review_for_page(request.viewer, edition, review_id))
    if not policies.can_give_review(request.viewer, found):
        raise PermissionDenied
    return found


def _page(
    request: ViewerRequest,
    edition: Edition,
    found: Review,
    *,
    form: ReviewForm | None = None,
    remark_form: RemarkForm | None = None,
    status: int,
) -> HttpResponse:
    application = found.application
    call = application.call
    criteria = list(call.criteria.order_by("position"))
    sees_others = policies.can_discuss(request.viewer, application) and found.state == ReviewState.GIVEN
    if call.is_review_blind:
        answers = (
            shown_answers(application.answers, request.viewer, is_blind=True) if application.answers else []
        )
        sections = [*blind_summary_of(application), *answer_section(answers, with_files=False)]
    else:
        sections = summary_of(application, request.viewer)
    context = {
        "review": found,
        "application": application,
        "call": call,
        "is_blind": call.is_review_blind,
        "sections": sections,
        "form": form or ReviewForm(review=found, criteria=criteria),
        "has_criteria": bool(criteria),
        "conflict_form": ConflictForm(),
        "sees_others": sees_others,
        "others": [line for line in given_reviews(application) if line.review.pk != found.pk]
        if sees_others
        else [],
        "remarks": remarks_on(request.viewer, application) if sees_others else [],
        "remark_form": remark_form or RemarkForm(),
        "next": next_review(request.viewer, edition, found),
    }
    return edition_page(request, edition, "admissions/review/review.html", context, status=status)
