"""Telling the pages of a channel what changed; of votes at most once a second."""

from datetime import datetime, timedelta

from django.db.models import Q

from filiera.live.models import Channel
from filiera.push.actions import publish_event

_VOTES_EVERY = timedelta(seconds=1)


def tell(channel: Channel, what: str) -> None:
    """`what` is "questions", "polls", "stage" or "votes": the part of the page to fetch again."""
    publish_event(channel.topic, {"what": what})


def tell_votes(channel: Channel, at: datetime) -> None:
    """Whoever hears it asks once more a little later, so that the last votes of a rush are seen too."""
    due = Q(votes_told_at__isnull=True) | Q(votes_told_at__lt=at - _VOTES_EVERY)
    if Channel.objects.filter(due, pk=channel.pk).update(votes_told_at=at):
        tell(channel, "votes")
