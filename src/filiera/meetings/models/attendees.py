"""Who takes part in a round of meetings, what they bring, and when they can meet."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.meetings.permissions import WISH
from filiera.organisations.models import Organisation
from filiera.texts.sorting import sort_key

from .choices import Presence
from .rounds import MeetingRound, MeetingSlot, plans_meetings


class SortNameField(models.CharField):  # type: ignore[type-arg]
    """The key by which names are sorted in every language: the database's own order is by letter codes."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = sort_key(getattr(model_instance, "name", ""))[: self.max_length]
        setattr(model_instance, self.attname, key)
        return key


class AttendeeQuerySet(models.QuerySet["Attendee"]):
    def present(self) -> Self:
        return self.filter(left_at__isnull=True)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; all of the edition for those who plan; the others of a round that one has joined."""
        if viewer.administering:
            return self.all()
        if viewer.person_id is None:
            return self.none()
        shown = Q(person_id=viewer.person_id)
        if viewer.edition_id is not None and viewer.may(WISH):
            joined = Attendee.objects.present().filter(person_id=viewer.person_id).values("round_id")
            shown |= Q(round__edition_id=viewer.edition_id, round__in=joined, left_at__isnull=True)
        if plans_meetings(viewer):
            shown |= Q(round__edition_id=viewer.edition_id)
        return self.filter(shown)


AttendeeManager = models.Manager.from_queryset(AttendeeQuerySet)


class Attendee(models.Model):
    """Somebody who asked to meet others in a round: by their place in the edition, or by their role in it."""

    round = models.ForeignKey(MeetingRound, on_delete=models.CASCADE, related_name="attendees")
    participation = models.ForeignKey(
        Participation, on_delete=models.SET_NULL, related_name="meeting_attendances", null=True, blank=True
    )
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="meeting_attendances", null=True, blank=True
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="meeting_attendees", null=True, blank=True
    )
    # As they are called in the edition when they join.
    name = models.CharField(max_length=200, blank=True)
    sort_name = SortNameField(max_length=400, default="", editable=False)
    organisation_name = models.CharField(max_length=200, blank=True)
    offers = models.TextField(max_length=1000, blank=True)
    needs = models.TextField(max_length=1000, blank=True)
    # Fewer than the round allows, if they wish.
    most = models.PositiveSmallIntegerField(null=True, blank=True)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[AttendeeManager["Attendee"]] = AttendeeManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "person"], name="attendee_person_once_in_round"),
            models.UniqueConstraint(
                fields=["round", "participation"], name="attendee_participation_once_in_round"
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=False) | Q(person__isnull=False) | Q(participation__isnull=False),
                name="attendee_is_somebody",
            ),
        ]
        indexes = [models.Index(fields=["round", "sort_name", "id"], name="attendee_by_name")]

    def __str__(self) -> str:
        return self.name


class SlotPresenceQuerySet(models.QuerySet["SlotPresence"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; all of the edition for those who plan."""
        if viewer.administering:
            return self.all()
        if viewer.person_id is None:
            return self.none()
        shown = Q(attendee__person_id=viewer.person_id)
        if plans_meetings(viewer):
            shown |= Q(attendee__round__edition_id=viewer.edition_id)
        return self.filter(shown)


SlotPresenceManager = models.Manager.from_queryset(SlotPresenceQuerySet)


class SlotPresence(models.Model):
    """How somebody can meet in one slot; without a row it follows how they attend that day."""

    attendee = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="presences")
    slot = models.ForeignKey(MeetingSlot, on_delete=models.CASCADE, related_name="presences")
    presence = models.CharField(max_length=10, choices=Presence)

    objects: ClassVar[SlotPresenceManager["SlotPresence"]] = SlotPresenceManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attendee", "slot"], name="slot_presence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.attendee_id}, {self.slot_id}: {self.presence}"
