from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class Event(models.Model):
    """Something open pages should hear about: a topic and a few keys, never content."""

    topic = models.CharField(max_length=100)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["topic", "id"], name="push_event_by_topic"),
            BrinIndex(fields=["created_at"], name="push_event_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"
