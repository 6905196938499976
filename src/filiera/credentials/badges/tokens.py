"""Signing: a credential becomes a compact JWT (VC-JWT with EdDSA)."""

import base64
import json
from collections.abc import Mapping

from filiera.credentials.badges.issuer import verification_method
from filiera.credentials.badges.keys import signing_key


def sign(claims: Mapping[str, object]) -> str:
    """The claims as a signed token, whose header names the key in the issuer's DID document."""
    # Imported when first needed: it takes a tenth of a second.
    from joserfc.jws import JWSRegistry

    header = {"alg": "EdDSA", "typ": "JWT", "kid": verification_method()}
    signed = f"{_part(header)}.{_part(claims)}"
    # The one algorithm is called itself: RFC 9864 renames it, and verifiers of badges know the old name only.
    signature: bytes = JWSRegistry.algorithms["EdDSA"].sign(signed.encode(), signing_key())
    return f"{signed}.{_encoded(signature)}"


def claims_in(token: str) -> dict[str, object]:
    """What one of our own tokens says; its signature is not looked at."""
    part = token.split(".")[1]
    told: dict[str, object] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return told


def _part(content: Mapping[str, object]) -> str:
    return _encoded(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode())


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
