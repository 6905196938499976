"""Published programmes: what visitors, feeds and the API read."""

from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models

from filiera.accounts.models import Person
from filiera.texts.fields import TranslatedField

from .edition import Edition, OfEditionManager, RowT
from .programme import Session

if TYPE_CHECKING:
    from filiera.accounts.viewer import Viewer


class ProgrammeVersion(models.Model):
    """One publication of an edition's programme; never changed afterwards."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    note = TranslatedField(blank=True)
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True
    )
    digest = models.CharField(max_length=64)
    # What the sessions do not say themselves: the edition's name, parts, days, rooms, objectives.
    data = models.JSONField(default=dict)
    # The shape of the rows rendered with it; rows of another shape are rendered anew when read.
    prepared_format = models.PositiveSmallIntegerField(default=0)
    # What changed since the version before: a list of {"kind", "session", "field", "before", "after"}.
    changes = models.JSONField(default=list)

    objects: ClassVar[OfEditionManager["ProgrammeVersion"]] = OfEditionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "number"], name="version_number_unique_in_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}, version {self.number}"


class OfVersionQuerySet(models.QuerySet[RowT]):
    """Rows that are as visible as the edition whose version they belong to."""

    def visible_to(self, viewer: "Viewer") -> Self:
        return self.filter(version__edition__in=Edition.objects.visible_to(viewer))


OfVersionManager = models.Manager.from_queryset(OfVersionQuerySet)


class PublishedSession(models.Model):
    """A session as one version shows it, with its texts rendered for every language."""

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.CASCADE, related_name="sessions")
    session = models.ForeignKey(
        Session, on_delete=models.SET_NULL, related_name="published", null=True, blank=True
    )
    slug = models.SlugField(max_length=80)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    position = models.PositiveIntegerField()
    data = models.JSONField()
    # Everything that can be searched, folded, in all languages.
    words = models.TextField(blank=True)
    # Rendered at publication, by language, and joined when a page is asked for.
    rows = models.JSONField(default=dict)
    bodies = models.JSONField(default=dict)

    objects: ClassVar[OfVersionManager["PublishedSession"]] = OfVersionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "slug"], name="published_session_slug_unique"),
            models.UniqueConstraint(fields=["version", "position"], name="published_session_position_unique"),
        ]

    def __str__(self) -> str:
        return self.slug


class PublishedSpeaker(models.Model):
    """A speaker as one version shows them."""

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.CASCADE, related_name="speakers")
    speaker = models.ForeignKey(
        "academy.Speaker", on_delete=models.SET_NULL, related_name="published", null=True, blank=True
    )
    slug = models.SlugField(max_length=80)
    position = models.PositiveIntegerField()
    data = models.JSONField()
    rows = models.JSONField(default=dict)

    objects: ClassVar[OfVersionManager["PublishedSpeaker"]] = OfVersionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "slug"], name="published_speaker_slug_unique"),
        ]

    def __str__(self) -> str:
        return self.slug


class ExportForm(models.TextChoices):
    """The formats in which a programme leaves, one entry for each session."""

    CALENDAR = "calendar"
    JSON = "json"
    XML = "xml"


class PublishedExport(models.Model):
    """The entries of one format in one language, rendered at publication and joined into a file later.

    All of them stand in one row: reading two hundred rows costs the database ten times as much.
    """

    version = models.ForeignKey(ProgrammeVersion, on_delete=models.CASCADE, related_name="exports")
    language = models.CharField(max_length=35)
    form = models.CharField(max_length=10, choices=ExportForm)
    # [[session key, day, room, zone, text], …] by time
    entries = models.JSONField()

    objects: ClassVar[OfVersionManager["PublishedExport"]] = OfVersionManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "language", "form"], name="published_export_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id}: {self.form}, {self.language}"
