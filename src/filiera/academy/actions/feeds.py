"""A person's own agenda as a calendar that other programs can subscribe to."""

import secrets
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from filiera.academy.models import CalendarFeed, Edition
from filiera.accounts.viewer import Viewer


@transaction.atomic
def create_feed(*, edition: Edition, by: Viewer, at: datetime) -> CalendarFeed:
    """Give the person a secret address for their agenda; the one alive is kept.

    Raises PermissionDenied.
    """
    if by.person is None:
        raise PermissionDenied
    feed, _is_new = CalendarFeed.objects.get_or_create(
        person=by.person,
        edition=edition,
        revoked_at=None,
        defaults={"token": secrets.token_urlsafe(24), "created_at": at},
    )
    return feed


@transaction.atomic
def revoke_feed(*, edition: Edition, by: Viewer, at: datetime) -> int:
    """Make the person's secret address answer nobody any more; how many were revoked.

    Raises PermissionDenied.
    """
    if by.person is None:
        raise PermissionDenied
    alive = CalendarFeed.objects.filter(person=by.person, edition=edition, revoked_at__isnull=True)
    return alive.update(revoked_at=at)
