"""Questionnaires and their questions."""

from datetime import date, timedelta
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from filiera.accounts.viewer import Viewer
from filiera.questionnaires import purposes
from filiera.texts.fields import TranslatedField

from .choices import Anonymity, Audience, QuestionKind, QuestionnaireState

MINIMUM_GROUP = 5


def edited_by(viewer: Viewer, prefix: str = "") -> Q:
    """Questionnaires that the viewer may change."""
    allowed = Q(pk__in=[])
    for purpose in purposes.all_purposes():
        where = purpose.edited_in(viewer)
        if where:
            allowed |= Q(**{f"{prefix}purpose": purpose.code, f"{prefix}workspace__in": list(where)})
    return allowed


def read_by(viewer: Viewer, audience: Audience, prefix: str = "") -> Q:
    """Questionnaires of which the viewer may read answers for this audience."""
    allowed = Q(pk__in=[])
    for purpose in purposes.all_purposes():
        where = purpose.read_in(viewer, audience)
        if where:
            allowed |= Q(**{f"{prefix}purpose": purpose.code, f"{prefix}workspace__in": list(where)})
    return allowed


class QuestionnaireQuerySet(models.QuerySet["Questionnaire"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those who may edit it or read any of its answers; whoever fills it gets it from the higher app."""
        if viewer.administering:
            return self.all()
        allowed = edited_by(viewer)
        for audience in Audience:
            allowed |= read_by(viewer, audience)
        return self.filter(allowed)

    def of_workspace(self, workspace: str) -> Self:
        return self.filter(workspace=workspace)


QuestionnaireManager = models.Manager.from_queryset(QuestionnaireQuerySet)


class Questionnaire(models.Model):
    """Questions that belong together, for one purpose of one workspace such as "edition:12"."""

    purpose = models.CharField(max_length=60)
    workspace = models.CharField(max_length=60)
    title = TranslatedField()
    introduction = TranslatedField(blank=True)
    thanks = TranslatedField(blank=True)
    languages = ArrayField(models.CharField(max_length=5), default=list)
    anonymity = models.CharField(max_length=20, choices=Anonymity, default=Anonymity.NAMED)
    minimum_group = models.PositiveSmallIntegerField(default=MINIMUM_GROUP)
    shows_results_while_open = models.BooleanField(default=True)
    delete_answers_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=QuestionnaireState, default=QuestionnaireState.DRAFT)
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveSmallIntegerField(default=1)
    copied_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, related_name="copies", null=True, blank=True
    )
    is_demonstration = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects: ClassVar[QuestionnaireManager["Questionnaire"]] = QuestionnaireManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(purpose="") & ~Q(workspace=""), name="questionnaire_has_purpose_and_workspace"
            ),
            models.CheckConstraint(
                condition=Q(minimum_group__gte=MINIMUM_GROUP), name="questionnaire_minimum_group_is_five"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", closed_at__isnull=True)
                | Q(state="open", opened_at__isnull=False, closed_at__isnull=True)
                | Q(state="closed", opened_at__isnull=False, closed_at__isnull=False),
                name="questionnaire_times_match_state",
            ),
        ]
        indexes = [models.Index(fields=["workspace", "purpose"], name="questionnaire_by_workspace")]

    def __str__(self) -> str:
        return f"{self.workspace} {self.purpose} {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == QuestionnaireState.OPEN

    @property
    def keeps_drafts(self) -> bool:
        """A draft leads to its person, so there is none where answers may be anonymous."""
        return self.anonymity == Anonymity.NAMED

    @property
    def may_be_anonymous(self) -> bool:
        return self.anonymity != Anonymity.NAMED


class QuestionQuerySet(models.QuerySet["Question"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(questionnaire__in=Questionnaire.objects.visible_to(viewer))

    def in_order(self) -> Self:
        return self.order_by("step", "position", "pk")

    def answered(self) -> Self:
        """Those that ask for something."""
        return self.exclude(kind=QuestionKind.TEXT)


QuestionManager = models.Manager.from_queryset(QuestionQuerySet)


class Question(models.Model):
    """One question of a step: what is asked, when it is shown, who reads the answer and how long it stays."""

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.CASCADE, related_name="questions")
    code = models.SlugField(max_length=40)
    step = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20, choices=QuestionKind)
    label = TranslatedField()
    help = TranslatedField(blank=True)
    is_required = models.BooleanField(default=False)
    # [{"code": "online", "label": {"en": "Online", "it": "Online"}}, …]
    options = models.JSONField(default=list, blank=True)
    minimum = models.IntegerField(null=True, blank=True)
    maximum = models.IntegerField(null=True, blank=True)
    minimum_label = TranslatedField(blank=True)
    maximum_label = TranslatedField(blank=True)
    shown_if = models.ForeignKey(
        "self", on_delete=models.PROTECT, related_name="conditional", null=True, blank=True
    )
    shown_if_values = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    audience = models.CharField(max_length=20, choices=Audience, default=Audience.TEAM)
    is_hidden_in_blind_review = models.BooleanField(default=False)
    delete_answers_on = models.DateField(null=True, blank=True)
    keep_answers_days = models.PositiveSmallIntegerField(null=True, blank=True)

    objects: ClassVar[QuestionManager["Question"]] = QuestionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "code"], name="question_code_unique_in_questionnaire"
            ),
            models.UniqueConstraint(
                fields=["questionnaire", "position"],
                name="question_position_unique_in_questionnaire",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(step__gte=1), name="question_step_from_one"),
            models.CheckConstraint(
                condition=Q(shown_if__isnull=True, shown_if_values=[])
                | (Q(shown_if__isnull=False) & ~Q(shown_if_values=[])),
                name="question_condition_names_values",
            ),
            models.CheckConstraint(
                condition=Q(shown_if__isnull=True) | ~Q(shown_if=F("pk")),
                name="question_condition_on_another_question",
            ),
            models.CheckConstraint(
                condition=Q(minimum__isnull=True) | Q(maximum__isnull=True) | Q(maximum__gt=F("minimum")),
                name="question_maximum_above_minimum",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["scale", "recommendation"])
                | Q(minimum__isnull=False, maximum__isnull=False),
                name="question_scale_has_ends",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["choice", "choices"]) | ~Q(options=[]),
                name="question_choice_has_options",
            ),
            # What is sensitive leaves again: the law asks for a date, and the date for a rule.
            models.CheckConstraint(
                condition=~Q(audience="sensitive")
                | Q(delete_answers_on__isnull=False)
                | Q(keep_answers_days__isnull=False),
                name="question_sensitive_answers_have_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire_id}: {self.code}"

    @property
    def has_answer(self) -> bool:
        return self.kind != QuestionKind.TEXT

    @property
    def option_codes(self) -> list[str]:
        return [option["code"] for option in self.options]

    def deleted_on(self, given_on: date) -> date | None:
        """The day on which an answer of `given_on` is removed; None when nobody set one."""
        ends = [self.delete_answers_on]
        if self.keep_answers_days is not None:
            ends.append(given_on + timedelta(days=self.keep_answers_days))
        return min((end for end in ends if end is not None), default=None)
