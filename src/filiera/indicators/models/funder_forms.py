"""Forms of funders: their own workbooks, whose cells are tied to figures once and filled each period."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from filiera.accounts.viewer import Viewer
from filiera.files.models import StoredFile
from filiera.indicators.models.own import OwnRowsQuerySet
from filiera.indicators.permissions import Permission
from filiera.organisations.models import Organisation

MOST_PERIODS_BACK = 5
LONGEST_SHEET_NAME = 31


class FunderFormQuerySet(OwnRowsQuerySet["FunderForm"]):
    def kept(self) -> Self:
        return self.filter(removed_at__isnull=True)


class FunderForm(models.Model):
    """A workbook as it was uploaded; it is never changed, each filling makes a file of its own."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="funder_forms")
    title = models.CharField(max_length=200)
    file = models.OneToOneField(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="funder_form"
    )
    # What the page shows of each sheet, read once.
    layout = models.JSONField()
    is_demonstration = models.BooleanField(default=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = FunderFormQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=False, removed_at__isnull=True)
                | Q(file__isnull=True, removed_at__isnull=False),
                name="funder_form_file_leaves",
            ),
            models.CheckConstraint(condition=~Q(title=""), name="funder_form_has_title"),
        ]
        indexes = [models.Index(fields=["organisation", "-uploaded_at"], name="funder_form_by_organisation")]

    def __str__(self) -> str:
        return self.title


class FormCellQuerySet(models.QuerySet["FormCell"]):
    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.administering:
            return self.all()
        if viewer.organisation_id is None or not viewer.may(Permission.INDICATORS_VIEW):
            return self.none()
        return self.filter(form__organisation=viewer.organisation_id)


class FormCell(models.Model):
    """One cell and the figure that fills it, of the period asked for or of one so many before."""

    form = models.ForeignKey(FunderForm, on_delete=models.CASCADE, related_name="cells")
    sheet = models.CharField(max_length=LONGEST_SHEET_NAME)
    address = models.CharField(max_length=10)
    code = models.CharField(max_length=60)
    periods_back = models.PositiveSmallIntegerField(default=0)
    # Somebody was told that a formula stands there, and said that the figure may take its place.
    replaces_formula = models.BooleanField(default=False)
    tied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    tied_at = models.DateTimeField()

    objects = FormCellQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["form", "sheet", "address"], name="form_cell_once"),
            models.CheckConstraint(
                condition=Q(address__regex=r"^[A-Z]{1,3}[1-9][0-9]{0,6}$"), name="form_cell_has_address"
            ),
            models.CheckConstraint(
                condition=Q(periods_back__lte=MOST_PERIODS_BACK), name="form_cell_periods_back_in_limits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}!{self.address} {self.code}"
