"""The room speaks: channels, questions with votes, polls with their answers."""

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filiera.academy.models import Edition, Session
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.live.permissions import MODERATE
from filiera.texts.fields import TranslatedField

RowT = TypeVar("RowT", bound=models.Model, covariant=True)


class QuestionState(models.TextChoices):
    PENDING = "pending", _("Waiting for the moderator")
    PUBLISHED = "published", pgettext_lazy("question from the room", "Published")
    ON_STAGE = "on_stage", _("On stage")
    ANSWERED = "answered", pgettext_lazy("question from the room", "Answered")
    HIDDEN = "hidden", pgettext_lazy("question from the room", "Hidden")
    MERGED = "merged", _("Merged into another")


SEEN_BY_ALL = (QuestionState.PUBLISHED, QuestionState.ON_STAGE, QuestionState.ANSWERED)


class PollKind(models.TextChoices):
    CHOICE = "choice", _("Choice")
    RANKING = "ranking", _("Ranking")
    SCALE = "scale", _("Scale")
    WORDS = "words", _("Word cloud")
    OPEN = "open", _("Open answers")
    TOOL = "tool", _("A tool I use")


class PollState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("poll", "Draft")
    OPEN = "open", pgettext_lazy("poll", "Open")
    CLOSED = "closed", pgettext_lazy("poll", "Closed")


class ChannelQuerySet(models.QuerySet["Channel"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """As visible as its edition: whoever may read the programme and has the code comes in."""
        return self.filter(edition__in=Edition.objects.visible_to(viewer))


ChannelManager = models.Manager.from_queryset(ChannelQuerySet)


class Channel(models.Model):
    """Where the people in a session, or in all of an edition, ask and answer by telephone."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="channels")
    session = models.ForeignKey(
        Session, on_delete=models.SET_NULL, related_name="channels", null=True, blank=True
    )
    title = TranslatedField()
    code = models.CharField(max_length=8, unique=True)
    is_moderated = models.BooleanField(default=True)
    allows_anonymous = models.BooleanField(default=True)
    members_only = models.BooleanField(default=False)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    # When open pages were last told that votes changed: a hall votes faster than pages need to know.
    votes_told_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[ChannelManager["Channel"]] = ChannelManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[2-9A-HJ-NP-Z]{6,8}$"), name="channel_code_is_readable"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(opened_at__isnull=False),
                name="channel_closed_after_it_opened",
            ),
        ]
        indexes = [models.Index(fields=["edition", "created_at"], name="channel_by_edition")]

    def __str__(self) -> str:
        return self.code

    @property
    def is_open(self) -> bool:
        return self.opened_at is not None and self.closed_at is None

    @property
    def topic(self) -> str:
        return f"live:{self.pk}"


class VoiceQuerySet(models.QuerySet["Voice"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own and nobody else's: who voted how is nobody's business."""
        return self.filter(person_id=viewer.person_id) if viewer.person_id else self.none()


VoiceManager = models.Manager.from_queryset(VoiceQuerySet)


class Voice(models.Model):
    """One who asks and votes in an edition: a person with an account, or the holder of a browser's key."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="voices")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="voices", null=True, blank=True)
    key_digest = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar[VoiceManager["Voice"]] = VoiceManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "person"],
                condition=Q(person__isnull=False),
                name="voice_once_for_a_person",
            ),
            models.UniqueConstraint(
                fields=["edition", "key_digest"], condition=~Q(key_digest=""), name="voice_once_for_a_key"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False, key_digest="")
                | (Q(person__isnull=True) & ~Q(key_digest="")),
                name="voice_of_person_or_key",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class OfChannelQuerySet(models.QuerySet[RowT]):
    """What hangs on a channel; moderators of the edition in the address see more than the room."""

    def _moderated_by(self, viewer: Viewer) -> Q:
        if viewer.administering:
            return Q(channel__isnull=False)
        if viewer.edition_id is None or not viewer.may(MODERATE):
            return Q(pk__in=[])
        return Q(channel__edition_id=viewer.edition_id)


class AudienceQuestionQuerySet(OfChannelQuerySet["AudienceQuestion"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """What was published; for moderators also what waits or was hidden."""
        shown = Q(state__in=SEEN_BY_ALL, channel__in=Channel.objects.visible_to(viewer))
        return self.filter(shown | self._moderated_by(viewer))

    def with_votes(self) -> Self:
        return self.annotate(vote_count=Count("votes"))


AudienceQuestionManager = models.Manager.from_queryset(AudienceQuestionQuerySet)


class AudienceQuestion(models.Model):
    """Something the room wants to know; its votes are rows, and counted as rows."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="questions")
    voice = models.ForeignKey(
        Voice, on_delete=models.SET_NULL, related_name="questions", null=True, blank=True
    )
    # As the asker wishes to be named; empty where anonymous.
    asker_name = models.CharField(max_length=120, blank=True)
    text = models.CharField(max_length=500)
    state = models.CharField(max_length=10, choices=QuestionState, default=QuestionState.PENDING)
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, related_name="merged", null=True, blank=True
    )
    answer = models.TextField(blank=True)
    answered_by_name = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AudienceQuestionManager["AudienceQuestion"]] = AudienceQuestionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["channel"], condition=Q(state=QuestionState.ON_STAGE), name="question_one_on_stage"
            ),
            models.CheckConstraint(
                condition=Q(state=QuestionState.ANSWERED, answered_at__isnull=False)
                | (~Q(state=QuestionState.ANSWERED) & Q(answered_at__isnull=True)),
                name="question_answered_at_matches_state",
            ),
            models.CheckConstraint(
                condition=Q(state=QuestionState.MERGED) | Q(merged_into__isnull=True),
                name="question_merged_into_matches_state",
            ),
            models.CheckConstraint(condition=~Q(merged_into=models.F("id")), name="question_not_into_itself"),
        ]
        indexes = [models.Index(fields=["channel", "state"], name="question_by_state")]

    def __str__(self) -> str:
        return self.text[:60]


