"""Who is to come: versions of a choice among the applications, their limits, and what was told."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.permissions import VIEW_APPLICATIONS
from filiera.texts.fields import TranslatedField

from .applications import Application
from .calls import Call
from .choices import (
    BalanceAttribute,
    Decision,
    HandChoice,
    ProposalStatus,
    RunKind,
    SelectionStepKind,
)


class SelectionQuerySet(models.QuerySet["Selection"]):
    def sent(self) -> Self:
        return self.filter(sent_at__isnull=False)

    def visible_to(self, viewer: Viewer) -> Self:
        """Those who read the applications of the edition; never an applicant."""
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or not viewer.may(VIEW_APPLICATIONS):
            return self.none()
        return self.filter(call__edition_id=viewer.edition_id)


SelectionManager = models.Manager.from_queryset(SelectionQuerySet)


class Selection(models.Model):
    """One version of the choice. The one with the highest number is worked on until it is kept or sent."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="selections")
    # Counted up in a call: "version 3".
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    sent_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    reserve_places = models.PositiveSmallIntegerField(default=10)
    # What the last proposal said; limits or pins changed after it make it out of date.
    status = models.CharField(max_length=20, choices=ProposalStatus, default=ProposalStatus.NONE)
    proposed_at = models.DateTimeField(null=True, blank=True)
    out_of_date_at = models.DateTimeField(null=True, blank=True)
    solver_version = models.CharField(max_length=40, blank=True)
    seed = models.PositiveIntegerField(default=1)
    value = models.FloatField(null=True, blank=True)
    bound = models.FloatField(null=True, blank=True)
    seconds = models.FloatField(null=True, blank=True)
    # Which sides of which limits contradict each other.
    conflict = models.JSONField(default=list, blank=True)

    objects: ClassVar[SelectionManager["Selection"]] = SelectionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="selection_number_unique_in_call"),
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(kept_at__isnull=True, sent_at__isnull=True),
                name="selection_one_in_work",
            ),
            models.CheckConstraint(
                condition=Q(status=ProposalStatus.NONE) | Q(proposed_at__isnull=False),
                name="selection_proposed_at_known",
            ),
            models.CheckConstraint(
                condition=~Q(status=ProposalStatus.OPTIMAL)
                | Q(value__isnull=False, bound__isnull=False, value__gte=F("bound") - 1e-6),
                name="selection_proven_value_meets_bound",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id}: {self.number}"

    @property
    def is_in_work(self) -> bool:
        return self.kept_at is None and self.sent_at is None

    @property
    def is_sent(self) -> bool:
        return self.sent_at is not None

    @property
    def gap(self) -> float | None:
        """How far the value is from the bound, as a share of the bound."""
        if self.value is None or self.bound is None:
            return None
        if self.value == self.bound:
            return 0.0
        return abs(self.bound - self.value) / (abs(self.bound) or abs(self.value))


