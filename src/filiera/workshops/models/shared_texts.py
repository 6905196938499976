"""Texts that several write at once: their revisions, every operation, and who is writing."""

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.workshops.shared_texts import all_owners

RowT = TypeVar("RowT", bound=models.Model, covariant=True)


class OfOwnerQuerySet(models.QuerySet[RowT]):
    """Rows that are seen by whoever sees the row that the text belongs to."""

    path_to_text = ""

    def visible_to(self, viewer: Viewer) -> Self:
        seen = Q(pk__in=())
        for owner in all_owners():
            rows = owner.model().objects.visible_to(viewer).values("pk")
            path = self.path_to_text
            seen |= Q(**{f"{path}kind": owner.kind, f"{path}owner_id__in": rows})
        return self.filter(seen)


class SharedTextQuerySet(OfOwnerQuerySet["SharedText"]):
    pass


class TextOperationQuerySet(OfOwnerQuerySet["TextOperation"]):
    path_to_text = "text__"

    def after(self, revision: int) -> Self:
        return self.filter(revision__gt=revision).order_by("revision")


class TextWriterQuerySet(OfOwnerQuerySet["TextWriter"]):
    pass


SharedTextManager = models.Manager.from_queryset(SharedTextQuerySet)
TextOperationManager = models.Manager.from_queryset(TextOperationQuerySet)
TextWriterManager = models.Manager.from_queryset(TextWriterQuerySet)


class SharedText(models.Model):
    """The number of a text's last revision; the words stand in the column of the row it belongs to."""

    kind = models.CharField(max_length=40)
    owner_id = models.BigIntegerField()
    name = models.CharField(max_length=40)
    revision = models.PositiveIntegerField(default=0)

    objects: ClassVar[SharedTextManager["SharedText"]] = SharedTextManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "owner_id", "name"], name="shared_text_once_for_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}/{self.owner_id}/{self.name}"


class TextOperation(models.Model):
    """One change that the server put in its place: it made this revision out of the one before."""

    text = models.ForeignKey(SharedText, on_delete=models.CASCADE, related_name="operations")
    revision = models.PositiveIntegerField()
    components = models.JSONField()
    # What it took out, piece by piece: earlier revisions are found by turning back.
    removed = models.JSONField(default=list)
    # Who sent it, and as which of their messages: a message that comes twice counts once.
    client = models.CharField(max_length=64)
    number = models.PositiveIntegerField()
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    written_at = models.DateTimeField()

    objects: ClassVar[TextOperationManager["TextOperation"]] = TextOperationManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["text", "revision"], name="text_operation_revision_unique"),
            models.UniqueConstraint(fields=["text", "client", "number"], name="text_operation_sent_once"),
            models.CheckConstraint(condition=Q(revision__gte=1), name="text_operation_counted_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.text_id}: {self.revision}"


class TextWriter(models.Model):
    """An open page in which somebody writes, and in which text."""

    kind = models.CharField(max_length=40)
    owner_id = models.BigIntegerField()
    client = models.CharField(max_length=64)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    # The text as pages call it; empty while reading.
    place = models.CharField(max_length=100, blank=True)
    seen_at = models.DateTimeField()

    objects: ClassVar[TextWriterManager["TextWriter"]] = TextWriterManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "owner_id", "client"], name="text_writer_once_for_a_page"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.kind}/{self.owner_id}"
