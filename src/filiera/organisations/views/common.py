"""What the pages of a workspace share: who comes in, and where a change leads."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from filiera.accounts.viewer import Viewer, ViewerRequest
from filiera.organisations import policies
from filiera.organisations.models import Organisation
from filiera.shared.http import send_to

Policy = Callable[[Viewer, Organisation], bool]
WorkspaceView = Callable[..., HttpResponse]


def workspace_view(policy: Policy = policies.can_open_workspace) -> Callable[[WorkspaceView], WorkspaceView]:
    """Give a view its organisation: 404 where it may not be known, 403 where it may not be worked on."""

    def decorate(view: WorkspaceView) -> WorkspaceView:
        @wraps(view)
        def guarded(request: ViewerRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            visible = Organisation.objects.visible_to(request.viewer).select_related("country", "region")
            organisation = get_object_or_404(visible, slug=slug)
            if not policy(request.viewer, organisation):
                if request.viewer.is_known:
                    raise PermissionDenied
                return to_sign_in(request)
            request.workspace = organisation  # type: ignore[attr-defined]
            return view(request, organisation, *args, **kwargs)

        return guarded

    return decorate


def for_administrators(view: WorkspaceView) -> WorkspaceView:
    """A page of the whole platform: known people without an open session get 403, others sign in."""

    @wraps(view)
    def guarded(request: ViewerRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.viewer.is_known:
            return to_sign_in(request)
        if not request.viewer.administering:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def to_sign_in(request: ViewerRequest) -> HttpResponse:
    address = redirect_to_login(request.get_full_path(), reverse("account_login"))["Location"]
    return send_to(request, address)


def number_in(text: str) -> int:
    """A row's key from an address; anything else is no key."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
