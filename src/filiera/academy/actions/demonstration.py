"""The hour at which a demonstration stands, so that a day can be played through."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from filiera.academy import policies
from filiera.academy.models import Edition
from filiera.academy.push_topics import programme_topic
from filiera.accounts.viewer import Viewer
from filiera.push.actions import publish_event


@transaction.atomic
def set_demonstration_hour(*, edition: Edition, moment: datetime, by: Viewer) -> Edition:
    """Let the demonstration stand at another moment; real editions have no clock but the real one.

    Raises PermissionDenied.
    """
    if not policies.can_run_day(by, edition) or not edition.is_demonstration:
        raise PermissionDenied
    edition = Edition.objects.select_for_update(of=("self",)).get(pk=edition.pk)
    edition.clock_at = moment
    edition.save(update_fields=["clock_at"])
    publish_event(programme_topic(edition.pk), {"what": "hour"})
    return edition
