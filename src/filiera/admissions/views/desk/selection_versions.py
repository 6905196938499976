"""Versions of a selection: kept, compared, gone back to."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions.selection_versions import go_back_to, keep_version
from filiera.admissions.forms.selection import VersionForm
from filiera.admissions.models import Call, Selection
from filiera.admissions.policies import selection as policies
from filiera.admissions.queries import selection as queries
from filiera.admissions.queries.selection_changes import differences_between
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change, render_page

from .selection import board_address, seeing, selecting


@require_safe
@seeing
def desk_selection_versions(request: ViewerRequest, edition: Edition) -> HttpResponse:
    return _page(request, edition, VersionForm())


@require_POST
@selecting
def desk_version_keep(request: ViewerRequest, edition: Edition) -> HttpResponse:
    form = VersionForm(request.POST)
    if form.is_valid():
        try:
            kept = keep_version(
                call=_call(edition), name=form.cleaned_data["name"], by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Version %(number)s is kept.") % {"number": kept.number})
            return after_change(request, board_address(edition))
    return _page(request, edition, form, status=422)


@require_POST
@selecting
def desk_version_return(request: ViewerRequest, edition: Edition, number: int) -> HttpResponse:
    visible = Selection.objects.visible_to(request.viewer).select_related("call__edition")
    version = get_object_or_404(visible, call=_call(edition), number=number)
    try:
        go_back_to(version=version, by=request.viewer, at=timezone.now())
        messages.success(request, _("The board stands as in version %(number)s.") % {"number": number})
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, board_address(edition))


def _call(edition: Edition) -> Call:
    call = queries.call_to_select(edition)
    if call is None:
        raise Http404
    return call


def _page(request: ViewerRequest, edition: Edition, form: VersionForm, *, status: int = 200) -> HttpResponse:
    versions = queries.versions_of(_call(edition), request.viewer)
    after = _asked(versions, request.GET.get("after", "")) or (versions[0] if versions else None)
    before = _asked(versions, request.GET.get("before", "")) or (versions[1] if len(versions) > 1 else None)
    differences = differences_between(before, after) if before is not None and after is not None else []
    keys = {row.application_id for row in differences}
    names = queries.names_of(keys) if keys else {}
    context = {
        "edition": edition,
        "versions": versions,
        "before": before,
        "after": after,
        "lines": [(row, names.get(row.application_id, "—")) for row in differences],
        "form": form,
        "may_select": policies.can_select(request.viewer, edition),
    }
    return render_page(request, "admissions/desk/selection/versions.html", context, status=status)


def _asked(versions: list[Selection], number: str) -> Selection | None:
    return next((row for row in versions if str(row.number) == number), None)
