"""The draft of the programme: rooms, sessions, speakers. Visitors read published versions, never this."""

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from filiera.accounts.models import Person
from filiera.files.models import StoredFile
from filiera.organisations.models import Organisation
from filiera.texts.fields import TranslatedField

from .choices import (
    ContributionRole,
    MaterialAudience,
    MaterialMoment,
    SessionKind,
    SessionState,
    StepKind,
)
from .edition import Edition, Objective, OfEditionManager, Part, RowT, Venue
from .ranges import finite_range, fresh_overlap_key

if TYPE_CHECKING:
    from filiera.accounts.viewer import Viewer


class Room(models.Model):
    """A room of a venue, or a virtual one where the part is online."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="rooms")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="rooms", null=True, blank=True)
    slug = models.SlugField(max_length=60)
    name = TranslatedField()
    capacity = models.PositiveIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[OfEditionManager["Room"]] = OfEditionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "slug"], name="room_slug_unique_in_edition"),
        ]

    def __str__(self) -> str:
        return self.slug


class DraftQuerySet(models.QuerySet[RowT]):
    """The draft is for those who may see the desk of the edition, and for administrators."""

    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(edition__in=editions_on_desk(viewer))


DraftManager = models.Manager.from_queryset(DraftQuerySet)


def editions_on_desk(viewer: "Viewer") -> models.QuerySet[Edition]:
    """The editions whose draft the viewer may see: the one in the address, or all for an administrator."""
    if viewer.administering:
        return Edition.objects.all()
    if viewer.edition_id is None or not viewer.may("programme.view_draft"):
        return Edition.objects.none()
    return Edition.objects.filter(pk=viewer.edition_id)


class RoomClosureQuerySet(models.QuerySet["RoomClosure"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Closures are for those who build the programme; visitors see what is on, not what is shut."""
        return self.filter(room__edition__in=editions_on_desk(viewer))


RoomClosureManager = models.Manager.from_queryset(RoomClosureQuerySet)


