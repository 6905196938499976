"""The outbox: mails are written in the transaction that causes them and sent by a job after it."""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from smtplib import SMTPException
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from filiera.mail.messages import write_message
from filiera.mail.models import MailState, OutgoingMail

MAX_ATTEMPTS = 8
_logger = logging.getLogger(__name__)


class MailNotSentYet(Exception):
    """The mail server did not take the mail; the job will be tried again."""


@transaction.atomic
def queue_mail(
    *,
    key: str,
    to: AbstractBaseUser | str,
    template: str,
    context: Mapping[str, object],
    language: str,
    at: datetime,
    person: AbstractBaseUser | None = None,
    send_after: datetime | None = None,
    holds_secret: bool = False,
) -> OutgoingMail:
    """Write a mail once for its key and have it sent when the transaction is through.

    `to` is a person, or an address; `person` says whose mail it is where the address is not their first.
    A second mail with the same key is not written: the first one is returned. The words of a mail
    that holds a secret (a one-time link or code) are not kept after it was sent.
    """
    already = OutgoingMail.objects.filter(key=key).first()
    if already is not None:
        return already
    reader = person if isinstance(to, str) else to
    message = write_message(template=template, context=context, language=language)
    mail, is_new = OutgoingMail.objects.get_or_create(
        key=key,
        defaults={
            "to_person_id": None if reader is None else reader.pk,
            "to_address": to if isinstance(to, str) else getattr(to, to.get_email_field_name()),
            "subject": message.subject,
            "text": message.text,
            "html": message.html,
            "language": language,
            "holds_secret": holds_secret,
            "created_at": at,
            "send_after": send_after or at,
        },
    )
    if is_new:
        send_mail_later(mail)
    return mail


def send_mail_later(mail: OutgoingMail) -> None:
    job = deliver_mail.configure(queueing_lock=f"mail-{mail.pk}", schedule_at=mail.send_after)
    job.defer(mail_id=mail.pk)


@app.task(
    name="mail.deliver_mail",
    queue="mail",
    retry=RetryStrategy(max_attempts=MAX_ATTEMPTS, exponential_wait=5, retry_exceptions={MailNotSentYet}),
)
def deliver_mail(mail_id: int) -> None:
    """Send one waiting mail; a mail already sent, or being sent, is left alone.

    Should the process die between the server's yes and our record of it, the next attempt carries the
    same Message-ID, by which mail servers drop the second copy.

    Raises MailNotSentYet.
    """
    problem: MailNotSentYet | None = None
    with transaction.atomic():
        waiting = OutgoingMail.objects.select_for_update(skip_locked=True).filter(state=MailState.WAITING)
        mail = waiting.filter(pk=mail_id).first()
        if mail is None:
            return
        mail.attempts += 1
        try:
            _hand_over(mail)
        except (SMTPException, OSError) as error:
            mail.last_error = str(error)[:500]
            if mail.attempts >= MAX_ATTEMPTS:
                mail.state = MailState.FAILED
                _logger.warning("Mail %s was given up after %s attempts.", mail.pk, mail.attempts)
            else:
                problem = MailNotSentYet(mail.last_error)
        else:
            mail.state, mail.sent_at, mail.last_error = MailState.SENT, timezone.now(), ""
            if mail.holds_secret:
                _forget_words(mail)
        mail.save()
    # Raised outside the transaction, so that the attempt stays counted.
    if problem is not None:
        raise problem


@transaction.atomic
def forget_mails_of(*, person: AbstractBaseUser) -> int:
    """Remove every mail a person was written, and the address in mails not yet sent."""
    by_address = OutgoingMail.objects.filter(to_address=getattr(person, type(person).get_email_field_name()))
    to_person = OutgoingMail.objects.filter(to_person=person.pk)
    count, _by_model = (by_address | to_person).delete()
    return count


@transaction.atomic
def forget_mails(*, keys_begin: str) -> int:
    """Remove the mails whose keys begin so, sent or not: their address is no longer to be known here."""
    count, _by_model = OutgoingMail.objects.filter(key__startswith=keys_begin).delete()
    return count


def remove_old_mails(*, before: datetime) -> int:
    """Remove mails that were sent or given up long ago."""
    count, _by_model = (
        OutgoingMail.objects.filter(created_at__lt=before).exclude(state=MailState.WAITING).delete()
    )
    return count


@app.periodic(cron="17 3 * * *")
@app.task(name="mail.remove_old_mails", queue="mail", queueing_lock="mail.remove_old_mails")
def remove_old_mails_nightly(timestamp: int) -> None:
    """Keep the outbox at two years."""
    now = datetime.fromtimestamp(timestamp, tz=timezone.get_default_timezone())
    remove_old_mails(before=now - timedelta(days=730))


def _hand_over(mail: OutgoingMail) -> None:
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        to=[mail.to_address],
        headers={
            # The same at each attempt: a server that already took the mail can tell.
            "Message-ID": f"<{sha256(mail.key.encode()).hexdigest()[:32]}@{host}>",
            "Auto-Submitted": "auto-generated",
            "Content-Language": mail.language,
        },
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    message.send()


def _forget_words(mail: OutgoingMail) -> None:
    with translation.override(mail.language):
        mail.text = _("This mail held a one-time link or code; its words were not kept.")
    mail.html = ""
