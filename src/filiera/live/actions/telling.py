"""Telling the pages of a channel what changed; of votes at most once a second."""

from datetime import datetime, timedelta

from django.db.models import Q

from filiera.live.models import Channel
from filiera.live.queries.room import votes_of
from filiera.push.actions import publish_event

VOTES_EVERY = timedelta(seconds=1)


def tell(channel: Channel, what: str) -> None:
    """`what` is "questions", "polls" or "stage": the part of the page to fetch again."""
    publish_event(channel.topic, {"what": what})


def tell_votes(channel: Channel, at: datetime) -> None:
    """Tell the counts if that was not done within the last second."""
    due = Q(votes_told_at__isnull=True) | Q(votes_told_at__lt=at - VOTES_EVERY)
    if Channel.objects.filter(due, pk=channel.pk).update(votes_told_at=at):
        tell_counts(channel)


def tell_counts(channel: Channel) -> None:
    """The counts go along, so that a hall need not ask for them; the page asks once more after a rush."""
    counts = {str(question): count for question, count in votes_of(channel).items()}
    publish_event(channel.topic, {"what": "votes", **counts})
