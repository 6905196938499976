"""Mails to many participants: their templates, what was written, and to whom it went."""

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from filiera.academy.models import Edition
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.admissions.permissions import SEND_MAILS
from filiera.mail.models import OutgoingMail
from filiera.texts.fields import TranslatedField

from .participations import Participation

RowT = TypeVar("RowT", bound=models.Model, covariant=True)


class MailingState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    CHECKED = "checked", _("Checked, not sent")
    SCHEDULED = "scheduled", _("Scheduled")
    SENT = "sent", _("Sent")
    CANCELLED = "cancelled", _("Cancelled")


class OfMailDeskQuerySet(models.QuerySet[RowT]):
    def visible_to(self, viewer: Viewer) -> Self:
        """For those who write to the participants of the edition."""
        if viewer.administering:
            return self.all()
        if viewer.edition_id is None or not viewer.may(SEND_MAILS):
            return self.none()
        return self.filter(edition_id=viewer.edition_id)


OfMailDeskManager = models.Manager.from_queryset(OfMailDeskQuerySet)


class MailTemplate(models.Model):
    """An edition's own words for a mail; by the code of a packaged one it stands in for that."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="mail_templates")
    code = models.SlugField(max_length=40)
    name = TranslatedField()
    subject = TranslatedField()
    text = TranslatedField()
    changed_at = models.DateTimeField()

    objects: ClassVar[OfMailDeskManager["MailTemplate"]] = OfMailDeskManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "code"], name="mail_template_code_once_in_edition"),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.code}"


class Mailing(models.Model):
    """One mail to many: its words in each language, the filter that finds its recipients, its way out."""

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="mailings")
    template = models.SlugField(max_length=40, blank=True)
    subject = TranslatedField()
    text = TranslatedField()
    # From the code of a registered filter to the value asked for; all of them must hold.
    recipients_by = models.JSONField(default=dict, blank=True)
    state = models.CharField(max_length=20, choices=MailingState, default=MailingState.DRAFT)
    written_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    changed_at = models.DateTimeField()
    checked_by = models.ForeignKey(Person, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    send_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    is_demonstration = models.BooleanField(default=False)

    objects: ClassVar[OfMailDeskManager["Mailing"]] = OfMailDeskManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[MailingState.DRAFT, MailingState.CANCELLED])
                | Q(checked_at__isnull=False),
                name="mailing_checked_before_it_goes",
            ),
            models.CheckConstraint(
                condition=~Q(state=MailingState.SCHEDULED) | Q(send_at__isnull=False),
                name="mailing_scheduled_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state=MailingState.SENT, sent_at__isnull=False)
                | (~Q(state=MailingState.SENT) & Q(sent_at__isnull=True)),
                name="mailing_sent_at_matches_state",
            ),
            models.CheckConstraint(
                condition=Q(state=MailingState.CANCELLED, cancelled_at__isnull=False)
                | (~Q(state=MailingState.CANCELLED) & Q(cancelled_at__isnull=True)),
                name="mailing_cancelled_at_matches_state",
            ),
        ]
        indexes = [models.Index(fields=["edition", "-id"], name="mailing_of_edition")]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.pk}"


class MailingRecipientQuerySet(models.QuerySet["MailingRecipient"]):
    def visible_to(self, viewer: Viewer) -> Self:
        return self.filter(mailing__in=Mailing.objects.visible_to(viewer))


MailingRecipientManager = models.Manager.from_queryset(MailingRecipientQuerySet)


class MailingRecipient(models.Model):
    """Somebody a mailing was checked for: their mail once it is written, or why none was."""

    mailing = models.ForeignKey(Mailing, on_delete=models.CASCADE, related_name="recipients")
    participation = models.ForeignKey(
        Participation, on_delete=models.CASCADE, related_name="mailings_received"
    )
    mail = models.ForeignKey(OutgoingMail, on_delete=models.SET_NULL, related_name="+", null=True, blank=True)
    written_at = models.DateTimeField(null=True, blank=True)
    # The filter no longer held for them, or the address was gone, when the mail was written.
    left_out_at = models.DateTimeField(null=True, blank=True)
    # What a mail server or a person told us afterwards: the address does not work.
    bounced_at = models.DateTimeField(null=True, blank=True)
    bounce_note = models.CharField(max_length=300, blank=True)

    objects: ClassVar[MailingRecipientManager["MailingRecipient"]] = MailingRecipientManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailing", "participation"], name="mailing_recipient_once"),
            models.CheckConstraint(
                condition=Q(written_at__isnull=True) | Q(left_out_at__isnull=True),
                name="mailing_recipient_written_or_left_out",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mailing_id} to {self.participation_id}"
