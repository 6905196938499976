"""The people of an organisation's team."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from filiera.accounts.actions import InvitationUsed, withdraw_invitation
from filiera.accounts.viewer import ViewerRequest
from filiera.organisations import actions, policies, queries
from filiera.organisations.forms import InviteForm, PositionForm
from filiera.organisations.models import Organisation, Position
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page

from .common import workspace_view


@require_GET
@workspace_view()
def team(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    return _team_page(request, organisation, InviteForm())


@require_POST
@workspace_view(policies.can_edit_team)
def invitation_create(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _team_page(request, organisation, form, status=422)
    actions.invite_to_team(
        organisation=organisation,
        email=form.cleaned_data["email"],
        role=form.cleaned_data["role"],
        title=form.cleaned_data["title"],
        language=get_language() or "en",
        by=request.viewer,
        at=timezone.now(),
    )
    messages.success(request, _("An invitation is on its way to %(email)s.") % form.cleaned_data)
    return redirect("organisations:team", organisation.slug)


@require_POST
@workspace_view(policies.can_edit_team)
def invitation_withdraw(
    request: ViewerRequest, organisation: Organisation, invitation_id: int
) -> HttpResponse:
    at = timezone.now()
    invitation = next(
        (one for one in queries.open_invitations(organisation, at) if one.pk == invitation_id), None
    )
    if invitation:
        try:
            withdraw_invitation(invitation=invitation, by=request.viewer, at=at)
        except InvitationUsed as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, _("The invitation is withdrawn; its link no longer works."))
    return redirect("organisations:team", organisation.slug)


@require_http_methods(["GET", "POST"])
@workspace_view(policies.can_edit_team)
def position_edit(request: ViewerRequest, organisation: Organisation, position_id: int) -> HttpResponse:
    position = _position(request, organisation, position_id)
    form = PositionForm(
        request.POST or None,
        initial={"role": position.role, "title": position.title, "is_public": position.is_public},
    )
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_position(
                position=position, **form.cleaned_data, by=request.viewer, at=timezone.now()
            )
        except DomainError as refusal:
            form.add_error("role", str(refusal))
        else:
            messages.success(request, _("The team is changed."))
            return redirect("organisations:team", organisation.slug)
    context = {"organisation": organisation, "position": position, "form": form}
    status = 422 if request.method == "POST" else 200
    return render_page(
        request, "organisations/workspace/position.html", context, partial="panel", status=status
    )


@require_POST
@workspace_view()
def position_end(request: ViewerRequest, organisation: Organisation, position_id: int) -> HttpResponse:
    position = _position(request, organisation, position_id)
    try:
        actions.end_position(position=position, by=request.viewer, at=timezone.now())
    except DomainError as refusal:
        messages.warning(request, str(refusal))
        return redirect("organisations:team", organisation.slug)
    if position.person_id == request.viewer.person_id:
        messages.success(request, _("You have left the team of %(name)s.") % {"name": organisation.name})
        return redirect(organisation)
    messages.success(request, _("%(name)s has left the team.") % {"name": position.person.name})
    return redirect("organisations:team", organisation.slug)


def _team_page(
    request: ViewerRequest, organisation: Organisation, form: InviteForm, *, status: int = 200
) -> HttpResponse:
    at = timezone.now()
    can_edit = policies.can_edit_team(request.viewer, organisation)
    context = {
        "organisation": organisation,
        "positions": queries.team_of(request.viewer, organisation),
        "invitations": queries.open_invitations(organisation, at) if can_edit else [],
        "form": form,
        "today": at.date(),
        "can_edit": can_edit,
    }
    return render_page(request, "organisations/workspace/team.html", context, status=status)


def _position(request: ViewerRequest, organisation: Organisation, position_id: int) -> Position:
    positions = Position.objects.visible_to(request.viewer).select_related("person", "organisation")
    return get_object_or_404(positions, pk=position_id, organisation=organisation)
