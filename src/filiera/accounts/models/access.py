"""How somebody gets in and how far: invitations, tokens, an administrator's timed window."""

from datetime import datetime
from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from filiera.accounts.models.people import Person
from filiera.shared.viewing import Onlooker


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self, at: datetime) -> Self:
        return self.filter(used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=at)

    def visible_to(self, viewer: Onlooker) -> Self:
        """What one sent; whoever holds the link itself finds the invitation by it."""
        if viewer.administering:
            return self.all()
        if viewer.person_id is None:
            return self.none()
        return self.filter(invited_by=viewer.person_id)


InvitationManager = models.Manager.from_queryset(InvitationQuerySet)


class Invitation(models.Model):
    """A one-time link that brings somebody in; only a digest of the link is kept."""

    purpose = models.CharField(max_length=50)
    email = models.EmailField(max_length=254, blank=True)
    name = models.CharField(max_length=200, blank=True)
    data = models.JSONField(default=dict, blank=True)
    token_digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitations_sent"
    )
    accepted_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="invitations_accepted"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[InvitationManager["Invitation"]] = InvitationManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="invitation_lasts"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invitation_not_used_and_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.email}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def usable(self, at: datetime) -> Self:
        return self.filter(revoked_at__isnull=True, expires_at__gt=at, person__is_active=True)

    def visible_to(self, viewer: Onlooker) -> Self:
        return self.filter(person=viewer.person_id or 0)


ApiTokenManager = models.Manager.from_queryset(ApiTokenQuerySet)


class ApiToken(models.Model):
    """A key to the interface that speaks for one person, within named scopes, until a date."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("Name"), max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=12)
    scopes = ArrayField(models.CharField(max_length=60))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ApiTokenManager["ApiToken"]] = ApiTokenManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="api_token_lasts"),
            models.CheckConstraint(condition=Q(scopes__len__gt=0), name="api_token_has_scopes"),
        ]

    def __str__(self) -> str:
        return self.name


class AdministrationWindowQuerySet(models.QuerySet["AdministrationWindow"]):
    def open(self, at: datetime) -> Self:
        return self.filter(closed_at__isnull=True, closes_at__gt=at, person__is_administrator=True)

    def visible_to(self, viewer: Onlooker) -> Self:
        return self.all() if viewer.administering else self.filter(person=viewer.person_id or 0)


AdministrationWindowManager = models.Manager.from_queryset(AdministrationWindowQuerySet)


class AdministrationWindow(models.Model):
    """The time in which an administrator may see and do everything, with the reason given for it."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="administration_windows")
    reason = models.CharField(_("Reason"), max_length=300)
    opened_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[AdministrationWindowManager["AdministrationWindow"]] = AdministrationWindowManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opened_at")), name="administration_window_lasts"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="administration_window_has_reason"),
            models.UniqueConstraint(
                fields=["person"], condition=Q(closed_at__isnull=True), name="administration_window_one_open"
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class AdministrationEntryQuerySet(models.QuerySet["AdministrationEntry"]):
    def visible_to(self, viewer: Onlooker) -> Self:
        return self.all() if viewer.administering else self.filter(window__person=viewer.person_id or 0)


AdministrationEntryManager = models.Manager.from_queryset(AdministrationEntryQuerySet)


class AdministrationEntry(models.Model):
    """One thing an administrator looked at or changed inside a window."""

    window = models.ForeignKey(AdministrationWindow, on_delete=models.PROTECT, related_name="entries")
    happened_at = models.DateTimeField()
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=500)
    status = models.PositiveSmallIntegerField()

    objects: ClassVar[AdministrationEntryManager["AdministrationEntry"]] = AdministrationEntryManager()

    def __str__(self) -> str:
        return f"{self.method} {self.path}"
