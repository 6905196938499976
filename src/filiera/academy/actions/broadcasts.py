"""Messages of the desk to those who are there."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.academy import policies
from filiera.academy.models import Broadcast, BroadcastAudience, BroadcastRecipient, Edition
from filiera.academy.push_topics import day_topic
from filiera.academy.snapshot import Texts
from filiera.accounts.viewer import Viewer
from filiera.push.actions import publish_event
from filiera.shared.errors import DomainError

SHOWN_FOR = timedelta(minutes=45)


class NobodyToTell(DomainError):
    message = _("Nobody of these has an account here, so nobody would read it. Choose somebody else.")


@transaction.atomic
def send_broadcast(
    *,
    edition: Edition,
    text: Texts,
    audience: BroadcastAudience,
    by: Viewer,
    at: datetime,
    people: Collection[int] = (),
    for_whom: str = "",
    shown_for: timedelta = SHOWN_FOR,
) -> Broadcast:
    """Put a message on the pages of those it is for; to everybody also on the screens.

    `people` are the keys of persons, where it is for some by name, who are called `for_whom`.
    Raises PermissionDenied, NobodyToTell.
    """
    if not policies.can_run_day(by, edition):
        raise PermissionDenied
    return put_broadcast(
        edition=edition,
        text=text,
        audience=audience,
        by=by,
        at=at,
        people=people,
        for_whom=for_whom,
        shown_for=shown_for,
    )


def put_broadcast(
    *,
    edition: Edition,
    text: Texts,
    audience: BroadcastAudience,
    by: Viewer,
    at: datetime,
    people: Collection[int] = (),
    for_whom: str = "",
    shown_for: timedelta = SHOWN_FOR,
) -> Broadcast:
    """Send within the caller's transaction. Asks no policy: the action that calls it has asked its own.

    Raises NobodyToTell.
    """
    if audience == BroadcastAudience.NAMED and not people:
        raise NobodyToTell
    broadcast = Broadcast.objects.create(
        edition=edition,
        text=text,
        audience=audience,
        for_whom=for_whom,
        sent_at=at,
        shown_until=at + shown_for,
        sent_by=by.person,
    )
    if audience == BroadcastAudience.NAMED:
        BroadcastRecipient.objects.bulk_create(
            BroadcastRecipient(broadcast=broadcast, person_id=person) for person in sorted(set(people))
        )
    publish_event(day_topic(edition.pk), {"what": "broadcast"})
    return broadcast


@transaction.atomic
def take_off_broadcast(*, broadcast: Broadcast, by: Viewer, at: datetime) -> None:
    """Take a message off the screens and the head of pages; it stays in the list of those sent.

    Raises PermissionDenied.
    """
    if not policies.can_run_day(by, broadcast.edition):
        raise PermissionDenied
    broadcast = Broadcast.objects.select_for_update(of=("self",)).get(pk=broadcast.pk)
    if broadcast.shown_until > at:
        broadcast.shown_until = max(at, broadcast.sent_at + timedelta(microseconds=1))
        broadcast.save(update_fields=["shown_until"])
    publish_event(day_topic(broadcast.edition_id), {"what": "broadcast"})
