import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from filiera.shared.viewing import Onlooker


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def visible_to(self, viewer: Onlooker) -> Self:
        """One's own uploads; all other sights of a file are decided by its policy when it is served."""
        if viewer.administering:
            return self.all()
        if viewer.person_id is None:
            return self.none()
        return self.filter(uploaded_by=viewer.person_id)


StoredFileManager = models.Manager.from_queryset(StoredFileQuerySet)


class StoredFile(models.Model):
    """An uploaded file: checked at the door, kept under a random name, served by its owner app's policy."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    path = models.CharField(max_length=200, unique=True)
    policy = models.CharField(max_length=100)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField()

    objects: ClassVar[StoredFileManager["StoredFile"]] = StoredFileManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="stored_file_not_empty"),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="stored_file_sha256_is_hex"
            ),
            models.CheckConstraint(condition=~Q(policy=""), name="stored_file_has_policy"),
        ]

    def __str__(self) -> str:
        return self.name