class SelectionRuleQuerySet(models.QuerySet["SelectionRule"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(selection__in=Selection.objects.visible_to(viewer))


SelectionRuleManager = models.Manager.from_queryset(SelectionRuleQuerySet)


class SelectionRule(models.Model):
    """A limit that every proposal keeps, or a wish with the points that each missing one costs.

    Without a value the rule holds for each value on its own: "at most two of each organisation".
    """

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField()
    attribute = models.CharField(max_length=20, choices=BalanceAttribute)
    value = models.CharField(max_length=200, blank=True)
    least = models.PositiveSmallIntegerField(null=True, blank=True)
    most = models.PositiveSmallIntegerField(null=True, blank=True)
    target = models.PositiveSmallIntegerField(null=True, blank=True)
    weight = models.FloatField(null=True, blank=True)

    objects: ClassVar[SelectionRuleManager["SelectionRule"]] = SelectionRuleManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["selection", "position"], name="selection_rule_position_unique_in_selection"
            ),
            models.CheckConstraint(
                condition=(Q(least__isnull=False) | Q(most__isnull=False))
                & Q(target__isnull=True, weight__isnull=True)
                | Q(
                    least__isnull=True,
                    most__isnull=True,
                    target__isnull=False,
                    weight__isnull=False,
                    weight__gt=0,
                ),
                name="selection_rule_is_limit_or_wish",
            ),
            models.CheckConstraint(
                condition=Q(least__isnull=True) | Q(most__isnull=True) | Q(least__lte=F("most")),
                name="selection_rule_least_up_to_most",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.selection_id}: {self.attribute} {self.value}"

    @property
    def is_wish(self) -> bool:
        return self.target is not None


class SelectionDecisionQuerySet(models.QuerySet["SelectionDecision"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(selection__in=Selection.objects.visible_to(viewer))


SelectionDecisionManager = models.Manager.from_queryset(SelectionDecisionQuerySet)


class SelectionDecision(models.Model):
    """What a version says of one application, why, and whether a hand was in it. Pending until told."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="decisions")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="decisions")
    decision = models.CharField(max_length=20, choices=Decision, default=Decision.UNDECIDED)
    reserve_rank = models.PositiveSmallIntegerField(null=True, blank=True)
    # The score the proposal counted with; empty where nobody has reviewed the application.
    score = models.FloatField(null=True, blank=True)
    review_count = models.PositiveSmallIntegerField(default=0)
    hand = models.CharField(max_length=10, choices=HandChoice, blank=True)
    hand_reason = models.CharField(max_length=300, blank=True)
    hand_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    reason = models.JSONField(default=dict, blank=True)
    # The order on the board, so that a page of it is found by key.
    position = models.PositiveIntegerField(default=0)
    # When the applicant was told of it.
    told_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[SelectionDecisionManager["SelectionDecision"]] = SelectionDecisionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["selection", "application"], name="selection_decision_once_for_application"
            ),
            models.UniqueConstraint(
                fields=["selection", "reserve_rank"],
                condition=Q(reserve_rank__isnull=False),
                name="selection_reserve_rank_unique",
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.RESERVE, reserve_rank__isnull=False, reserve_rank__gte=1)
                | (~Q(decision=Decision.RESERVE) & Q(reserve_rank__isnull=True)),
                name="selection_reserve_has_rank",
            ),
            models.CheckConstraint(
                condition=~Q(hand="") | Q(hand_reason="", hand_by__isnull=True),
                name="selection_hand_reason_needs_hand",
            ),
        ]
        indexes = [models.Index(fields=["selection", "position"], name="selection_decision_by_place")]

    def __str__(self) -> str:
        return f"{self.selection_id}, {self.application_id}: {self.decision}"


class SelectionStepQuerySet(models.QuerySet["SelectionStep"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(selection__in=Selection.objects.visible_to(viewer))


SelectionStepManager = models.Manager.from_queryset(SelectionStepQuerySet)


class SelectionStep(models.Model):
    """One change of the version in work, with the whole state before it, so that it can be taken back."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="steps")
    kind = models.CharField(max_length=20, choices=SelectionStepKind)
    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="+", null=True, blank=True
    )
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    before = models.JSONField()

    objects: ClassVar[SelectionStepManager["SelectionStep"]] = SelectionStepManager()

    def __str__(self) -> str:
        return f"{self.selection_id}: {self.kind}"


class SelectionRunQuerySet(models.QuerySet["SelectionRun"]):
    def running(self) -> Self:
        return self.filter(finished_at__isnull=True)

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(selection__in=Selection.objects.visible_to(viewer))


SelectionRunManager = models.Manager.from_queryset(SelectionRunQuerySet)


class SelectionRun(models.Model):
    """A search that takes longer than a page may: it says how far it is, and can be stopped."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=10, choices=RunKind)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    share = models.FloatField(default=0)
    value = models.FloatField(null=True, blank=True)
    bound = models.FloatField(null=True, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[SelectionRunManager["SelectionRun"]] = SelectionRunManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["selection"],
                condition=Q(finished_at__isnull=True),
                name="selection_run_one_at_a_time",
            ),
            models.CheckConstraint(condition=Q(share__gte=0, share__lte=1), name="selection_run_share"),
        ]

    def __str__(self) -> str:
        return f"{self.selection_id}: {self.kind}"

    @property
    def percent(self) -> int:
        return round(100 * self.share)


class DecisionTextQuerySet(models.QuerySet["DecisionText"]):
    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or not viewer.may(VIEW_APPLICATIONS):
            return self.none()
        return self.filter(call__edition_id=viewer.edition_id)


DecisionTextManager = models.Manager.from_queryset(DecisionTextQuerySet)


class DecisionText(models.Model):
    """How a call tells one kind of decision, where the team wrote words of its own."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="decision_texts")
    decision = models.CharField(max_length=20, choices=Decision)
    subject = TranslatedField()
    body = TranslatedField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)

    objects: ClassVar[DecisionTextManager["DecisionText"]] = DecisionTextManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "decision"], name="decision_text_once_for_decision"),
            models.CheckConstraint(
                condition=~Q(decision=Decision.UNDECIDED), name="decision_text_of_a_decision"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.call_id}: {self.decision}"
