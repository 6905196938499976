"""Being found by the others of an edition: only who asks for it is."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Listing, Participation, ParticipationState
from filiera.admissions.policies.people import can_list
from filiera.shared.errors import DomainError
from filiera.texts.sorting import sort_key


class PlaceNotConfirmed(DomainError):
    message = _("Only people with a confirmed place are in the list.")


@transaction.atomic
def join_list(*, participation: Participation, challenge: str, by: Viewer, at: datetime) -> Listing:
    """Put one's own place into the participant list, or change what one brings.

    Raises PermissionDenied, PlaceNotConfirmed.
    """
    if not can_list(by, participation):
        raise PermissionDenied
    participation = (
        Participation.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=participation.pk)
    )
    if participation.state != ParticipationState.CONFIRMED:
        raise PlaceNotConfirmed
    said = {"challenge": challenge, **_keys(participation, challenge)}
    listing, _is_new = Listing.objects.update_or_create(
        participation=participation, defaults=said, create_defaults={**said, "listed_at": at}
    )
    return listing


@transaction.atomic
def renew_listings(places: Iterable[Participation]) -> None:
    """Let the list find people under the name and organisation that are known now.

    Asks no policy: it follows the action that corrected them.
    """
    listings = list(Listing.objects.filter(participation__in=[place.pk for place in places]))
    known = Participation.objects.select_related("organisation").in_bulk(
        [listing.participation_id for listing in listings]
    )
    for listing in listings:
        keys = _keys(known[listing.participation_id], listing.challenge)
        listing.sort_key, listing.search_key = keys["sort_key"], keys["search_key"]
    Listing.objects.bulk_update(listings, ["sort_key", "search_key"])


@transaction.atomic
def leave_list(*, participation: Participation, by: Viewer, at: datetime) -> None:
    """Take oneself off the list; nobody finds one there from this moment on.

    Raises PermissionDenied.
    """
    if not can_list(by, participation):
        raise PermissionDenied
    Listing.objects.filter(participation=participation).delete()


def _keys(participation: Participation, challenge: str) -> dict[str, str]:
    organisation = participation.organisation
    words = (
        participation.name,
        organisation.name if organisation else participation.organisation_name,
        challenge,
    )
    return {"sort_key": sort_key(participation.name), "search_key": sort_key(" ".join(words))}
