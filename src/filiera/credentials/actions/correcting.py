"""Putting right what stands on a certificate: the same one again, or a new one in its place."""

from datetime import datetime
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.credentials import policies
from filiera.credentials.actions.badges import signed_badge
from filiera.credentials.actions.issuing import (
    DoesNotQualify,
    PlaceNotConfirmed,
    free_status_indexes,
    write_certificate,
)
from filiera.credentials.actions.revoking import reverse_issue
from filiera.credentials.actions.telling import tell_holders_later
from filiera.credentials.models import Award, Certificate
from filiera.credentials.queries.contents import Wording
from filiera.credentials.queries.preview import preview_of
from filiera.shared.errors import DomainError


class CertificateDoesNotStand(DomainError):
    message = _("This certificate no longer stands: it was revoked or replaced before.")


@transaction.atomic
def reissue_certificate(
    *, certificate: Certificate, holder_name: str, by: Viewer, at: datetime
) -> Certificate:
    """Write the same certificate again with the name put right; it keeps its code and its date.

    Raises PermissionDenied, CertificateDoesNotStand.
    """
    certificate = _locked(certificate, by)
    certificate.holder_name = holder_name
    certificate.issue_number += 1
    certificate.reissued_at = at
    email = certificate.participation.email if certificate.participation is not None else ""
    certificate.badge = signed_badge(certificate, certificate.award, email)
    certificate.save(update_fields=["holder_name", "issue_number", "reissued_at", "badge"])
    transaction.on_commit(partial(tell_holders_later, [certificate.pk]))
    return certificate


@transaction.atomic
def supersede_certificate(
    *, certificate: Certificate, by: Viewer, at: datetime, exception_reason: str = ""
) -> Certificate:
    """Put a new certificate, with today's figures, code and date, in the place of one that stands.

    Raises PermissionDenied, CertificateDoesNotStand, PlaceNotConfirmed, DoesNotQualify.
    """
    certificate = _locked(certificate, by)
    preview = preview_of(certificate.award)
    lines = [line for line in preview.lines if line.participation.pk == certificate.participation_id]
    if not lines:
        raise PlaceNotConfirmed
    line = lines[0]
    if not line.standing.qualifies and not exception_reason:
        raise DoesNotQualify
    # The old one steps aside first: the database lets only one stand.
    certificate.superseded_at = at
    certificate.save(update_fields=["superseded_at"])
    reverse_issue(certificate, by=by, at=at)
    [index] = free_status_indexes(1)
    replacement = write_certificate(
        Wording.of(preview.needs),
        preview.needs.award,
        line,
        index,
        by=by,
        at=at,
        exception_reason=exception_reason,
        supersedes=certificate,
    )
    transaction.on_commit(partial(tell_holders_later, [replacement.pk]))
    return replacement


def _locked(certificate: Certificate, by: Viewer) -> Certificate:
    if not policies.can_issue(by, certificate.edition):
        raise PermissionDenied
    # Issuing asks for the same lock, so no second certificate appears meanwhile.
    Award.objects.select_for_update().get(pk=certificate.award_id)
    rows = Certificate.objects.select_related("award", "edition", "participation", "person")
    certificate = rows.select_for_update(of=("self",)).get(pk=certificate.pk)
    if certificate.revoked_at or certificate.superseded_at or certificate.forgotten_at:
        raise CertificateDoesNotStand
    return certificate
