"""What an organisation offers that would host an edition."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from filiera.accounts.viewer import Viewer

from .applications import Application


class HostOfferQuerySet(models.QuerySet["HostOffer"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(application__in=Application.objects.visible_to(viewer))


HostOfferManager = models.Manager.from_queryset(HostOfferQuerySet)


class HostOffer(models.Model):
    """The part of an application to host that tells of the place: venue, rooms, dates, what is given."""

    application = models.OneToOneField(Application, on_delete=models.CASCADE, related_name="host_offer")
    venue_name = models.CharField(max_length=200, blank=True)
    city = models.CharField(max_length=120, blank=True)
    address = models.CharField(max_length=300, blank=True)
    rooms = models.TextField(blank=True)
    seats = models.PositiveSmallIntegerField(null=True, blank=True)
    has_step_free_access = models.BooleanField(default=False)
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    dates_note = models.TextField(blank=True)
    offer = models.TextField(blank=True)

    objects: ClassVar[HostOfferManager["HostOffer"]] = HostOfferManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day__isnull=True)
                | Q(last_day__isnull=True)
                | Q(last_day__gte=models.F("first_day")),
                name="host_offer_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.city}"
