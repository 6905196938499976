"""Meetings with their slot and table, who sits in them, what was noted and what came of them."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from filiera.accounts.viewer import Viewer
from filiera.meetings.permissions import answer_question

from .attendees import Attendee
from .choices import MeetingState, Outcome, WhoSchedules
from .rounds import MeetingRound, MeetingSlot, MeetingTable, plans_meetings


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def standing(self) -> Self:
        return self.exclude(state=MeetingState.CANCELLED)

    def of_person(self, person_id: int) -> Self:
        return self.filter(Q(first__person_id=person_id) | Q(second__person_id=person_id))

    def told(self) -> Self:
        """Those that people may know: of a published plan, or taken by the people themselves."""
        return self.filter(Q(round__published_at__isnull=False) | Q(round__who_schedules=WhoSchedules.PEOPLE))

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own once they are told; all of the edition for those who plan."""
        if viewer.administering:
            return self.all()
        if viewer.person_id is None:
            return self.none()
        shown = Q(pk__in=self.model.objects.told().of_person(viewer.person_id).values("pk"))
        if plans_meetings(viewer):
            shown |= Q(round__edition_id=viewer.edition_id)
        return self.filter(shown)


MeetingManager = models.Manager.from_queryset(MeetingQuerySet)


class Meeting(models.Model):
    """Two people at one table in one slot. Who sits in which slot is kept by a trigger in `MeetingSeat`."""

    round = models.ForeignKey(MeetingRound, on_delete=models.CASCADE, related_name="meetings")
    # The one with the smaller key comes first, so that a pair is a pair whoever wished.
    first = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="meetings_first")
    second = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="meetings_second")
    slot = models.ForeignKey(MeetingSlot, on_delete=models.RESTRICT, related_name="meetings")
    table = models.ForeignKey(MeetingTable, on_delete=models.RESTRICT, related_name="meetings")
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    # Stays where it is in whatever plan comes next.
    is_pinned = models.BooleanField(default=False)
    scheduled_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects: ClassVar[MeetingManager["Meeting"]] = MeetingManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="meeting_pair_in_order"),
            models.UniqueConstraint(
                fields=["slot", "table"],
                condition=~Q(state=MeetingState.CANCELLED),
                name="meeting_one_at_a_table",
            ),
            models.UniqueConstraint(
                fields=["first", "second"],
                condition=~Q(state=MeetingState.CANCELLED),
                name="meeting_once_for_a_pair",
            ),
        ]
        indexes = [models.Index(fields=["round", "state"], name="meeting_by_state")]

    def __str__(self) -> str:
        return f"{self.first_id} and {self.second_id}"

    def get_absolute_url(self) -> str:
        return reverse("meetings:desk_meeting", args=[self.round.edition.slug, self.round_id, self.pk])


class OfMeetingQuerySet(models.QuerySet["MeetingSeat"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(meeting__in=Meeting.objects.visible_to(viewer))


MeetingSeatManager = models.Manager.from_queryset(OfMeetingQuerySet)


class MeetingSeat(models.Model):
    """That somebody sits in a meeting in a slot; written by the database alone, never twice in a slot."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="seats")
    attendee = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="seats")
    slot = models.ForeignKey(MeetingSlot, on_delete=models.CASCADE, related_name="seats")

    objects: ClassVar[MeetingSeatManager["MeetingSeat"]] = MeetingSeatManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["attendee", "slot"], name="meeting_seat_once_in_slot"),
        ]

    def __str__(self) -> str:
        return f"{self.attendee_id} in {self.slot_id}"


class MeetingNoteQuerySet(models.QuerySet["MeetingNote"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own notes; nobody else's, not even for an administrator."""
        return self.filter(author__person_id=viewer.person_id) if viewer.person_id else self.none()


MeetingNoteManager = models.Manager.from_queryset(MeetingNoteQuerySet)


class MeetingNote(models.Model):
    """What one side wrote down for itself."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="meeting_notes")
    text = models.TextField(max_length=4000)
    changed_at = models.DateTimeField()

    objects: ClassVar[MeetingNoteManager["MeetingNote"]] = MeetingNoteManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["meeting", "author"], name="meeting_note_once_for_author"),
        ]

    def __str__(self) -> str:
        return f"{self.author_id} on {self.meeting_id}"


class OutcomeQuestionQuerySet(models.QuerySet["OutcomeQuestion"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those put to oneself, or opened by the link of one; all of the edition for those who plan."""
        if viewer.administering:
            return self.all()
        prefix = answer_question("")
        by_link = [
            int(permission.removeprefix(prefix))
            for permission in viewer.permissions
            if permission.startswith(prefix)
        ]
        shown = Q(pk__in=by_link)
        if viewer.person_id is not None:
            shown |= Q(attendee__person_id=viewer.person_id)
        if plans_meetings(viewer):
            shown |= Q(meeting__round__edition_id=viewer.edition_id)
        return self.filter(shown)


OutcomeQuestionManager = models.Manager.from_queryset(OutcomeQuestionQuerySet)


class OutcomeQuestion(models.Model):
    """What came of a meeting, asked of one side at one moment: afterwards, after 30 and 180 days."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="questions")
    attendee = models.ForeignKey(Attendee, on_delete=models.CASCADE, related_name="outcome_questions")
    after_days = models.PositiveSmallIntegerField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    # Part of what its link is made from.
    link_seed = models.CharField(max_length=64)
    answer = models.CharField(max_length=20, choices=Outcome, blank=True)
    comment = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OutcomeQuestionManager["OutcomeQuestion"]] = OutcomeQuestionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "attendee", "after_days"], name="outcome_question_once"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="outcome_question_answered_at_matches_answer",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("asked_at")), name="outcome_question_expires_after_asking"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}, {self.attendee_id}, after {self.after_days} days"
