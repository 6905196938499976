"""The link by which somebody comes to their place without an account."""

import secrets

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.admissions.permissions import act_for

_SALT = "filiera.admissions.place-link"


def fresh_seed() -> str:
    return secrets.token_hex(16)


def token_of(participation: Participation) -> str:
    """The same in each mail until the link is renewed; worthless without the platform's key."""
    told = f"{participation.pk}:{participation.link_seed}"
    mark = salted_hmac(_SALT, told, algorithm="sha256").hexdigest()[:40]
    return f"{participation.pk}-{mark}"


def address_of(participation: Participation) -> str:
    return f"{settings.PUBLIC_URL}{reverse('place:place', args=[token_of(participation)])}"


def participation_of(token: str) -> Participation | None:
    """The place whose present link this is."""
    key, _dash, _mark = token.partition("-")
    if not key.isdecimal() or len(key) > 18:
        return None
    places = Participation.objects.exclude(link_seed="").select_related(
        "edition__organiser", "person", "organisation"
    )
    participation = places.filter(pk=int(key)).first()
    if participation is None or not constant_time_compare(token_of(participation), token):
        return None
    return participation


def viewer_by_link(participation: Participation, *, person: Person | None = None) -> Viewer:
    """Whoever holds the link of a place: may act for it and for nothing else.

    `person` is who is signed in at that browser, if anybody: the place can be taken into that account.
    """
    return Viewer(
        person=person,
        edition_id=participation.edition_id,
        permissions=frozenset({act_for(participation.pk)}),
    )
