"""Access codes as their holders write them."""

from datetime import datetime

from django.conf import settings
from django.db.models import F
from django.urls import reverse

from filiera.admissions.models import AccessCode, Call


def as_stored(written: str) -> str:
    """The code as it is kept, however it was typed: with blanks, in lower case, without hyphens."""
    signs = "".join(sign for sign in written.upper() if sign.isalnum())
    return "-".join(signs[at : at + 4] for at in range(0, len(signs), 4))[:20]


def address_with(code: AccessCode) -> str:
    """The page of the call, which takes the code from its address."""
    page = "admissions:host" if code.call.is_for_hosts else "admissions:apply"
    return f"{settings.PUBLIC_URL}{reverse(page, args=[code.call.edition.slug])}?code={code.code}"


def find_code(call: Call, written: str, at: datetime) -> AccessCode | None:
    """The code that still opens this call."""
    standing = AccessCode.objects.filter(
        call=call, revoked_at__isnull=True, valid_until__gt=at, uses__lt=F("most_uses")
    )
    code = as_stored(written)
    return standing.filter(code=code).first() if code else None
