"""The link by which a holder comes to a certificate without an account."""

from django.conf import settings
from django.urls import reverse

from filiera.credentials.models import Certificate
from filiera.shared.links import link_token, row_of

_SALT = "filiera.credentials.holder-link"


def token_of(certificate: Certificate) -> str:
    """Worthless without the platform's key; the code alone never leads to it."""
    return link_token(_SALT, certificate.pk, certificate.code)


def address_of(certificate: Certificate) -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('holder:certificate', args=[token_of(certificate)])}"


def certificate_of(token: str) -> Certificate | None:
    """The certificate whose link this is, while it has a holder."""
    rows = Certificate.objects.filter(forgotten_at__isnull=True).select_related("award", "edition")
    return row_of(token, rows, token_of)
