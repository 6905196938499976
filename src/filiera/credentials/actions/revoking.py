"""Taking a certificate back."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.credentials import facts, policies
from filiera.credentials.models import Certificate
from filiera.ledger import actions as ledger
from filiera.ledger.models import Fact
from filiera.shared.errors import DomainError


class AlreadyRevoked(DomainError):
    message = _("This certificate no longer stands: it was revoked or replaced before.")


class ReasonMissing(DomainError):
    message = _("Say why the certificate is revoked; the reason stays with the desk.")


@transaction.atomic
def revoke_certificate(*, certificate: Certificate, reason: str, by: Viewer, at: datetime) -> Certificate:
    """Make a certificate worth nothing from now on; its code says so, and so does its badge.

    Raises PermissionDenied, ReasonMissing, AlreadyRevoked.
    """
    if not policies.can_issue(by, certificate.edition):
        raise PermissionDenied
    if not reason.strip():
        raise ReasonMissing
    certificate = Certificate.objects.select_for_update(of=("self",)).get(pk=certificate.pk)
    if certificate.revoked_at is not None or certificate.superseded_at is not None:
        raise AlreadyRevoked
    certificate.revoked_at, certificate.revoked_by = at, by.person
    certificate.revocation_reason = reason.strip()
    certificate.save(update_fields=["revoked_at", "revoked_by", "revocation_reason"])
    reverse_issue(certificate, by=by, at=at)
    return certificate


def reverse_issue(certificate: Certificate, *, by: Viewer, at: datetime) -> None:
    fact = Fact.objects.get(
        kind=facts.CERTIFICATE_ISSUED.code,
        subject_type=ledger.subject_type(certificate),
        subject_key=str(certificate.pk),
        reverses__isnull=True,
    )
    ledger.reverse(fact, by=by, at=at)
