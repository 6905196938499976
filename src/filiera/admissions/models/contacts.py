"""Contacts exchanged between two people of an edition, each agreeing to what they share."""

from typing import ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer


class ContactShare(models.TextChoices):
    """What somebody may give besides the name, which is always given."""

    EMAIL = "email", _("E-mail address")
    PHONE = "phone", _("Phone number")
    ORGANISATION = "organisation", _("Organisation")


class ContactWay(models.TextChoices):
    REQUEST = "request", _("By request")
    CODE = "code", _("By code")


class ContactRequestState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Not accepted")
    WITHDRAWN = "withdrawn", _("Taken back")


def shares_field() -> "ArrayField[list[str], list[str]]":
    return ArrayField(models.CharField(max_length=20, choices=ContactShare), default=list, blank=True)


_SHARES_KNOWN = Q(shares__contained_by=ContactShare.values)


class ContactCardQuerySet(models.QuerySet["ContactCard"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(person_id=viewer.person_id) if viewer.person_id else self.none()

    def shown_by(self, code: str) -> Self:
        """The card whose code somebody holds out: whoever reads it may exchange contacts with its person."""
        return self.filter(code=code, person__is_active=True)


ContactCardManager = models.Manager.from_queryset(ContactCardQuerySet)


class ContactCard(models.Model):
    """What a person gives when contacts are exchanged, and the code they hold out for it."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="contact_card")
    code = models.CharField(max_length=64, unique=True)
    code_made_at = models.DateTimeField()
    phone = models.CharField(max_length=40, blank=True)
    shares = shares_field()

    objects: ClassVar[ContactCardManager["ContactCard"]] = ContactCardManager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=_SHARES_KNOWN, name="contact_card_shares_known"),
            models.CheckConstraint(condition=~Q(code=""), name="contact_card_has_code"),
        ]

    def __str__(self) -> str:
        return str(self.person_id)


class ContactRequestQuerySet(models.QuerySet["ContactRequest"]):
    def waiting(self) -> Self:
        return self.filter(state=ContactRequestState.WAITING)

    def visible_to(self, viewer: Viewer) -> Self:
        """Those one wrote, and those one was written."""
        if viewer.person_id is None:
            return self.none()
        return self.filter(Q(sender_id=viewer.person_id) | Q(receiver_id=viewer.person_id))


ContactRequestManager = models.Manager.from_queryset(ContactRequestQuerySet)


class ContactRequest(models.Model):
    """Somebody asks another of the edition to exchange contacts, and says what they would give."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="contact_requests")
    sender = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contact_requests_sent")
    receiver = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contact_requests_received")
    message = models.CharField(max_length=300, blank=True)
    shares = shares_field()
    state = models.CharField(max_length=20, choices=ContactRequestState, default=ContactRequestState.WAITING)
    requested_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ContactRequestManager["ContactRequest"]] = ContactRequestManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "sender", "receiver"],
                condition=Q(state=ContactRequestState.WAITING),
                name="contact_request_waits_once",
            ),
            models.CheckConstraint(condition=~Q(sender=F("receiver")), name="contact_request_between_two"),
            models.CheckConstraint(condition=_SHARES_KNOWN, name="contact_request_shares_known"),
            models.CheckConstraint(
                condition=Q(state=ContactRequestState.WAITING, answered_at__isnull=True)
                | (~Q(state=ContactRequestState.WAITING) & Q(answered_at__isnull=False)),
                name="contact_request_answered_at_matches_state",
            ),
        ]
        indexes = [
            models.Index(fields=["receiver", "state"], name="contact_request_received"),
            models.Index(fields=["sender", "requested_at"], name="contact_request_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.sender_id} asks {self.receiver_id}"


class ContactQuerySet(models.QuerySet["Contact"]):
    def visible_to(self, viewer: Viewer) -> Self:
        """One's own contacts; nobody else's, not even for an administrator."""
        return self.filter(owner_id=viewer.person_id) if viewer.person_id else self.none()


ContactManager = models.Manager.from_queryset(ContactQuerySet)


class Contact(models.Model):
    """One side of an exchange: what `owner` keeps of `person`, who agreed to share it."""

    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contacts")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contact_of")
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="contacts")
    shares = shares_field()
    way = models.CharField(max_length=20, choices=ContactWay)
    agreed_at = models.DateTimeField()
    # The owner's own words; the person never sees them.
    note = models.TextField(max_length=1000, blank=True)

    objects: ClassVar[ContactManager["Contact"]] = ContactManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "person"], name="contact_once_for_owner"),
            models.CheckConstraint(condition=~Q(owner=F("person")), name="contact_between_two"),
            models.CheckConstraint(condition=_SHARES_KNOWN, name="contact_shares_known"),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} knows {self.person_id}"
