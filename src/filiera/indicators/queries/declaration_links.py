"""The link by which the owner of a figure tells it: without signing in, and without an account."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from allauth.account.models import EmailAddress
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.indicators.models import Declaration, DeclarationRequest
from filiera.indicators.periods import day_of
from filiera.indicators.policies import tell_figure
from filiera.indicators.queries.definitions import current_definitions
from filiera.indicators.queries.round_asked import people_of
from filiera.shared.links import link_token, row_of

# A figure is still wanted when it is late, but no link opens for ever.
OPENS_AFTER_DUE = timedelta(days=60)
_SALT = "filiera.indicators.declaration-link"
_MARK = "filiera.indicators.declared-by"


class LinkState(StrEnum):
    """What is found behind a link that is right."""

    OPEN = "open"
    TOLD = "told"
    OVER = "over"


def link_end(due_on: date, at: datetime) -> date:
    """The last day on which a link that is made now opens."""
    return max(due_on, day_of(at)) + OPENS_AFTER_DUE


def token_of(request: DeclarationRequest) -> str:
    """The same in each mail until it is asked anew; worthless without the platform's key."""
    return link_token(_SALT, request.pk, request.link_seed, request.owner_id, request.owner_email)


def address_of(request: DeclarationRequest) -> str:
    return f"{settings.PUBLIC_URL}{reverse('indicators:figure_link', args=[token_of(request)])}"


def request_of(token: str) -> DeclarationRequest | None:
    """The request whose present link this is, while its owner is in the team or was named from outside."""
    rows = DeclarationRequest.objects.select_related("organisation", "owner", "asked_by")
    request = row_of(token, rows, token_of)
    if request is None or not has_owner(request) or request.code not in current_definitions():
        return None
    return request


def has_owner(request: DeclarationRequest) -> bool:
    """Whether somebody may still tell it by the link: who has left the team may not."""
    if request.owner is None:
        return request.is_outside
    return request.owner in people_of([request.organisation_id]).get(request.organisation_id, [])


def link_state(request: DeclarationRequest, at: datetime) -> LinkState:
    if not DeclarationRequest.objects.filter(pk=request.pk).unanswered().exists():
        return LinkState.TOLD
    return LinkState.OVER if day_of(at) > request.link_ends_on else LinkState.OPEN


def last_by_owner(request: DeclarationRequest) -> Declaration | None:
    """What the owner of the link declared last of this figure, whatever became of it."""
    rows = Declaration.objects.filter(**request.figure).order_by("-declared_at", "-pk")
    if request.owner_id is not None:
        return rows.filter(declared_by=request.owner_id).first()
    return rows.filter(declared_mark=mark_of(request.owner_email)).first()


def mark_of(email: str) -> str:
    """By which somebody outside is found again in what they declared, when their address is gone."""
    return salted_hmac(_MARK, email.lower(), algorithm="sha256").hexdigest()[:40]


def was_told_by_owner(request: DeclarationRequest, declaration: Declaration) -> bool:
    """Whether whoever is asked for the figure now declared it."""
    if request.owner_id is not None:
        return request.owner_id == declaration.declared_by_id
    return request.is_outside and declaration.declared_mark == mark_of(request.owner_email)


def is_told_by(declaration: Declaration, person: Person) -> bool:
    """Whether somebody declared it, with their account or as somebody outside by one of their addresses."""
    if declaration.declared_by_id is not None or not declaration.declared_mark:
        return declaration.declared_by_id == person.pk
    others = EmailAddress.objects.filter(user=person).values_list("email", flat=True)
    return declaration.declared_mark in {mark_of(email) for email in (person.email, *others)}


def viewer_by_link(request: DeclarationRequest) -> Viewer:
    """Whoever holds the link: may tell this one figure and nothing else."""
    return Viewer(person=request.owner, permissions=frozenset({tell_figure(request.pk, request.link_seed)}))
