"""Mails to many: exactly those meant, each once, after a second look, and what became of each."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import VISITOR
from filiera.admissions.actions import mailings as actions
from filiera.admissions.models import (
    Mailing,
    MailingRecipient,
    MailingState,
    MailTemplate,
    Participation,
    ParticipationState,
)
from filiera.admissions.placeholders import PLACEHOLDERS, unknown_placeholders
from filiera.admissions.queries.mailings import mails_received, written_for
from filiera.admissions.recipients import recipients_of
from filiera.mail.models import MailState, OutgoingMail
from tests.academy.factories import NOW, EditionFactory, EditionMemberFactory, PartFactory
from tests.academy.viewers import client_of, viewer_in
from tests.admissions.factories import DayAttendanceFactory, ParticipationFactory
from tests.admissions.people_factories import (
    HandInFactory,
    MailingFactory,
    MailingRecipientFactory,
    SelfAssessmentFactory,
    TaskFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition(db):
    return EditionFactory(public=True, name={"en": "Torino", "it": "Torino"})


@pytest.fixture
def desk(edition):
    return viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.DESK))


def page(name, edition, *rest):
    return reverse(f"admissions:{name}", args=[edition.slug, *rest])


def write(edition, by, **values):
    details = {
        "subject": {"en": "About {edition}"},
        "text": {"en": "Dear {name}, bye", "it": "Gentile {name}, ciao"},
        "recipients_by": {"state": "confirmed"},
    }
    return actions.save_mailing(
        edition=edition, mailing=None, details=actions.MailingDetails(**{**details, **values}), by=by, at=NOW
    )


def send(mailing, by, at=NOW):
    actions.check_mailing(mailing=mailing, by=by, at=at)
    actions.send_mailing(mailing=mailing, by=by, at=at)
    actions.write_mailing(mailing.pk)


def names(found):
    return sorted(found.values_list("name", flat=True))


def test_filters_find_exactly_those_meant(edition):
    part = PartFactory(edition=edition)
    day = part.days.order_by("date").first()
    asked = ParticipationFactory(edition=edition, name="Asked", offered=True)
    ParticipationFactory(edition=edition, name="Secret", selected=True)
    ParticipationFactory(name="Elsewhere")
    online = ParticipationFactory(edition=edition, name="Online", registered_at=NOW)
    there = ParticipationFactory(edition=edition, name="There")
    DayAttendanceFactory(participation=online, day=day, mode="online")
    DayAttendanceFactory(participation=there, day=day, mode="in_person")
    task = TaskFactory(edition=edition)
    HandInFactory(task=task, participation=online)
    SelfAssessmentFactory(participation=there, moment="start")

    found = {
        question: names(recipients_of(edition, asking))
        for question, asking in {
            "all": {},
            "offered": {"state": "offered"},
            "confirmed": {"state": "confirmed"},
            "online": {"attendance": f"{day.pk}:online"},
            "there": {"attendance": f"{day.pk}:in_person"},
            "details": {"state": "confirmed", "details": "missing"},
            "diet": {"state": "confirmed", "diet": "missing"},
            "task": {"task": str(task.pk)},
            "any task": {"task": "any"},
            "assessment": {"state": "confirmed", "self_assessment": "start"},
            "unknown filter": {"moon": "full"},
            "unknown answer": {"state": "everybody"},
        }.items()
    }

    assert asked.state == ParticipationState.OFFERED
    assert found == {
        "all": ["Asked", "Online", "There"],
        "offered": ["Asked"],
        "confirmed": ["Online", "There"],
        "online": ["Online"],
        "there": ["There"],
        "details": ["There"],
        "diet": ["Online", "There"],
        "task": ["There"],
        "any task": ["There"],
        "assessment": ["Online"],
        "unknown filter": [],
        "unknown answer": [],
    }


def test_each_reads_it_in_their_language_with_the_link_to_their_place(edition, desk):
    ParticipationFactory(edition=edition, name="Anna", language="it", email="anna@example.org")
    ParticipationFactory(edition=edition, name="Bob", language="fi", email="bob@example.org", linked=True)

    send(write(edition, desk), desk)

    mails = {mail.to_address: mail for mail in OutgoingMail.objects.all()}
    assert {address: (mail.language, mail.subject) for address, mail in mails.items()} == {
        "anna@example.org": ("it", "About Torino"),
        "bob@example.org": ("en", "About Torino"),
    }
    assert "Gentile Anna, ciao" in mails["anna@example.org"].text
    assert "Dear Bob, bye" in mails["bob@example.org"].text
    assert all("/place/" in mail.text and "/place/" in mail.html for mail in mails.values())


def test_words_of_people_cannot_bring_markup_or_code(edition, desk):
    ParticipationFactory(edition=edition, name="<b>{% now 'Y' %}</b>")

    send(write(edition, desk), desk)

    mail = OutgoingMail.objects.get()
    assert ("{% now 'Y' %}" in mail.text, "<b>" in mail.html) == (True, False)


def test_a_wrong_placeholder_is_named_with_the_right_ones(edition, desk):
    with pytest.raises(actions.PlaceholderUnknown) as refused:
        write(edition, desk, text={"en": "Dear {nmae}, {{ name }}"})

    said = str(refused.value)
    assert ("{nmae}" in said, all(f"{{{name}}}" in said for name in PLACEHOLDERS)) == (True, True)
    assert unknown_placeholders("Dear {name") == ["{ }"]


def test_a_hole_is_shown_before_it_is_sent(edition, desk):
    place = ParticipationFactory(edition=edition, language="en")
    mailing = write(edition, desk, text={"en": "Join: {online_link}"})

    assert written_for(mailing, place, at=NOW).holes == ["{online_link}"]


def test_nothing_is_sent_without_a_second_look(edition, desk):
    ParticipationFactory(edition=edition)
    mailing = write(edition, desk)

    with pytest.raises(actions.MailingNotChecked):
        actions.send_mailing(mailing=mailing, by=desk, at=NOW)
    with pytest.raises(actions.MailingNotChecked):
        actions.schedule_mailing(mailing=mailing, send_at=NOW + timedelta(days=1), by=desk, at=NOW)
    actions.write_mailing(mailing.pk)

    assert not OutgoingMail.objects.exists()


def test_a_change_asks_for_another_look(edition, desk):
    ParticipationFactory(edition=edition)
    mailing = actions.check_mailing(mailing=write(edition, desk), by=desk, at=NOW)
    details = actions.MailingDetails(
        subject={"en": "x"}, text={"en": "y"}, recipients_by={"state": "offered"}
    )

    changed = actions.save_mailing(edition=edition, mailing=mailing, details=details, by=desk, at=NOW)

    assert (changed.state, changed.checked_at, changed.recipients.count()) == (MailingState.DRAFT, None, 0)


def test_nobody_to_write_to_is_a_refusal(edition, desk):
    ParticipationFactory(edition=edition, email="")

    with pytest.raises(actions.NoRecipients):
        actions.check_mailing(mailing=write(edition, desk), by=desk, at=NOW)


def test_each_person_gets_it_once_however_often_the_job_runs(edition, desk):
    ParticipationFactory.create_batch(3, edition=edition)
    mailing = write(edition, desk)
    send(mailing, desk)

    actions.write_mailing(mailing.pk)
    actions.write_mailing(mailing.pk)

    assert OutgoingMail.objects.count() == 3


def test_who_no_longer_fits_when_it_leaves_is_left_out_and_nobody_is_added(edition, desk):
    stays = ParticipationFactory(edition=edition, name="Stays")
    leaves = ParticipationFactory(edition=edition, name="Leaves")
    mailing = actions.check_mailing(mailing=write(edition, desk), by=desk, at=NOW)
    Participation.objects.filter(pk=leaves.pk).update(state=ParticipationState.CANCELLED, ended_at=NOW)
    ParticipationFactory(edition=edition, name="Came later")
    actions.send_mailing(mailing=mailing, by=desk, at=NOW)

    actions.write_mailing(mailing.pk)

    assert [mail.to_address for mail in OutgoingMail.objects.all()] == [stays.email]
    assert MailingRecipient.objects.get(participation=leaves).left_out_at is not None


def test_a_scheduled_mail_leaves_at_its_time_and_not_before(edition, desk, monkeypatch):
    ParticipationFactory(edition=edition)
    mailing = actions.check_mailing(mailing=write(edition, desk), by=desk, at=NOW)
    actions.schedule_mailing(mailing=mailing, send_at=NOW + timedelta(hours=2), by=desk, at=NOW)

    monkeypatch.setattr(actions.timezone, "now", lambda: NOW + timedelta(hours=1))
    actions.send_scheduled(mailing.pk)
    before = Mailing.objects.get().state
    monkeypatch.setattr(actions.timezone, "now", lambda: NOW + timedelta(hours=3))
    actions.send_scheduled(mailing.pk)
    actions.write_mailing(mailing.pk)

    assert (before, Mailing.objects.get().state, OutgoingMail.objects.count()) == ("scheduled", "sent", 1)


@pytest.mark.parametrize("hours", [-1, 24 * 400])
def test_a_time_that_cannot_be_is_refused(edition, desk, hours):
    ParticipationFactory(edition=edition)
    mailing = actions.check_mailing(mailing=write(edition, desk), by=desk, at=NOW)

    with pytest.raises(actions.TimeNotPossible):
        actions.schedule_mailing(mailing=mailing, send_at=NOW + timedelta(hours=hours), by=desk, at=NOW)


def test_a_cancelled_mail_is_not_sent(edition, desk, monkeypatch):
    ParticipationFactory(edition=edition)
    mailing = actions.check_mailing(mailing=write(edition, desk), by=desk, at=NOW)
    actions.schedule_mailing(mailing=mailing, send_at=NOW + timedelta(hours=2), by=desk, at=NOW)
    actions.cancel_mailing(mailing=mailing, by=desk, at=NOW)

    monkeypatch.setattr(actions.timezone, "now", lambda: NOW + timedelta(hours=3))
    actions.send_scheduled(mailing.pk)
    actions.send_overdue(int((NOW + timedelta(hours=3)).timestamp()))

    assert (Mailing.objects.get().state, OutgoingMail.objects.count()) == ("cancelled", 0)


def test_what_was_sent_cannot_be_called_back_or_changed(edition, desk):
    ParticipationFactory(edition=edition)
    mailing = write(edition, desk)
    send(mailing, desk)

    for change in (
        lambda: actions.cancel_mailing(mailing=mailing, by=desk, at=NOW),
        lambda: actions.check_mailing(mailing=mailing, by=desk, at=NOW),
        lambda: actions.send_mailing(mailing=mailing, by=desk, at=NOW),
    ):
        with pytest.raises(actions.MailingGone):
            change()

    assert OutgoingMail.objects.count() == 1


def test_it_is_sent_again_only_to_those_not_reached(edition, desk, monkeypatch):
    reached, lost, returned = ParticipationFactory.create_batch(3, edition=edition)
    mailing = write(edition, desk)
    send(mailing, desk)
    OutgoingMail.objects.update(state=MailState.SENT, sent_at=NOW)
    OutgoingMail.objects.filter(to_address=lost.email).update(state=MailState.FAILED, sent_at=None)
    row = MailingRecipient.objects.select_related("mailing__edition").get(participation=returned)
    actions.note_bounce(recipient=row, note="mailbox full", by=desk, at=NOW)

    count = actions.resend_mailing(mailing=mailing, by=desk, at=NOW)
    later = actions.timezone.now() + timedelta(hours=1)
    monkeypatch.setattr(actions.timezone, "now", lambda: later)
    actions.write_mailing(mailing.pk)

    sent = [mail.to_address for mail in OutgoingMail.objects.all()]
    assert (count, [sent.count(place.email) for place in (reached, lost, returned)]) == (2, [1, 2, 2])
    OutgoingMail.objects.update(state=MailState.SENT, sent_at=NOW)
    with pytest.raises(actions.NothingToResend):
        actions.resend_mailing(mailing=mailing, by=desk, at=NOW)


@pytest.mark.parametrize("who", ["participant", "facilitator", "elsewhere", "visitor"])
def test_only_who_may_write_to_participants_does(edition, desk, who):
    by = {
        "participant": lambda: viewer_in(EditionMemberFactory(edition=edition, participant=True)),
        "facilitator": lambda: viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.FACILITATOR)),
        "elsewhere": lambda: viewer_in(EditionMemberFactory(director=True)),
        "visitor": lambda: VISITOR,
    }[who]()
    ParticipationFactory(edition=edition)
    mailing = actions.check_mailing(mailing=write(edition, desk), by=desk, at=NOW)
    row = mailing.recipients.get()
    words = actions.TemplateDetails(name={"en": "x"}, subject={"en": "x"}, text={"en": "x"})
    refused = 0

    for change in (
        lambda: write(edition, by),
        lambda: actions.check_mailing(mailing=mailing, by=by, at=NOW),
        lambda: actions.send_mailing(mailing=mailing, by=by, at=NOW),
        lambda: actions.schedule_mailing(mailing=mailing, send_at=NOW + timedelta(days=1), by=by, at=NOW),
        lambda: actions.cancel_mailing(mailing=mailing, by=by, at=NOW),
        lambda: actions.resend_mailing(mailing=mailing, by=by, at=NOW),
        lambda: actions.note_bounce(recipient=row, note="", by=by, at=NOW),
        lambda: actions.save_template(edition=edition, code="practical", details=words, by=by, at=NOW),
        lambda: actions.drop_template(edition=edition, code="practical", by=by, at=NOW),
    ):
        with pytest.raises(PermissionDenied):
            change()
        refused += 1

    assert refused == 9


def test_the_desk_writes_checks_and_sends_by_the_page(edition, desk):
    ParticipationFactory(edition=edition, name="Anna Rossi", language="it")
    client = client_of(desk.person)
    begun = client.get(page("desk_mailing_new", edition), {"template": "practical"}).content.decode()
    wrong = client.post(
        page("desk_mailing_new", edition),
        {"by_state": "confirmed", "subject_en": "Hello {nmae}", "text_en": "Dear {name}"},
    )
    client.post(
        page("desk_mailing_new", edition),
        {
            "by_state": "confirmed",
            "subject_en": "Hello",
            "text_en": "Dear {name}",
            "text_it": "Gentile {name}",
        },
    )
    mailing = Mailing.objects.get()
    shown = client.get(page("desk_mailing", edition, mailing.pk)).content.decode()
    client.post(page("desk_mailing_check", edition, mailing.pk))
    client.post(page("desk_mailing_sending", edition, mailing.pk))
    mailing.refresh_from_db()
    listed = client.get(page("desk_mailings", edition)).content.decode()

    assert (
        "{practical}" in begun,
        wrong.status_code,
        "Hello {nmae}" in wrong.content.decode(),
        "Gentile Anna Rossi" in shown,
        mailing.state,
        "Hello" in listed,
    ) == (True, 422, True, True, "sent", True)


def test_own_words_stand_in_for_the_packaged_ones(edition, desk):
    client = client_of(desk.person)
    client.post(
        page("desk_mail_template", edition, "practical"),
        {"name_en": "Our way", "subject_en": "Our subject", "text_en": "Our text"},
    )
    begun = client.get(page("desk_mailing_new", edition), {"template": "practical"}).content.decode()
    client.post(page("desk_mail_template_deletion", edition, "practical"))
    again = client.get(page("desk_mailing_new", edition), {"template": "practical"}).content.decode()
    client.post(
        page("desk_mail_template_new", edition),
        {"name_en": "Practical", "subject_en": "Our subject", "text_en": "Our text"},
    )

    assert ("Our text" in begun, "Our text" in again, MailTemplate.objects.get().code) == (
        True,
        False,
        "practical-2",
    )


def test_pages_are_closed_to_others(client, edition, desk):
    mailing = MailingFactory(edition=edition)
    member = EditionMemberFactory(edition=edition, participant=True).person
    elsewhere = EditionMemberFactory(director=True).person
    paths = [
        page("desk_mailings", edition),
        page("desk_mailing", edition, mailing.pk),
        page("desk_mail_templates", edition),
    ]

    statuses = [
        [browser.get(path).status_code for path in paths]
        for browser in (client_of(member), client_of(elsewhere), client)
    ]

    assert statuses == [[403] * 3, [403] * 3, [302] * 3]


def test_a_mailing_of_another_edition_is_not_found(edition, desk):
    other = MailingFactory()

    assert client_of(desk.person).get(page("desk_mailing", edition, other.pk)).status_code == 404


@pytest.mark.parametrize("count", [1, 7])
def test_list_query_count(edition, desk, count, django_assert_num_queries):
    for _number in range(count):
        MailingRecipientFactory(mailing=MailingFactory(edition=edition, checked=True))
    client = client_of(desk.person)

    with django_assert_num_queries(6):
        client.get(page("desk_mailings", edition))


@pytest.mark.parametrize("count", [1, 7])
def test_recipients_query_count(edition, desk, count, django_assert_num_queries):
    mailing = MailingFactory(edition=edition, checked=True)
    MailingRecipientFactory.create_batch(count, mailing=mailing)
    client = client_of(desk.person)

    with django_assert_num_queries(6):
        client.get(page("desk_mailing", edition, mailing.pk))


def test_a_participants_mails_are_told(edition, desk):
    place = ParticipationFactory(edition=edition)
    send(write(edition, desk), desk)

    [received] = mails_received(place)
    assert received.mail is not None
    assert OutgoingMail.objects.filter(to_person=place.person).count() == 1


def test_the_desk_finds_a_participants_mails_with_the_participant(edition, desk):
    place = ParticipationFactory(edition=edition, language="en")
    send(write(edition, desk), desk)
    host = EditionMemberFactory(edition=edition, role=EditionRole.HOST)
    address = page("desk_participant", edition, place.pk)

    shown = [
        "About Torino" in client_of(person).get(address).content.decode()
        for person in (desk.person, host.person)
    ]

    assert shown == [True, False]


def test_lines_stay_apart_in_text_and_html(edition, desk):
    ParticipationFactory(edition=edition, language="en")
    send(write(edition, desk, text={"en": "Bring:\nyour case\nyour figures"}), desk)

    mail = OutgoingMail.objects.get()

    assert ("Bring:\n\nyour case\n\nyour figures" in mail.text, "your case your figures" in mail.html) == (
        True,
        False,
    )
