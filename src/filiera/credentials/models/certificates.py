"""Certificates: what was certified of whom, as it was said on the day of issue."""

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.models import Participation
from filiera.credentials.codes import PATTERN
from filiera.credentials.permissions import VIEW_CERTIFICATES

from .awards import Award


class CertificateQuerySet(models.QuerySet["Certificate"]):
    def standing(self) -> Self:
        """Neither revoked nor replaced."""
        return self.filter(revoked_at__isnull=True, superseded_at__isnull=True)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own; all of the edition for its desk.

        Who holds a code or a link finds one certificate by it: see `queries.certificates`.
        """
        if viewer.administering:
            return self.all()
        shown = Q(pk__in=[])
        if viewer.person_id is not None:
            shown |= Q(person_id=viewer.person_id) | Q(participation__person_id=viewer.person_id)
        if viewer.edition_id is not None and viewer.may(VIEW_CERTIFICATES):
            shown |= Q(edition_id=viewer.edition_id)
        return self.filter(shown)


CertificateManager = models.Manager.from_queryset(CertificateQuerySet)


class Certificate(models.Model):
    """One person's certificate of one award; its code and date stay whatever is put right in it."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="certificates")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="certificates")
    participation = models.ForeignKey(
        Participation, on_delete=models.SET_NULL, related_name="certificates", null=True, blank=True
    )
    person = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="certificates", null=True, blank=True
    )
    code = models.CharField(max_length=12, unique=True)
    # As it stands on the certificate; empty once the holder was removed.
    holder_name = models.CharField(max_length=200, blank=True)
    # What is certified: see `contents.Contents`.
    contents = models.JSONField()
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    # Why it was issued though a condition was not met.
    exception_reason = models.CharField(max_length=500, blank=True)
    # How often it was put right; the first is 1.
    issue_number = models.PositiveSmallIntegerField(default=1)
    reissued_at = models.DateTimeField(null=True, blank=True)
    # The signed badge (VC-JWT); empty where none could be signed.
    badge = models.TextField(blank=True)
    # Its bit in the public list of revoked badges.
    status_index = models.PositiveIntegerField(unique=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    revocation_reason = models.CharField(max_length=500, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)
    # The one in whose place this one stands.
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, related_name="superseded_by", null=True, blank=True
    )
    forgotten_at = models.DateTimeField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[CertificateManager["Certificate"]] = CertificateManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=PATTERN), name="certificate_code_readable"),
            models.UniqueConstraint(
                fields=["award", "participation"],
                condition=Q(revoked_at__isnull=True, superseded_at__isnull=True),
                name="certificate_one_stands_for_an_award",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revocation_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revocation_reason="")),
                name="certificate_revoked_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(revoked_at__isnull=True),
                name="certificate_not_revoked_and_superseded",
            ),
            models.CheckConstraint(
                condition=(Q(forgotten_at__isnull=True) & ~Q(holder_name=""))
                | Q(forgotten_at__isnull=False, holder_name="", badge=""),
                name="certificate_names_its_holder_until_forgotten",
            ),
        ]
        indexes = [models.Index(fields=["edition", "-issued_at"], name="certificate_of_edition")]

    def __str__(self) -> str:
        return self.code
