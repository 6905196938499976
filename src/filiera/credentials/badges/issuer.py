"""Who issues: the platform at its public address, known to verifiers as a `did:web`."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from filiera.credentials.badges.keys import key_id, public_key


def is_public() -> bool:
    """Whether strangers can fetch the keys from us by a connection they can trust."""
    return settings.PUBLIC_URL.startswith("https://")


def did() -> str:
    """`did:web:academy.example.eu`; a port is written as `%3A8000`."""
    parts = urlsplit(settings.PUBLIC_URL)
    host = parts.hostname or "localhost"
    return f"did:web:{host}%3A{parts.port}" if parts.port else f"did:web:{host}"


def verification_method() -> str:
    return f"{did()}#{key_id()}"


def absolute(address: str) -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}{address}"


def did_document() -> dict[str, Any]:
    """What stands at `/.well-known/did.json`: the key, and what it may be used for."""
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": did(),
        "verificationMethod": [
            {
                "id": verification_method(),
                "type": "JsonWebKey",
                "controller": did(),
                "publicKeyJwk": public_key(),
            }
        ],
        "assertionMethod": [verification_method()],
        "service": [
            {
                "id": f"{did()}#issuer",
                "type": "IssuerProfile",
                "serviceEndpoint": absolute(reverse("badges:issuer")),
            }
        ],
    }


def profile() -> dict[str, Any]:
    """The issuer as Open Badges describe one."""
    host = urlsplit(settings.PUBLIC_URL).netloc
    return {
        "id": did(),
        "type": ["Profile"],
        "name": host,
        "url": settings.PUBLIC_URL,
        "description": _("Certificates of academies, issued by the organisations that run them."),
    }
