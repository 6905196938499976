"""What participants need to know to come, and the letter that invites them."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition, Part
from filiera.accounts.viewer import Viewer
from filiera.texts.fields import TranslatedField

from .participations import Participation


class PracticalTopic(models.TextChoices):
    ARRIVAL = "arrival", _("Getting there")
    HOTEL = "hotel", _("Where to stay")
    DINNER = "dinner", _("Dinner")
    CONTACT = "contact", _("Whom to ask")
    ACCESS = "access", _("Access without barriers")
    OTHER = "other", _("Good to know")


class PracticalNoteQuerySet(models.QuerySet["PracticalNote"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Public notes of editions one may know; all of the edition for its people, by account or link."""
        if viewer.administering:
            return self.all()
        own_places = Participation.objects.visible_to(viewer).confirmed()
        shown = Q(is_public=True, edition__in=Edition.objects.visible_to(viewer))
        shown |= Q(edition__in=own_places.values("edition"))
        if viewer.edition_id is not None and viewer.edition_roles:
            shown |= Q(edition_id=viewer.edition_id)
        return self.filter(shown)


PracticalNoteManager = models.Manager.from_queryset(PracticalNoteQuerySet)


class PracticalNote(models.Model):
    """One topic of the practical page, for the whole edition or for one part."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="practical_notes")
    part = models.ForeignKey(
        Part, on_delete=models.CASCADE, related_name="practical_notes", null=True, blank=True
    )
    topic = models.CharField(max_length=20, choices=PracticalTopic)
    text = TranslatedField()
    is_public = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[PracticalNoteManager["PracticalNote"]] = PracticalNoteManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "part", "topic"],
                nulls_distinct=False,
                name="practical_note_topic_once_in_part",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.topic}"


class InvitationLetterQuerySet(models.QuerySet["InvitationLetter"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """For the people of the edition, and whoever has a confirmed place in it, by account or link."""
        if viewer.administering:
            return self.all()
        own_places = Participation.objects.visible_to(viewer).confirmed()
        shown = Q(edition__in=own_places.values("edition"))
        if viewer.edition_roles:
            shown |= Q(edition_id=viewer.edition_id)
        return self.filter(shown)


InvitationLetterManager = models.Manager.from_queryset(InvitationLetterQuerySet)


class InvitationLetter(models.Model):
    """What the invitation letter of an edition says besides name and dates, and who signs it."""

    edition = models.OneToOneField(Edition, on_delete=models.CASCADE, related_name="invitation_letter")
    text = TranslatedField(blank=True)
    signed_by = models.CharField(max_length=200)
    signed_as = TranslatedField(blank=True)
    changed_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[InvitationLetterManager["InvitationLetter"]] = InvitationLetterManager()

    def __str__(self) -> str:
        return str(self.edition_id)
