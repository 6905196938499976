"""Light, dark, or as the system says: a choice kept in a cookie, so that pages need no account for it."""

from datetime import timedelta
from typing import Literal, TypeGuard

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme

Theme = Literal["light", "dark", "system"]
COOKIE_NAME = "filiera_theme"


def is_theme(value: object) -> TypeGuard[Theme]:
    return value in ("light", "dark", "system")


def theme_of(request: HttpRequest) -> Theme:
    chosen = request.COOKIES.get(COOKIE_NAME)
    return chosen if is_theme(chosen) else "system"


def remember_theme(response: HttpResponse, theme: Theme, *, is_secure: bool) -> None:
    # Not HttpOnly: the page's own script reads it before the first paint.
    response.set_cookie(
        COOKIE_NAME, theme, max_age=timedelta(days=365), samesite="Lax", secure=is_secure, httponly=False
    )


def safe_return(request: HttpRequest, asked: str | None) -> str:
    """The page to go back to, or the start page if the address is not ours."""
    if asked and url_has_allowed_host_and_scheme(asked, {request.get_host()}, request.is_secure()):
        return asked
    return "/"
