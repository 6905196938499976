from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core import mail as django_mail
from django.db import IntegrityError, connection, transaction
from django.template import engines
from django.template.loaders.locmem import Loader
from procrastinate.contrib.django.models import ProcrastinateJob

from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.mail import actions
from filiera.mail.messages import write_message
from filiera.mail.models import MailState, OutgoingMail
from tests.accounts.factories import NOW, PersonFactory, viewer_of
from tests.mail.factories import OutgoingMailFactory

pytestmark = pytest.mark.django_db

TEMPLATE = """{% load i18n %}Invitation for {{ name }}

Hello {{ name }},
this is for you.

{{ link }}
"""


@pytest.fixture(autouse=True)
def _template(monkeypatch):
    engine = engines["django"].engine
    monkeypatch.setattr(
        engine,
        "template_loaders",
        [Loader(engine, {"test/invitation.txt": TEMPLATE}), *engine.template_loaders],
    )


@pytest.fixture(autouse=True)
def _no_jobs_of_others(db):
    """Tests with real commits leave jobs behind: the library's tables are not emptied between them."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_periodic_defers")
        cursor.execute("DELETE FROM procrastinate_jobs")


def queue(**values):
    given = {
        "key": "invitation:1",
        "to": "reader@example.org",
        "template": "test/invitation.txt",
        "context": {"name": "Ada <b>", "link": "https://example.org/x?a=1&b=2"},
        "language": "en",
        "at": NOW,
    }
    return actions.queue_mail(**{**given, **values})


def test_mail_is_written_with_its_job_in_one_transaction():
    person = PersonFactory()

    mail = queue(to=person)

    assert (mail.to_person, mail.to_address, mail.state, mail.created_at) == (
        person,
        person.email,
        MailState.WAITING,
        NOW,
    )
    assert list(ProcrastinateJob.objects.values_list("task_name", "args")) == [
        ("mail.deliver_mail", {"mail_id": mail.pk})
    ]


def test_same_key_writes_no_second_mail():
    first = queue()

    second = queue(to="other@example.org")

    assert (second, OutgoingMail.objects.count(), ProcrastinateJob.objects.count()) == (first, 1, 1)


def test_text_is_plain_and_html_is_escaped_with_a_button_for_the_address():
    message = write_message(
        template="test/invitation.txt",
        context={"name": "Ada <b>", "link": "https://example.org/x?a=1&b=2"},
        language="en",
    )

    assert message.subject == "Invitation for Ada <b>"
    assert message.text == "Hello Ada <b>,\nthis is for you.\n\nhttps://example.org/x?a=1&b=2\n"
    assert "Ada &lt;b&gt;" in message.html
    assert "<b>" not in message.html
    assert 'href="https://example.org/x?a=1&amp;b=2"' in message.html


def test_subject_with_line_breaks_cannot_add_headers():
    mail = queue(context={"name": "Eve\nBcc: all@example.org", "link": "https://example.org/"})

    actions.deliver_mail(mail.pk)

    assert django_mail.outbox[0].subject == "Invitation for Eve"
    assert django_mail.outbox[0].recipients() == ["reader@example.org"]


def test_delivered_once_however_often_the_job_runs():
    mail = queue()

    actions.deliver_mail(mail.pk)
    actions.deliver_mail(mail.pk)

    mail.refresh_from_db()
    assert (len(django_mail.outbox), mail.state, mail.attempts) == (1, MailState.SENT, 1)
    assert django_mail.outbox[0].to == ["reader@example.org"]


def test_words_of_a_secret_mail_are_forgotten_once_sent():
    mail = queue(holds_secret=True)

    actions.deliver_mail(mail.pk)

    mail.refresh_from_db()
    assert "https://example.org/x" in django_mail.outbox[0].body
    assert (mail.text, mail.html) == (
        "This mail held a one-time link or code; its words were not kept.",
        "",
    )


def test_failed_attempt_is_counted_and_tried_again(monkeypatch):
    mail = queue()
    monkeypatch.setattr(actions, "_hand_over", _refuse)

    with pytest.raises(actions.MailNotSentYet):
        actions.deliver_mail(mail.pk)

    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.last_error) == (MailState.WAITING, 1, "gone away")


def test_mail_is_given_up_after_the_last_attempt(monkeypatch):
    mail = OutgoingMailFactory(attempts=actions.MAX_ATTEMPTS - 1)
    monkeypatch.setattr(actions, "_hand_over", _refuse)

    actions.deliver_mail(mail.pk)

    mail.refresh_from_db()
    assert (mail.state, mail.attempts, mail.sent_at) == (MailState.FAILED, actions.MAX_ATTEMPTS, None)


def _refuse(mail):
    raise SMTPServerDisconnected("gone away")


def test_mail_for_later_waits():
    queue(send_after=NOW + timedelta(days=1))

    assert ProcrastinateJob.objects.get().scheduled_at == NOW + timedelta(days=1)


def test_forget_mails_of_a_person():
    person = PersonFactory()
    OutgoingMailFactory(to_person=person)
    OutgoingMailFactory(to_address=person.email)
    kept = OutgoingMailFactory()

    assert actions.forget_mails_of(person=person) == 2
    assert list(OutgoingMail.objects.all()) == [kept]


def test_old_mails_go_but_waiting_ones_stay():
    OutgoingMailFactory(state=MailState.SENT, sent_at=NOW)
    waiting = OutgoingMailFactory()

    assert actions.remove_old_mails(before=NOW + timedelta(days=1)) == 1
    assert list(OutgoingMail.objects.all()) == [waiting]


def test_visible_to_shows_ones_own():
    person = PersonFactory()
    own = OutgoingMailFactory(to_person=person)
    other = OutgoingMailFactory(to_person=PersonFactory())

    assert list(OutgoingMail.objects.visible_to(viewer_of(person))) == [own]
    assert set(OutgoingMail.objects.visible_to(SYSTEM)) == {own, other}
    assert list(OutgoingMail.objects.visible_to(VISITOR)) == []


@pytest.mark.parametrize(
    "values", [{"state": "sent"}, {"state": "waiting", "sent_at": NOW}, {"state": "lost"}]
)
def test_database_refuses_impossible_mails(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMailFactory(**values)


def test_database_refuses_a_second_mail_with_one_key():
    OutgoingMailFactory(key="one")

    with pytest.raises(IntegrityError), transaction.atomic():
        OutgoingMailFactory(key="one")
