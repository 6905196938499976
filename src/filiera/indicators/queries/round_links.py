"""The link by which a firm answers without an account."""

import secrets

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from filiera.accounts.viewer import Viewer
from filiera.indicators.models import CollectionFirm, RoundState
from filiera.indicators.policies import answer_for

_SALT = "filiera.indicators.round-link"


def fresh_seed() -> str:
    return secrets.token_hex(16)


def token_of(firm: CollectionFirm) -> str:
    """The same in each mail of a round; worthless without the platform's key."""
    told = f"{firm.pk}:{firm.link_seed}:{firm.email}"
    mark = salted_hmac(_SALT, told, algorithm="sha256").hexdigest()[:40]
    return f"{firm.pk}-{mark}"


def address_of(firm: CollectionFirm) -> str:
    return f"{settings.PUBLIC_URL}{reverse('indicators:round_answer', args=[token_of(firm)])}"


def firm_of(token: str) -> CollectionFirm | None:
    """The firm whose present link this is; another address makes another link."""
    key, _dash, _mark = token.partition("-")
    if not key.isdecimal() or len(key) > 18:
        return None
    firms = CollectionFirm.objects.select_related(
        "round__organisation", "round__questionnaire", "round__former", "organisation", "response"
    )
    firm = firms.filter(pk=int(key)).exclude(round__state=RoundState.DRAFT).first()
    if firm is None or not constant_time_compare(token_of(firm), token):
        return None
    return firm


def viewer_by_link(firm: CollectionFirm) -> Viewer:
    """Whoever holds the link: may answer for this firm and nothing else."""
    return Viewer(person=None, permissions=frozenset({answer_for(firm.pk)}))
