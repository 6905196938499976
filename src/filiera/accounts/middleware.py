"""The administrator's hour: found once per request, and everything done in it put on record."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from filiera.accounts import actions
from filiera.accounts.queries import open_administration_window

Next = Callable[[HttpRequest], HttpResponse]


class AdministrationMiddleware:
    """Sets `request.administration_window`; stands after authentication and before the viewer."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        window = open_administration_window(request, timezone.now())
        request.administration_window = window  # type: ignore[attr-defined]
        response = self.get_response(request)
        if window is not None:
            actions.log_administration(
                window=window,
                method=request.method or "",
                path=request.get_full_path(),
                status=response.status_code,
                at=timezone.now(),
            )
        return response
