"""Action plans: what a group makes of a challenge or a trend, and what a cluster takes home from it."""

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.organisations.models import Organisation
from filiera.workshops.permissions import EDIT_PLANS, TAKE_PART

from .challenges import Challenge
from .groups import Group
from .trends import Trend

RowT = TypeVar("RowT", bound=models.Model, covariant=True)


class PlanKind(models.TextChoices):
    GROUP = "group", pgettext_lazy("action plan", "Plan of a group")
    CLUSTER = "cluster", pgettext_lazy("action plan", "Plan of a cluster")


class MeasureState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("measure", "Planned")
    PROMISED = "promised", pgettext_lazy("measure", "Promised")
    UNDER_WAY = "under_way", pgettext_lazy("measure", "Under way")
    DONE = "done", pgettext_lazy("measure", "Done")
    BLOCKED = "blocked", pgettext_lazy("measure", "Blocked")
    DROPPED = "dropped", pgettext_lazy("measure", "Dropped")


class ActionPlanQuerySet(models.QuerySet["ActionPlan"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Plans of groups for the people of the edition in the address; a cluster's plan for those who
        write it in its workspace and for the readers whom they named.
        """
        if viewer.administering:
            return self.all()
        if viewer.edition_id is not None and viewer.may(TAKE_PART):
            return self.filter(kind=PlanKind.GROUP, edition_id=viewer.edition_id)
        if viewer.organisation_id is None:
            return self.none()
        of_cluster = self.filter(kind=PlanKind.CLUSTER, organisation_id=viewer.organisation_id)
        if viewer.may(EDIT_PLANS):
            return of_cluster
        return of_cluster.filter(readers__person_id=viewer.person_id)


ActionPlanManager = models.Manager.from_queryset(ActionPlanQuerySet)


class ActionPlan(models.Model):
    """One canvas: an aim that answers a challenge or a trend, and the measures towards it."""

    kind = models.CharField(max_length=10, choices=PlanKind)
    edition = models.ForeignKey(
        Edition, on_delete=models.CASCADE, related_name="action_plans", null=True, blank=True
    )
    # A group may be formed anew; what it wrote stays.
    group = models.OneToOneField(
        Group, on_delete=models.SET_NULL, related_name="action_plan", null=True, blank=True
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="action_plans", null=True, blank=True
    )
    title = models.CharField(max_length=200)
    challenge = models.ForeignKey(
        Challenge, on_delete=models.SET_NULL, related_name="action_plans", null=True, blank=True
    )
    trend = models.ForeignKey(
        Trend, on_delete=models.SET_NULL, related_name="action_plans", null=True, blank=True
    )
    # Written together, by `actions.shared_texts` alone.
    aim = models.TextField(blank=True)
    presentation_minutes = models.PositiveSmallIntegerField(default=5)
    presenting_since = models.DateTimeField(null=True, blank=True)
    presented_at = models.DateTimeField(null=True, blank=True)
    adopted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[ActionPlanManager["ActionPlan"]] = ActionPlanManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    kind=PlanKind.GROUP,
                    edition__isnull=False,
                    organisation__isnull=True,
                    adopted_at__isnull=True,
                )
                | Q(
                    kind=PlanKind.CLUSTER,
                    group__isnull=True,
                    organisation__isnull=False,
                    presenting_since__isnull=True,
                    presented_at__isnull=True,
                ),
                name="action_plan_belongs_to_its_kind",
            ),
            models.UniqueConstraint(
                fields=["edition"],
                condition=Q(presenting_since__isnull=False),
                name="action_plan_one_presented_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(presentation_minutes__gte=1, presentation_minutes__lte=60),
                name="action_plan_presentation_within_an_hour",
            ),
        ]
        indexes = [models.Index(fields=["edition", "created_at"], name="action_plan_by_edition")]

    def __str__(self) -> str:
        return self.title

    @property
    def topic(self) -> str:
        return f"plan:{self.pk}"

    @property
    def is_settled(self) -> bool:
        """Whether its measures are promises."""
        return self.presented_at is not None or self.adopted_at is not None


class OfPlanQuerySet(models.QuerySet[RowT]):
    """Rows that are seen by whoever sees their plan."""

    path_to_plan = "plan"

    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(**{f"{self.path_to_plan}__in": ActionPlan.objects.visible_to(viewer)})


class MeasureQuerySet(OfPlanQuerySet["Measure"]):
    def in_order(self) -> Self:
        return self.order_by("position", "pk")

    def promised(self) -> Self:
        return self.exclude(state=MeasureState.PLANNED)

    def with_names(self) -> Self:
        return self.select_related(
            "plan__edition",
            "owner__organisation",
            "owner__person",
            "owner_person",
            "cluster",
            "peer__person",
            "copied_from__plan",
            "from_card__board__run__version",
        )


class PlanReaderQuerySet(OfPlanQuerySet["PlanReader"]):
    pass


class PlanChangeQuerySet(OfPlanQuerySet["PlanChange"]):
    pass


class FeedbackCardQuerySet(OfPlanQuerySet["FeedbackCard"]):
    pass


MeasureManager = models.Manager.from_queryset(MeasureQuerySet)
PlanReaderManager = models.Manager.from_queryset(PlanReaderQuerySet)
PlanChangeManager = models.Manager.from_queryset(PlanChangeQuerySet)
FeedbackCardManager = models.Manager.from_queryset(FeedbackCardQuerySet)


class Measure(models.Model):
    """One thing to do, by one person of one cluster; or an idea that nobody promises."""

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="measures")
    position = models.PositiveSmallIntegerField()
    # Written together, by `actions.shared_texts` alone: these six.
    text = models.TextField(blank=True)
    partners = models.TextField(blank=True)
    resources = models.TextField(blank=True)
    indicator = models.TextField(blank=True)
    risk = models.TextField(blank=True)
    help_wanted = models.TextField(blank=True)
    is_idea_only = models.BooleanField(default=False)
    # A participant in the plan of a group, somebody of the team in the plan of a cluster.
    owner = models.ForeignKey(
        Participation, on_delete=models.SET_NULL, related_name="measures", null=True, blank=True
    )
    owner_person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="measures", null=True, blank=True
    )
    cluster = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="measures", null=True, blank=True
    )
    # Who asks now and then how it goes.
    peer = models.ForeignKey(
        Participation, on_delete=models.SET_NULL, related_name="measures_asked_about", null=True, blank=True
    )
    due_on = models.DateField(null=True, blank=True)
    indicator_start = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    indicator_start_on = models.DateField(null=True, blank=True)
    indicator_target = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    state = models.CharField(max_length=10, choices=MeasureState, default=MeasureState.PLANNED)
    promised_at = models.DateTimeField(null=True, blank=True)
    state_at = models.DateTimeField(null=True, blank=True)
    copied_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, related_name="copies", null=True, blank=True
    )
    created_at = models.DateTimeField()

    objects: ClassVar[MeasureManager["Measure"]] = MeasureManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True) | Q(owner_person__isnull=True),
                name="measure_has_one_owner_at_most",
            ),
            models.CheckConstraint(
                condition=Q(is_idea_only=False)
                | Q(owner__isnull=True, owner_person__isnull=True, state=MeasureState.PLANNED),
                name="measure_idea_is_promised_by_nobody",
            ),
            models.CheckConstraint(
                condition=Q(state=MeasureState.PLANNED, promised_at__isnull=True, state_at__isnull=True)
                | (~Q(state=MeasureState.PLANNED) & Q(promised_at__isnull=False, state_at__isnull=False)),
                name="measure_promised_at_matches_state",
            ),
            models.CheckConstraint(
                condition=Q(copied_from__isnull=True) | ~Q(copied_from=F("id")),
                name="measure_is_not_its_own_copy",
            ),
        ]
        indexes = [models.Index(fields=["plan", "position", "id"], name="measure_by_plan")]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.position}"

    @property
    def owner_name(self) -> str:
        if self.owner is not None:
            return self.owner.name
        return "" if self.owner_person is None else self.owner_person.shown_name

    @property
    def cluster_name(self) -> str:
        if self.cluster is not None:
            return self.cluster.name
        return "" if self.owner is None else self.owner.organisation_name


class PlanReader(models.Model):
    """Somebody of the cluster's own team, such as its board, who may read the plan."""

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="readers")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    added_at = models.DateTimeField()

    objects: ClassVar[PlanReaderManager["PlanReader"]] = PlanReaderManager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "person"], name="plan_reader_once")]

    def __str__(self) -> str:
        return f"{self.person_id} reads {self.plan_id}"


