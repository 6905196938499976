"""Places given: from selection to the last day, whether an application stood before it or not."""

import secrets
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from filiera.academy.models import Day, Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.permissions import VIEW_PARTICIPANTS, act_for
from filiera.organisations.models import Organisation
from filiera.reference.models import Country, Ecosystem
from filiera.texts.sorting import sort_key

from .applications import Application
from .choices import AttendanceMode, ParticipationState

# Read aloud and typed by hand: no letter that looks like a figure.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12


def fresh_entry_code() -> str:
    """Nearly sixty bits: it can be typed, and not be guessed."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


class SortNameField(models.CharField):  # type: ignore[type-arg]
    """The key by which names are sorted in every language: the database's own order is by letter codes."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = sort_key(getattr(model_instance, "name", ""))[: self.max_length]
        setattr(model_instance, self.attname, key)
        return key


class ParticipationQuerySet(models.QuerySet["Participation"]):
    def confirmed(self) -> Self:
        return self.filter(state=ParticipationState.CONFIRMED)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, by account or by the link of the place; all of the edition for its desk."""
        if viewer.administering:
            return self.all()
        by_link = [
            int(permission.removeprefix(act_for("")))
            for permission in viewer.permissions
            if permission.startswith(act_for(""))
        ]
        shown = Q(pk__in=by_link)
        if viewer.person_id is not None:
            shown |= Q(person_id=viewer.person_id)
        if viewer.edition_id is not None and viewer.may(VIEW_PARTICIPANTS):
            shown |= Q(edition_id=viewer.edition_id)
        return self.filter(shown)


ParticipationManager = models.Manager.from_queryset(ParticipationQuerySet)


class Participation(models.Model):
    """Somebody's place in an edition; knows a person only when there is an account."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="participations")
    application = models.OneToOneField(
        Application, on_delete=models.SET_NULL, related_name="participation", null=True, blank=True
    )
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="participations", null=True, blank=True
    )
    name = models.CharField(max_length=200)
    sort_name = SortNameField(max_length=400, default="", editable=False)
    email = models.EmailField(blank=True)
    position = models.CharField(max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="participations", null=True, blank=True
    )
    organisation_name = models.CharField(max_length=200, blank=True)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    ecosystem = models.ForeignKey(
        Ecosystem, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    language = models.CharField(max_length=35)
    state = models.CharField(max_length=20, choices=ParticipationState, default=ParticipationState.SELECTED)
    selected_at = models.DateTimeField()
    offered_at = models.DateTimeField(null=True, blank=True)
    respond_by = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # When the details of registration were complete.
    registered_at = models.DateTimeField(null=True, blank=True)
    # When it was declined, expired or cancelled.
    ended_at = models.DateTimeField(null=True, blank=True)
    # The token of the place's link is made from this and the platform's key; a new seed revokes it.
    link_seed = models.CharField(max_length=64, blank=True)
    # What the QR of a badge says; whoever shows it comes in under this name.
    entry_code = models.CharField(max_length=12, unique=True, default=fresh_entry_code)
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[ParticipationManager["Participation"]] = ParticipationManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "edition", Lower("email"), condition=~Q(email=""), name="participation_email_once_in_edition"
            ),
            models.UniqueConstraint(
                fields=["edition", "person"],
                condition=Q(person__isnull=False),
                name="participation_person_once_in_edition",
            ),
            models.CheckConstraint(
                condition=~Q(state=ParticipationState.OFFERED)
                | Q(offered_at__isnull=False, respond_by__isnull=False),
                name="participation_offer_has_its_end",
            ),
            models.CheckConstraint(
                condition=~Q(state=ParticipationState.CONFIRMED) | Q(confirmed_at__isnull=False),
                name="participation_confirmed_at_known",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=[
                        ParticipationState.DECLINED,
                        ParticipationState.EXPIRED,
                        ParticipationState.CANCELLED,
                    ],
                    ended_at__isnull=False,
                )
                | Q(
                    state__in=[
                        ParticipationState.SELECTED,
                        ParticipationState.OFFERED,
                        ParticipationState.CONFIRMED,
                    ],
                    ended_at__isnull=True,
                ),
                name="participation_ended_at_matches_state",
            ),
        ]
        indexes = [
            models.Index(fields=["edition", "state"], name="participation_by_state"),
            models.Index(fields=["edition", "sort_name", "id"], name="participation_by_name"),
        ]

    def __str__(self) -> str:
        return self.name


# A place in one of these states is not free for anybody else.
TAKING_STATES = (ParticipationState.OFFERED, ParticipationState.CONFIRMED)


class RevokedCodeQuerySet(models.QuerySet["RevokedCode"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(participation__in=Participation.objects.visible_to(viewer))


RevokedCodeManager = models.Manager.from_queryset(RevokedCodeQuerySet)


class RevokedCode(models.Model):
    """An entry code that was replaced: it lets nobody in, and a station can say why."""

    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="revoked_codes")
    code = models.CharField(max_length=12, unique=True)
    revoked_at = models.DateTimeField()

    objects: ClassVar[RevokedCodeManager["RevokedCode"]] = RevokedCodeManager()

    def __str__(self) -> str:
        return f"{self.participation_id}, until {self.revoked_at}"


class DayAttendanceQuerySet(models.QuerySet["DayAttendance"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(participation__in=Participation.objects.visible_to(viewer))


DayAttendanceManager = models.Manager.from_queryset(DayAttendanceQuerySet)


class DayAttendance(models.Model):
    """How somebody means to be there on one day; what was, is told by presence."""

    participation = models.ForeignKey(Participation, on_delete=models.CASCADE, related_name="days")
    day = models.ForeignKey(Day, on_delete=models.CASCADE, related_name="attendances")
    mode = models.CharField(max_length=20, choices=AttendanceMode)
    changed_at = models.DateTimeField()

    objects: ClassVar[DayAttendanceManager["DayAttendance"]] = DayAttendanceManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participation", "day"], name="day_attendance_once"),
        ]

    def __str__(self) -> str:
        return f"{self.participation_id}, {self.day_id}: {self.mode}"


class DayAttendanceChangeQuerySet(models.QuerySet["DayAttendanceChange"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(attendance__in=DayAttendance.objects.visible_to(viewer))


DayAttendanceChangeManager = models.Manager.from_queryset(DayAttendanceChangeQuerySet)


class DayAttendanceChange(models.Model):
    """What somebody had said before for a day; the last few are kept."""

    attendance = models.ForeignKey(DayAttendance, on_delete=models.CASCADE, related_name="changes")
    # Empty where nothing had been said.
    before = models.CharField(max_length=20, choices=AttendanceMode, blank=True)
    after = models.CharField(max_length=20, choices=AttendanceMode)
    changed_at = models.DateTimeField()
    # Empty for whoever came by the link of the place.
    changed_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)

    objects: ClassVar[DayAttendanceChangeManager["DayAttendanceChange"]] = DayAttendanceChangeManager()

    def __str__(self) -> str:
        return f"{self.attendance_id}: {self.before} to {self.after}"
