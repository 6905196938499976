"""Removing a holder: the certificate stays and counts, and names nobody."""

from datetime import datetime

from filiera.credentials.models import Certificate


def forget_holder(*, certificate: Certificate, at: datetime) -> None:
    """Asks no policy: for the erasure of a person, which has asked its own.

    Nothing is revoked: a badge in the holder's own hands stays true.
    """
    certificate.person = certificate.participation = None
    certificate.holder_name = certificate.badge = certificate.exception_reason = ""
    certificate.forgotten_at = at
    certificate.save(
        update_fields=["person", "participation", "holder_name", "badge", "exception_reason", "forgotten_at"]
    )
