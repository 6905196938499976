"""What a figure should become on the way, what people write beside it, and who wants no digest."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.indicators.models.own import OwnRowsQuerySet
from filiera.indicators.periods import Period
from filiera.organisations.models import Organisation
from filiera.texts.fields import TranslatedField


class PathKind(models.TextChoices):
    """How a target is reached from one stated period to the next."""

    LINEAR = "linear", _("in equal steps between the stated periods")
    STATED = "stated", _("as stated for each period, and nothing between")


class FigureTargetQuerySet(OwnRowsQuerySet["FigureTarget"]):
    pass


class FigureTarget(models.Model):
    """The path on which a figure should go: a base, and what it should be in the periods after it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="figure_targets")
    code = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=PathKind)
    reason = models.TextField(blank=True)
    is_demonstration = models.BooleanField(default=False)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    set_at = models.DateTimeField()

    objects = FigureTargetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="figure_target_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.code}"


class TargetPointQuerySet(models.QuerySet["TargetPoint"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(target__in=FigureTarget.objects.visible_to(viewer))


class TargetPoint(models.Model):
    """What the figure should be in one period; the base is where it starts from."""

    target = models.ForeignKey(FigureTarget, on_delete=models.CASCADE, related_name="points")
    start_on = models.DateField()
    until_on = models.DateField()
    value = models.DecimalField(max_digits=26, decimal_places=4)
    is_base = models.BooleanField(default=False)

    objects = TargetPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["target", "start_on"], name="target_point_once"),
            models.UniqueConstraint(fields=["target"], condition=Q(is_base=True), name="target_has_one_base"),
            models.CheckConstraint(
                condition=Q(until_on__gt=F("start_on")), name="target_point_period_has_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target_id} {self.start_on:%Y}"

    @property
    def period(self) -> Period:
        return Period(self.start_on, self.until_on)


class FigureNoteQuerySet(OwnRowsQuerySet["FigureNote"]):
    pass


class FigureNote(models.Model):
    """What somebody of the team says to a figure of one period."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="figure_notes")
    code = models.CharField(max_length=60)
    start_on = models.DateField()
    until_on = models.DateField()
    text = TranslatedField()
    is_demonstration = models.BooleanField(default=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    written_at = models.DateTimeField()

    objects = FigureNoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text={}), name="figure_note_says_something"),
            models.CheckConstraint(
                condition=Q(until_on__gt=F("start_on")), name="figure_note_period_has_days"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "code"], name="figure_note_by_figure")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.code} {self.start_on:%Y}"

    @property
    def period(self) -> Period:
        return Period(self.start_on, self.until_on)


class DigestRefusalQuerySet(models.QuerySet["DigestRefusal"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Each their own."""
        return self.filter(person=viewer.person_id or 0)


class DigestRefusal(models.Model):
    """Somebody of a team wants no mail about the alerts of its figures."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="digest_refusals")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    refused_at = models.DateTimeField()

    objects = DigestRefusalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "person"], name="digest_refused_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}: {self.person_id}"
