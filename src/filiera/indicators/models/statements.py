"""What helps to compute: statements compiled before, and the edition that a record belongs to."""

from django.db import models

from filiera.academy.models import Edition


class CompiledStatement(models.Model):
    """A statement as the compiler wrote it, so that pages need no compiler."""

    key = models.CharField(max_length=64, primary_key=True)
    statement = models.TextField()

    def __str__(self) -> str:
        return self.key


class SubjectEdition(models.Model):
    """The edition of the record that facts came from; `subject` is the identity that statements use."""

    subject = models.BigIntegerField(primary_key=True)
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"{self.subject} in {self.edition_id}"
