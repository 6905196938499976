"""A participant's own self-assessment: rated at three moments, seen by nobody else."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiera.academy.edition_pages import edition_page, for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import assessments as actions
from filiera.admissions.forms.assessments import RatingForm
from filiera.admissions.models import AssessmentMoment, Participation, ParticipationState
from filiera.admissions.policies.people import belongs_to
from filiera.admissions.queries.assessments import (
    by_area,
    group_result,
    items_of,
    open_for,
    open_moments,
    own_lines,
)
from filiera.admissions.queries.own import own_participation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal

taking_part = for_those_who(belongs_to)


@require_safe
@taking_part
def self_assessment(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """How one rated oneself, and how that changed; beside it the group, as far as it may be told."""
    own = _own(request, edition)
    at = edition.clock_at or timezone.now()
    lines = own_lines(request.viewer, own) if own else []
    moments = [moment for moment in AssessmentMoment if any(moment in line.levels for line in lines)]
    group = group_result(edition) if lines else None
    context = {
        "areas": by_area(lines),
        "moments": moments,
        "group_moments": [AssessmentMoment(moment) for moment in group.moments] if group else [],
        "open": open_for(own, at=at) if own else [],
        "can_change": [moment for moment in moments if moment in open_moments(edition, at)],
        "changes": sum((line.change or 0) > 0 for line in lines),
        "is_confirmed": own is not None,
    }
    return edition_page(request, edition, "admissions/assessments/own.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@taking_part
def self_assessment_moment(request: ViewerRequest, edition: Edition, moment: str) -> HttpResponse:
    """Rating oneself at one moment."""
    own = _own(request, edition)
    items = items_of(edition)
    at = edition.clock_at or timezone.now()
    if own is None or not items or moment not in open_moments(edition, at):
        raise Http404
    levels = {
        line.item.pk: line.levels[moment] for line in own_lines(request.viewer, own) if moment in line.levels
    }
    form = RatingForm(request.POST or None, items=items, levels=levels)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(
                participation=own, moment=moment, levels=form.levels(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Thank you. Only you see your answers."))
            return redirect("admissions:self_assessment", edition.slug)
    context = {
        "form": form,
        "moment": AssessmentMoment(moment),
        "closes_on": open_moments(edition, at)[moment],
    }
    status = 422 if request.method == "POST" else 200
    return edition_page(request, edition, "admissions/assessments/rate.html", context, status=status)


def _own(request: ViewerRequest, edition: Edition) -> Participation | None:
    own = own_participation(request.viewer, edition)
    if own is None or own.state != ParticipationState.CONFIRMED:
        return None
    own.edition = edition
    return own
