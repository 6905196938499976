"""How a browser without an account is known again: a key in a signed cookie, of which we keep a digest."""

import secrets
from hashlib import sha256

from django.conf import settings
from django.http import HttpRequest, HttpResponse

_COOKIE = "filiera_voice"
_SALT = "filiera.live.voice"
_MAX_AGE_S = 60 * 60 * 24 * 30


def key_of(request: HttpRequest) -> str:
    """The browser's key; empty where it has none yet, or where the cookie is not ours."""
    key: str = request.get_signed_cookie(_COOKIE, default="", salt=_SALT, max_age=_MAX_AGE_S) or ""
    return key


def give_key(response: HttpResponse, request: HttpRequest) -> None:
    """Hand a browser its key; one that has it keeps it."""
    if key_of(request):
        return
    response.set_signed_cookie(
        _COOKIE,
        secrets.token_urlsafe(24),
        salt=_SALT,
        max_age=_MAX_AGE_S,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def digest_of(key: str) -> str:
    return sha256(key.encode()).hexdigest()
