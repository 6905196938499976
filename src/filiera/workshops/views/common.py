"""What the pages of these rooms share: who comes in, what an edition's page needs, how a refusal is shown."""

from collections.abc import Callable, Mapping
from functools import wraps
from random import randrange
from typing import Any

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse

from filiera.academy.clock import clock_for
from filiera.academy.models import Edition
from filiera.academy.opened import Opened
from filiera.academy.queries.published import edition_mark, programme_of
from filiera.accounts.viewer import Viewer, ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.http import TOASTS, render_page, send_to, wants_fragment

Policy = Callable[[Viewer, Edition], bool]
View = Callable[..., HttpResponse]

_LONGEST_WAIT_MS = 3_000

# The event that the pages of the desk wait for to fetch what changed.
CHANGED = "filiera:draft"


def for_those_who(policy: Policy) -> Callable[[View], View]:
    """Give a view its edition: 404 where it may not be known, sign-in for a visitor, else 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: ViewerRequest, edition_slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            visible = Edition.objects.visible_to(request.viewer).select_related(
                "series", "organiser", "current_version"
            )
            found = get_object_or_404(visible, slug=edition_slug, is_template=False)
            if not policy(request.viewer, found):
                if request.viewer.is_known:
                    raise PermissionDenied
                address = redirect_to_login(request.get_full_path(), reverse("account_login"))["Location"]
                return send_to(request, address)
            return view(request, found, *args, **kwargs)

        return guarded

    return decorate


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
    mark = edition_mark(request.viewer, edition.slug)
    programme = programme_of(mark)
    opened = Opened(mark=mark, programme=programme, clock=clock_for(request, mark, programme))
    response = render_page(
        request,
        template,
        {"opened": opened, "edition": edition, **context},
        partial=partial,
        status=status,
    )
    response["Cache-Control"] = "private, no-cache"
    return response


def panel_page(
    request: ViewerRequest, template: str, context: Mapping[str, object], *, status: int = 200
) -> HttpResponse:
    """A form in the side panel, or as a page of its own where there is no script."""
    return render_page(request, template, context, partial="panel", status=status)


def after_change(request: ViewerRequest, address: str) -> HttpResponse:
    """Close the panel and let the page fetch what changed; without script go to the page itself."""
    if not wants_fragment(request):
        return redirect(address)
    waiting = list(get_messages(request))
    toasts = render_to_string(TOASTS, {"messages": waiting}, request) if waiting else ""
    return HttpResponse(toasts, headers={"HX-Trigger": CHANGED})


def own_wait_ms() -> int:
    """How long a page waits after news before it asks: a hall of pages must not ask at one moment."""
    return randrange(300, _LONGEST_WAIT_MS)  # noqa: S311 - it spreads, it hides nothing


def show_refusal(form: forms.Form, error: DomainError) -> None:
    """Put a refusal at the field it names, or above the form."""
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, str(error))
