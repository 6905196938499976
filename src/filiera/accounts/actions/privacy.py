"""Consent, a person's data as an archive, and a person's erasure."""

import io
import json
import zipfile
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app

from filiera.accounts import consents, exports, policies
from filiera.accounts.adapters import mail_language
from filiera.accounts.file_policies import DATA_EXPORT
from filiera.accounts.models import (
    ApiToken,
    ConsentRecord,
    DataExport,
    Invitation,
    Person,
    PersonKey,
    default_visibility,
)
from filiera.accounts.signals import person_erased
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.files.actions import discard_file, store_made
from filiera.files.models import StoredFile
from filiera.mail.actions import forget_mails_of, queue_mail
from filiera.mail.models import OutgoingMail
from filiera.shared.errors import DomainError

EXPORT_LASTS = timedelta(days=7)


class ConsentUnknown(DomainError):
    message = _("Nobody asks for this consent.")


class LastAdministrator(DomainError):
    message = _("You are the only administrator. Invite another one before you leave.")


class ExportInTheMaking(DomainError):
    message = _("Your archive is being made; a mail comes when it is ready.")


@transaction.atomic
def give_consent(
    *, person: Person, purpose: str, by: Viewer, at: datetime, language: str, subject: str = ""
) -> ConsentRecord:
    """Keep that a person agreed, with the words they read; agreeing again changes nothing.

    Raises PermissionDenied, ConsentUnknown.
    """
    if not policies.can_edit_person(by, person):
        raise PermissionDenied
    asked = consents.find_purpose(purpose)
    if asked is None:
        raise ConsentUnknown
    with translation.override(language):
        words = str(asked.words)
    record, _created = ConsentRecord.objects.get_or_create(
        person=person,
        purpose=purpose,
        subject=subject,
        withdrawn_at=None,
        defaults={"words": words, "language": language, "given_at": at},
    )
    return record


@transaction.atomic
def withdraw_consent(*, person: Person, purpose: str, by: Viewer, at: datetime, subject: str = "") -> None:
    """Take a consent back; the record stays, with its end.

    Raises PermissionDenied.
    """
    if not policies.can_edit_person(by, person):
        raise PermissionDenied
    ConsentRecord.objects.filter(
        person=person, purpose=purpose, subject=subject, withdrawn_at__isnull=True
    ).update(withdrawn_at=at)


@transaction.atomic
def request_data_export(*, by: Viewer, at: datetime) -> DataExport:
    """Have an archive of everything the platform knows about a person made by a job.

    Raises PermissionDenied, ExportInTheMaking.
    """
    if by.person is None or by.scopes is not None:
        raise PermissionDenied
    person = Person.objects.select_for_update().get(pk=by.person.pk)
    if DataExport.objects.filter(person=person, ready_at__isnull=True).exists():
        raise ExportInTheMaking
    export = DataExport.objects.create(person=person, requested_at=at, expires_at=at + EXPORT_LASTS)
    make_data_export.configure(queueing_lock=f"data-export-{export.pk}").defer(export_id=export.pk)
    return export


@app.task(name="accounts.make_data_export", retry=3)
def make_data_export(export_id: int) -> None:
    """Make the archive that a person asked for and tell them; a second run changes nothing."""
    at = timezone.now()
    with transaction.atomic():
        waiting = DataExport.objects.select_for_update(of=("self",), skip_locked=True).select_related(
            "person"
        )
        export = waiting.filter(pk=export_id, ready_at__isnull=True).first()
        if export is None:
            return
        person = export.person
        export.archive = store_made(
            content=archive_of(person),
            name=f"filiera-{at:%Y-%m-%d}.zip",
            content_type="application/zip",
            policy=DATA_EXPORT,
            by=SYSTEM,
            at=at,
        )
        export.ready_at = at
        export.save(update_fields=["archive", "ready_at"])
        queue_mail(
            key=f"data_export:{export.pk}",
            to=person,
            template="accounts/mail/data_export_ready.txt",
            context={"person": person, "link": f"{settings.PUBLIC_URL}{reverse('accounts:my_data')}"},
            language=mail_language(person),
            at=at,
        )


