"""What the desk knows about somebody whose place it is."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from filiera.academy.actions.steps import tell_desks
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.admissions.policies import places as policies

from .listings import renew_listings
from .participations import AlreadyHasPlace, PlaceDetails, known_account, lock_places

EDITED = (
    "name",
    "email",
    "position",
    "organisation",
    "organisation_name",
    "country",
    "ecosystem",
    "language",
)


@transaction.atomic
def edit_participant(
    *, participation: Participation, details: PlaceDetails, by: Viewer, at: datetime
) -> Participation:
    """Correct what is known about somebody; an account with the new address is found and linked.

    Raises PermissionDenied, AlreadyHasPlace.
    """
    if not policies.can_edit_participants(by, participation.edition):
        raise PermissionDenied
    lock_places(participation.edition)
    places = Participation.objects.select_for_update(of=("self",)).select_related("edition")
    place = places.get(pk=participation.pk)
    others = Participation.objects.filter(edition=place.edition).exclude(pk=place.pk)
    if details.email and others.filter(email__iexact=details.email).exists():
        raise AlreadyHasPlace
    for name in EDITED:
        setattr(place, name, getattr(details, name))
    place.email = place.email.lower()
    if place.person_id is None:
        place.person = known_account(place.edition, place.email)
    place.save()
    renew_listings([place])
    tell_desks(place.edition, by=by)
    return place
