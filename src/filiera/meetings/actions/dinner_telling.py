"""Telling the boards of a dinner that something changed."""

from filiera.meetings.models import Dinner
from filiera.push.actions import publish_event


def topic_of(dinner: Dinner) -> str:
    return f"dinner:{dinner.edition_id}:{dinner.pk}"


def tell_boards(dinner: Dinner) -> None:
    publish_event(topic_of(dinner), {"dinner": dinner.pk})
