"""Append-only facts; what guards them (partitions, triggers, rights) is in the first migration."""

import uuid
from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.files.models import StoredFile
from filiera.ledger.kinds import Unit, name_of
from filiera.ledger.permissions import Permission
from filiera.organisations.models import Organisation, SizeClass
from filiera.reference.models import Ecosystem, Region

_Row = TypeVar("_Row", bound=models.Model)


class Source(models.TextChoices):
    """Where the platform knows a fact from."""

    PLATFORM = "platform", _("recorded by the platform")
    DECLARED = "declared", _("declared by hand")
    IMPORTED = "imported", _("imported")


class FactTableQuerySet(models.QuerySet["FactTable"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """An administrator sees all; a workspace sees the tables that hold a fact of its own."""
        if viewer.administering:
            return self.all()
        own = Fact.objects.visible_to(viewer).filter(
            subject_type="ledger.facttable", subject_key=Cast(OuterRef("pk"), models.CharField())
        )
        imported_here = Q(pk__in=[])
        if viewer.organisation_id is not None and viewer.may(Permission.LEDGER_IMPORT):
            imported_here = Q(organisation=viewer.organisation_id)
        return self.filter(imported_here | Q(Exists(own)))


class FactTable(models.Model):
    """A table from which facts were imported: the record that each of them came from.

    It can be taken back whole, once: then all its facts are reversed, and the same table can come again.
    """

    # The organisation in whose workspace it was imported; none where an administrator did it for many.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="fact_tables"
    )
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    columns = models.JSONField(default=dict)
    row_count = models.PositiveIntegerField()
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reversed_at = models.DateTimeField(null=True, blank=True)
    reversed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = FactTableQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sha256", "organisation"],
                condition=Q(reversed_at__isnull=True),
                nulls_distinct=False,
                name="fact_table_stands_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfImportersQuerySet(models.QuerySet[_Row]):
    """Rows of a workspace, for those who import there."""

    def visible_to(self, viewer: Viewer) -> Self:
        if viewer.administering:
            return self.all()
        if viewer.organisation_id is None or not viewer.may(Permission.LEDGER_IMPORT):
            return self.none()
        return self.filter(organisation=viewer.organisation_id)


class FactUploadQuerySet(OfImportersQuerySet["FactUpload"]):
    pass


class FactUpload(models.Model):
    """A table that waits until somebody says which column holds what; deleted once its facts are there."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="fact_uploads")
    name = models.CharField(max_length=200)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    headings = models.JSONField()
    first_rows = models.JSONField()
    uploaded_at = models.DateTimeField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects = FactUploadQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name


class FactMappingQuerySet(OfImportersQuerySet["FactMapping"]):
    pass


class FactMapping(models.Model):
    """Which column of an organisation's tables holds what, kept for the next table."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="fact_mappings")
    name = models.CharField(max_length=80)
    columns = models.JSONField()
    kept_at = models.DateTimeField()

    objects = FactMappingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "name"], name="fact_mapping_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class FactQuerySet(models.QuerySet["Fact"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """An administrator sees all; a workspace sees what counts for it or names it."""
        if viewer.administering:
            return self.all()
        if viewer.organisation_id is None or not viewer.may(Permission.LEDGER_VIEW):
            return self.none()
        return self.filter(Q(organisation=viewer.organisation_id) | Q(counterpart=viewer.organisation_id))

    def about(self, subject: models.Model, *kinds: str) -> Self:
        """What was recorded of these kinds about a record, reversals included."""
        about = self.filter(subject_type=subject._meta.label_lower, subject_key=str(subject.pk))
        return about.filter(kind__in=kinds)

    def standing(self) -> Self:
        """What holds: no reversal, and reversed by none. A reversal lies in the year of its fact."""
        reversal = Fact.objects.filter(year=OuterRef("year"), reverses=OuterRef("id"))
        return self.filter(~Exists(reversal), reverses__isnull=True)


class Fact(models.Model):
    """Something that happened and counts. It is never changed; a mistake is reversed by another fact.

    A reversal has the year and the moment of the fact it cancels, the opposite quantity, and its key in
    `reverses`. `person` is the random key of `accounts.PersonKey`, which an erasure deletes.
    """

    pk = models.CompositePrimaryKey("year", "id")
    year = models.SmallIntegerField()
    id = models.UUIDField(default=uuid.uuid4)
    kind = models.CharField(max_length=60)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.UUIDField(null=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="facts")
    counterpart = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    person = models.UUIDField(null=True)
    subject_type = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=64)
    quantity = models.DecimalField(max_digits=16, decimal_places=4, default=1)
    unit = models.CharField(max_length=10, choices=Unit)
    amount_eur = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.PROTECT, null=True, related_name="+")
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    size_class = models.CharField(max_length=10, choices=SizeClass, blank=True)
    source = models.CharField(max_length=10, choices=Source, default=Source.PLATFORM)
    evidence = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    idempotency_key = models.CharField(max_length=64)
    reverses = models.UUIDField(null=True)

    objects = FactQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.kind} {self.year}/{self.id}"

    @property
    def kind_name(self) -> str | Promise:
        return name_of(self.kind)

    @property
    def unit_words(self) -> str:
        return Unit(self.unit).words(self.quantity)

    @property
    def is_reversal(self) -> bool:
        return self.reverses is not None
