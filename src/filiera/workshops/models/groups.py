"""Groups: one or several rounds in which the people of an edition work in small circles."""

from datetime import datetime
from typing import ClassVar, Self, TypeVar

from django.contrib.postgres.fields import ArrayField, DateTimeRangeField
from django.db import models
from django.db.models import F, Q

from filiera.academy.models import Edition, EditionMember, Room, Session
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.texts.fields import TranslatedField
from filiera.workshops.permissions import FORM_GROUPS, TAKE_PART

from .choices import GroupRuleKind, GroupRunKind, GroupStepKind, PlacingOnline, SearchStatus

RowT = TypeVar("RowT", bound=models.Model, covariant=True)


def own_places(viewer: Viewer) -> models.QuerySet[Participation]:
    """The viewer's own, whatever they may see of others."""
    if viewer.person_id is None:
        return Participation.objects.none()
    return Participation.objects.filter(person_id=viewer.person_id)


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

    def open_for_wishes(self, viewer: Viewer, at: datetime) -> Self:
        """Drafts of which people of the edition may know title and themes, to wish for them; no more."""
        if viewer.edition_id is None or not viewer.may(TAKE_PART):
            return self.none()
        return self.filter(
            edition_id=viewer.edition_id,
            published_at__isnull=True,
            wishes_until__gt=at,
            themes__len__gt=0,
        )


GroupSeriesManager = models.Manager.from_queryset(GroupSeriesQuerySet)


class GroupSeries(models.Model):
    """Rounds that are formed together: whoever has met in one meets others in the next.

    What a plan is judged by is a number of points lost: for two who sit together though they are alike (a
    weight for each attribute), who meet again, whose wished theme is another.
    """

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="group_series")
    title = TranslatedField()
    group_count = models.PositiveSmallIntegerField(default=5)
    # Points for each pair that sits together and is alike in the attribute, by the attribute's name.
    weights = models.JSONField(default=dict, blank=True)
    repeat_price = models.FloatField(default=2)
    wish_price = models.FloatField(default=2)
    # What it costs that somebody changes groups when late arrivals and absences are taken in.
    move_price = models.FloatField(default=4)
    placing_online = models.CharField(max_length=10, choices=PlacingOnline, default=PlacingOnline.MIXED)
    # One for each group, in turn; a group's own theme may be changed later.
    themes = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    wishes_until = models.DateTimeField(null=True, blank=True)
    # How the last search ended.
    status = models.CharField(max_length=20, choices=SearchStatus, default=SearchStatus.NONE)
    proposed_at = models.DateTimeField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    solver_version = models.CharField(max_length=40, blank=True)
    seed = models.PositiveIntegerField(default=1)
    # The rules that contradict each other, by key.
    conflict = models.JSONField(default=list, blank=True)
    # Locked for everybody, and seen by everybody, from then on.
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[GroupSeriesManager["GroupSeries"]] = GroupSeriesManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(group_count__gte=1), name="group_series_has_groups"),
            models.CheckConstraint(
                condition=Q(repeat_price__gte=0, wish_price__gte=0, move_price__gte=0),
                name="group_series_prices_not_negative",
            ),
        ]
        indexes = [models.Index(fields=["edition", "created_at"], name="group_series_by_edition")]

    def __str__(self) -> str:
        return str(self.pk)


class OfSeriesQuerySet(models.QuerySet[RowT]):
    """Rows that are seen by whoever sees their series of groups."""

    path_to_series = "series"

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(**{f"{self.path_to_series}__in": GroupSeries.objects.visible_to(viewer)})


class OfDeskQuerySet(models.QuerySet[RowT]):
    """Rows that only those see who form the groups."""

    path_to_series = "series"

    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or not viewer.may(FORM_GROUPS):
            return self.none()
        return self.filter(**{f"{self.path_to_series}__edition_id": viewer.edition_id})


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
    # When the session was to be when somebody last looked: a session that moved since is told.
    formed_for = DateTimeRangeField(null=True, blank=True)
    # When the ledger was told who worked in its groups.
    recorded_at = models.DateTimeField(null=True, blank=True)

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
    # For those online alone, where they sit in groups of their own.
    is_online = models.BooleanField(default=False)

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
    # No search moves it.
    is_fixed = models.BooleanField(default=False)

    objects: ClassVar[SeatManager["Seat"]] = SeatManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "participation"], name="seat_once_in_a_round"),
        ]

    def __str__(self) -> str:
        return f"{self.participation_id} in {self.group_id}"


