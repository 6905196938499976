"""What certificates hear from the people below, and what they tell about them."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.credentials.actions import forget_holder
from filiera.credentials.codes import shown_code
from filiera.credentials.models import Certificate


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="credentials.person_erased")
    exports.register("certificates", certificates_about)


def certificates_about(person: Person) -> list[dict[str, Any]]:
    """The certificates a person holds, for the archive of their data."""
    return [
        {
            "code": shown_code(certificate.code),
            "edition": certificate.edition.slug,
            "name": certificate.holder_name,
            "contents": certificate.contents,
            "issued_at": certificate.issued_at,
            "revoked_at": certificate.revoked_at,
            "superseded_at": certificate.superseded_at,
            "badge": certificate.badge,
        }
        for certificate in _of(person).select_related("edition").order_by("pk")
    ]


def forget_person(*, person: Person, at: datetime, **_: Any) -> None:
    for certificate in _of(person):
        forget_holder(certificate=certificate, at=at)


def _of(person: Person) -> "QuerySet[Certificate]":
    return Certificate.objects.filter(
        Q(person=person) | Q(participation__person=person), forgotten_at__isnull=True
    )
