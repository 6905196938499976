"""Mails to many: written, looked at a second time, sent now or later, and sent again to whom they missed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as translate
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.admissions.mail_templates import packaged_mail
from filiera.admissions.models import (
    Mailing,
    MailingRecipient,
    MailingState,
    MailTemplate,
    Participation,
)
from filiera.admissions.placeholders import PLACEHOLDERS, MailMatter, unknown_placeholders
from filiera.admissions.policies.people import can_send_mails
from filiera.admissions.queries.mailings import not_reached, reachable, write
from filiera.admissions.queries.place_links import address_of
from filiera.admissions.recipients import recipients_of
from filiera.mail.actions import queue_mail
from filiera.shared.errors import DomainError
from filiera.shared.links import fresh_seed

LATEST = timedelta(days=366)


class PlaceholderUnknown(DomainError):
    field = "text"

    def __init__(self, unknown: list[str]) -> None:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        super().__init__(
            translate("%(unknown)s means nothing here. You can write: %(known)s.")
            % {"unknown": ", ".join(unknown), "known": known}
        )


class NoRecipients(DomainError):
    message = _("Nobody fits this choice, or nobody who fits has an address. Change for whom the mail is.")


class MailingGone(DomainError):
    message = _("This mail is on its way or has been sent. Write a new one.")


class MailingNotChecked(DomainError):
    message = _("Look at the recipients and at the words once more first.")


class TimeNotPossible(DomainError):
    message = _("Choose a time between now and a year from now.")
    field = "send_at"


class NothingToResend(DomainError):
    message = _("Everybody was reached; there is nobody to send it to again.")


@dataclass(frozen=True, kw_only=True)
class MailingDetails:
    """The words in each language, and by what the recipients are found."""

    subject: dict[str, str]
    text: dict[str, str]
    recipients_by: Mapping[str, str] = field(default_factory=dict)
    template: str = ""


@dataclass(frozen=True, kw_only=True)
class TemplateDetails:
    name: dict[str, str]
    subject: dict[str, str]
    text: dict[str, str]


@transaction.atomic
def save_mailing(
    *, edition: Edition, mailing: Mailing | None, details: MailingDetails, by: Viewer, at: datetime
) -> Mailing:
    """Keep a mail to many as a draft; what was checked before has to be looked at again.

    Raises PermissionDenied, PlaceholderUnknown, MailingGone.
    """
    if not can_send_mails(by, edition):
        raise PermissionDenied
    _check_words(details.subject, details.text)
    if mailing is None:
        mailing = Mailing(edition=edition, is_demonstration=edition.is_demonstration)
    else:
        mailing = _changeable(mailing)
        mailing.recipients.all().delete()
    mailing.subject, mailing.text = details.subject, details.text
    mailing.recipients_by = dict(details.recipients_by)
    mailing.template = details.template or mailing.template
    mailing.state, mailing.checked_at, mailing.checked_by = MailingState.DRAFT, None, None
    mailing.written_by, mailing.changed_at = by.person, at
    mailing.save()
    return mailing


@transaction.atomic
def check_mailing(*, mailing: Mailing, by: Viewer, at: datetime) -> Mailing:
    """The second look: from here on exactly these people are meant, each once.

    Raises PermissionDenied, MailingGone, NoRecipients.
    """
    if not can_send_mails(by, mailing.edition):
        raise PermissionDenied
    mailing = _changeable(mailing)
    found = list(reachable(mailing.edition, mailing.recipients_by))
    if not found:
        raise NoRecipients
    mailing.recipients.all().delete()
    MailingRecipient.objects.bulk_create(
        MailingRecipient(mailing=mailing, participation=participation) for participation in found
    )
    mailing.state, mailing.checked_at, mailing.checked_by = MailingState.CHECKED, at, by.person
    mailing.save(update_fields=["state", "checked_at", "checked_by"])
    return mailing


@transaction.atomic
def send_mailing(*, mailing: Mailing, by: Viewer, at: datetime) -> Mailing:
    """Send a checked mail now; a job writes one mail after the other into the outbox.

    Raises PermissionDenied, MailingGone, MailingNotChecked.
    """
    if not can_send_mails(by, mailing.edition):
        raise PermissionDenied
    mailing = _checked(mailing)
    return _set_off(mailing, at)


@transaction.atomic
def schedule_mailing(*, mailing: Mailing, send_at: datetime, by: Viewer, at: datetime) -> Mailing:
    """Have a checked mail sent at a time; until then it can be cancelled.

    Raises PermissionDenied, MailingGone, MailingNotChecked, TimeNotPossible.
    """
    if not can_send_mails(by, mailing.edition):
        raise PermissionDenied
    mailing = _checked(mailing)
    if not at < send_at <= at + LATEST:
        raise TimeNotPossible
    mailing.state, mailing.send_at = MailingState.SCHEDULED, send_at
    mailing.save(update_fields=["state", "send_at"])
    send_scheduled.configure(
        schedule_at=send_at, queueing_lock=f"mailing-{mailing.pk}-{send_at.timestamp():.0f}"
    ).defer(mailing_id=mailing.pk)
    return mailing


@transaction.atomic
def cancel_mailing(*, mailing: Mailing, by: Viewer, at: datetime) -> Mailing:
    """Keep a mail from being sent; what was sent cannot be called back.

    Raises PermissionDenied, MailingGone.
    """
    if not can_send_mails(by, mailing.edition):
        raise PermissionDenied
    mailing = _locked(mailing)
    if mailing.state in (MailingState.SENT, MailingState.CANCELLED):
        raise MailingGone
    mailing.state, mailing.cancelled_at = MailingState.CANCELLED, at
    mailing.save(update_fields=["state", "cancelled_at"])
    return mailing


@transaction.atomic
def resend_mailing(*, mailing: Mailing, by: Viewer, at: datetime) -> int:
    """Write the mail again for those whose mail was given up or came back; how many.

    Raises PermissionDenied, NothingToResend.
    """
    if not can_send_mails(by, mailing.edition):
        raise PermissionDenied
    mailing = _locked(mailing)
    missed = list(not_reached(mailing).values_list("pk", flat=True))
    if mailing.state != MailingState.SENT or not missed:
        raise NothingToResend
    MailingRecipient.objects.filter(pk__in=missed).update(
        mail=None, written_at=None, bounced_at=None, bounce_note=""
    )
    transaction.on_commit(partial(_write_later, mailing.pk))
    return len(missed)


@transaction.atomic
def note_bounce(*, recipient: MailingRecipient, note: str, by: Viewer, at: datetime) -> MailingRecipient:
    """Note that a mail came back, or that somebody says they did not get it.

    Raises PermissionDenied.
    """
    if not can_send_mails(by, recipient.mailing.edition):
        raise PermissionDenied
    recipient.bounced_at, recipient.bounce_note = at, note
    recipient.save(update_fields=["bounced_at", "bounce_note"])
    return recipient


@transaction.atomic
def save_template(
    *, edition: Edition, code: str, details: TemplateDetails, by: Viewer, at: datetime
) -> MailTemplate:
    """Keep an edition's own words for a mail; without a code it is a template of its own.

    Raises PermissionDenied, PlaceholderUnknown.
    """
    if not can_send_mails(by, edition):
        raise PermissionDenied
    _check_words(details.subject, details.text)
    template, _is_new = MailTemplate.objects.update_or_create(
        edition=edition,
        code=code or _free_code(edition, details.name),
        defaults={
            "name": details.name,
            "subject": details.subject,
            "text": details.text,
            "changed_at": at,
        },
    )
    return template


@transaction.atomic
def drop_template(*, edition: Edition, code: str, by: Viewer, at: datetime) -> None:
    """Forget an edition's own words; a packaged mail speaks its own again.

    Raises PermissionDenied.
    """
    if not can_send_mails(by, edition):
        raise PermissionDenied
    MailTemplate.objects.filter(edition=edition, code=code).delete()


@app.task(name="admissions.send_scheduled", queue="mail", retry=3)
def send_scheduled(mailing_id: int) -> None:
    """Send a mail whose time has come, if nobody cancelled it or chose another time."""
    at = timezone.now()
    with transaction.atomic():
        rows = Mailing.objects.select_for_update(of=("self",)).filter(pk=mailing_id)
        mailing = rows.filter(state=MailingState.SCHEDULED, send_at__lte=at).first()
        if mailing is not None:
            _set_off(mailing, at)


@app.periodic(cron="*/10 * * * *")
@app.task(name="admissions.send_overdue", queue="mail", queueing_lock="admissions.send_overdue")
def send_overdue(timestamp: int) -> None:
    """Send what should have gone while no job ran."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    due = Mailing.objects.filter(state=MailingState.SCHEDULED, send_at__lte=at)
    for mailing_id in due.values_list("pk", flat=True):
        send_scheduled(mailing_id)


