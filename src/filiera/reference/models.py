"""Classifications and places that everything else is counted by; public, and loaded from official tables."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from filiera.texts.fields import TranslatedField


class SourceTable(models.Model):
    """Where a loaded table comes from, so that every figure that uses it can say so."""

    name = models.CharField(max_length=60, primary_key=True)
    title = TranslatedField()
    source = models.CharField(max_length=300)
    source_url = models.URLField(max_length=500, blank=True)
    source_date = models.DateField()
    licence = models.CharField(max_length=300)
    row_count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Country(models.Model):
    """A country or territory of ISO 3166-1; Eurostat writes some of them with another code (EL, UK)."""

    code = models.CharField(max_length=2, primary_key=True)
    alpha3 = models.CharField(max_length=3, unique=True)
    names = TranslatedField()
    eurostat_code = models.CharField(max_length=2, blank=True)
    in_eu = models.BooleanField(default=False)
    in_efta = models.BooleanField(default=False)
    is_candidate = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[A-Z]{2}$"), name="country_code_is_alpha2"),
            models.UniqueConstraint(
                fields=["eurostat_code"], condition=~Q(eurostat_code=""), name="country_eurostat_code_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Language(models.Model):
    """A language of ISO 639-1."""

    code = models.CharField(max_length=3, primary_key=True)
    names = TranslatedField()
    native_name = models.CharField(max_length=80)
    is_official_in_eu = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.code


class Region(models.Model):
    """A region of NUTS, level 0 to 2. Codes of earlier versions stay, so that old rows keep their meaning."""

    code = models.CharField(max_length=5, primary_key=True)
    level = models.PositiveSmallIntegerField()
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="regions")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    name = models.CharField(max_length=200)
    name_latin = models.CharField(max_length=200)
    nuts_version = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(level__lte=2), name="region_level_up_to_two"),
            models.CheckConstraint(
                condition=Q(level=0, parent__isnull=True) | Q(level__gt=0, parent__isnull=False),
                name="region_parent_matches_level",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Activity(models.Model):
    """A section or division of NACE. The revision is part of the key: division 45 exists in Rev. 2 only."""

    class Level(models.TextChoices):
        SECTION = "section", _("section")
        DIVISION = "division", _("division")

    code = models.CharField(max_length=5)
    revision = models.CharField(max_length=20)
    level = models.CharField(max_length=10, choices=Level)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    names = TranslatedField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["revision", "code"], name="activity_code_unique_in_revision"),
            models.CheckConstraint(
                condition=Q(level="section", parent__isnull=True) | Q(level="division", parent__isnull=False),
                name="activity_parent_matches_level",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.revision})"


class Ecosystem(models.Model):
    """One of the fourteen industrial ecosystems, with the other names under which it occurs."""

    code = models.CharField(max_length=4, primary_key=True)
    names = TranslatedField()
    aliases = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    position = models.PositiveSmallIntegerField(unique=True)

    def __str__(self) -> str:
        return self.code


class EcosystemMappingVersion(models.Model):
    """One reading of which activities make up an ecosystem; a figure names the version it used."""

    class Status(models.TextChoices):
        UNVERIFIED = "unverified", _("unverified")
        OFFICIAL = "official", _("official")
        LOCAL = "local", _("made in this installation")

    code = models.CharField(max_length=40, primary_key=True)
    status = models.CharField(max_length=12, choices=Status)
    title = TranslatedField()
    note = TranslatedField()
    source = models.CharField(max_length=300)
    made_on = models.DateField()
    is_current = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["is_current"],
                condition=Q(is_current=True),
                name="ecosystem_mapping_one_current_version",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class EcosystemActivity(models.Model):
    """An activity counted to an ecosystem; no weight means that none is known, not that it is one."""

    version = models.ForeignKey(EcosystemMappingVersion, on_delete=models.CASCADE, related_name="rows")
    ecosystem = models.ForeignKey(Ecosystem, on_delete=models.PROTECT, related_name="activity_rows")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="ecosystem_rows")
    weight = models.DecimalField(max_digits=5, decimal_places=4, null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version", "ecosystem", "activity"], name="ecosystem_activity_once_in_version"
            ),
            models.CheckConstraint(
                condition=Q(weight__isnull=True) | Q(weight__gt=0, weight__lte=1),
                name="ecosystem_activity_weight_is_share",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ecosystem_id} {self.activity_id}"


class S3PriorityQuerySet(models.QuerySet["S3Priority"]):
    def of_work(self) -> Self:
        """What an organisation can work on; a reward criterion is a way of working, not a field."""
        return self.exclude(kind=S3Priority.Kind.CRITERION)

    def in_order(self) -> Self:
        """The newest strategy of a region first, each in its own order."""
        return self.order_by("region", "-from_year", "strategy", "position")


class S3Priority(models.Model):
    """A priority of a region's smart specialisation strategy, in force for a period of programming."""

    class Kind(models.TextChoices):
        SYSTEM = "system", _("priority system")
        COMPONENT = "component", _("cross-cutting component")
        CRITERION = "criterion", _("reward criterion")

    code = models.CharField(max_length=40, primary_key=True)
    strategy = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="s3_priorities")
    from_year = models.PositiveSmallIntegerField()
    until_year = models.PositiveSmallIntegerField()
    names = TranslatedField()
    position = models.PositiveSmallIntegerField()
    source_url = models.URLField(max_length=500)

    objects = S3PriorityQuerySet.as_manager()

    class Meta:
        verbose_name = _("S3 priority")
        verbose_name_plural = _("S3 priorities")
        constraints = [
            models.UniqueConstraint(
                fields=["strategy", "position"], name="s3_priority_position_unique_in_strategy"
            ),
            models.CheckConstraint(
                condition=Q(until_year__gte=F("from_year"), from_year__gte=1990, until_year__lte=2100),
                name="s3_priority_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.code
