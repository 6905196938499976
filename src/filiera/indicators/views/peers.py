"""A cluster beside its peers, and whether it takes part."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies
from filiera.indicators.actions import peers as actions
from filiera.indicators.queries.peers import peers_of
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page

from .common import workspace_view
from .years import year_asked


@require_safe
@workspace_view(policies.can_see_peers)
def peers(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    period = year_asked(request, timezone.now())
    context = {
        "organisation": organisation,
        "period": period,
        "peers": peers_of(request.viewer, organisation, period, request.GET.get("with", "")),
        "can_join": policies.can_join_peers(request.viewer, organisation),
    }
    return render_page(request, "indicators/peers/peers.html", context)


@require_POST
@workspace_view(policies.can_join_peers)
def consent_create(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    try:
        actions.join_peers(organisation=organisation, by=request.viewer, at=timezone.now())
        messages.success(request, _("Your cluster takes part from the next comparison on."))
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    return redirect("indicators:peers", organisation.slug)


@require_POST
@workspace_view(policies.can_join_peers)
def consent_end(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    try:
        actions.leave_peers(organisation=organisation, by=request.viewer, at=timezone.now())
        messages.success(request, _("Your cluster no longer takes part."))
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    return redirect("indicators:peers", organisation.slug)
