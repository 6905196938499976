"""Strangers verify a certificate by the code that its holder gave them."""

from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_safe

from filiera.credentials.codes import read_code, shown_code
from filiera.credentials.contents import Contents
from filiera.credentials.queries.verification import Verdict, Verification, verify

# A person mistypes now and then; who tries a hundred codes is guessing.
MOST_MISSES_A_MINUTE = 20


@require_safe
def verify_form(request: HttpRequest) -> HttpResponse:
    """Where a code is typed."""
    typed = request.GET.get("code", "").strip()
    if typed:
        return redirect("verify:certificate", read_code(typed) or typed[:40].replace("/", " "))
    return _page(request, None, "")


@require_safe
def verify_certificate(request: HttpRequest, code: str) -> HttpResponse:
    """What a code stands for; an unknown one is 404, and too many unknown ones are 429."""
    misses = _misses_key(request)
    if (cache.get(misses) or 0) >= MOST_MISSES_A_MINUTE:
        return HttpResponse(
            render_to_string("429.html", {}, request), status=429, headers={"Retry-After": "60"}
        )
    readable = read_code(code)
    if readable and readable != code:
        return redirect("verify:certificate", readable)
    found = verify(readable)
    if found.verdict == Verdict.UNKNOWN:
        cache.set(misses, (cache.get(misses) or 0) + 1, timeout=120)
    return _page(request, found, code)


def _page(request: HttpRequest, found: Verification | None, typed: str) -> HttpResponse:
    certificate = found.certificate if found is not None else None
    contents: Contents | None = certificate.contents if certificate is not None else None
    body = render_to_string(
        "credentials/public/verify.html",
        {
            "found": found,
            "certificate": certificate,
            "contents": contents,
            "typed": typed,
            "code": shown_code(certificate.code) if certificate is not None else "",
            "checked_at": timezone.now(),
        },
        request,
    )
    unknown = found is not None and found.verdict == Verdict.UNKNOWN
    response = HttpResponse(body, status=404 if unknown else 200)
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-store"
    return response


def _misses_key(request: HttpRequest) -> str:
    # Nobody's address is kept, only a digest of it, for two minutes.
    asker = sha256(f"{request.META.get('REMOTE_ADDR', '')}".encode()).hexdigest()[:24]
    return f"credentials.misses:{asker}:{timezone.now():%H%M}"
