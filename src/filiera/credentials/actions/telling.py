"""Telling holders by mail that their certificate is there."""

from collections.abc import Sequence
from datetime import UTC, datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from filiera.credentials.models import Certificate
from filiera.credentials.queries.holder_links import address_of
from filiera.mail.actions import queue_mail


def tell_holders_later(certificate_ids: Sequence[int]) -> None:
    tell_holders_job.defer(certificate_ids=list(certificate_ids), at=timezone.now().isoformat())


@app.task(name="credentials.tell_holders")
def tell_holders_job(certificate_ids: list[int], at: str) -> None:
    tell_holders(certificate_ids, at=datetime.fromisoformat(at).astimezone(UTC))


def tell_holders(certificate_ids: Sequence[int], *, at: datetime) -> None:
    """Write to each holder once for each time the certificate was written; who has no address gets none."""
    standing = Certificate.objects.standing().filter(pk__in=certificate_ids, forgotten_at__isnull=True)
    for certificate in standing.select_related("edition", "participation", "person").order_by("pk"):
        place = certificate.participation
        to = certificate.person or (place.email if place is not None else "")
        if not to:
            continue
        queue_mail(
            key=f"credentials.issued:{certificate.pk}:{certificate.issue_number}",
            to=to,
            template="credentials/mail/issued.txt",
            context={"certificate": certificate, "address": address_of(certificate)},
            language=_language_of(certificate),
            at=at,
        )


def _language_of(certificate: Certificate) -> str:
    person, place = certificate.person, certificate.participation
    return (person.language if person is not None else "") or (place.language if place is not None else "en")
