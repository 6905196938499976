from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from filiera.accounts import actions, invitations
from filiera.accounts.forms import JoinForm
from filiera.accounts.models import Invitation, Person
from filiera.accounts.viewer import ViewerRequest
from filiera.accounts.views.who import personal
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def invitation(request: ViewerRequest, token: str) -> HttpResponse:
    """What a one-time link offers: to somebody signed in a button, to others an account."""
    try:
        found = actions.find_invitation(token, timezone.now())
    except DomainError as error:
        return _link_is_worthless(request, error)
    if request.viewer.person is not None:
        return _page(request, found, token)
    form = JoinForm(request.POST or None, invited_address=found.email)
    if request.method != "POST" or not form.is_valid():
        return _page(request, found, token, form=form, status=422 if request.method == "POST" else 200)
    try:
        person, address = actions.join_by_invitation(
            token=token,
            email=form.address,
            name=form.cleaned_data["name"],
            password=form.cleaned_data["password"],
            language=get_language() or "",
            at=timezone.now(),
        )
    except actions.AddressHasAccount as error:
        form.add_error(None, str(error))
        return _page(request, found, token, form=form, status=422)
    except DomainError as error:
        return _link_is_worthless(request, error)
    sign_in(request, person, method="password")
    messages.success(request, _("Welcome, %(name)s.") % {"name": person.shown_name})
    return redirect(address)


@require_POST
@personal
def invitation_acceptance(request: ViewerRequest, person: Person, token: str) -> HttpResponse:
    try:
        address = actions.accept_invitation(token=token, person=person, at=timezone.now())
    except DomainError as error:
        return _link_is_worthless(request, error)
    messages.success(request, _("The invitation is accepted."))
    return redirect(address)


def sign_in(request: ViewerRequest, person: Person, *, method: str) -> None:
    """Open a session for somebody whose identity the caller has established."""
    get_adapter().login(request, person)
    record_authentication(request, person, method=method)
    # As after a password: the session stands in the person's list, and live pages may listen by it.
    UserSession.objects.create_from_request(request)


def _page(request: ViewerRequest, found: Invitation, token: str, **context: Any) -> HttpResponse:
    kind = invitations.find_purpose(found.purpose)
    status = context.pop("status", 200)
    told = {"invitation": found, "title": kind.title, "described": kind.describe(found), "token": token}
    return render_page(request, "accounts/invitation.html", {**told, **context}, status=status)


def _link_is_worthless(request: ViewerRequest, error: DomainError) -> HttpResponse:
    return render_page(request, "accounts/invitation_refused.html", {"error": error}, status=error.status)
