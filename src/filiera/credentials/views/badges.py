"""What programs read to verify a badge: the issuer, its key, the achievement, the list of revoked ones."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from filiera.credentials.badges import issuer as issuing
from filiera.credentials.badges.credential import CONTEXTS
from filiera.credentials.badges.packaged import DOCUMENTS, document
from filiera.credentials.badges.status import list_claims
from filiera.credentials.badges.tokens import sign
from filiera.credentials.queries.badges import achievement_of, last_status_list, revoked_bits

TOKEN_TYPE = "application/vc+jwt"  # noqa: S105 - the name of a format


@require_safe
def did_document(request: HttpRequest) -> HttpResponse:
    """The keys of this platform as a `did:web`."""
    return _open_to_all(JsonResponse(issuing.did_document()), seconds=300)


@require_safe
def issuer(request: HttpRequest) -> HttpResponse:
    """The issuer's profile."""
    return _open_to_all(JsonResponse({"@context": CONTEXTS[:2], **issuing.profile()}), seconds=300)


@require_safe
def achievement(request: HttpRequest, award_id: UUID) -> HttpResponse:
    """What a badge is given for; it exists for strangers once a badge was given for it."""
    told = achievement_of(award_id)
    if told is None:
        raise Http404
    return _open_to_all(JsonResponse({"@context": CONTEXTS[:2], **told}), seconds=60)


@require_safe
def status_list(request: HttpRequest, number: int) -> HttpResponse:
    """Which badges no longer hold, signed at this moment: no copy of it is kept anywhere of ours."""
    if not 1 <= number <= last_status_list():
        raise Http404
    token = sign(list_claims(number, revoked_bits(number), at=timezone.now()))
    return _open_to_all(HttpResponse(token, content_type=TOKEN_TYPE), seconds=30)


@require_safe
def packaged_document(request: HttpRequest, name: str) -> HttpResponse:
    """A context or schema that badges name, for those who verify without a network."""
    if name not in DOCUMENTS:
        raise Http404
    return _open_to_all(JsonResponse(document(name)), seconds=86_400)


def _open_to_all(response: HttpResponse, *, seconds: int) -> HttpResponse:
    # Verifiers also run in the browsers of others, and nothing here is private.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = f"public, max-age={seconds}"
    return response
