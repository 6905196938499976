"""What every request passes before it reaches a page."""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.template.loader import render_to_string
from psycopg import errors

logger = logging.getLogger(__name__)
# Waited for too long, or given up so that another could go on: the same again in a moment succeeds.
_BUSY = (errors.LockNotAvailable, errors.DeadlockDetected, errors.QueryCanceled)
_RETRY_AFTER_S = 2

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


class BusyDatabaseMiddleware:
    """What the database could not do in its time is no fault of ours: whoever asked may ask again."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OperationalError) or not isinstance(error.__cause__, _BUSY):
            return None
        logger.warning("%s %s was not done: %s", request.method, request.path, error)
        body = render_to_string("503.html", {}, request)
        return HttpResponse(body, status=503, headers={"Retry-After": str(_RETRY_AFTER_S)})
