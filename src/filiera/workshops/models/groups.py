"""Groups: one or several rounds in which the people of an edition work in small circles."""

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q

from filiera.academy.models import Edition, EditionMember, Room, Session
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.texts.fields import TranslatedField
from filiera.workshops.permissions import FORM_GROUPS, TAKE_PART

RowT = TypeVar("RowT", bound=models.Model, covariant=True)


class GroupSeriesQuerySet(models.QuerySet["GroupSeries"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Drafts for those who form groups; what is published for the people of the edition."""
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None:
            return self.none()
        of_edition = self.filter(edition_id=viewer.edition_id)
        if viewer.may(FORM_GROUPS):
            return of_edition
        return of_edition.filter(published_at__isnull=False) if viewer.may(TAKE_PART) else self.none()


GroupSeriesManager = models.Manager.from_queryset(GroupSeriesQuerySet)


class GroupSeries(models.Model):
    """Rounds that are formed together: whoever has met in one meets others in the next."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="group_series")
    title = TranslatedField()
    # Locked for everybody, and seen by everybody, from then on.
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[GroupSeriesManager["GroupSeries"]] = GroupSeriesManager()

    class Meta:
        indexes = [models.Index(fields=["edition", "created_at"], name="group_series_by_edition")]

    def __str__(self) -> str:
        return str(self.pk)


class OfSeriesQuerySet(models.QuerySet[RowT]):
    """Rows that are seen by whoever sees their series of groups."""

    path_to_series = "series"

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(**{f"{self.path_to_series}__in": GroupSeries.objects.visible_to(viewer)})


class GroupRoundQuerySet(OfSeriesQuerySet["GroupRound"]):
    pass


class GroupQuerySet(OfSeriesQuerySet["Group"]):
    path_to_series = "round__series"


class SeatQuerySet(OfSeriesQuerySet["Seat"]):
    path_to_series = "round__series"


GroupRoundManager = models.Manager.from_queryset(GroupRoundQuerySet)
GroupManager = models.Manager.from_queryset(GroupQuerySet)
SeatManager = models.Manager.from_queryset(SeatQuerySet)


class GroupRound(models.Model):
    """All groups that sit at one time, in a session or before a session is known."""

    series = models.ForeignKey(GroupSeries, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    session = models.ForeignKey(
        Session, on_delete=models.SET_NULL, related_name="group_rounds", null=True, blank=True
    )

    objects: ClassVar[GroupRoundManager["GroupRound"]] = GroupRoundManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="group_round_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="group_round_counted_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.series_id}: {self.number}"


class Group(models.Model):
    """A circle of one round, with the place where it sits and whoever leads it."""

    round = models.ForeignKey(GroupRound, on_delete=models.CASCADE, related_name="groups")
    number = models.PositiveSmallIntegerField()
    theme = models.CharField(max_length=200, blank=True)
    facilitator = models.ForeignKey(
        EditionMember, on_delete=models.SET_NULL, related_name="groups_led", null=True, blank=True
    )
    room = models.ForeignKey(Room, on_delete=models.SET_NULL, related_name="groups", null=True, blank=True)
    online_url = models.URLField(max_length=500, blank=True)

    objects: ClassVar[GroupManager["Group"]] = GroupManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="group_number_unique_in_round"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.number}"


class Seat(models.Model):
    """Somebody's place in a group; in each round at most one."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="seats")
    # Its group's own, kept here so that the database forbids two seats in one round.
    round = models.ForeignKey(GroupRound, on_delete=models.CASCADE, related_name="seats")
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="seats")

    objects: ClassVar[SeatManager["Seat"]] = SeatManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "participation"], name="seat_once_in_a_round"),
        ]

    def __str__(self) -> str:
        return f"{self.participation_id} in {self.group_id}"
