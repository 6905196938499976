"""Panels of firms for studies of impact, and what the studies found.

A panel's rows stay in its file: no table holds a figure of a single firm, and what a study keeps is about
twenty members at least.
"""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from filiera.accounts.viewer import Viewer
from filiera.files.models import StoredFile
from filiera.indicators.permissions import Permission
from filiera.organisations.models import Organisation


class StudyState(models.TextChoices):
    """How far a study is."""

    WAITING = "waiting", pgettext_lazy("study", "waiting")
    RUNNING = "running", pgettext_lazy("study", "running")
    ESTIMATED = "estimated", pgettext_lazy("study", "estimated")
    REFUSED = "refused", _("the data do not carry an estimate")
    FAILED = "failed", _("stopped by a fault")


STATES_UNDER_WAY = (StudyState.WAITING, StudyState.RUNNING)
STATES_WITH_RESULT = (StudyState.ESTIMATED, StudyState.REFUSED)


class ImpactPanelQuerySet(models.QuerySet["ImpactPanel"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those of its organisation who study impact, and nobody else: it is about single firms."""
        if viewer.administering:
            return self.all()
        if viewer.organisation_id is None or not viewer.may(Permission.IMPACT_STUDY):
            return self.none()
        return self.filter(organisation=viewer.organisation_id)

    def kept(self) -> Self:
        return self.filter(file__isnull=False)


class ImpactPanel(models.Model):
    """An uploaded table of firms over years; its file leaves when it is deleted or its time is over."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="impact_panels")
    title = models.CharField(max_length=200)
    source = models.CharField(max_length=500)
    file = models.OneToOneField(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="impact_panel"
    )
    digest = models.CharField(max_length=64)
    headings = models.JSONField(default=list)
    # Names of columns by what they hold; empty until somebody has said it and every row was right.
    mapping = models.JSONField(default=dict, blank=True)
    summary = models.JSONField(default=dict, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True, blank=True)
    keep_until = models.DateField()
    deleted_at = models.DateTimeField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    objects = ImpactPanelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=False, deleted_at__isnull=True)
                | Q(file__isnull=True, deleted_at__isnull=False),
                name="impact_panel_file_leaves",
            ),
            models.CheckConstraint(
                condition=Q(checked_at__isnull=True) | ~Q(mapping={}), name="impact_panel_checked_is_mapped"
            ),
            models.CheckConstraint(condition=~Q(source=""), name="impact_panel_has_source"),
        ]
        indexes = [models.Index(fields=["organisation", "-uploaded_at"], name="impact_panel_by_organisation")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_ready(self) -> bool:
        return self.checked_at is not None and self.file_id is not None


class ImpactStudyQuerySet(models.QuerySet["ImpactStudy"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those who study impact see all of their organisation, those who see its figures what is shown."""
        if viewer.administering:
            return self.all()
        if viewer.organisation_id is None:
            return self.none()
        own = self.filter(organisation=viewer.organisation_id)
        if viewer.may(Permission.IMPACT_STUDY):
            return own
        return own.filter(is_shown=True) if viewer.may(Permission.INDICATORS_VIEW) else self.none()

    def under_way(self) -> Self:
        return self.filter(state__in=STATES_UNDER_WAY)


class ImpactStudy(models.Model):
    """One comparison on a panel: what was asked, what came out, with which inputs and method."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="impact_studies")
    panel = models.ForeignKey(ImpactPanel, on_delete=models.PROTECT, related_name="studies")
    outcome = models.CharField(max_length=100)
    unit = models.CharField(max_length=30, blank=True)
    choices = models.JSONField()
    state = models.CharField(max_length=20, choices=StudyState, default=StudyState.WAITING)
    share = models.FloatField(default=0.0)
    result = models.JSONField(null=True, blank=True)
    inputs_digest = models.CharField(max_length=64, blank=True)
    method_version = models.CharField(max_length=20, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    # The one that stands as the last stage of the logic model.
    is_shown = models.BooleanField(default=False)

    objects = ImpactStudyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=STATES_UNDER_WAY, finished_at__isnull=True)
                | (Q(finished_at__isnull=False) & ~Q(state__in=STATES_UNDER_WAY)),
                name="impact_study_finished_matches_state",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=STATES_WITH_RESULT,
                    result__isnull=False,
                    inputs_digest__regex=r"^[0-9a-f]{64}$",
                )
                | (Q(result__isnull=True) & ~Q(state__in=STATES_WITH_RESULT)),
                name="impact_study_result_has_inputs",
            ),
            models.CheckConstraint(
                condition=Q(is_shown=False) | Q(state=StudyState.ESTIMATED),
                name="impact_study_shown_is_estimated",
            ),
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(is_shown=True), name="impact_study_one_is_shown"
            ),
        ]
        indexes = [models.Index(fields=["panel", "-asked_at"], name="impact_study_by_panel")]

    def __str__(self) -> str:
        return f"{self.panel_id}: {self.outcome}"

    @property
    def percent(self) -> int:
        return round(100 * self.share)

    @property
    def is_under_way(self) -> bool:
        return self.state in STATES_UNDER_WAY
