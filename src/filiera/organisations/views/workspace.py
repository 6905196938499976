"""An organisation's own workspace: overview, profile, edits."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from filiera.accounts.viewer import ViewerRequest
from filiera.organisations import actions, policies, queries
from filiera.organisations.forms import ProfileForm
from filiera.organisations.models import Organisation, OrganisationKind
from filiera.organisations.revisions import in_words
from filiera.shared.http import render_page

from .common import number_in, workspace_view


@require_GET
@login_required
def workspaces(request: ViewerRequest) -> HttpResponse:
    """One organisation leads straight into it."""
    positions = queries.own_workspaces(request.viewer)
    if len(positions) == 1:
        return redirect("organisations:workspace", positions[0].organisation.slug)
    return render_page(request, "organisations/workspaces.html", {"positions": positions})


@require_GET
@workspace_view()
def workspace(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    overview = queries.workspace_overview(request.viewer, organisation)
    revisions, _next = queries.revisions_page(request.viewer, organisation, size=5)
    context = {
        "organisation": organisation,
        "overview": overview,
        "network": queries.network_figures(request.viewer, organisation)
        if organisation.kind == OrganisationKind.META_CLUSTER
        else None,
        "edits": in_words(revisions, queries.reference_names(revisions)),
        "can_edit": policies.can_edit(request.viewer, organisation),
        "can_edit_team": policies.can_edit_team(request.viewer, organisation),
    }
    return render_page(request, "organisations/workspace/overview.html", context)


@require_http_methods(["GET", "POST"])
@workspace_view(policies.can_edit)
def profile(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    form = ProfileForm(
        request.POST or None, organisation=organisation, fixed_kind=not request.viewer.administering
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.edit_organisation(
                organisation=organisation, profile=form.profile(), by=request.viewer, at=timezone.now()
            )
        except actions.ProfileRefused as refusal:
            form.tell(refusal)
        else:
            messages.success(request, _("The profile is saved and public."))
            return redirect("organisations:profile", organisation.slug)
    context = {"organisation": organisation, "form": form}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "organisations/workspace/profile.html", context, status=status)


@require_GET
@workspace_view()
def history(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    revisions, next_key = queries.revisions_page(
        request.viewer, organisation, before=number_in(request.GET.get("before", ""))
    )
    context = {
        "organisation": organisation,
        "edits": in_words(revisions, queries.reference_names(revisions)),
        "next_url": f"?before={next_key}" if next_key else "",
    }
    return render_page(request, "organisations/workspace/history.html", context)
