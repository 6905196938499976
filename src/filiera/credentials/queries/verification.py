"""What a stranger who was handed a code may know."""

from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse

from filiera.credentials.badges.issuer import absolute
from filiera.credentials.codes import read_code
from filiera.credentials.models import Certificate


class Verdict(StrEnum):
    """What a code stands for now."""

    VALID = "valid"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    FORGOTTEN = "forgotten"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verification:
    verdict: Verdict
    certificate: Certificate | None


def verify(typed: str) -> Verification:
    """Look a code up; whoever knows a code may know what its certificate says, and no more."""
    code = read_code(typed)
    certificate = Certificate.objects.filter(code=code).first() if code else None
    return Verification(_verdict(certificate), certificate)


def verify_address(code: str) -> str:
    return absolute(reverse("verify:certificate", args=[code]))


def _verdict(certificate: Certificate | None) -> Verdict:
    if certificate is None:
        return Verdict.UNKNOWN
    if certificate.revoked_at is not None:
        return Verdict.REVOKED
    if certificate.superseded_at is not None:
        return Verdict.SUPERSEDED
    return Verdict.FORGOTTEN if certificate.forgotten_at is not None else Verdict.VALID
