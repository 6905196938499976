"""Speakers: invite, remind, and what they tell about themselves by their link."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from filiera.academy import policies
from filiera.academy.models import (
    Contribution,
    Edition,
    EditionMember,
    EditionRole,
    Session,
    Speaker,
    SpeakerAvailability,
    StepKind,
)
from filiera.academy.queries.slugs import free_slug
from filiera.academy.queries.speaker_links import address_of
from filiera.academy.queries.speakers import missing_of
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.files.actions import store_photograph
from filiera.mail.actions import queue_mail
from filiera.organisations.models import Organisation
from filiera.reference.models import Country
from filiera.shared.links import fresh_seed
from filiera.texts.languages import DEFAULT_LANGUAGE, page_languages

from .errors import DraftError
from .steps import recorded_step, tell_desks
from .team import put_into_role

PHOTO_POLICY = "academy.speaker_photo"


class AddressTaken(DraftError):
    message = _("Another speaker of this edition has this address.")
    field = "email"


class SpeakerHasNoAddress(DraftError):
    message = _("This speaker has no e-mail address. Add one first.")
    field = "email"


class SpeakerInProgramme(DraftError):
    message = _("This speaker is in a session. Take the speaker out of it first.")


@dataclass(frozen=True, kw_only=True)
class SpeakerDetails:
    """What the team knows about a speaker."""

    name: str
    email: str = ""
    organisation: Organisation | None = None
    country: Country | None = None
    position: dict[str, str] = field(default_factory=dict)
    biography: dict[str, str] = field(default_factory=dict)
    slides_due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class OwnWords:
    """What a speaker tells by the link; times are given in full, none means any time."""

    biography: dict[str, str]
    position: dict[str, str]
    needs: str = ""
    consents: bool = False
    availability: Sequence[tuple[datetime, datetime]] = ()
    sessions: Sequence[tuple[Session, dict[str, str], dict[str, str]]] = ()


@transaction.atomic
def add_speaker(*, edition: Edition, details: SpeakerDetails, by: Viewer, at: datetime) -> Speaker:
    """Add somebody to the speakers; an account with that address is found and linked.

    Raises PermissionDenied, AddressTaken.
    """
    if not policies.can_edit_speakers(by, edition):
        raise PermissionDenied
    _check_address(edition, details.email, None)
    slug = free_slug(Speaker.objects.filter(edition=edition), details.name, "speaker")
    speaker = Speaker(edition=edition, slug=slug)
    _fill(speaker, details)
    speaker.save()
    tell_desks(edition, by=by)
    return speaker


@transaction.atomic
def edit_speaker(*, speaker: Speaker, details: SpeakerDetails, by: Viewer, at: datetime) -> Speaker:
    """Change what the team knows about a speaker.

    Raises PermissionDenied, AddressTaken.
    """
    if not policies.can_edit_speakers(by, speaker.edition):
        raise PermissionDenied
    _check_address(speaker.edition, details.email, speaker.pk)
    _fill(speaker, details)
    speaker.save()
    tell_desks(speaker.edition, by=by)
    return speaker


@transaction.atomic
def remove_speaker(*, speaker: Speaker, by: Viewer, at: datetime) -> None:
    """Remove a speaker who is in no session.

    Raises PermissionDenied, SpeakerInProgramme.
    """
    if not policies.can_edit_speakers(by, speaker.edition):
        raise PermissionDenied
    if speaker.contributions.exists():
        raise SpeakerInProgramme
    speaker.delete()
    tell_desks(speaker.edition, by=by)


@transaction.atomic
def invite_speaker(*, speaker: Speaker, by: Viewer, at: datetime) -> Speaker:
    """Mail a speaker their link; an earlier link stops working.

    Raises PermissionDenied, SpeakerHasNoAddress.
    """
    if not policies.can_edit_speakers(by, speaker.edition):
        raise PermissionDenied
    if not speaker.email:
        raise SpeakerHasNoAddress
    speaker.link_seed = fresh_seed()
    speaker.invited_at = at
    speaker.save(update_fields=["link_seed", "invited_at"])
    _mail(speaker, "invitation", key=f"{speaker.link_seed}", at=at)
    return speaker


@transaction.atomic
def remind_speakers(*, edition: Edition, by: Viewer, at: datetime) -> list[Speaker]:
    """Write to every speaker with an address who still owes something, at most once a day; answer who.

    Raises PermissionDenied.
    """
    if not policies.can_edit_speakers(by, edition):
        raise PermissionDenied
    reminded = []
    for speaker, missing in missing_of(edition, at.date()):
        written_today = speaker.reminded_at is not None and speaker.reminded_at.date() == at.date()
        if not missing or not speaker.email or speaker.declined_at is not None or written_today:
            continue
        if not speaker.link_seed:
            speaker.link_seed = fresh_seed()
            speaker.invited_at = at
        speaker.reminded_at = at
        speaker.save(update_fields=["link_seed", "invited_at", "reminded_at"])
        _mail(speaker, "reminder", key=at.date().isoformat(), at=at, missing=missing)
        reminded.append(speaker)
    return reminded


@transaction.atomic
def confirm_speaker(*, speaker: Speaker, by: Viewer, at: datetime) -> Speaker:
    """Record that a speaker will come; one with an account belongs to the edition from then on.

    Raises PermissionDenied.
    """
    _check_speaker(speaker, by)
    speaker.confirmed_at, speaker.declined_at = at, None
    speaker.save(update_fields=["confirmed_at", "declined_at"])
    if speaker.person is not None and not _roles_of(speaker).exists():
        put_into_role(
            edition=speaker.edition,
            person=speaker.person,
            role=EditionRole.SPEAKER,
            organisation=speaker.organisation,
            at=at,
        )
    tell_desks(speaker.edition, by=by)
    return speaker


@transaction.atomic
def decline_speaker(*, speaker: Speaker, by: Viewer, at: datetime) -> Speaker:
    """Record that a speaker will not come; the sessions stay until the team finds somebody else.

    Raises PermissionDenied.
    """
    _check_speaker(speaker, by)
    speaker.declined_at, speaker.confirmed_at = at, None
    speaker.save(update_fields=["confirmed_at", "declined_at"])
    _roles_of(speaker).update(until=at)
    tell_desks(speaker.edition, by=by)
    return speaker


@transaction.atomic
def tell_about_oneself(
    *, speaker: Speaker, words: OwnWords, photo: "UploadedFile[bytes] | None", by: Viewer, at: datetime
) -> Speaker:
    """Keep what a speaker tells; titles and abstracts go into the draft, which the team publishes.

    Raises PermissionDenied, and what storing a photograph refuses.
    """
    _check_speaker(speaker, by)
    speaker.biography, speaker.position, speaker.needs = words.biography, words.position, words.needs
    if photo is not None:
        speaker.photo = store_photograph(upload=photo, policy=PHOTO_POLICY, by=by, at=at)
    speaker.consented_at = (speaker.consented_at or at) if words.consents else None
    speaker.save(update_fields=["biography", "position", "needs", "photo", "consented_at"])
    speaker.availabilities.all().delete()
    SpeakerAvailability.objects.bulk_create(
        SpeakerAvailability(speaker=speaker, during=DateTimeTZRange(start, end, "[)"))
        for start, end in words.availability
        if start < end
    )
    for session, title, abstract in words.sessions:
        _retitle(speaker, session, title, abstract, by, at)
    tell_desks(speaker.edition, by=by)
    return speaker


def _retitle(
    speaker: Speaker,
    session: Session,
    title: dict[str, str],
    abstract: dict[str, str],
    by: Viewer,
    at: datetime,
) -> None:
    if (session.title, session.abstract) == (title, abstract):
        return
    if not Contribution.objects.filter(session=session, speaker=speaker).exists():
        raise PermissionDenied
    with recorded_step(edition=speaker.edition, kind=StepKind.EDITED, subject=title, by=by, at=at) as watch:
        session = Session.objects.select_for_update(of=("self",), no_key=True).get(pk=session.pk)
        watch.row(session)
        session.title, session.abstract = title, abstract
        session.sequence += 1
        session.updated_at = at
        session.save(update_fields=["title", "abstract", "sequence", "updated_at"])


def _roles_of(speaker: Speaker) -> QuerySet[EditionMember]:
    current = EditionMember.objects.current().filter(edition=speaker.edition, role=EditionRole.SPEAKER)
    return current.filter(person_id=speaker.person_id or 0)


def _check_speaker(speaker: Speaker, by: Viewer) -> None:
    if not policies.can_speak_as(by, speaker):
        raise PermissionDenied


def _check_address(edition: Edition, email: str, own_key: int | None) -> None:
    if not email:
        return
    others = Speaker.objects.filter(edition=edition, email__iexact=email).exclude(pk=own_key or 0)
    if others.exists():
        raise AddressTaken


def _fill(speaker: Speaker, details: SpeakerDetails) -> None:
    speaker.name, speaker.email = details.name, details.email.lower()
    speaker.organisation, speaker.country = details.organisation, details.country
    speaker.position, speaker.biography = details.position, details.biography
    speaker.slides_due_on = details.slides_due_on
    speaker.person = Person.objects.filter(email=speaker.email).first() if speaker.email else None


def _mail(speaker: Speaker, what: str, *, key: str, at: datetime, missing: Sequence[str] = ()) -> None:
    queue_mail(
        key=f"academy.speaker_{what}:{speaker.pk}:{key}",
        to=speaker.email,
        template=f"academy/desk/mail/speaker_{what}.txt",
        context={
            "speaker": speaker,
            "edition": speaker.edition,
            "link": address_of(speaker),
            "missing": missing,
            "contributions": list(speaker.contributions.select_related("session")),
        },
        language=_language_of(speaker),
        at=at,
        holds_secret=True,
    )


def _language_of(speaker: Speaker) -> str:
    """The person's own language, else that of the country where the platform speaks it."""
    if speaker.person is not None and speaker.person.language:
        return speaker.person.language
    spoken = (speaker.country_id or "").lower()
    return spoken if spoken in page_languages() else DEFAULT_LANGUAGE
