"""Series, editions and what a visitor reads about them."""

from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from filiera.organisations.models import Organisation
from filiera.texts.fields import TranslatedField

from .choices import EditionState, PartMode

if TYPE_CHECKING:
    from filiera.accounts.viewer import Viewer


RowT = TypeVar("RowT", bound=models.Model, covariant=True)


class SeriesQuerySet(models.QuerySet["Series"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        """Every series is public; its editions are not."""
        return self.all()


SeriesManager = models.Manager.from_queryset(SeriesQuerySet)


class Series(models.Model):
    """An academy that returns: its editions share a name and an organiser."""

    slug = models.SlugField(max_length=60, unique=True)
    name = TranslatedField()
    organiser = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="series_organised")

    objects: ClassVar[SeriesManager["Series"]] = SeriesManager()

    class Meta:
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.slug


class EditionQuerySet(models.QuerySet["Edition"]):
    def listed(self) -> Self:
        return self.filter(state=EditionState.PUBLIC)

    def visible_to(self, viewer: "Viewer") -> Self:
        """Public and unlisted editions for all; drafts for their team and for administrators."""
        if viewer.administering:
            return self.all()
        open_to_all = Q(state__in=[EditionState.PUBLIC, EditionState.UNLISTED])
        if viewer.person_id is None:
            return self.filter(open_to_all)
        theirs = Q(members__person_id=viewer.person_id, members__until__isnull=True)
        return self.filter(open_to_all | theirs).distinct()


EditionManager = models.Manager.from_queryset(EditionQuerySet)


class Edition(models.Model):
    """One run of an academy, from call to certificate."""

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="editions")
    slug = models.SlugField(max_length=60, unique=True)
    number = models.PositiveSmallIntegerField()
    name = TranslatedField()
    headline = TranslatedField(blank=True)
    summary = TranslatedField(blank=True)
    organiser = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="editions_organised")
    host = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="editions_hosted", null=True, blank=True
    )
    time_zone = models.CharField(max_length=60)
    state = models.CharField(max_length=20, choices=EditionState, default=EditionState.DRAFT)
    is_template = models.BooleanField(default=False)
    is_demonstration = models.BooleanField(default=False)
    clock_at = models.DateTimeField(
        null=True, blank=True, help_text=_("A demonstration can be seen as at this moment.")
    )
    sources = models.JSONField(default=list, blank=True)
    current_version = models.ForeignKey(
        "academy.ProgrammeVersion", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    cloned_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, related_name="clones", null=True, blank=True
    )
    created_at = models.DateTimeField()

    objects: ClassVar[EditionManager["Edition"]] = EditionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "number"],
                condition=Q(is_template=False),
                name="edition_number_unique_in_series",
            ),
            models.CheckConstraint(
                condition=Q(clock_at__isnull=True) | Q(is_demonstration=True),
                name="edition_clock_only_in_demonstration",
            ),
        ]

    def __str__(self) -> str:
        return self.slug


class OfEditionQuerySet(models.QuerySet[RowT]):
    """Rows that are as visible as the edition they belong to."""

    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(edition__in=Edition.objects.visible_to(viewer))


OfEditionManager = models.Manager.from_queryset(OfEditionQuerySet)


class Objective(models.Model):
    """What an edition is for; sessions say which objectives they serve."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="objectives")
    number = models.PositiveSmallIntegerField()
    text = TranslatedField()

    objects: ClassVar[OfEditionManager["Objective"]] = OfEditionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="objective_number_unique_in_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}/{self.number}"


class EditionFigure(models.Model):
    """A published figure about an edition, with who says so; sources may disagree."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="figures")
    position = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField()
    label = TranslatedField()
    claimed_by = TranslatedField()
    source_url = models.URLField(max_length=500)
    read_on = models.DateField()

    objects: ClassVar[OfEditionManager["EditionFigure"]] = OfEditionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "position"], name="figure_position_unique_in_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.value}"


class EditionPartner(models.Model):
    """An organisation that stands behind an edition beside its organiser and host."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="partners")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="editions_supported"
    )
    contribution = TranslatedField(blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[OfEditionManager["EditionPartner"]] = OfEditionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "organisation"], name="partner_once_in_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.organisation_id}"


class Venue(models.Model):
    """A place where a part is held."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="venues")
    slug = models.SlugField(max_length=60)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300, blank=True)
    city = models.CharField(max_length=120, blank=True)
    country = models.ForeignKey(
        "reference.Country", on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    access = TranslatedField(blank=True)
    sources = models.JSONField(default=list, blank=True)

    objects: ClassVar[OfEditionManager["Venue"]] = OfEditionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "slug"], name="venue_slug_unique_in_edition"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="venue_coordinates_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Part(models.Model):
    """A run of days in one mode; parts of one edition may lie weeks apart."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="parts")
    slug = models.SlugField(max_length=60)
    number = models.PositiveSmallIntegerField()
    title = TranslatedField()
    mode = models.CharField(max_length=20, choices=PartMode)
    starts_on = models.DateField()
    ends_on = models.DateField()
    time_zone = models.CharField(max_length=60)
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="parts", null=True, blank=True)
    online_url = models.URLField(max_length=500, blank=True)
    between = TranslatedField(blank=True, help_text=_("What happens until the next part."))

    objects: ClassVar[OfEditionManager["Part"]] = OfEditionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "slug"], name="part_slug_unique_in_edition"),
            models.UniqueConstraint(fields=["edition", "number"], name="part_number_unique_in_edition"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="part_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.slug}"


class DayQuerySet(models.QuerySet["Day"]):
    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(part__edition__in=Edition.objects.visible_to(viewer))


DayManager = models.Manager.from_queryset(DayQuerySet)


class Day(models.Model):
    """One date of a part, with the hours in which it may hold sessions."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="days")
    date = models.DateField()
    title = TranslatedField(blank=True)
    opens_at = models.TimeField()
    closes_at = models.TimeField()

    objects: ClassVar[DayManager["Day"]] = DayManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "date"], name="day_date_unique_in_part"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="day_closes_after_opening"),
        ]

    def __str__(self) -> str:
        return self.date.isoformat()
