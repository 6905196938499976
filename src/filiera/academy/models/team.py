"""Who belongs to an edition, and what the team has to do."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from filiera.accounts.models import Person
from filiera.organisations.models import Organisation
from filiera.texts.fields import TranslatedField

from .choices import EditionRole
from .edition import Edition, Part
from .programme import DraftManager

if TYPE_CHECKING:
    from filiera.accounts.viewer import Viewer


class EditionMemberQuerySet(models.QuerySet["EditionMember"]):
    def current(self) -> Self:
        return self.filter(until__isnull=True)

    def visible_to(self, viewer: "Viewer") -> Self:
        if viewer.administering:
            return self.all()
        own = self.filter(person_id=viewer.person_id)
        if viewer.edition_id is None or not viewer.may("edition.view_team"):
            return own
        return own | self.filter(edition_id=viewer.edition_id)


EditionMemberManager = models.Manager.from_queryset(EditionMemberQuerySet)


class EditionMember(models.Model):
    """The only source of who belongs to an edition: role, organisation, since when, until when."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="edition_roles")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="edition_members", null=True, blank=True
    )
    role = models.CharField(max_length=20, choices=EditionRole)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[EditionMemberManager["EditionMember"]] = EditionMemberManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "person", "role"],
                condition=Q(until__isnull=True),
                name="edition_member_role_once_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="edition_member_until_after_since",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} is {self.role} of {self.edition_id}"


class ChecklistTask(models.Model):
    """Something the team has to do by a date that is counted from a part."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="checklist")
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="checklist", null=True, blank=True)
    title = TranslatedField()
    days_before = models.SmallIntegerField(default=0)
    owner = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)

    objects: ClassVar[DraftManager["ChecklistTask"]] = DraftManager()

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.pk}"
