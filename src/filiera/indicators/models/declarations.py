"""Figures that an organisation tells itself, with what proves them, and who was asked for them."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

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
    # Who told it by a link and has no place in the team: a name, and what finds it again for its owner.
    declared_name = models.CharField(max_length=200, blank=True)
    declared_mark = models.CharField(max_length=40, blank=True)
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
                condition=Q(declared_by__isnull=True) | Q(declared_name="", declared_mark=""),
                name="declaration_told_by_one",
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

    @property
    def declarer(self) -> str:
        """How whoever declared it is called; empty where nobody is told any more."""
        return self.declared_by.shown_name if self.declared_by is not None else self.declared_name


class DeclarationRequestQuerySet(OwnRowsQuerySet["DeclarationRequest"]):
    def of_figure(self, declaration: Declaration) -> Self:
        """Where the figure that was declared is asked for."""
        return self.filter(
            organisation=declaration.organisation_id,
            code=declaration.code,
            start_on=declaration.start_on,
            until_on=declaration.until_on,
        )

    def unanswered(self) -> Self:
        """Nothing that was declared waits, and nothing was confirmed since it was asked for."""
        return self.exclude(Exists(_answers()))

    def settled(self) -> Self:
        """What was declared has been confirmed since it was asked for."""
        return self.filter(Exists(_answers().filter(confirmed_at__isnull=False)))


def _answers() -> DeclarationQuerySet:
    """For a query of requests: what answers each, as `is_answered_by` says it of one."""
    return Declaration.objects.filter(
        Q(confirmed_at__isnull=True) | Q(confirmed_at__gte=OuterRef("asked_at")),
        organisation=OuterRef("organisation"),
        code=OuterRef("code"),
        start_on=OuterRef("start_on"),
        until_on=OuterRef("until_on"),
        returned_at__isnull=True,
    )


class DeclarationRequest(models.Model):
    """Somebody is asked to declare a figure until a day: its owner for this period.

    The owner has a place in the team, or is somebody outside who is known by name and address alone.
    """

    code = models.CharField(max_length=60)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="declaration_requests"
    )
    start_on = models.DateField()
    until_on = models.DateField()
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    owner_name = models.CharField(max_length=200, blank=True)
    owner_email = models.EmailField(blank=True)
    owner_language = models.CharField(max_length=5, blank=True)
    # The token of the link in the mail is made from this and the platform's key; a new seed ends the link.
    link_seed = models.CharField(max_length=32)
    link_ends_on = models.DateField()
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
            models.CheckConstraint(
                condition=Q(owner_name="", owner_email="")
                | (Q(owner__isnull=True) & ~Q(owner_name="") & ~Q(owner_email="")),
                name="declaration_request_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(link_ends_on__gte=F("due_on")), name="declaration_link_lasts_until_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.start_on:%Y}"

    @property
    def period(self) -> Period:
        return Period(self.start_on, self.until_on)

    def is_late(self, today: date) -> bool:
        return self.due_on < today

    def is_answered_by(self, declaration: Declaration) -> bool:
        """What waits answers it, and what was confirmed since; what stood before is asked for anew."""
        if declaration.confirmed_at is not None:
            return declaration.confirmed_at >= self.asked_at
        return declaration.is_waiting

    @property
    def is_outside(self) -> bool:
        return self.owner_email != ""

    @property
    def owner_words(self) -> str:
        """How its owner is called; empty where there is none any more."""
        return self.owner.shown_name if self.owner is not None else self.owner_name

    @property
    def figure(self) -> dict[str, Any]:
        """Where the declarations of the same figure are found."""
        return {
            "organisation": self.organisation_id,
            "code": self.code,
            "start_on": self.start_on,
            "until_on": self.until_on,
        }
