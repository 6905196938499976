"""What is certified and counts."""

from django.utils.translation import gettext_lazy as _

from filiera.ledger.kinds import FactKind, Unit, register

CERTIFICATE_ISSUED = FactKind(
    code="certificate.issued",
    unit=Unit.PERSON,
    name=_("Certificate issued"),
    meaning=_(
        "A participant got a certificate of an edition. It counts for the participant's organisation, once "
        "for each certificate that stands; the counterpart is the organiser. Revoking reverses it."
    ),
)


def register_kinds() -> None:
    register(CERTIFICATE_ISSUED)
