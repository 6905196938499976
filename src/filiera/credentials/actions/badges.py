"""Signing badges, where strangers can check the signature."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.credentials import policies
from filiera.credentials.badges.credential import badge_claims
from filiera.credentials.badges.tokens import sign
from filiera.credentials.models import Award, Certificate
from filiera.shared.errors import DomainError


class BadgeNeedsPublicAddress(DomainError):
    message = _(
        "Badges cannot be signed here: the platform has no public address that begins with https. "
        "Its operator sets public_url in filiera.toml."
    )


@transaction.atomic
def sign_badges(*, edition: Edition, by: Viewer, at: datetime) -> int:
    """Sign the badges of certificates that were issued while none could be signed; how many.

    Raises PermissionDenied, BadgeNeedsPublicAddress.
    """
    if not policies.can_issue(by, edition):
        raise PermissionDenied
    if not policies.badges_can_be_signed():
        raise BadgeNeedsPublicAddress
    without = Certificate.objects.standing().filter(edition=edition, badge="", forgotten_at__isnull=True)
    certificates = list(
        without.select_related("award", "participation").select_for_update(of=("self",)).order_by("pk")
    )
    for certificate in certificates:
        email = certificate.participation.email if certificate.participation is not None else ""
        certificate.badge = signed_badge(certificate, certificate.award, email)
        certificate.save(update_fields=["badge"])
    return len(certificates)


def signed_badge(certificate: Certificate, award: Award, email: str) -> str:
    """The badge of a certificate; empty where none can be signed."""
    if not policies.badges_can_be_signed():
        return ""
    return sign(
        badge_claims(
            certificate.contents,
            code=certificate.code,
            award_id=award.public_id,
            holder_name=certificate.holder_name,
            holder_email=email,
            issued_at=certificate.issued_at,
            status_index=certificate.status_index,
            is_demonstration=certificate.is_demonstration,
        )
    )
