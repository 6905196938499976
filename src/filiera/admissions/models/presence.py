"""Who was there: at a session, or on a day."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from filiera.academy.models import Day, Session
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.permissions import CHECK_IN

from .choices import ClockNote, PresenceMode, PresenceSource
from .participations import Participation
from .stations import Station


class PresenceQuerySet(models.QuerySet["Presence"]):
    def standing(self) -> Self:
        return self.filter(undone_at__isnull=True)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; all of the edition for those who check in."""
        if viewer.administering:
            return self.all()
        shown = Q(participation__in=Participation.objects.visible_to(viewer))
        if viewer.edition_id is not None and viewer.may(CHECK_IN):
            shown |= Q(participation__edition_id=viewer.edition_id)
        return self.filter(shown)


PresenceManager = models.Manager.from_queryset(PresenceQuerySet)


class Presence(models.Model):
    """Somebody was seen at a session, or came in on a day; an undone one stays and counts no more."""

    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="presences")
    session = models.ForeignKey(
        Session, on_delete=models.PROTECT, related_name="presences", null=True, blank=True
    )
    day = models.ForeignKey(Day, on_delete=models.PROTECT, related_name="presences", null=True, blank=True)
    mode = models.CharField(max_length=20, choices=PresenceMode)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    source = models.CharField(max_length=20, choices=PresenceSource)
    # When they came: the device's time, put right by what its clock was found to be off.
    checked_in_at = models.DateTimeField()
    # By the server's clock; hours later where a station had no network.
    recorded_at = models.DateTimeField()
    # What the clock of the device showed, untouched.
    device_at = models.DateTimeField(null=True, blank=True)
    clock_note = models.CharField(max_length=10, choices=ClockNote, default=ClockNote.NONE, blank=True)
    station = models.ForeignKey(
        Station, on_delete=models.SET_NULL, related_name="presences", null=True, blank=True
    )
    recorded_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    # Made where the scan was made: the same scan sent twice is one presence.
    scan_id = models.UUIDField(unique=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)

    objects: ClassVar[PresenceManager["Presence"]] = PresenceManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(session__isnull=False, day__isnull=True)
                | Q(session__isnull=True, day__isnull=False),
                name="presence_of_session_or_day",
            ),
            models.CheckConstraint(
                condition=Q(session__isnull=True) | Q(minutes__isnull=False),
                name="presence_at_session_has_minutes",
            ),
            models.UniqueConstraint(
                fields=["participation", "session"],
                condition=Q(session__isnull=False, undone_at__isnull=True),
                name="presence_once_at_session",
            ),
            models.UniqueConstraint(
                fields=["participation", "day"],
                condition=Q(day__isnull=False, undone_at__isnull=True),
                name="presence_once_on_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participation_id} at {self.session_id or self.day_id}"


class RepeatedScanQuerySet(models.QuerySet["RepeatedScan"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(presence__in=Presence.objects.visible_to(viewer))


RepeatedScanManager = models.Manager.from_queryset(RepeatedScanQuerySet)


class RepeatedScan(models.Model):
    """Somebody who was in already was scanned again, perhaps at a station that did not know it yet."""

    presence = models.ForeignKey(Presence, on_delete=models.CASCADE, related_name="repeats")
    station = models.ForeignKey(Station, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    checked_in_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    scan_id = models.UUIDField(unique=True)

    objects: ClassVar[RepeatedScanManager["RepeatedScan"]] = RepeatedScanManager()

    def __str__(self) -> str:
        return f"{self.presence_id} again at {self.checked_in_at}"
