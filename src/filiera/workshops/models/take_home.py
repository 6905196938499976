"""What a participant writes down for themselves and for the board at home."""

from typing import ClassVar, Self

from django.db import models

from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer


class TakeHomeQuerySet(models.QuerySet["TakeHome"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own and nobody else's."""
        return self.filter(person_id=viewer.person_id) if viewer.person_id else self.none()


TakeHomeManager = models.Manager.from_queryset(TakeHomeQuerySet)


class TakeHome(models.Model):
    """Somebody's notes from an edition, and their words to the board."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="take_homes")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="take_homes")
    notes = models.TextField(blank=True)
    for_board = models.TextField(blank=True)
    changed_at = models.DateTimeField()

    objects: ClassVar[TakeHomeManager["TakeHome"]] = TakeHomeManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "person"], name="take_home_once_in_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.edition_id}"
