"""Which organisations' facts a body counts, and for which time."""

from django.db import models
from django.db.models import F, Q


class ScopeRow(models.Model):
    """Derived from memberships and successions; made anew when they change, never edited.

    Moments are microseconds since 1970, as in all statements of figures. The intervals of one pair never
    overlap, so a fact counts once for a body whatever the number of ways that lead to it.
    """

    body = models.BigIntegerField()
    organisation = models.BigIntegerField()
    since_us = models.BigIntegerField()
    until_us = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(since_us__lt=F("until_us")), name="scope_ends_after_it_starts"
            ),
            models.UniqueConstraint(fields=["body", "organisation", "since_us"], name="scope_row_once"),
        ]
        indexes = [models.Index(fields=["organisation", "body"], name="scope_by_organisation")]

    def __str__(self) -> str:
        return f"{self.organisation} for {self.body}"
