"""Collection rounds: figures asked of poles and a few questions of their firms, frozen with who and when."""

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filiera.accounts.viewer import Viewer
from filiera.indicators.periods import Period
from filiera.indicators.permissions import Permission
from filiera.organisations.models import Organisation
from filiera.questionnaires.models import Question, Questionnaire, Response
from filiera.texts.fields import TranslatedField

MOST_QUESTIONS = 8


def _own_workspace(viewer: Viewer) -> int:
    """The workspace whose figures the viewer may see; 0 is nobody's."""
    may = viewer.organisation_id is not None and viewer.may(Permission.INDICATORS_VIEW)
    return (viewer.organisation_id or 0) if may else 0


class RoundState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("collection round", "Being prepared")
    OPEN = "open", pgettext_lazy("collection round", "Open")
    FROZEN = "frozen", pgettext_lazy("collection round", "Frozen")


class CollectionRoundQuerySet(models.QuerySet["CollectionRound"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Whoever opened it, and from then on the poles that it asks."""
        if viewer.administering:
            return self.all()
        own = _own_workspace(viewer)
        asked = CollectionPart.objects.filter(organisation=own).values("round_id")
        return self.filter(Q(organisation=own) | (~Q(state=RoundState.DRAFT) & Q(pk__in=asked)))

    def open(self) -> Self:
        return self.filter(state=RoundState.OPEN)


class CollectionRound(models.Model):
    """A region, network or cluster asks figures of one period, until a day, of poles and of their firms."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="collection_rounds")
    title = TranslatedField()
    introduction = TranslatedField(blank=True)
    start_on = models.DateField()
    until_on = models.DateField()
    deadline_on = models.DateField()
    codes = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    questionnaire = models.OneToOneField(
        Questionnaire, on_delete=models.PROTECT, null=True, blank=True, related_name="collection_round"
    )
    # How many firms are drawn; all of them where it is empty.
    sample_size = models.PositiveIntegerField(null=True, blank=True)
    seed = models.PositiveBigIntegerField(default=0)
    # Whose answers firms find filled in already.
    former = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=RoundState, default=RoundState.DRAFT)
    is_demonstration = models.BooleanField(default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    frozen_at = models.DateTimeField(null=True, blank=True)
    # What the frozen round tells, as it was told then.
    report = models.JSONField(null=True, blank=True)

    objects = CollectionRoundQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gt=F("start_on")), name="collection_period_has_days"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", opened_at__isnull=True, frozen_at__isnull=True)
                | Q(state="open", opened_at__isnull=False, frozen_at__isnull=True)
                | Q(state="frozen", opened_at__isnull=False, frozen_at__isnull=False, report__isnull=False),
                name="collection_times_match_state",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "state"], name="collection_by_organisation")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.start_on:%Y}"

    @property
    def period(self) -> Period:
        return Period(self.start_on, self.until_on)

    @property
    def is_draft(self) -> bool:
        return self.state == RoundState.DRAFT

    @property
    def is_open(self) -> bool:
        return self.state == RoundState.OPEN

    @property
    def is_frozen(self) -> bool:
        return self.state == RoundState.FROZEN


class PartState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("part of a collection round", "Asked")
    SUBMITTED = "submitted", pgettext_lazy("part of a collection round", "Submitted")
    QUESTIONED = "questioned", pgettext_lazy("part of a collection round", "Questioned")
    ACCEPTED = "accepted", pgettext_lazy("part of a collection round", "Accepted")


