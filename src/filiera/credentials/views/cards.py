"""A certificate as its holder's pages show it."""

from dataclasses import dataclass

from django.conf import settings

from filiera.credentials.codes import shown_code
from filiera.credentials.contents import Contents
from filiera.credentials.models import Certificate
from filiera.credentials.queries.holder_links import token_of
from filiera.credentials.queries.verification import verify_address
from filiera.texts.forms import language_name


@dataclass(frozen=True, slots=True)
class Card:
    certificate: Certificate
    contents: Contents
    token: str
    code: str
    verify_address: str
    languages: list[tuple[str, str]]

    @property
    def stands(self) -> bool:
        return self.certificate.revoked_at is None and self.certificate.superseded_at is None


def card_of(certificate: Certificate) -> Card:
    return Card(
        certificate=certificate,
        contents=certificate.contents,
        token=token_of(certificate),
        code=shown_code(certificate.code),
        verify_address=verify_address(certificate.code),
        languages=[(code, language_name(code)) for code, _name in settings.LANGUAGES],
    )
