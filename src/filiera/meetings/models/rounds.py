"""Rounds of one-to-one meetings: their rules, their slots, their tables."""

from typing import ClassVar, Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from filiera.academy.models import Edition, Room, Session
from filiera.accounts.viewer import Viewer
from filiera.meetings.permissions import PLAN_MEETINGS, WISH
from filiera.texts.fields import TranslatedField

from .choices import RoundScope, TableKind, WhoAccepts, WhoSchedules

RowT = TypeVar("RowT", bound=models.Model, covariant=True)


class TimeRange(Func):
    """`[start, end)`: one slot may begin when the one before ends."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


def plans_meetings(viewer: Viewer) -> bool:
    return viewer.edition_id is not None and viewer.may(PLAN_MEETINGS)


class MeetingRoundQuerySet(models.QuerySet["MeetingRound"]):
    def opened(self) -> Self:
        return self.filter(opened_at__isnull=False)

    def visible_to(self, viewer: Viewer) -> Self:
        """All of the edition in the address for those who plan; the opened ones for its people."""
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or not viewer.may(WISH):
            return self.none()
        of_edition = self.filter(edition_id=viewer.edition_id)
        return of_edition if plans_meetings(viewer) else of_edition.opened()


MeetingRoundManager = models.Manager.from_queryset(MeetingRoundQuerySet)


class MeetingRound(models.Model):
    """One-to-one meetings that are wished, planned and held together under the same rules."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="meeting_rounds")
    title = TranslatedField()
    scope = models.CharField(max_length=10, choices=RoundScope, default=RoundScope.EDITION)
    session = models.ForeignKey(
        Session, on_delete=models.CASCADE, related_name="meeting_rounds", null=True, blank=True
    )
    who_accepts = models.CharField(max_length=10, choices=WhoAccepts, default=WhoAccepts.ORGANISER)
    who_schedules = models.CharField(max_length=10, choices=WhoSchedules, default=WhoSchedules.SOLVER)
    # From then on wishes, answers and availability stay as they are.
    freezes_at = models.DateTimeField(null=True, blank=True)
    # A wish that waits longer for its answer expires.
    answer_within_h = models.PositiveSmallIntegerField(null=True, blank=True)
    most_meetings = models.PositiveSmallIntegerField(default=8)
    opened_at = models.DateTimeField(null=True, blank=True)
    # People see their meetings from then on.
    published_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    # When what a plan is made from last changed: wishes, answers, availability, tables, rules.
    changed_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[MeetingRoundManager["MeetingRound"]] = MeetingRoundManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(scope=RoundScope.EVENT, session__isnull=False)
                | (~Q(scope=RoundScope.EVENT) & Q(session__isnull=True)),
                name="meeting_round_session_matches_scope",
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True) | Q(opened_at__isnull=False),
                name="meeting_round_opened_before_published",
            ),
            models.CheckConstraint(
                condition=Q(most_meetings__gte=1), name="meeting_round_at_least_one_meeting"
            ),
        ]
        indexes = [models.Index(fields=["edition", "created_at"], name="meeting_round_by_edition")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_scheduled_by_people(self) -> bool:
        return self.who_schedules == WhoSchedules.PEOPLE


class OfRoundQuerySet(models.QuerySet[RowT]):
    """Rows that are seen by whoever sees their round of meetings."""

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(round__in=MeetingRound.objects.visible_to(viewer))


class MeetingSlotQuerySet(OfRoundQuerySet["MeetingSlot"]):
    pass


class MeetingTableQuerySet(OfRoundQuerySet["MeetingTable"]):
    pass


MeetingSlotManager = models.Manager.from_queryset(MeetingSlotQuerySet)
MeetingTableManager = models.Manager.from_queryset(MeetingTableQuerySet)


class MeetingSlot(models.Model):
    """A stretch of time in which every table holds at most one meeting."""

    round = models.ForeignKey(MeetingRound, on_delete=models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects: ClassVar[MeetingSlotManager["MeetingSlot"]] = MeetingSlotManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="meeting_slot_ends_after_it_starts"
            ),
            ExclusionConstraint(
                name="meeting_slots_do_not_overlap",
                expressions=[
                    ("round", RangeOperators.EQUAL),
                    (TimeRange("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class MeetingTable(models.Model):
    """Where one meeting at a time can be held: a table, or a link for those at a distance."""

    round = models.ForeignKey(MeetingRound, on_delete=models.CASCADE, related_name="tables")
    kind = models.CharField(max_length=10, choices=TableKind, default=TableKind.TABLE)
    number = models.PositiveSmallIntegerField()
    room = models.ForeignKey(
        Room, on_delete=models.SET_NULL, related_name="meeting_tables", null=True, blank=True
    )
    url = models.URLField(max_length=500, blank=True)

    objects: ClassVar[MeetingTableManager["MeetingTable"]] = MeetingTableManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "kind", "number"], name="meeting_table_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="meeting_table_counted_from_one"),
            models.CheckConstraint(
                condition=Q(kind=TableKind.LINK, room__isnull=True) | Q(kind=TableKind.TABLE, url=""),
                name="meeting_table_room_or_url",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
