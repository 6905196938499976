"""What every page about an edition needs, in all rooms: who comes in, and what stands around it."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from filiera.academy import policies
from filiera.academy.clock import clock_for
from filiera.academy.models import Edition
from filiera.academy.opened import Opened
from filiera.academy.queries.published import edition_mark, programme_of
from filiera.accounts.viewer import Viewer, ViewerRequest
from filiera.shared.http import render_page, send_to

Policy = Callable[[Viewer, Edition], bool]
View = Callable[..., HttpResponse]


def for_those_who(policy: Policy) -> Callable[[View], View]:
    """Give a view its edition: 404 where it may not be known, sign-in for a visitor, else 403."""
    return _guarded(policy, is_template=False)


def desk_view(policy: Policy = policies.can_view_desk) -> Callable[[View], View]:
    """The same for pages of the desk that templates of editions have as well."""
    return _guarded(policy)


def everybody(viewer: Viewer, edition: Edition) -> bool:
    return True


def _guarded(policy: Policy, **only: bool) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: ViewerRequest, edition_slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            visible = Edition.objects.visible_to(request.viewer).select_related(
                "series", "organiser", "current_version"
            )
            found = get_object_or_404(visible, slug=edition_slug, **only)
            if not policy(request.viewer, found):
                return to_sign_in(request)
            return view(request, found, *args, **kwargs)

        return guarded

    return decorate


def to_sign_in(request: ViewerRequest) -> HttpResponse:
    """Lead a visitor to signing in and back. Raises PermissionDenied for whoever has signed in."""
    if request.viewer.is_known:
        raise PermissionDenied
    address = redirect_to_login(request.get_full_path(), reverse("account_login"))["Location"]
    return send_to(request, address)


def opened_edition(request: ViewerRequest, edition: Edition) -> Opened:
    mark = edition_mark(request.viewer, edition.slug)
    programme = programme_of(mark)
    return Opened(mark=mark, programme=programme, clock=clock_for(request, mark, programme))


def edition_page(
    request: ViewerRequest,
    edition: Edition,
    template: str,
    context: Mapping[str, object],
    *,
    partial: str = "",
    status: int = 200,
) -> HttpResponse:
    """A page among those of the edition, with its navigation and the demonstration's clock."""
    response = render_page(
        request,
        template,
        {"opened": opened_edition(request, edition), "edition": edition, **context},
        partial=partial,
        status=status,
    )
    response["Cache-Control"] = "private, no-cache"
    return response
