"""What stands around every page: the administrator's hour, the demonstration, an ended session."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit, urlunsplit

from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from filiera.accounts import actions, demonstration
from filiera.accounts.queries import open_administration_window
from filiera.shared.http import send_to, wants_fragment

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


class SignInForFragmentsMiddleware:
    """A fragment asked for after the session has ended leads the whole page to signing in.

    Otherwise the sign-in page would be swapped into the middle of the page that asked.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not wants_fragment(request) or response.status_code != HTTPStatus.FOUND:
            return response
        address = urlsplit(response.headers["Location"])
        if address.path not in (reverse("account_login"), reverse("account_reauthenticate")):
            return response
        here = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = urlunsplit(("", "", here.path or "/", here.query, ""))
        return send_to(request, f"{address.path}?{urlencode({REDIRECT_FIELD_NAME: back})}")
