"""Shared sets as those who use them see them: the list, one set, its versions, adopting and leaving."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies
from filiera.indicators.actions import set_adoptions as actions
from filiera.indicators.models import IndicatorSet, SetAdoption, SetVersion
from filiera.indicators.queries import sets as queries
from filiera.organisations.models import Organisation
from filiera.shared.http import render_page, tried

from .common import workspace_view


@require_safe
@workspace_view(policies.can_see_sets)
def set_list(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    """Sets that one uses, sets of one's own, and sets that one could adopt."""
    context = {
        "organisation": organisation,
        "sets": queries.sets_of(request.viewer, organisation),
        "can_make": policies.can_make_sets(request.viewer, organisation),
    }
    return render_page(request, "indicators/sets/list.html", context)


@require_safe
@workspace_view(policies.can_see_sets)
def set_page(request: ViewerRequest, organisation: Organisation, set_id: int) -> HttpResponse:
    """One set; one that was never published leads to its draft."""
    found = set_in(request, organisation, set_id)
    page = queries.set_page(request.viewer, organisation, found)
    if page.line.latest is None:
        return redirect("indicators:set_draft", organisation.slug, found.pk)
    context = {
        "organisation": organisation,
        "set": found,
        "page": page,
        "is_own": found.organisation_id == organisation.pk,
        "can_make": policies.can_make_set(request.viewer, found) and found.organisation_id == organisation.pk,
        "can_use": policies.can_use_sets(request.viewer, organisation),
    }
    return render_page(request, "indicators/sets/set.html", context)


@require_safe
@workspace_view(policies.can_see_sets)
def version(
    request: ViewerRequest, organisation: Organisation, set_id: int, set_version: int
) -> HttpResponse:
    """One published version, with what it changed and whose proposals it holds."""
    found = set_in(request, organisation, set_id)
    shown = _version(request, found, set_version)
    context = {
        "organisation": organisation,
        "set": found,
        "page": queries.version_page(request.viewer, shown),
        "adoption": _adoptions(request, organisation, found).first(),
        "can_use": policies.can_use_sets(request.viewer, organisation),
    }
    return render_page(request, "indicators/sets/version.html", context)


@require_POST
@workspace_view(policies.can_use_sets)
def adoption_create(
    request: ViewerRequest, organisation: Organisation, set_id: int, set_version: int
) -> HttpResponse:
    found = set_in(request, organisation, set_id)
    chosen = _version(request, found, set_version)
    tried(
        request,
        lambda: actions.adopt_version(
            version=chosen, organisation=organisation, by=request.viewer, at=timezone.now()
        ),
        _("You use version %(number)s now. Its indicators stand first among your figures.")
        % {"number": chosen.number},
    )
    return redirect("indicators:set", organisation.slug, found.pk)


@require_POST
@workspace_view(policies.can_use_sets)
def adoption_end(request: ViewerRequest, organisation: Organisation, set_id: int) -> HttpResponse:
    found = set_in(request, organisation, set_id)
    adoption = get_object_or_404(_adoptions(request, organisation, found))
    tried(
        request,
        lambda: actions.end_adoption(adoption=adoption, by=request.viewer, at=timezone.now()),
        _("You do not use this set any more."),
    )
    return redirect("indicators:sets", organisation.slug)


def set_in(request: ViewerRequest, organisation: Organisation, set_id: int) -> IndicatorSet:
    """A set that stands in the workspace. Raises Http404."""
    return get_object_or_404(queries.sets_in(request.viewer, organisation), pk=set_id)


def _version(request: ViewerRequest, found: IndicatorSet, number: int) -> SetVersion:
    """A published version. Raises Http404."""
    rows = SetVersion.objects.visible_to(request.viewer).published().filter(indicator_set=found)
    shown = get_object_or_404(rows.select_related("published_by"), number=number)
    shown.indicator_set = found
    return shown


def _adoptions(
    request: ViewerRequest, organisation: Organisation, found: IndicatorSet
) -> QuerySet[SetAdoption]:
    rows = SetAdoption.objects.visible_to(request.viewer).standing()
    return rows.filter(indicator_set=found, organisation=organisation).select_related(
        "version", "organisation", "indicator_set"
    )