class RoomClosure(models.Model):
    """A time in which a room cannot be used."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="closures")
    during = DateTimeRangeField()
    reason = models.CharField(max_length=200, blank=True)

    objects: ClassVar[RoomClosureManager["RoomClosure"]] = RoomClosureManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=finite_range("during"), name="closure_during_finite"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}: {self.during}"


class Session(models.Model):
    """One item of the programme; without `during` it waits in the tray."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="sessions")
    part = models.ForeignKey(Part, on_delete=models.PROTECT, related_name="sessions")
    slug = models.SlugField(max_length=80)
    kind = models.CharField(max_length=20, choices=SessionKind)
    title = TranslatedField()
    abstract = TranslatedField(blank=True)
    state = models.CharField(max_length=20, choices=SessionState, default=SessionState.PLANNED)
    during = DateTimeRangeField(null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(default=60)
    room = models.ForeignKey(Room, on_delete=models.PROTECT, related_name="sessions", null=True, blank=True)
    # Its own until a pair is allowed by name: only sessions with one key may overlap in a room.
    overlap_key = models.BigIntegerField(default=fresh_overlap_key)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    online_url = models.URLField(max_length=500, blank=True)
    objectives = models.ManyToManyField(Objective, related_name="sessions", blank=True)
    sources = models.JSONField(default=list, blank=True)
    demonstration_fields = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    short_talks_open = models.BooleanField(default=False)
    sequence = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()
    # When the ledger was told that it took place.
    held_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[DraftManager["Session"]] = DraftManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "slug"], name="session_slug_unique_in_edition"),
            models.CheckConstraint(
                condition=Q(during__isnull=True) | finite_range("during"), name="session_during_finite"
            ),
            ExclusionConstraint(
                name="session_room_not_double_booked",
                expressions=[
                    ("room", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                    ("overlap_key", RangeOperators.NOT_EQUAL),
                ],
                condition=Q(state=SessionState.PLANNED, room__isnull=False, during__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["edition", "part"], name="session_by_part")]

    def __str__(self) -> str:
        return self.slug


class Speaker(models.Model):
    """Somebody on the stage of an edition; knows a person only when there is an account."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="speakers")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="speaking", null=True, blank=True
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="speakers", null=True, blank=True
    )
    position = TranslatedField(blank=True)
    country = models.ForeignKey(
        "reference.Country", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    biography = TranslatedField(blank=True)
    photo = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    needs = models.TextField(blank=True)
    slides_due_on = models.DateField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    # The token of the speaker's link is made from this and the platform's key; a new seed revokes it.
    link_seed = models.CharField(max_length=64, blank=True)
    invited_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    sources = models.JSONField(default=list, blank=True)
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[DraftManager["Speaker"]] = DraftManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "slug"], name="speaker_slug_unique_in_edition"),
            models.UniqueConstraint(
                "edition", Lower("email"), condition=~Q(email=""), name="speaker_email_unique_in_edition"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SpeakerAvailabilityQuerySet(models.QuerySet["SpeakerAvailability"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(speaker__edition__in=editions_on_desk(viewer))


SpeakerAvailabilityManager = models.Manager.from_queryset(SpeakerAvailabilityQuerySet)


class SpeakerAvailability(models.Model):
    """A time in which a speaker can be on the programme; none given means any time."""

    speaker = models.ForeignKey(Speaker, on_delete=models.CASCADE, related_name="availabilities")
    during = DateTimeRangeField()

    objects: ClassVar[SpeakerAvailabilityManager["SpeakerAvailability"]] = SpeakerAvailabilityManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=finite_range("during"), name="availability_during_finite"),
        ]

    def __str__(self) -> str:
        return f"{self.speaker_id}: {self.during}"


class ContributionQuerySet(models.QuerySet["Contribution"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(session__edition__in=editions_on_desk(viewer))


ContributionManager = models.Manager.from_queryset(ContributionQuerySet)


class Contribution(models.Model):
    """A speaker's part in a session.

    `during` follows the session by a trigger, so that the database can forbid overlaps.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="contributions")
    speaker = models.ForeignKey(Speaker, on_delete=models.CASCADE, related_name="contributions")
    role = models.CharField(max_length=20, choices=ContributionRole, default=ContributionRole.SPEAKER)
    position = models.PositiveSmallIntegerField(default=0)
    during = DateTimeRangeField(null=True, blank=True, editable=False)
    overlap_key = models.BigIntegerField(default=fresh_overlap_key)

    objects: ClassVar[ContributionManager["Contribution"]] = ContributionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "speaker"], name="contribution_once_in_session"),
            ExclusionConstraint(
                name="contribution_speaker_not_double_booked",
                expressions=[
                    ("speaker", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                    ("overlap_key", RangeOperators.NOT_EQUAL),
                ],
                condition=Q(during__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.speaker_id} in {self.session_id}"


class OverlapAllowance(models.Model):
    """The organiser allowed, by name, that two sessions overlap in a room or for a speaker."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="overlap_allowances")
    first = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="+")
    speaker = models.ForeignKey(
        Speaker, on_delete=models.CASCADE, related_name="overlap_allowances", null=True, blank=True
    )
    reason = models.CharField(max_length=300)
    allowed_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True)
    allowed_at = models.DateTimeField()

    objects: ClassVar[DraftManager["OverlapAllowance"]] = DraftManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second", "speaker"], name="allowance_once_per_pair", nulls_distinct=False
            ),
            models.CheckConstraint(condition=~Q(first=models.F("second")), name="allowance_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} with {self.second_id}"


class MaterialQuerySet(models.QuerySet["Material"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """By audience: the public's for all, the others' for who may see them in the edition in the address.

        A material of a session that is in no published version is for those who may see the draft.
        """
        if viewer.administering:
            return self.all()
        audiences = [MaterialAudience.PUBLIC]
        if viewer.may("materials.view_for_participants"):
            audiences.append(MaterialAudience.PARTICIPANTS)
        if viewer.may("materials.view_for_team"):
            audiences.append(MaterialAudience.TEAM)
        in_address = Q(session__edition_id=viewer.edition_id, audience__in=audiences)
        elsewhere = Q(
            session__edition__in=Edition.objects.visible_to(viewer), audience=MaterialAudience.PUBLIC
        )
        is_published = models.Exists(
            Edition.objects.filter(
                pk=models.OuterRef("session__edition_id"),
                current_version__sessions__session_id=models.OuterRef("session_id"),
            )
        )
        on_desk = Q(session__edition__in=editions_on_desk(viewer), audience__in=audiences)
        return self.filter((in_address | elsewhere) & is_published | on_desk)

    def open_at(self, moment: datetime) -> Self:
        """Those for which the time has come: at once, or once their session is over."""
        over = Q(moment=MaterialMoment.AFTER, session__during__endswith__lte=moment)
        return self.filter(Q(moment=MaterialMoment.BEFORE) | over)


MaterialManager = models.Manager.from_queryset(MaterialQuerySet)


class Material(models.Model):
    """A file or link that belongs to a session."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="materials")
    # Whoever on the stage gave it; empty when the team added it.
    speaker = models.ForeignKey(
        Speaker, on_delete=models.SET_NULL, related_name="materials", null=True, blank=True
    )
    title = TranslatedField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    url = models.URLField(max_length=500, blank=True)
    audience = models.CharField(
        max_length=20, choices=MaterialAudience, default=MaterialAudience.PARTICIPANTS
    )
    moment = models.CharField(max_length=20, choices=MaterialMoment, default=MaterialMoment.BEFORE)
    position = models.PositiveSmallIntegerField(default=0)
    added_at = models.DateTimeField()

    objects: ClassVar[MaterialManager["Material"]] = MaterialManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(Q(file__isnull=False) & Q(url="")) | (Q(file__isnull=True) & ~Q(url="")),
                name="material_is_file_or_link",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.session_id}: {self.pk}"


class ShortTalkQuerySet(models.QuerySet["ShortTalk"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """One's own; and for those who may see the draft all of the edition."""
        return self.filter(Q(person_id=viewer.person_id) | Q(session__edition__in=editions_on_desk(viewer)))


ShortTalkManager = models.Manager.from_queryset(ShortTalkQuerySet)


class ShortTalk(models.Model):
    """A participant's own short talk inside a session that is open for them."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="short_talks")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="short_talks")
    title = models.CharField(max_length=200)
    minutes = models.PositiveSmallIntegerField(default=5)
    position = models.PositiveSmallIntegerField()
    signed_up_at = models.DateTimeField()

    objects: ClassVar[ShortTalkManager["ShortTalk"]] = ShortTalkManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["session", "person"], name="short_talk_once_per_person"),
            models.UniqueConstraint(
                fields=["session", "position"],
                name="short_talk_position_unique",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EditStep(models.Model):
    """One step in the editor, with what is needed to take it back: the changed rows before and after."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="edit_steps")
    made_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True)
    made_at = models.DateTimeField()
    kind = models.CharField(max_length=20, choices=StepKind)
    subject = TranslatedField(blank=True)
    before = models.JSONField()
    after = models.JSONField()
    undone_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[DraftManager["EditStep"]] = DraftManager()

    class Meta:
        indexes = [models.Index(fields=["edition", "made_by", "-id"], name="edit_step_latest")]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.kind}"
