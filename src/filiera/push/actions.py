"""Telling open pages that something changed."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from filiera.push.models import Event

CHANNEL = "filiera_push"
KEEP_FOR = timedelta(days=1)


@transaction.atomic
def publish_event(topic: str, data: Mapping[str, str | int | None] | None = None) -> Event:
    """Tell pages that listen to a topic; they hear it when the transaction is through, or not at all.

    `data` names what changed by key, for pages to read again, or counts that whoever listens may see; it
    carries no content.
    """
    event = Event.objects.create(topic=topic, data=dict(data or {}), created_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, json.dumps({"id": event.pk, "topic": topic})])
    return event


def remove_old_events(*, before: datetime) -> int:
    count, _by_model = Event.objects.filter(created_at__lt=before).delete()
    return count


@app.periodic(cron="41 * * * *")
@app.task(name="push.remove_old_events", queueing_lock="push.remove_old_events")
def remove_old_events_hourly(timestamp: int) -> None:
    """Keep events as long as a sleeping page could ask for them."""
    now = datetime.fromtimestamp(timestamp, tz=timezone.get_default_timezone())
    remove_old_events(before=now - KEEP_FOR)
