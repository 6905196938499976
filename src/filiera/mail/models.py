from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from filiera.shared.viewing import Onlooker


class MailState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be sent")


class OutgoingMailQuerySet(models.QuerySet["OutgoingMail"]):
    def visible_to(self, viewer: Onlooker) -> Self:
        """The mails a person was written; an administrator sees all."""
        if viewer.administering:
            return self.all()
        if viewer.person_id is None:
            return self.none()
        return self.filter(to_person=viewer.person_id)


OutgoingMailManager = models.Manager.from_queryset(OutgoingMailQuerySet)


class OutgoingMail(models.Model):
    """A mail to one address; its key says what it is about, so that it is written and sent once."""

    key = models.CharField(max_length=200, unique=True)
    to_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    to_address = models.EmailField(max_length=254)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField(blank=True)
    language = models.CharField(max_length=35)
    holds_secret = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=MailState, default=MailState.WAITING)
    created_at = models.DateTimeField()
    send_after = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=500, blank=True)

    objects: ClassVar[OutgoingMailManager["OutgoingMail"]] = OutgoingMailManager()

    class Meta:
        indexes = [
            models.Index(fields=["to_person", "-id"], name="outgoing_mail_of_person"),
            models.Index(fields=["send_after"], name="outgoing_mail_waiting", condition=Q(state="waiting")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="outgoing_mail_sent_at_matches_state",
            ),
            models.CheckConstraint(condition=Q(state__in=MailState.values), name="outgoing_mail_state_known"),
        ]

    def __str__(self) -> str:
        return self.subject