@app.task(name="admissions.write_mailing", queue="mail", retry=3)
def write_mailing(mailing_id: int) -> None:
    """Write the mails of a mailing that are not written yet; a second run writes none twice."""
    mailing = Mailing.objects.select_related("edition").get(pk=mailing_id)
    if mailing.state != MailingState.SENT:
        return
    at = timezone.now()
    matter = MailMatter(mailing.edition, at)
    still_meant = set(recipients_of(mailing.edition, mailing.recipients_by).values_list("pk", flat=True))
    waiting = MailingRecipient.objects.filter(
        mailing=mailing, written_at__isnull=True, left_out_at__isnull=True
    )
    for recipient_id in list(waiting.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = (
                waiting.select_for_update(of=("self",), skip_locked=True)
                .select_related("participation__person", "participation__organisation")
                .filter(pk=recipient_id)
                .first()
            )
            if row is not None:
                _write_one(row, mailing, matter, still_meant, at)


def _write_one(
    row: MailingRecipient, mailing: Mailing, matter: MailMatter, still_meant: set[int], at: datetime
) -> None:
    participation = row.participation
    if participation.pk not in still_meant or not participation.email:
        row.left_out_at = at
        row.save(update_fields=["left_out_at"])
        return
    _give_link(participation)
    words = write(mailing, participation, matter)
    row.mail = queue_mail(
        # A mail that is sent again is another mail than the one that was lost.
        key=f"mailing:{mailing.pk}:{participation.pk}:{int(at.timestamp())}",
        to=participation.email,
        person=participation.person,
        template="admissions/mail/mailing.txt",
        context={
            "subject": " ".join(words.subject.split()),
            "text": words.text,
            "link": address_of(participation),
            "edition": mailing.edition,
        },
        language=words.language,
        at=at,
    )
    row.written_at = at
    row.save(update_fields=["mail", "written_at"])


def _give_link(participation: Participation) -> None:
    if not participation.link_seed:
        participation.link_seed = fresh_seed()
        participation.save(update_fields=["link_seed"])


def _set_off(mailing: Mailing, at: datetime) -> Mailing:
    mailing.state, mailing.sent_at = MailingState.SENT, at
    mailing.save(update_fields=["state", "sent_at"])
    transaction.on_commit(partial(_write_later, mailing.pk))
    return mailing


def _write_later(mailing_id: int) -> None:
    write_mailing.defer(mailing_id=mailing_id)


def _locked(mailing: Mailing) -> Mailing:
    rows = Mailing.objects.select_for_update(of=("self",)).select_related("edition")
    return rows.get(pk=mailing.pk)


def _changeable(mailing: Mailing) -> Mailing:
    mailing = _locked(mailing)
    if mailing.state not in (MailingState.DRAFT, MailingState.CHECKED):
        raise MailingGone
    return mailing


def _checked(mailing: Mailing) -> Mailing:
    mailing = _changeable(mailing)
    if mailing.state != MailingState.CHECKED:
        raise MailingNotChecked
    return mailing


def _check_words(subject: Mapping[str, str], text: Mapping[str, str]) -> None:
    unknown = [
        found for words in (*subject.values(), *text.values()) for found in unknown_placeholders(words)
    ]
    if unknown:
        raise PlaceholderUnknown(list(dict.fromkeys(unknown)))


def _free_code(edition: Edition, name: Mapping[str, str]) -> str:
    wanted = slugify(next(iter(name.values()), ""))[:32] or "mail"
    taken = set(MailTemplate.objects.filter(edition=edition).values_list("code", flat=True))
    numbers = (wanted if number == 1 else f"{wanted}-{number}" for number in range(1, len(taken) + 9))
    return next(code for code in numbers if code not in taken and packaged_mail(code) is None)
