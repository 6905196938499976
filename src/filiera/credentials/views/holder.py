"""What a holder downloads, by the link of the certificate."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from filiera.credentials.badges.pictures import badge_picture_data, png_with_badge, svg_with_badge
from filiera.credentials.badges.tokens import claims_in
from filiera.credentials.documents.certificate import certificate_pdf
from filiera.credentials.models import Certificate
from filiera.credentials.queries.holder_links import certificate_of
from filiera.credentials.views.badges import TOKEN_TYPE
from filiera.credentials.views.cards import card_of

_View = Callable[..., HttpResponse]


def _by_link(view: _View) -> _View:
    """Give a view the certificate whose link this is; every other link is 404."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str, **rest: Any) -> HttpResponse:
        certificate = certificate_of(token)
        if certificate is None:
            raise Http404
        response = view(request, certificate, **rest)
        response["X-Robots-Tag"] = "noindex"
        response["Cache-Control"] = "private, no-store"
        return response

    return guarded


@require_safe
@_by_link
def certificate(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    """The holder's page: what stands, and everything to take along."""
    context = {"card": card_of(certificate), "edition": certificate.edition}
    return HttpResponse(render_to_string("credentials/public/holder.html", context, request))


@require_safe
@_by_link
def certificate_file(request: HttpRequest, certificate: Certificate, language: str) -> HttpResponse:
    """The certificate to print, in one of the platform's languages."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return _file(
        certificate_pdf(certificate, language=language),
        "application/pdf",
        f"certificate-{certificate.code}-{language}.pdf",
        disposition="inline",
    )


@require_safe
@_by_link
def badge_token(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    """The badge as it was signed."""
    return _file(_badge(certificate).encode(), TOKEN_TYPE, f"badge-{certificate.code}.jwt")


@require_safe
@_by_link
def badge_json(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    """What the badge says, to read; the signature is in the other forms."""
    told = json.dumps(claims_in(_badge(certificate)), ensure_ascii=False, indent=2)
    return _file(told.encode(), "application/json", f"badge-{certificate.code}.json")


@require_safe
@_by_link
def badge_png(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    """The badge as a picture that carries its credential."""
    picture = png_with_badge(badge_picture_data(certificate), _badge(certificate))
    return _file(picture, "image/png", f"badge-{certificate.code}.png", disposition="inline")


@require_safe
@_by_link
def badge_svg(request: HttpRequest, certificate: Certificate) -> HttpResponse:
    """The same as a drawing."""
    picture = svg_with_badge(badge_picture_data(certificate), _badge(certificate))
    return _file(picture, "image/svg+xml", f"badge-{certificate.code}.svg")


def _badge(certificate: Certificate) -> str:
    if not certificate.badge:
        raise Http404
    return certificate.badge


def _file(content: bytes, content_type: str, name: str, *, disposition: str = "attachment") -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'{disposition}; filename="{name}"'
    return response
