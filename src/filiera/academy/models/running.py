"""What a running day needs: messages to those who are there, and clocks that run down."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from filiera.accounts.models import Person
from filiera.texts.fields import TranslatedField

from .edition import Edition
from .personal import OwnManager
from .programme import Room, editions_on_desk

if TYPE_CHECKING:
    from filiera.accounts.viewer import Viewer


SHOWN_AFTERWARDS = timedelta(minutes=3)


class BroadcastAudience(models.TextChoices):
    EVERYBODY = "everybody", _("Everybody, and the screens")
    TEAM = "team", _("The team")
    NAMED = "named", _("Some by name")


class BroadcastQuerySet(models.QuerySet["Broadcast"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Those to oneself and to everybody of the edition in the address; for the desk all of them."""
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or viewer.person_id is None or not viewer.edition_roles:
            return self.none()
        mine = Q(edition_id=viewer.edition_id) & (
            Q(audience=BroadcastAudience.EVERYBODY)
            | models.Exists(
                BroadcastRecipient.objects.filter(broadcast=models.OuterRef("pk"), person_id=viewer.person_id)
            )
        )
        return self.filter(mine | Q(edition__in=editions_on_desk(viewer)))


BroadcastManager = models.Manager.from_queryset(BroadcastQuerySet)


class Broadcast(models.Model):
    """A message of the desk to those who are there, on their pages and telephones."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="broadcasts")
    text = TranslatedField()
    audience = models.CharField(max_length=20, choices=BroadcastAudience)
    # Who the named ones are, in a word: a group's name.
    for_whom = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField()
    # When it leaves the screens and the head of pages; it stays in the list.
    shown_until = models.DateTimeField()
    sent_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)

    objects: ClassVar[BroadcastManager["Broadcast"]] = BroadcastManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(shown_until__gt=F("sent_at")), name="broadcast_shown_after_it_was_sent"
            ),
        ]
        indexes = [models.Index(fields=["edition", "-sent_at"], name="broadcast_by_edition")]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.pk}"


class BroadcastRecipient(models.Model):
    """One of those by name to whom a message was sent."""

    broadcast = models.ForeignKey(Broadcast, on_delete=models.CASCADE, related_name="recipients")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="broadcasts")

    objects: ClassVar[OwnManager["BroadcastRecipient"]] = OwnManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["broadcast", "person"], name="broadcast_once_to_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.broadcast_id} to {self.person_id}"


class CountdownQuerySet(models.QuerySet["Countdown"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Shown on the screens of an edition, so as visible as the edition."""
        return self.filter(edition__in=Edition.objects.visible_to(viewer))

    def running_at(self, at: datetime) -> Self:
        """Those nobody stopped; one that has run out is shown a while, so that all see it."""
        return self.filter(stopped_at__isnull=True, ends_at__gt=at - SHOWN_AFTERWARDS)


CountdownManager = models.Manager.from_queryset(CountdownQuerySet)


class Countdown(models.Model):
    """A clock that runs down on the screens of a room, or of all of them, and on telephones."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="countdowns")
    # Empty for all rooms.
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="countdowns", null=True, blank=True)
    label = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)

    objects: ClassVar[CountdownManager["Countdown"]] = CountdownManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("started_at")), name="countdown_ends_after_its_start"
            ),
            models.UniqueConstraint(
                fields=["edition", "room"],
                condition=Q(stopped_at__isnull=True),
                name="countdown_one_at_a_time_in_a_room",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.label or self.pk}"
