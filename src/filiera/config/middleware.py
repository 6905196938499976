"""What every request passes before it reaches a page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest

Next = Callable[[HttpRequest], HttpResponse]


class NulByteMiddleware:
    """PostgreSQL stores no NUL byte: an address that carries one is wrong, not a failure of ours."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return HttpResponseBadRequest("The address holds a NUL byte.", content_type="text/plain")
        return self.get_response(request)


class ForwardedMiddleware:
    """Take the visitor's address from as many proxies as the operator trusts, and from no further."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        passed = [
            part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()
        ]
        if passed:
            request.META["REMOTE_ADDR"] = passed[-min(settings.TRUSTED_PROXIES, len(passed))]
        return self.get_response(request)
