"""The self-assessment at the desk: its items, and the group in figures."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import assessments as actions
from filiera.admissions.assessment_chart import group_chart
from filiera.admissions.disclosure import SMALLEST_GROUP
from filiera.admissions.forms.assessments import CopyForm, ItemForm
from filiera.admissions.models import AssessmentMoment, CompetenceItem
from filiera.admissions.policies.people import can_edit_competences, can_view_results
from filiera.admissions.queries.assessments import (
    answer_counts,
    answered_item_ids,
    by_area,
    divisions,
    editions_to_copy_from,
    group_lines,
    group_result,
)
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change, panel_page, render_page

viewing = for_those_who(can_view_results)
editing = for_those_who(can_edit_competences)


@require_safe
@viewing
def desk_self_assessment(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Items, how many answered at each moment, and the group's means where they tell about nobody."""
    division, value = _asked(request)
    offered = divisions(edition)
    if value not in {known for each in offered if each.code == division for known, _name in each.values}:
        division, value = "", ""
    result = group_result(edition, division=division, value=value)
    lines = group_lines(edition, result)
    may_edit = can_edit_competences(request.viewer, edition)
    context = {
        "edition": edition,
        "areas": by_area(lines),
        "has_items": bool(lines),
        "moments": [AssessmentMoment(moment) for moment in result.moments],
        "answered_by_moment": [
            (AssessmentMoment(moment).label, count) for moment, count in answer_counts(edition).items()
        ],
        "chart": group_chart(lines, result),
        "divisions": offered,
        "asked": f"{division}:{value}" if division else "",
        "smallest": SMALLEST_GROUP,
        "answered": answered_item_ids(edition),
        "may_edit": may_edit,
        "copies": editions_to_copy_from(request.viewer, edition) if may_edit else [],
    }
    return render_page(request, "admissions/assessments/desk.html", context, partial="results")


@require_POST
@editing
def desk_packaged_items(request: ViewerRequest, edition: Edition) -> HttpResponse:
    count = actions.add_packaged_items(edition=edition, by=request.viewer, at=timezone.now())
    return _added(request, edition, count)


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_item_copies(request: ViewerRequest, edition: Edition) -> HttpResponse:
    form = CopyForm(request.POST or None, editions=editions_to_copy_from(request.viewer, edition))
    if request.method == "POST" and form.is_valid():
        count = actions.copy_items(
            edition=edition, source=form.cleaned_data["source"], by=request.viewer, at=timezone.now()
        )
        return _added(request, edition, count)
    context = {"edition": edition, "form": form, "item": None, "heading": _("Take over the items")}
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "admissions/assessments/item.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_item_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    return _item_form(request, edition, None)


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_item(request: ViewerRequest, edition: Edition, item_id: int) -> HttpResponse:
    return _item_form(request, edition, _find(request, edition, item_id))


@require_POST
@editing
def desk_item_deletion(request: ViewerRequest, edition: Edition, item_id: int) -> HttpResponse:
    try:
        actions.remove_item(item=_find(request, edition, item_id), by=request.viewer, at=timezone.now())
        messages.success(request, _("The item is deleted."))
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, _page(edition))


def _item_form(request: ViewerRequest, edition: Edition, item: CompetenceItem | None) -> HttpResponse:
    form = ItemForm(request.POST or None, item=item)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_item(
                edition=edition, item=item, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The item is saved."))
            return after_change(request, _page(edition))
    heading = item.code if item else _("Add an item")
    context = {"edition": edition, "form": form, "item": item, "heading": heading}
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "admissions/assessments/item.html", context, status=status)


def _added(request: ViewerRequest, edition: Edition, count: int) -> HttpResponse:
    said = ngettext("%(count)s item is added.", "%(count)s items are added.", count)
    messages.success(request, said % {"count": count})
    return after_change(request, _page(edition))


def _asked(request: ViewerRequest) -> tuple[str, str]:
    division, _colon, value = request.GET.get("by", "")[:60].replace("\x00", "").partition(":")
    return division, value


def _find(request: ViewerRequest, edition: Edition, item_id: int) -> CompetenceItem:
    visible = CompetenceItem.objects.visible_to(request.viewer).select_related("edition")
    return get_object_or_404(visible, edition=edition, pk=item_id)


def _page(edition: Edition) -> str:
    return reverse("admissions:desk_self_assessment", args=[edition.slug])
