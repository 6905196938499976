"""Access codes: who may apply by invitation, or after the call has closed."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.permissions import EDIT_CALL

from .calls import Call


class AccessCodeQuerySet(models.QuerySet["AccessCode"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those who write the call; whoever was given a code shows it, and reads no list."""
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or not viewer.may(EDIT_CALL):
            return self.none()
        return self.filter(call__edition_id=viewer.edition_id)


AccessCodeManager = models.Manager.from_queryset(AccessCodeQuerySet)


class AccessCode(models.Model):
    """A word by which somebody may apply to a call that is closed or by invitation only."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="access_codes")
    code = models.CharField(max_length=20, unique=True)
    # For whom it is; the organiser's own words.
    note = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    most_uses = models.PositiveSmallIntegerField(default=1)
    uses = models.PositiveSmallIntegerField(default=0)
    valid_until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar[AccessCodeManager["AccessCode"]] = AccessCodeManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(most_uses__gte=1, uses__lte=F("most_uses")), name="access_code_not_overused"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id}: {self.note or self.pk}"
