"""Consent, the archive of one's data, erasure, and the list of mails."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail as outbox
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.urls import reverse

from filiera.accounts import actions, exports
from filiera.accounts.models import (
    ApiToken,
    ConsentRecord,
    DataExport,
    Invitation,
    Person,
    PersonKey,
    default_visibility,
)
from filiera.accounts.queries import key_of
from filiera.accounts.signals import person_erased
from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.files.models import StoredFile
from filiera.mail.actions import deliver_mail
from filiera.mail.models import OutgoingMail
from tests.accounts.factories import NOW, PersonFactory, viewer_of
from tests.files.factories import StoredFileFactory
from tests.mail.factories import OutgoingMailFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files_in_a_temporary_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_consent_keeps_the_words_that_were_read():
    person = PersonFactory()

    record = actions.give_consent(person=person, purpose="news", by=viewer_of(person), at=NOW, language="it")
    again = actions.give_consent(
        person=person, purpose="news", by=viewer_of(person), at=NOW + timedelta(days=1), language="en"
    )

    assert (record, record.given_at, record.language) == (again, NOW, "it")
    assert record.words.startswith("Inviatemi per e-mail le novità della rete")


def test_withdrawn_consent_stays_on_record_and_can_be_given_anew():
    person = PersonFactory()
    by = viewer_of(person)
    actions.give_consent(person=person, purpose="news", by=by, at=NOW, language="en")

    actions.withdraw_consent(person=person, purpose="news", by=by, at=NOW + timedelta(days=1))
    actions.give_consent(person=person, purpose="news", by=by, at=NOW + timedelta(days=2), language="en")

    kept = ConsentRecord.objects.order_by("pk").values_list("given_at", "withdrawn_at")
    assert list(kept) == [(NOW, NOW + timedelta(days=1)), (NOW + timedelta(days=2), None)]


def test_consent_refuses_others_and_unknown_purposes():
    person = PersonFactory()

    with pytest.raises(PermissionDenied):
        actions.give_consent(person=person, purpose="news", by=VISITOR, at=NOW, language="en")
    with pytest.raises(PermissionDenied):
        actions.withdraw_consent(person=person, purpose="news", by=viewer_of(PersonFactory()), at=NOW)
    with pytest.raises(actions.ConsentUnknown):
        actions.give_consent(person=person, purpose="soul", by=viewer_of(person), at=NOW, language="en")


def test_database_refuses_a_consent_given_twice():
    record = {"person": PersonFactory(), "purpose": "news", "words": "w", "language": "en", "given_at": NOW}
    ConsentRecord.objects.create(**record)

    with pytest.raises(IntegrityError), transaction.atomic():
        ConsentRecord.objects.create(**record)


def test_consent_page(signed_in, person):
    signed_in.post(reverse("accounts:consent", args=["news"]))
    given = ConsentRecord.objects.given().count()
    signed_in.post(reverse("accounts:consent_withdrawal", args=["news"]))
    unknown = signed_in.post(reverse("accounts:consent", args=["soul"]))

    assert (given, ConsentRecord.objects.given().count(), unknown.status_code) == (1, 0, 404)


def test_archive_holds_what_every_room_knows(monkeypatch):
    monkeypatch.setattr(exports, "_collectors", {})
    exports.register("stars", lambda person: [{"session": "Welcome", "at": NOW}])
    person = PersonFactory(name="Ada Rossi", biography={"it": "Chimica"})
    OutgoingMailFactory(to_person=person, subject="Welcome")
    OutgoingMailFactory(to_person=PersonFactory(), subject="Not yours")
    path = default_storage.save("a", io.BytesIO(b"slides"))
    StoredFileFactory(uploaded_by=person, path=path, name="slides.pdf")

    archive = zipfile.ZipFile(io.BytesIO(actions.archive_of(person)))

    account = json.loads(archive.read("account.json"))
    assert sorted(archive.namelist())[:2] == [
        "account.json",
        next(n for n in archive.namelist() if "slides" in n),
    ]
    assert account["profile"]["biography"] == {"it": "Chimica"}
    assert [mail["subject"] for mail in account["mails"]] == ["Welcome"]
    assert json.loads(archive.read("stars.json")) == [{"session": "Welcome", "at": "2023-05-10T09:00:00Z"}]
    archive.close()


def test_export_is_made_once_and_told_by_mail():
    person = PersonFactory(language="it")
    export = actions.request_data_export(by=viewer_of(person), at=NOW)

    actions.make_data_export(export.pk)
    actions.make_data_export(export.pk)

    export.refresh_from_db()
    mail = OutgoingMail.objects.get(to_person=person)
    assert (StoredFile.objects.count(), mail.subject) == (1, "Il tuo archivio è pronto")
    assert export.archive.policy == "accounts.data_export"


def test_second_request_waits_for_the_first():
    person = PersonFactory()
    actions.request_data_export(by=viewer_of(person), at=NOW)

    with pytest.raises(actions.ExportInTheMaking):
        actions.request_data_export(by=viewer_of(person), at=NOW)
    with pytest.raises(PermissionDenied):
        actions.request_data_export(by=VISITOR, at=NOW)


def test_archive_goes_to_its_person_only(client, person):
    export = actions.request_data_export(by=viewer_of(person), at=NOW)
    actions.make_data_export(export.pk)
    export.refresh_from_db()
    address = reverse("files:file", args=[export.archive.uuid])

    as_visitor = client.get(address).status_code
    client.force_login(PersonFactory(administrator=True))
    as_other = client.get(address).status_code
    client.force_login(person)
    own = client.get(address)

    assert (as_visitor, as_other, own.status_code) == (404, 404, 200)
    own.close()


def test_archives_leave_after_a_week():
    person = PersonFactory()
    export = actions.request_data_export(by=viewer_of(person), at=NOW)
    actions.make_data_export(export.pk)

    actions.remove_old_exports(int((NOW + timedelta(days=8)).timestamp()))

    assert (DataExport.objects.count(), StoredFile.objects.count()) == (0, 0)


@pytest.fixture
def told():
    """The signal to the rooms above, as they hear it."""
    heard = []

    def hear(sender, person, at, **kwargs):
        heard.append((person.email, person.name, at))

    person_erased.connect(hear)
    yield heard
    person_erased.disconnect(hear)


def test_erasure_removes_the_person_and_tells_the_rooms_above(client, told):
    person = PersonFactory(
        name="Ada Rossi",
        email="ada@example.org",
        country="IT",
        password="correct horse battery",
        biography={"it": "Chimica"},
        links=["https://example.org/ada"],
    )
    key_of(person)
    client.post(reverse("account_login"), {"login": "ada@example.org", "password": "correct horse battery"})
    actions.make_token(
        name="x", scopes_wanted=["read"], lasts=timedelta(days=1), by=viewer_of(person), at=NOW
    )
    actions.give_consent(person=person, purpose="news", by=viewer_of(person), at=NOW, language="en")
    actions.invite_administrator(email="ada@example.org", by=SYSTEM, at=NOW)
    export = actions.request_data_export(by=viewer_of(person), at=NOW)
    actions.make_data_export(export.pk)

    actions.erase_person(person=person, by=viewer_of(person), at=NOW)

    row = str(Person.objects.filter(pk=person.pk).values().get())
    person.refresh_from_db()
    left = [
        model.objects.count()
        for model in (PersonKey, ApiToken, ConsentRecord, DataExport, StoredFile, EmailAddress, OutgoingMail)
    ]
    assert told == [("ada@example.org", "Ada Rossi", NOW)]
    assert (left, Invitation.objects.get().email) == ([0] * 7, "")
    assert not any(word in row for word in ("ada", "Ada", "Rossi", "Chimica", "IT"))
    assert (person.is_active, person.erased_at, person.has_usable_password(), str(person)) == (
        False,
        NOW,
        False,
        "Erased person",
    )
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_erasure_is_undone_when_a_room_above_fails():
    person = PersonFactory(name="Ada Rossi")

    def fail(sender, **kwargs):
        raise ZeroDivisionError

    person_erased.connect(fail)
    try:
        with pytest.raises(ZeroDivisionError):
            actions.erase_person(person=person, by=viewer_of(person), at=NOW)
    finally:
        person_erased.disconnect(fail)

    person.refresh_from_db()
    assert (person.name, person.erased_at) == ("Ada Rossi", None)


def test_erasure_refuses_others_and_the_last_administrator():
    administrator = PersonFactory(administrator=True)

    with pytest.raises(PermissionDenied):
        actions.erase_person(person=administrator, by=viewer_of(PersonFactory()), at=NOW)
    with pytest.raises(actions.LastAdministrator):
        actions.erase_person(person=administrator, by=viewer_of(administrator), at=NOW)
    PersonFactory(administrator=True)
    actions.erase_person(person=administrator, by=viewer_of(administrator), at=NOW)

    assert Person.objects.filter(is_administrator=True).count() == 1


def test_erased_again_changes_nothing():
    person = PersonFactory()
    actions.erase_person(person=person, by=SYSTEM, at=NOW)

    actions.erase_person(person=person, by=SYSTEM, at=NOW + timedelta(days=1))

    person.refresh_from_db()
    assert person.erased_at == NOW


def test_erasure_page_asks_for_the_address(client, person):
    client.post(reverse("account_login"), {"login": person.email, "password": "correct horse battery"})
    client.post(reverse("account_reauthenticate"), {"password": "correct horse battery"})

    wrong = client.post(reverse("accounts:erasure"), {"email": "other@example.org"})
    person.refresh_from_db()
    kept = person.erased_at
    right = client.post(reverse("accounts:erasure"), {"email": " Ada@Example.org "})
    person.refresh_from_db()

    assert (wrong.status_code, list(wrong.context["form"].errors), kept) == (422, ["email"], None)
    assert (right.status_code, person.erased_at is None) == (302, False)


def test_erasure_page_asks_who_one_is_again(signed_in, person):
    answer = signed_in.post(reverse("accounts:erasure"), {"email": person.email})

    person.refresh_from_db()
    assert (answer["Location"].partition("?")[0], person.erased_at) == (
        reverse("account_reauthenticate"),
        None,
    )


def test_mail_list_shows_ones_own_paged(signed_in, person):
    OutgoingMailFactory(to_person=PersonFactory(), subject="Not yours")
    mails = OutgoingMailFactory.create_batch(55, to_person=person)

    first = signed_in.get(reverse("accounts:mails"))
    second = signed_in.get(first.context["older"])

    assert [mail.pk for mail in first.context["mails"]] == [mail.pk for mail in reversed(mails[5:])]
    assert [mail.pk for mail in second.context["mails"]] == [mail.pk for mail in reversed(mails[:5])]
    assert (second.context["older"], signed_in.get("/accounts/mails/?before=x").status_code) == ("", 200)


@pytest.mark.parametrize("row_count", [1, 5])
def test_mail_list_query_count(signed_in, person, django_assert_num_queries, row_count):
    OutgoingMailFactory.create_batch(row_count, to_person=person)

    with django_assert_num_queries(3):
        signed_in.get(reverse("accounts:mails"))


def test_mail_of_another_person_is_unknown(signed_in, person):
    own = OutgoingMailFactory(to_person=person, text="Look at https://example.org/ <b>now</b>")
    other = OutgoingMailFactory(to_person=PersonFactory())

    page = signed_in.get(reverse("accounts:mail", args=[own.pk])).content.decode()
    assert signed_in.get(reverse("accounts:mail", args=[other.pk])).status_code == 404
    assert (
        '<a href="https://example.org/" rel="nofollow">https://example.org/</a> &lt;b&gt;now&lt;/b&gt;'
        in page
    )


def test_new_people_show_themselves_to_people_signed_in_only():
    assert default_visibility() == {
        "name": "network",
        "photo": "network",
        "email": "nobody",
        "country": "network",
        "languages": "network",
        "biography": "network",
        "links": "network",
    }


def test_secret_mail_is_not_readable_in_the_list_after_sending(signed_in, person):
    actions.invite_administrator(email=person.email, by=SYSTEM, at=NOW)
    mail = OutgoingMail.objects.get()
    OutgoingMail.objects.update(to_person=person)

    deliver_mail(mail.pk)

    assert "/accounts/invitations/" in outbox.outbox[0].body
    assert (
        "/accounts/invitations/"
        not in signed_in.get(reverse("accounts:mail", args=[mail.pk])).content.decode()
    )