class CollectionPartQuerySet(models.QuerySet["CollectionPart"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """The pole's own part once it is asked, and every part for whoever opened the round."""
        if viewer.administering:
            return self.all()
        own = _own_workspace(viewer)
        return self.filter(
            Q(round__organisation=own) | (~Q(round__state=RoundState.DRAFT) & Q(organisation=own))
        )


class CollectionPart(models.Model):
    """What one pole is asked in a round, and how far it has come."""

    round = models.ForeignKey(CollectionRound, on_delete=models.CASCADE, related_name="parts")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="collection_parts")
    state = models.CharField(max_length=12, choices=PartState, default=PartState.ASKED)
    reminded_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = CollectionPartQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="collection_part_once"),
            models.CheckConstraint(
                condition=Q(state="asked", submitted_at__isnull=True, accepted_at__isnull=True)
                | Q(
                    state__in=["submitted", "questioned"],
                    submitted_at__isnull=False,
                    accepted_at__isnull=True,
                )
                | Q(state="accepted", submitted_at__isnull=False, accepted_at__isnull=False),
                name="collection_part_times_match_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.organisation_id}"

    @property
    def is_told(self) -> bool:
        """Whether the pole has let the figures go."""
        return self.state != PartState.ASKED

    @property
    def waits_for_pole(self) -> bool:
        return self.state in (PartState.ASKED, PartState.QUESTIONED)


class CollectionFigureQuerySet(models.QuerySet["CollectionFigure"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(part__in=CollectionPart.objects.visible_to(viewer))


class CollectionFigure(models.Model):
    """A figure as a pole submitted it: what the ledger computed then, or was declared and confirmed."""

    part = models.ForeignKey(CollectionPart, on_delete=models.CASCADE, related_name="figures")
    code = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    value = models.DecimalField(max_digits=26, decimal_places=4, null=True)
    missing = models.CharField(max_length=20, blank=True)
    facts = models.PositiveBigIntegerField()
    is_declared = models.BooleanField(default=False)
    taken_at = models.DateTimeField()

    objects = CollectionFigureQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "code"], name="collection_figure_once"),
            models.CheckConstraint(
                condition=Q(value__isnull=True) ^ Q(missing=""), name="collection_figure_or_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} {self.code}"


class CollectionCommentQuerySet(models.QuerySet["CollectionComment"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(part__in=CollectionPart.objects.visible_to(viewer))


class CollectionComment(models.Model):
    """A word at a figure: a question of whoever opened the round, or what the pole says to it."""

    part = models.ForeignKey(CollectionPart, on_delete=models.CASCADE, related_name="comments")
    code = models.CharField(max_length=60)
    text = models.TextField()
    is_question = models.BooleanField(default=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    written_at = models.DateTimeField()

    objects = CollectionCommentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="collection_comment_says_something"),
        ]
        indexes = [models.Index(fields=["part", "code"], name="collection_comment_at_figure")]

    def __str__(self) -> str:
        return f"{self.part_id} {self.code}"


class QuestionMeasure(models.TextChoices):
    """What becomes of the answers to one question."""

    SUM = "sum", _("the sum of all answers")
    MEAN = "mean", _("the mean of all answers")
    SHARE = "share", _("the share of those who say yes")


class CollectionQuestionQuerySet(models.QuerySet["CollectionQuestion"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(round__in=CollectionRound.objects.visible_to(viewer))


class CollectionQuestion(models.Model):
    """One of at most eight questions to firms, and the figure that its answers give."""

    round = models.ForeignKey(CollectionRound, on_delete=models.CASCADE, related_name="questions")
    question = models.OneToOneField(Question, on_delete=models.CASCADE, related_name="collection_question")
    position = models.PositiveSmallIntegerField()
    measure = models.CharField(max_length=6, choices=QuestionMeasure)
    unit = TranslatedField(blank=True)

    objects = CollectionQuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "position"], name="collection_question_position_once"),
            models.CheckConstraint(
                condition=Q(position__range=(1, MOST_QUESTIONS)), name="collection_asks_eight_at_most"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.position}"


class CollectionFirmQuerySet(models.QuerySet["CollectionFirm"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Who is asked and who has answered: for whoever opened it, and a pole for its own members.

        What a firm answered nobody sees but the firm; figures of at least five are told.
        """
        if viewer.administering:
            return self.all()
        own = _own_workspace(viewer)
        asked = CollectionPart.objects.filter(organisation=own).exclude(round__state=RoundState.DRAFT)
        within = CollectionFirm.parts.through.objects.filter(collectionpart__in=asked)
        return self.filter(Q(round__organisation=own) | Q(pk__in=within.values("collectionfirm_id")))

    def unanswered(self) -> Self:
        return self.filter(answered_at__isnull=True)

    def to_write_to(self) -> Self:
        """Who has an address, has not answered, and did not say that they will not."""
        return self.unanswered().filter(stopped_at__isnull=True).exclude(email="")


class CollectionFirm(models.Model):
    """A firm that a round asks, once, in however many of its poles it is a member."""

    round = models.ForeignKey(CollectionRound, on_delete=models.CASCADE, related_name="firms")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="collection_firms")
    parts = models.ManyToManyField(CollectionPart, related_name="firms")
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=5, blank=True)
    link_seed = models.CharField(max_length=32)
    invited_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    response = models.OneToOneField(
        Response, on_delete=models.SET_NULL, null=True, blank=True, related_name="collection_firm"
    )

    objects = CollectionFirmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "organisation"], name="collection_firm_asked_once"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(response__isnull=False),
                name="collection_firm_answered_with_response",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id}: {self.organisation_id}"

    @property
    def respondent(self) -> str:
        """The key under which questionnaires know it."""
        return f"firm:{self.pk}"