class RoundAbsenceQuerySet(OfDeskQuerySet["RoundAbsence"]):
    path_to_series = "round__series"


class ThemeWishQuerySet(models.QuerySet["ThemeWish"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, by account or by the link of the place; all for those who form groups."""
        if viewer.administering:
            return self.all()
        shown = Q(participation__in=own_places(viewer))
        if viewer.edition_id is not None and viewer.may(FORM_GROUPS):
            shown |= Q(series__edition_id=viewer.edition_id)
        return self.filter(shown)


class GroupRuleQuerySet(OfDeskQuerySet["GroupRule"]):
    pass


class GroupStepQuerySet(OfDeskQuerySet["GroupStep"]):
    pass


class GroupRunQuerySet(OfDeskQuerySet["GroupRun"]):
    def running(self) -> Self:
        return self.filter(finished_at__isnull=True)


RoundAbsenceManager = models.Manager.from_queryset(RoundAbsenceQuerySet)
ThemeWishManager = models.Manager.from_queryset(ThemeWishQuerySet)
GroupRuleManager = models.Manager.from_queryset(GroupRuleQuerySet)
GroupStepManager = models.Manager.from_queryset(GroupStepQuerySet)
GroupRunManager = models.Manager.from_queryset(GroupRunQuerySet)


class RoundAbsence(models.Model):
    """Somebody is away for one round, whatever was said of the day."""

    round = models.ForeignKey(GroupRound, on_delete=models.CASCADE, related_name="absences")
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="+")
    told_at = models.DateTimeField()

    objects: ClassVar[RoundAbsenceManager["RoundAbsence"]] = RoundAbsenceManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "participation"], name="round_absence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.participation_id} away in {self.round_id}"


class ThemeWish(models.Model):
    """A theme that somebody wants to work on; rank 1 is the dearest."""

    series = models.ForeignKey(GroupSeries, on_delete=models.CASCADE, related_name="wishes")
    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="theme_wishes")
    rank = models.PositiveSmallIntegerField()
    theme = models.CharField(max_length=200)
    wished_at = models.DateTimeField()

    objects: ClassVar[ThemeWishManager["ThemeWish"]] = ThemeWishManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "participation", "rank"], name="theme_wish_rank_once"),
            models.UniqueConstraint(
                fields=["series", "participation", "theme"], name="theme_wish_theme_once"
            ),
            models.CheckConstraint(
                condition=Q(rank__gte=1, rank__lte=3), name="theme_wish_rank_one_to_three"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.participation_id}: {self.rank}"


class GroupRule(models.Model):
    """Two people whom every round keeps together, or apart."""

    series = models.ForeignKey(GroupSeries, on_delete=models.CASCADE, related_name="rules")
    kind = models.CharField(max_length=10, choices=GroupRuleKind)
    first = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="+")

    objects: ClassVar[GroupRuleManager["GroupRule"]] = GroupRuleManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["series", "first", "second"], name="group_rule_once_for_a_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="group_rule_pair_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}: {self.kind}"


class GroupStep(models.Model):
    """One change of the seats, with all seats before it, so that it can be taken back."""

    series = models.ForeignKey(GroupSeries, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=10, choices=GroupStepKind)
    participation = models.ForeignKey(
        Participation, on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    before = models.JSONField()

    objects: ClassVar[GroupStepManager["GroupStep"]] = GroupStepManager()

    def __str__(self) -> str:
        return f"{self.series_id}: {self.kind}"


class GroupRun(models.Model):
    """A search in the background: it says how far it is, and can be stopped."""

    series = models.ForeignKey(GroupSeries, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=10, choices=GroupRunKind)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    share = models.FloatField(default=0)
    value = models.FloatField(null=True, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[GroupRunManager["GroupRun"]] = GroupRunManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series"], condition=Q(finished_at__isnull=True), name="group_run_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="group_run_share"),
        ]

    def __str__(self) -> str:
        return f"{self.series_id}: {self.kind}"

    @property
    def percent(self) -> int:
        return round(100 * self.share)
