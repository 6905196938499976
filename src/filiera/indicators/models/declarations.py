"""Figures that an organisation tells itself, with what proves them, and who was asked for them."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from filiera.accounts.viewer import Viewer
from filiera.files.models import StoredFile
from filiera.indicators.models.own import OwnRowsQuerySet
from filiera.indicators.periods import Period
from filiera.indicators.permissions import Permission
from filiera.organisations.models import Organisation


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """The workspace that declared it; what a public source tells is public."""
        if viewer.administering:
            return self.all()
        seen = ~Q(source_url="") & Q(organisation__is_listed=True, confirmed_at__isnull=False)
        if viewer.organisation_id is not None and viewer.may(Permission.INDICATORS_VIEW):
            seen |= Q(organisation=viewer.organisation_id)
        return self.filter(seen)

    def standing(self) -> Self:
        """Confirmed by a second person, and not replaced since."""
        return self.filter(confirmed_at__isnull=False, replaced_by__isnull=True)

    def waiting(self) -> Self:
        """Declared, and neither confirmed nor sent back."""
        return self.filter(confirmed_at__isnull=True, returned_at__isnull=True)


class Declaration(models.Model):
    """A figure told by hand: it counts once a second person has confirmed it, and carries its evidence."""

    code = models.CharField(max_length=60)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="declarations")
    start_on = models.DateField()
    until_on = models.DateField()
    value = models.DecimalField(max_digits=26, decimal_places=4)
    note = models.TextField(blank=True)
    evidence = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    source_url = models.URLField(max_length=500, blank=True)
    is_demonstration = models.BooleanField(default=False)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    declared_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_because = models.TextField(blank=True)
    replaced_by = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaces"
    )

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(evidence__isnull=False) | ~Q(source_url=""), name="declaration_has_evidence"
            ),
            models.CheckConstraint(
                condition=Q(until_on__gt=F("start_on")), name="declaration_period_has_days"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True)
                | Q(declared_by__isnull=True)
                | ~Q(confirmed_by=F("declared_by")),
                name="declaration_confirmed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True, returned_because="")
                | (Q(returned_at__isnull=False, confirmed_at__isnull=True) & ~Q(returned_because="")),
                name="declaration_returned_with_reason",
            ),
            models.UniqueConstraint(
                fields=["code", "organisation", "start_on", "until_on"],
                condition=Q(confirmed_at__isnull=False, replaced_by__isnull=True),
                name="declaration_one_stands",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "code"], name="declaration_by_organisation")]

    def __str__(self) -> str:
        return f"{self.code} {self.start_on:%Y}: {self.value}"

    @property
    def period(self) -> Period:
        return Period(self.start_on, self.until_on)

    @property
    def is_waiting(self) -> bool:
        return self.confirmed_at is None and self.returned_at is None


class DeclarationRequestQuerySet(OwnRowsQuerySet["DeclarationRequest"]):
    pass


class DeclarationRequest(models.Model):
    """Somebody of the team is asked to declare a figure until a day: its owner for this period."""

    code = models.CharField(max_length=60)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="declaration_requests"
    )
    start_on = models.DateField()
    until_on = models.DateField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    due_on = models.DateField()
    note = models.TextField(blank=True)
    is_demonstration = models.BooleanField(default=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    asked_at = models.DateTimeField()

    objects = DeclarationRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["code", "organisation", "start_on", "until_on"], name="declaration_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(until_on__gt=F("start_on")), name="declaration_request_period_has_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.start_on:%Y}"

    @property
    def period(self) -> Period:
        return Period(self.start_on, self.until_on)

    def is_late(self, today: date) -> bool:
        return self.due_on < today
