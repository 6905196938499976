"""What all pages of the desk share: who comes in, and how a change is answered."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from filiera.academy import policies
from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer, ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.http import TOASTS, render_page, send_to, wants_fragment

Policy = Callable[[Viewer, Edition], bool]
DeskView = Callable[..., HttpResponse]

DRAFT_CHANGED = "filiera:draft"


def desk_view(policy: Policy = policies.can_view_desk) -> Callable[[DeskView], DeskView]:
    """Give a view its edition: 404 where it may not be known, 403 where it may not be worked on."""

    def decorate(view: DeskView) -> DeskView:
        @wraps(view)
        def guarded(request: ViewerRequest, edition_slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            visible = Edition.objects.visible_to(request.viewer).select_related("series", "current_version")
            found = get_object_or_404(visible, slug=edition_slug)
            if not policy(request.viewer, found):
                if request.viewer.is_known:
                    raise PermissionDenied
                return _to_sign_in(request)
            return view(request, found, *args, **kwargs)

        return guarded

    return decorate


def _to_sign_in(request: ViewerRequest) -> HttpResponse:
    address = redirect_to_login(request.get_full_path(), reverse("account_login"))["Location"]
    return send_to(request, address)


def panel_page(
    request: ViewerRequest, template: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    """A form in the side panel, or as a page of its own where there is no script."""
    return render_page(request, template, context, partial="panel", status=status)


def after_change(request: ViewerRequest, address: str) -> HttpResponse:
    """Close the panel and let the page fetch the new draft; without script go to the page itself."""
    if wants_fragment(request):
        waiting = list(get_messages(request))
        toasts = render_to_string(TOASTS, {"messages": waiting}, request) if waiting else ""
        return HttpResponse(toasts, headers={"HX-Trigger": DRAFT_CHANGED})
    return redirect(return_address(request, address))


def return_address(request: ViewerRequest, otherwise: str) -> str:
    """Where the form said that it came from, if that is a page of ours."""
    asked = request.POST.get("next", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else otherwise


def show_refusal(form: forms.Form, error: DomainError) -> None:
    """Put a refusal at the field it names, or above the form."""
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, str(error))
