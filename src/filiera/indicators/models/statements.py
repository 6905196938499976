"""What helps to compute: statements compiled before, and the edition that a record belongs to."""

from django.db import models
from django.db.models import Q

from filiera.academy.models import Edition


class CompiledStatement(models.Model):
    """A statement as the compiler wrote it, so that pages need no compiler."""

    key = models.CharField(max_length=64, primary_key=True)
    statement = models.TextField()

    def __str__(self) -> str:
        return self.key


class SubjectEdition(models.Model):
    """The edition of the record that facts came from; `subject` is the identity that statements use.

    Type and key of the record stand beside it, as facts have them: by those the facts of an edition are found
    without reading those of others.
    """

    subject = models.BigIntegerField(primary_key=True)
    subject_type = models.CharField(max_length=60)
    subject_key = models.CharField(max_length=64)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(subject_type="") & ~Q(subject_key=""), name="subject_edition_has_record"
            )
        ]

    def __str__(self) -> str:
        return f"{self.subject} in {self.edition_id}"
