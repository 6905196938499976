"""Entry codes: how they are written, and whose they are."""

import re

from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition
from filiera.admissions.models import Participation, RevokedCode
from filiera.admissions.models.participations import CODE_LENGTH
from filiera.shared.errors import DomainError

# Only what the shortest kind of QR writes, so that the picture stays coarse and is read from afar.
PREFIX = "FILIERA:"


class UnknownCode(DomainError):
    message = _("This code is not known. Look at the name, and search the list.")


class CodeOfAnotherEdition(DomainError):
    message = _("This code belongs to another edition. Search the list by name.")


class CodeRevoked(DomainError):
    message = _("This code was replaced by a new one. Ask for the new badge, or search the list by name.")


def normalised(code: str) -> str:
    """A code as it is kept, whatever a hand or a scanner put around it."""
    letters = code.strip().upper().removeprefix(PREFIX)
    return re.sub(r"[^0-9A-Z]", "", letters)


def in_groups(code: str) -> str:
    """A code as it is read aloud: K7M2-9XQ4-RTBN."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def qr_text(participation: Participation) -> str:
    return f"{PREFIX}{participation.entry_code}"


def participation_of_code(code: str, edition: Edition) -> Participation:
    """Whose code this is, in this edition.

    Whoever asks holds a desk's rights or a station's link; the code itself is the secret.
    Raises UnknownCode, CodeOfAnotherEdition, CodeRevoked.
    """
    code = normalised(code)
    if len(code) != CODE_LENGTH:
        raise UnknownCode
    found = Participation.objects.select_related("edition").filter(entry_code=code).first()
    if found is None:
        revoked = RevokedCode.objects.filter(code=code, participation__edition=edition).exists()
        raise CodeRevoked if revoked else UnknownCode
    if found.edition_id != edition.pk:
        raise CodeOfAnotherEdition
    return found