def archive_of(person: Person) -> bytes:
    """Everything the platform knows about a person: readable JSON and the files they gave."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"account": _account_of(person), **exports.collected(person)}.items():
            text = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
            archive.writestr(f"{name}.json", text)
        given = StoredFile.objects.filter(uploaded_by=person)
        for stored_file in given.order_by("pk"):
            if default_storage.exists(stored_file.path):
                with default_storage.open(stored_file.path) as content:
                    archive.writestr(f"files/{stored_file.pk}-{stored_file.name}", content.read())
    return written.getvalue()


@transaction.atomic
def erase_person(*, person: Person, by: Viewer, at: datetime) -> None:
    """Remove a person: nobody can tell any more who it was, while counts stay as they are.

    Raises PermissionDenied, LastAdministrator.
    """
    if not policies.can_erase_person(by, person):
        raise PermissionDenied
    # Administrators are locked together, so that the last two cannot leave at the same moment.
    administrators = list(Person.objects.select_for_update().filter(is_administrator=True).order_by("pk"))
    if administrators == [person]:
        raise LastAdministrator
    person = Person.objects.select_for_update(of=("self",)).select_related("photo").get(pk=person.pk)
    if person.erased_at is not None:
        return
    person_erased.send(sender=Person, person=person, at=at)
    _forget_access(person)
    _forget_files(person)
    forget_mails_of(person=person)
    Invitation.objects.filter(email=person.email).update(email="", name="")
    PersonKey.objects.filter(person=person).delete()
    _empty_row(person, at)


@app.periodic(cron="52 3 * * *")
@app.task(name="accounts.remove_old_exports", queueing_lock="accounts.remove_old_exports")
def remove_old_exports(timestamp: int) -> None:
    """Remove archives whose week is over."""
    now = datetime.fromtimestamp(timestamp, tz=timezone.get_default_timezone())
    for export in DataExport.objects.filter(expires_at__lte=now).select_related("archive"):
        with transaction.atomic():
            if export.archive is not None:
                discard_file(stored_file=export.archive)
            export.delete()


def _forget_access(person: Person) -> None:
    for session in UserSession.objects.filter(user=person):
        session.end()
    for model in (EmailAddress, Authenticator, SocialAccount, UserSession):
        model.objects.filter(user=person).delete()
    ApiToken.objects.filter(person=person).delete()
    ConsentRecord.objects.filter(person=person).delete()


def _forget_files(person: Person) -> None:
    archives = [
        export.archive for export in DataExport.objects.filter(person=person).select_related("archive")
    ]
    DataExport.objects.filter(person=person).delete()
    photo, person.photo = person.photo, None
    Person.objects.filter(pk=person.pk).update(photo=None)
    for stored_file in (photo, *archives):
        if stored_file is not None:
            discard_file(stored_file=stored_file)


def _empty_row(person: Person, at: datetime) -> None:
    person.email = f"{person.public_id.hex}@erased.invalid"
    person.name = person.sort_name = person.country = person.language = person.time_zone = ""
    person.languages, person.links, person.biography = [], [], {}
    person.visibility = default_visibility()
    person.set_unusable_password()
    person.is_active = person.is_administrator = False
    person.last_login, person.erased_at = None, at
    person.save()


def _account_of(person: Person) -> dict[str, Any]:
    return {
        "profile": {
            "e-mail": person.email,
            "name": person.name,
            "country": person.country,
            "languages": person.languages,
            "biography": person.biography,
            "links": person.links,
            "visible to": person.visibility,
            "language": person.language,
            "time zone": person.time_zone,
            "created at": person.created_at,
        },
        "addresses": list(EmailAddress.objects.filter(user=person).values("email", "verified", "primary")),
        "sessions": list(UserSession.objects.filter(user=person).values("ip", "user_agent", "created_at")),
        "passkeys and second factors": list(
            Authenticator.objects.filter(user=person).values("type", "created_at", "last_used_at")
        ),
        "sign-in by other services": list(
            SocialAccount.objects.filter(user=person).values("provider", "uid", "date_joined")
        ),
        "tokens": list(
            ApiToken.objects.filter(person=person).values(
                "name", "scopes", "created_at", "expires_at", "last_used_at", "revoked_at"
            )
        ),
        "consents": list(
            ConsentRecord.objects.filter(person=person).values(
                "purpose", "subject", "words", "language", "given_at", "withdrawn_at"
            )
        ),
        "mails": list(
            OutgoingMail.objects.filter(to_person=person)
            .order_by("pk")
            .values("to_address", "subject", "text", "created_at", "sent_at")
        ),
        "administration": list(
            person.administration_windows.values("reason", "opened_at", "closes_at", "closed_at")
        ),
    }
