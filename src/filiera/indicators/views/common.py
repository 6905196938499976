"""What the pages of figures share: who comes in, and how an address names what it shows."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from filiera.accounts.viewer import Viewer, ViewerRequest
from filiera.indicators import policies, queries
from filiera.indicators.definition import Definition
from filiera.indicators.periods import Period, UnknownPeriod, parse_period
from filiera.organisations.models import Organisation
from filiera.shared.http import send_to

View = Callable[..., HttpResponseBase]
Policy = Callable[[Viewer, Organisation], bool]


def workspace_view(policy: Policy = policies.can_view_figures) -> Callable[[View], View]:
    """Give a view its organisation: 404 where it may not be known, 403 where its figures may not be seen."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: ViewerRequest, slug: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            organisation = visible_organisation(request, slug)
            if not policy(request.viewer, organisation):
                if request.viewer.is_known:
                    raise PermissionDenied
                address = redirect_to_login(request.get_full_path(), reverse("account_login"))["Location"]
                return send_to(request, address)
            request.workspace = organisation  # type: ignore[attr-defined]
            return view(request, organisation, *args, **kwargs)

        return guarded

    return decorate


def visible_organisation(request: ViewerRequest, slug: str) -> Organisation:
    rows = Organisation.objects.visible_to(request.viewer).select_related("country", "region")
    return get_object_or_404(rows, slug=slug)


def period_in(code: str) -> Period:
    """The period that an address names; what is none is not found."""
    try:
        return parse_period(code)
    except UnknownPeriod as error:
        raise Http404 from error


def definition_in(code: str) -> Definition:
    """The indicator that an address names; what is none is not found."""
    try:
        return queries.current_definition(code)
    except queries.UnknownIndicator as error:
        raise Http404 from error
