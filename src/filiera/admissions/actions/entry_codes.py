"""A new entry code for somebody whose badge was lost."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation, RevokedCode
from filiera.admissions.models.participations import fresh_entry_code
from filiera.admissions.policies import presence as policies


@transaction.atomic
def renew_entry_code(*, participation: Participation, by: Viewer, at: datetime) -> Participation:
    """Give a place another code; the old one lets nobody in from now on.

    Raises PermissionDenied.
    """
    if not policies.can_print_badges(by, participation.edition):
        raise PermissionDenied
    participation = Participation.objects.select_for_update(no_key=True).get(pk=participation.pk)
    RevokedCode.objects.create(participation=participation, code=participation.entry_code, revoked_at=at)
    participation.entry_code = fresh_entry_code()
    participation.save(update_fields=["entry_code"])
    return participation
