"""Being found by the others of an edition: only who asks for it is."""

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
    organisation = participation.organisation
    words = (
        participation.name,
        organisation.name if organisation else participation.organisation_name,
        challenge,
    )
    said = {
        "challenge": challenge,
        "sort_key": sort_key(participation.name),
        "search_key": sort_key(" ".join(words)),
    }
    listing, _is_new = Listing.objects.update_or_create(
        participation=participation, defaults=said, create_defaults={**said, "listed_at": at}
    )
    return listing


@transaction.atomic
def leave_list(*, participation: Participation, by: Viewer, at: datetime) -> None:
    """Take oneself off the list; nobody finds one there from this moment on.

    Raises PermissionDenied.
    """
    if not can_list(by, participation):
        raise PermissionDenied
    Listing.objects.filter(participation=participation).delete()
