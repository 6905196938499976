"""Applications: each asks for one place, in the name of an organisation."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.permissions import VIEW_APPLICATIONS
from filiera.organisations.models import Organisation, OrganisationKind
from filiera.questionnaires.models import Response
from filiera.reference.models import Country, Ecosystem

from .calls import Call
from .choices import ApplicationState, Gender, Maturity
from .codes import AccessCode


class ApplicationQuerySet(models.QuerySet["Application"]):
    def submitted(self) -> Self:
        return self.filter(state=ApplicationState.SUBMITTED)

    def visible_to(self, viewer: Viewer) -> Self:
        """One's own, filed or stood for; and for those who select, what was handed in to their edition."""
        if viewer.administering:
            return self.all()
        if viewer.person_id is None:
            return self.none()
        shown = Q(filed_by_id=viewer.person_id) | Q(candidate_id=viewer.person_id)
        if viewer.edition_id is not None and viewer.may(VIEW_APPLICATIONS):
            handed_in = Q(call__edition_id=viewer.edition_id) & ~Q(state=ApplicationState.DRAFT)
            shown |= handed_in
        return self.filter(shown)


ApplicationManager = models.Manager.from_queryset(ApplicationQuerySet)


class Application(models.Model):
    """One wished place. What the cohort is balanced by stands in columns, all else in the answers."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="applications")
    # Counted up in a call, e.g. 12: what people say when they speak of it.
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=20, choices=ApplicationState, default=ApplicationState.DRAFT)
    filed_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="applications_filed", null=True, blank=True
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="applications", null=True, blank=True
    )
    # As written by the applicant while the organisation is not in the directory.
    organisation_name = models.CharField(max_length=200, blank=True)
    organisation_kind = models.CharField(max_length=20, choices=OrganisationKind, blank=True)
    candidate = models.ForeignKey(
        Person, on_delete=models.SET_NULL, related_name="applications", null=True, blank=True
    )
    # Empty while the organisation has not said whom it sends.
    candidate_name = models.CharField(max_length=200, blank=True)
    candidate_email = models.EmailField(blank=True)
    candidate_position = models.CharField(max_length=200, blank=True)
    gender = models.CharField(max_length=10, choices=Gender, blank=True)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    languages = ArrayField(models.CharField(max_length=3), default=list, blank=True)
    ecosystem = models.ForeignKey(
        Ecosystem, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    maturity = models.CharField(max_length=20, choices=Maturity, blank=True)
    is_returning = models.BooleanField(default=False)
    challenge_title = models.CharField(max_length=200, blank=True)
    challenge = models.TextField(blank=True)
    # Answers to the call's own questions, once somebody has begun them.
    answers = models.OneToOneField(
        Response, on_delete=models.PROTECT, related_name="application", null=True, blank=True
    )
    access_code = models.ForeignKey(
        AccessCode, on_delete=models.PROTECT, related_name="applications", null=True, blank=True
    )
    # The language it is written in, in which its mails are written too.
    language = models.CharField(max_length=35)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[ApplicationManager["Application"]] = ApplicationManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="application_number_unique_in_call"),
            models.CheckConstraint(
                condition=Q(state=ApplicationState.DRAFT, submitted_at__isnull=True)
                | Q(state=ApplicationState.SUBMITTED, submitted_at__isnull=False)
                | Q(state=ApplicationState.WITHDRAWN),
                name="application_submitted_at_matches_state",
            ),
            models.CheckConstraint(
                condition=Q(state=ApplicationState.WITHDRAWN, withdrawn_at__isnull=False)
                | (~Q(state=ApplicationState.WITHDRAWN) & Q(withdrawn_at__isnull=True)),
                name="application_withdrawn_at_matches_state",
            ),
        ]
        indexes = [models.Index(fields=["call", "state", "number"], name="application_by_call")]

    def __str__(self) -> str:
        return f"{self.call_id}: {self.number}"
