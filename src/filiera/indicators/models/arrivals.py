"""What has arrived in the ledger and is not yet in the figures; written by the database itself."""

from django.db import models


class FactArrival(models.Model):
    """Facts of one kind and organisation that came in one statement, or a membership that changed.

    Triggers write these rows, so that no way into the ledger is forgotten; the job that refreshes figures
    takes them away.
    """

    kind = models.CharField(max_length=60)
    organisation = models.BigIntegerField(null=True)
    counterpart = models.BigIntegerField(null=True)
    region = models.CharField(max_length=5, null=True)
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField()
    facts = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.facts} {self.kind}"
