"""The link by which a firm answers without an account."""

from django.conf import settings
from django.urls import reverse

from filiera.accounts.viewer import Viewer
from filiera.indicators.models import CollectionFirm, RoundState
from filiera.indicators.policies import answer_for
from filiera.shared.links import link_token, row_of

_SALT = "filiera.indicators.round-link"


def token_of(firm: CollectionFirm) -> str:
    """The same in each mail of a round; worthless without the platform's key."""
    return link_token(_SALT, firm.pk, firm.link_seed, firm.email)


def address_of(firm: CollectionFirm) -> str:
    return f"{settings.PUBLIC_URL}{reverse('indicators:round_answer', args=[token_of(firm)])}"


def firm_of(token: str) -> CollectionFirm | None:
    """The firm whose present link this is; another address makes another link."""
    firms = CollectionFirm.objects.select_related(
        "round__organisation", "round__questionnaire", "round__former", "organisation", "response"
    )
    return row_of(token, firms.exclude(round__state=RoundState.DRAFT), token_of)


def viewer_by_link(firm: CollectionFirm) -> Viewer:
    """Whoever holds the link: may answer for this firm and nothing else."""
    return Viewer(person=None, permissions=frozenset({answer_for(firm.pk)}))