class PlanChange(models.Model):
    """One change of what is not written together: who, when, from what to what."""

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="changes")
    # The number that the measure had then; nothing for the plan itself.
    measure_number = models.PositiveSmallIntegerField(null=True, blank=True)
    name = models.CharField(max_length=40)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    changed_at = models.DateTimeField()

    objects: ClassVar[PlanChangeManager["PlanChange"]] = PlanChangeManager()

    class Meta:
        indexes = [models.Index(fields=["plan", "changed_at"], name="plan_change_by_plan")]

    def __str__(self) -> str:
        return f"{self.plan_id}: {self.name}"


class FeedbackKind(models.TextChoices):
    KEEP = "keep", _("Keep this")
    QUESTION = "question", _("A question")
    IDEA = "idea", _("An idea")


class FeedbackCard(models.Model):
    """What somebody who heard the presentation gives the group."""

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="feedback")
    kind = models.CharField(max_length=10, choices=FeedbackKind)
    text = models.CharField(max_length=500)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    writer_name = models.CharField(max_length=200, blank=True)
    written_at = models.DateTimeField()

    objects: ClassVar[FeedbackCardManager["FeedbackCard"]] = FeedbackCardManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="feedback_card_says_something"),
        ]
        indexes = [models.Index(fields=["plan", "written_at"], name="feedback_card_by_plan")]

    def __str__(self) -> str:
        return self.text
