"""Who belongs to the edition."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiera.academy import policies
from filiera.academy.actions.team import end_role, invite_member
from filiera.academy.edition_pages import desk_view
from filiera.academy.forms.team import TEAM_ROLES, TeamForm
from filiera.academy.models import Edition, EditionMember, EditionRole
from filiera.academy.queries.desk import team_of
from filiera.accounts.models import Invitation
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page
from filiera.texts.languages import DEFAULT_LANGUAGE


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view(policies.can_view_team)
def desk_team(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """The team, and the form that invites to it."""
    form = TeamForm(request.POST or None, viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        try:
            joined = invite_member(
                edition=edition,
                email=form.cleaned_data["email"],
                role=form.cleaned_data["role"],
                organisation=form.cleaned_data["organisation"],
                by=request.viewer,
                at=timezone.now(),
                language=get_language() or DEFAULT_LANGUAGE,
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            if isinstance(joined, Invitation):
                messages.success(
                    request, _("The invitation is on its way to %(address)s.") % {"address": joined.email}
                )
            else:
                messages.success(
                    request, _("%(name)s belongs to the team now.") % {"name": joined.person.shown_name}
                )
            return redirect("academy:desk_team", edition.slug)
    members = team_of(edition)
    context = {
        "edition": edition,
        "form": form,
        "groups": [
            (role.label, [member for member in members if member.role == role]) for role in TEAM_ROLES
        ],
        "others": [
            (role.label, sum(member.role == role for member in members))
            for role in EditionRole
            if role not in TEAM_ROLES
        ],
        "may_edit": policies.can_edit_team(request.viewer, edition),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "academy/desk/team.html", context, status=status)


@require_POST
@desk_view(policies.can_edit_team)
def desk_team_end(request: ViewerRequest, edition: Edition, member_id: int) -> HttpResponse:
    visible = EditionMember.objects.visible_to(request.viewer).select_related("edition", "person")
    member = get_object_or_404(visible.filter(until__isnull=True), edition=edition, pk=member_id)
    try:
        end_role(member=member, by=request.viewer, at=timezone.now())
        messages.success(request, _("The role has ended."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("academy:desk_team", edition.slug)
