"""Reviewing at the desk: rules, criteria, who has what, and how far apart they judge."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import reviews as actions
from filiera.admissions.drawings import reviewers_chart
from filiera.admissions.forms.reviews import CriterionForm, RulesForm
from filiera.admissions.models import Call, CallKind, Criterion
from filiera.admissions.policies import calls as policies
from filiera.admissions.queries.calls import call_of
from filiera.admissions.queries.reviews import progress_of_reviews, reviewer_lines, spread_lines
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page

MOST_APART = 20
viewing = for_those_who(policies.can_view_applications)
editing = for_those_who(policies.can_edit_call)


@require_http_methods(["GET", "HEAD"])
@viewing
def desk_reviews(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """How far the reviewing is, by what is judged, who has how much."""
    return _page(request, edition, status=200)


@require_POST
@editing
def rules(request: ViewerRequest, edition: Edition) -> HttpResponse:
    call = _call(request, edition)
    form = RulesForm(request.POST, call=call)
    if not form.is_valid():
        return _page(request, edition, rules_form=form, status=422)
    actions.set_review_rules(call=call, rules=form.rules(), by=request.viewer, at=timezone.now())
    messages.success(request, _("The rules are saved. What is assigned already stays."))
    return redirect("admissions:desk_reviews", edition.slug)


@require_POST
@editing
def assignment(request: ViewerRequest, edition: Edition) -> HttpResponse:
    try:
        report = actions.assign_reviews(call=_call(request, edition), by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("admissions:desk_reviews", edition.slug)
    said = ngettext("%(count)s review is assigned.", "%(count)s reviews are assigned.", report.assigned)
    messages.success(request, said % {"count": report.assigned})
    if report.lacking:
        lacking = ngettext(
            "%(count)s review found nobody without a conflict. Invite more reviewers.",
            "%(count)s reviews found nobody without a conflict. Invite more reviewers.",
            report.lacking,
        )
        messages.warning(request, lacking % {"count": report.lacking})
    return redirect("admissions:desk_reviews", edition.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def criterion_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    return _criterion_form(request, edition, None)


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def criterion(request: ViewerRequest, edition: Edition, criterion_id: int) -> HttpResponse:
    return _criterion_form(request, edition, _criterion(request, edition, criterion_id))


@require_POST
@editing
def criterion_deletion(request: ViewerRequest, edition: Edition, criterion_id: int) -> HttpResponse:
    try:
        actions.delete_criterion(
            criterion=_criterion(request, edition, criterion_id), by=request.viewer, at=timezone.now()
        )
        messages.success(request, _("The criterion is gone."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("admissions:desk_reviews", edition.slug)


@require_POST
@editing
def usual_criteria(request: ViewerRequest, edition: Edition) -> HttpResponse:
    try:
        actions.take_usual_criteria(call=_call(request, edition), by=request.viewer, at=timezone.now())
        messages.success(request, _("The usual criteria are there. Change them as you like."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("admissions:desk_reviews", edition.slug)


@require_safe
@viewing
def calibration(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Who judges higher or lower than the others, and on which applications opinions are apart."""
    call = _call(request, edition)
    lines = reviewer_lines(call)
    context = {
        "edition": edition,
        "call": call,
        "lines": [line for line in lines if line.given],
        "chart": reviewers_chart(lines),
        "apart": spread_lines(call, most=MOST_APART),
    }
    return render_page(request, "admissions/desk/calibration.html", context)


def _call(request: ViewerRequest, edition: Edition) -> Call:
    call = call_of(request.viewer, edition, CallKind.PARTICIPANTS)
    if call is None:
        raise Http404
    return call


def _criterion(request: ViewerRequest, edition: Edition, criterion_id: int) -> Criterion:
    visible = Criterion.objects.visible_to(request.viewer).select_related("call__edition")
    return get_object_or_404(visible, call__edition=edition, pk=criterion_id)


def _criterion_form(request: ViewerRequest, edition: Edition, found: Criterion | None) -> HttpResponse:
    call = _call(request, edition)
    form = CriterionForm(request.POST or None, criterion=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_criterion(
                call=call, criterion=found, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The criterion is saved."))
            return redirect("admissions:desk_reviews", edition.slug)
    context = {"edition": edition, "form": form, "criterion": found}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "admissions/desk/criterion.html", context, status=status)


def _page(
    request: ViewerRequest, edition: Edition, *, rules_form: RulesForm | None = None, status: int
) -> HttpResponse:
    call = call_of(request.viewer, edition, CallKind.PARTICIPANTS)
    context: dict[str, object] = {"edition": edition, "call": call}
    if call is not None:
        context |= {
            "may_edit": policies.can_edit_call(request.viewer, edition),
            "rules_form": rules_form or RulesForm(call=call),
            "criteria": list(
                Criterion.objects.visible_to(request.viewer).filter(call=call).order_by("position")
            ),
            "progress": progress_of_reviews(call),
            "lines": reviewer_lines(call),
        }
    return render_page(request, "admissions/desk/reviews.html", context, status=status)
