"""Events that a stream or a polling page has not heard yet."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from filiera.push.models import Event

REPLAY_LIMIT = 500
_OVERLAP = timedelta(seconds=10)


def events_after(*, last_id: int, topics: Iterable[str], at: datetime) -> list[Event]:
    """Events of these topics newer than `last_id`, oldest first.

    Numbers are given before transactions end, so a smaller number may become visible later: a few
    seconds are repeated. An event only says "look again", so hearing it twice does no harm.
    """
    newer = Event.objects.filter(topic__in=list(topics), pk__gt=last_id)
    recent = Event.objects.filter(topic__in=list(topics), pk__lte=last_id, created_at__gt=at - _OVERLAP)
    return list((newer | recent).order_by("pk")[:REPLAY_LIMIT])


def last_event_id(topics: Iterable[str]) -> int:
    newest = Event.objects.filter(topic__in=list(topics)).order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0
