"""The language of each answer: asked for by address, else preferred, else remembered, else negotiated."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header

from filiera.texts.languages import DEFAULT_LANGUAGE, page_languages
from filiera.texts.signals import language_chosen

LANGUAGE_COOKIE = "filiera_language"
_ONE_YEAR_S = 365 * 24 * 60 * 60


class LanguageMiddleware:
    """Stands after authentication, because a person's own preference comes before a cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = _known(request.GET.get("lang"))
        language = chosen or language_for(request)
        if chosen:
            language_chosen.send(sender=type(self), request=request, language=chosen)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ("Accept-Language", "Cookie"))
        if chosen:
            response.set_cookie(
                LANGUAGE_COOKIE,
                chosen,
                max_age=_ONE_YEAR_S,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
            )
        return response


def language_for(request: HttpRequest) -> str:
    """The reader's language when the address names none."""
    preferred = _known(getattr(getattr(request, "user", None), "language", None))
    remembered = _known(request.COOKIES.get(LANGUAGE_COOKIE))
    return preferred or remembered or _negotiated(request) or DEFAULT_LANGUAGE


def _negotiated(request: HttpRequest) -> str:
    header = request.headers.get("Accept-Language", "")
    wanted = parse_accept_lang_header(header.lower())
    return next((known for code, _weight in wanted if (known := _known(code))), "")


def _known(code: str | None) -> str:
    if not code:
        return ""
    base = code.lower().split("-")[0]
    return base if base in page_languages() else ""
