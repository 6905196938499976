"""What a person keeps for themselves: stars and a calendar feed."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q

from filiera.accounts.models import Person

from .edition import Edition, RowT
from .programme import Session

if TYPE_CHECKING:
    from filiera.accounts.viewer import Viewer


class OwnQuerySet(models.QuerySet[RowT]):
    """Rows that nobody but their person sees."""

    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(person_id=viewer.person_id) if viewer.person_id else self.none()


OwnManager = models.Manager.from_queryset(OwnQuerySet)


class Star(models.Model):
    """A person wants to be at a session."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="stars")
    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="stars")
    starred_at = models.DateTimeField()

    objects: ClassVar[OwnManager["Star"]] = OwnManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "session"], name="star_once_per_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} stars {self.session_id}"


class CalendarFeed(models.Model):
    """A secret address at which a person's own agenda can be subscribed to, until it is revoked."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="calendar_feeds")
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="calendar_feeds")
    token = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OwnManager["CalendarFeed"]] = OwnManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "edition"],
                condition=Q(revoked_at__isnull=True),
                name="feed_one_alive_per_edition",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.edition_id}"