class VoteQuerySet(models.QuerySet["Vote"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(voice__in=Voice.objects.visible_to(viewer))


VoteManager = models.Manager.from_queryset(VoteQuerySet)


class Vote(models.Model):
    """A voice wants a question answered."""

    question = models.ForeignKey(AudienceQuestion, on_delete=models.CASCADE, related_name="votes")
    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="votes")
    cast_at = models.DateTimeField()

    objects: ClassVar[VoteManager["Vote"]] = VoteManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["question", "voice"], name="vote_once_for_a_voice"),
        ]

    def __str__(self) -> str:
        return f"{self.voice_id} for {self.question_id}"


class PollQuerySet(OfChannelQuerySet["Poll"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Polls that were opened; for moderators also drafts."""
        shown = ~Q(state=PollState.DRAFT) & Q(channel__in=Channel.objects.visible_to(viewer))
        return self.filter(shown | self._moderated_by(viewer))


PollManager = models.Manager.from_queryset(PollQuerySet)


class Poll(models.Model):
    """One thing asked of the whole room; its results stay hidden until they are revealed."""

    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="polls")
    kind = models.CharField(max_length=10, choices=PollKind)
    prompt = models.CharField(max_length=300)
    # Texts of the choices, in order; a choice is named by its place.
    options = models.JSONField(default=list, blank=True)
    most_choices = models.PositiveSmallIntegerField(default=1)
    low_label = models.CharField(max_length=60, blank=True)
    high_label = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=PollState, default=PollState.DRAFT)
    revealed_at = models.DateTimeField(null=True, blank=True)
    position = models.PositiveSmallIntegerField()
    created_at = models.DateTimeField()

    objects: ClassVar[PollManager["Poll"]] = PollManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "position"], name="poll_position_unique"),
            models.UniqueConstraint(
                fields=["channel"], condition=Q(state=PollState.OPEN), name="poll_one_open"
            ),
            models.CheckConstraint(condition=Q(most_choices__gte=1), name="poll_takes_a_choice"),
        ]

    def __str__(self) -> str:
        return self.prompt[:60]


class BallotQuerySet(models.QuerySet["Ballot"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(voice__in=Voice.objects.visible_to(viewer))


BallotManager = models.Manager.from_queryset(BallotQuerySet)


class Ballot(models.Model):
    """What a voice answered to a poll; answering again while it is open replaces it."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="ballots")
    voice = models.ForeignKey(Voice, on_delete=models.CASCADE, related_name="ballots")
    # Of a choice or ranking the places of the options, of a scale the step, of the others the texts.
    value = models.JSONField()
    is_hidden = models.BooleanField(default=False)
    cast_at = models.DateTimeField()

    objects: ClassVar[BallotManager["Ballot"]] = BallotManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["poll", "voice"], name="ballot_once_for_a_voice"),
        ]

    def __str__(self) -> str:
        return f"{self.voice_id} in {self.poll_id}"
