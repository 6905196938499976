"""The link by which somebody comes to their place without an account."""

from django.conf import settings
from django.urls import reverse

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.admissions.permissions import act_for
from filiera.shared.links import link_token, row_of

_SALT = "filiera.admissions.place-link"


def token_of(participation: Participation) -> str:
    """The same in each mail until the link is renewed; worthless without the platform's key."""
    return link_token(_SALT, participation.pk, participation.link_seed)


def address_of(participation: Participation) -> str:
    return f"{settings.PUBLIC_URL}{reverse('place:place', args=[token_of(participation)])}"


def participation_of(token: str) -> Participation | None:
    """The place whose present link this is."""
    places = Participation.objects.exclude(link_seed="").select_related(
        "edition__organiser", "person", "organisation"
    )
    return row_of(token, places, token_of)


def viewer_by_link(participation: Participation, *, person: Person | None = None) -> Viewer:
    """Whoever holds the link of a place: may act for it and for nothing else.

    `person` is who is signed in at that browser, if anybody: the place can be taken into that account.
    """
    return Viewer(
        person=person,
        edition_id=participation.edition_id,
        permissions=frozenset({act_for(participation.pk)}),
    )
