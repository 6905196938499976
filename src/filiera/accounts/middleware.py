"""What every page must know of who looks: the administrator's hour, and that this is a demonstration."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from filiera.accounts import actions, demonstration
from filiera.accounts.queries import open_administration_window

Next = Callable[[HttpRequest], HttpResponse]


class AdministrationMiddleware:
    """Sets `request.administration_window` and puts on record what is done in it.

    Stands after authentication and before the viewer. Pages show a bar for each of the two.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        window = open_administration_window(request, timezone.now())
        request.administration_window = window  # type: ignore[attr-defined]
        request.is_demonstration = demonstration.is_possible(request)  # type: ignore[attr-defined]
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
