"""The link by which a holder comes to a certificate without an account."""

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from filiera.credentials.models import Certificate

_SALT = "filiera.credentials.holder-link"


def token_of(certificate: Certificate) -> str:
    """Worthless without the platform's key; the code alone never leads to it."""
    mark = salted_hmac(_SALT, f"{certificate.pk}:{certificate.code}", algorithm="sha256").hexdigest()[:40]
    return f"{certificate.pk}-{mark}"


def address_of(certificate: Certificate) -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('holder:certificate', args=[token_of(certificate)])}"


def certificate_of(token: str) -> Certificate | None:
    """The certificate whose link this is, while it has a holder."""
    key, _dash, _mark = token.partition("-")
    if not key.isdecimal() or len(key) > 18:
        return None
    rows = Certificate.objects.filter(forgotten_at__isnull=True).select_related("award", "edition")
    certificate = rows.filter(pk=int(key)).first()
    if certificate is None or not constant_time_compare(token_of(certificate), token):
        return None
    return certificate
