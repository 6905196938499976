"""Members of a cluster, and the clusters an organisation belongs to."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from filiera.accounts.viewer import Viewer, ViewerRequest
from filiera.organisations import actions, policies, queries
from filiera.organisations.forms import EndForm, KnownDate, MemberForm, NewMemberForm
from filiera.organisations.models import Membership, Organisation, OrganisationKind, Precision
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page

from .common import number_in, workspace_view
from .directory import import_page


def _can_see_members(viewer: Viewer, organisation: Organisation) -> bool:
    return organisation.takes_members and policies.can_open_workspace(viewer, organisation)


@require_GET
@workspace_view(_can_see_members)
def members(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    return _members_page(request, organisation, MemberForm())


@require_POST
@workspace_view(policies.can_edit_members)
def membership_create(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    form = MemberForm(request.POST)
    if form.is_valid():
        start: KnownDate | None = form.cleaned_data["start"]
        member = (
            Organisation.objects.visible_to(request.viewer).filter(slug=form.cleaned_data["member"]).first()
        )
        if member is None:
            form.add_error("member", _("There is no organisation with this address. Look in the directory."))
        else:
            try:
                actions.start_membership(
                    member=member,
                    cluster=organisation,
                    start_on=start.day if start else None,
                    start_precision=start.precision if start else Precision.DAY,
                    source_url=form.cleaned_data["source_url"],
                    by=request.viewer,
                    at=timezone.now(),
                )
            except DomainError as refusal:
                form.add_error("member", str(refusal))
            else:
                messages.success(request, _("%(name)s is a member now.") % {"name": member.name})
                return redirect("organisations:members", organisation.slug)
    return _members_page(request, organisation, form, status=422)


@require_http_methods(["GET", "POST"])
@workspace_view(policies.can_edit_members)
def member_create(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    """A member that the directory does not know yet: made known and joined in one step."""
    form = NewMemberForm(
        request.POST or None, beside=organisation, initial={"kind": OrganisationKind.COMPANY}
    )
    duplicates: tuple[queries.Duplicate, ...] = ()
    if request.method == "POST" and form.is_valid():
        start: KnownDate | None = form.cleaned_data["start"]
        try:
            member = actions.create_member(
                cluster=organisation,
                profile=form.profile(),
                start_on=start.day if start else None,
                start_precision=start.precision if start else Precision.DAY,
                although_similar=form.cleaned_data["although_similar"],
                by=request.viewer,
                at=timezone.now(),
            )
        except actions.ProfileRefused as refusal:
            form.tell(refusal)
        except actions.LooksLikeDuplicate as refusal:
            duplicates = refusal.duplicates
        except actions.DateInFuture as refusal:
            form.add_error("start", str(refusal))
        else:
            messages.success(request, _("%(name)s is a member now.") % {"name": member.name})
            return redirect("organisations:members", organisation.slug)
    context = {"organisation": organisation, "form": form, "duplicates": duplicates}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "organisations/workspace/member_create.html", context, status=status)


@require_http_methods(["GET", "POST"])
@workspace_view(policies.can_edit_members)
def member_import(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    return import_page(request, organisation, "organisations/workspace/member_import.html")


@require_http_methods(["GET", "POST"])
@workspace_view()
def membership_end(request: ViewerRequest, organisation: Organisation, membership_id: int) -> HttpResponse:
    membership = _membership(request, organisation, membership_id)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        end: KnownDate = form.cleaned_data["end"]
        try:
            actions.end_membership(
                membership=membership,
                end_on=end.day,
                end_precision=end.precision,
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error("end", str(refusal))
        else:
            messages.success(request, _("The membership has ended."))
            return redirect(_list_of(membership, organisation), organisation.slug)
    context = {
        "organisation": organisation,
        "membership": membership,
        "form": form,
        "list_name": _list_of(membership, organisation),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(
        request, "organisations/workspace/membership_end.html", context, partial="panel", status=status
    )


@require_POST
@workspace_view(policies.can_edit_members)
def membership_withdraw(
    request: ViewerRequest, organisation: Organisation, membership_id: int
) -> HttpResponse:
    membership = _membership(request, organisation, membership_id)
    try:
        actions.withdraw_membership(membership=membership, by=request.viewer, at=timezone.now())
    except DomainError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("The membership is withdrawn; what it counted is reversed."))
    return redirect("organisations:members", organisation.slug)


@require_GET
@workspace_view()
def memberships(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    rows = queries.memberships_of(request.viewer, organisation)
    context = {"organisation": organisation, "memberships": rows, "today": timezone.now().date()}
    return render_page(request, "organisations/workspace/memberships.html", context)


def _members_page(
    request: ViewerRequest, organisation: Organisation, form: MemberForm, *, status: int = 200
) -> HttpResponse:
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:200]
    rows, next_key = queries.members_page(
        request.viewer, organisation, text=text, after=number_in(request.GET.get("after", ""))
    )
    asked = {"q": text} if text else {}
    context = {
        "organisation": organisation,
        "memberships": rows,
        "form": form,
        "text": text,
        "today": timezone.now().date(),
        "can_edit": policies.can_edit_members(request.viewer, organisation),
        "next_url": f"?{urlencode({**asked, 'after': next_key})}" if next_key else "",
    }
    return render_page(
        request, "organisations/workspace/members.html", context, partial="members", status=status
    )


def _membership(request: ViewerRequest, organisation: Organisation, membership_id: int) -> Membership:
    rows = Membership.objects.visible_to(request.viewer).valid().select_related("member", "cluster")
    membership = get_object_or_404(rows, pk=membership_id)
    if organisation.pk not in (membership.member_id, membership.cluster_id):
        return get_object_or_404(rows.none(), pk=membership_id)
    return membership


def _list_of(membership: Membership, organisation: Organisation) -> str:
    is_ours = membership.cluster_id == organisation.pk
    return "organisations:members" if is_ours else "organisations:memberships"
