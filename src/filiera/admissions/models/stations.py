"""Stations: where helpers check people in, by a link and without an account."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from filiera.academy.models import Day, Edition, Session
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.permissions import EDIT_STATIONS, check_in_at


class StationQuerySet(models.QuerySet["Station"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """All of the edition for those who make them; to a helper the one whose link they hold."""
        if viewer.administering:
            return self.all()
        by_link = [
            int(permission.removeprefix(check_in_at("")))
            for permission in viewer.permissions
            if permission.startswith(check_in_at(""))
        ]
        shown = Q(pk__in=by_link)
        if viewer.edition_id is not None and viewer.may(EDIT_STATIONS):
            shown |= Q(edition_id=viewer.edition_id)
        return self.filter(shown)


StationManager = models.Manager.from_queryset(StationQuerySet)


class Station(models.Model):
    """An expiring link for one door: of a day, of a session, or of whichever day of the edition it is."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="stations")
    name = models.CharField(max_length=80)
    day = models.ForeignKey(Day, on_delete=models.CASCADE, related_name="stations", null=True, blank=True)
    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="stations", null=True, blank=True
    )
    # The token of the link is made from this and the platform's key.
    seed = models.CharField(max_length=64)
    made_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[StationManager["Station"]] = StationManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(day__isnull=True) | Q(session__isnull=True), name="station_of_day_or_session"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="station_expires_later"),
        ]

    def __str__(self) -> str:
        return self.name
