"""Publishing the draft as a version, and telling those whom a change concerns."""

from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import islice

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from filiera.academy import facts, policies
from filiera.academy.changes import TOLD_TO_STARRERS, Change, changes_between, in_words
from filiera.academy.exports import published_exports
from filiera.academy.models import (
    Edition,
    Material,
    MaterialAudience,
    ProgrammeVersion,
    PublishedExport,
    PublishedSession,
    PublishedSpeaker,
    Speaker,
    Star,
)
from filiera.academy.prepared import (
    PREPARED_FORMAT,
    prepared_sessions,
    prepared_speakers,
    version_data,
)
from filiera.academy.push_topics import programme_topic
from filiera.academy.snapshot import SessionData, Snapshot, Texts, content_of, snapshot_of
from filiera.accounts.models import Person
from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.ledger import actions as ledger
from filiera.mail.actions import queue_mail
from filiera.push.actions import publish_event
from filiera.shared.errors import DomainError
from filiera.texts.languages import DEFAULT_LANGUAGE, page_languages

_CHANGES_IN_MAIL = 20


class NothingToPublish(DomainError):
    message = _("The programme has not changed since it was last published.")


@transaction.atomic
def publish_programme(*, edition: Edition, note: Texts, by: Viewer, at: datetime) -> ProgrammeVersion:
    """Show visitors the draft as it stands, as the edition's next version.

    The words of every row, calendar entry and Frab event are rendered here, so that pages only join them.
    Those who starred a session that changed are told once, after the transaction.
    Raises PermissionDenied, NothingToPublish.
    """
    if not policies.can_publish_programme(by, edition):
        raise PermissionDenied
    return publish_draft(edition=edition, note=note, by=by, at=at)


def publish_draft(
    *, edition: Edition, note: Texts, by: Viewer, at: datetime, is_told_by_mail: bool = True
) -> ProgrammeVersion:
    """Publish within the caller's transaction. Asks no policy: the action that calls it has asked its own.

    Raises NothingToPublish.
    """
    edition = (
        Edition.objects.select_for_update(of=("self",))
        .select_related("series", "organiser", "host", "current_version")
        .get(pk=edition.pk)
    )
    previous = edition.current_version
    before = published_sessions(previous)
    snapshot = snapshot_of(edition, published_before=[session["id"] for session in before])
    if previous is not None and previous.digest == snapshot.digest:
        raise NothingToPublish
    _keep_unchanged_as_they_were(snapshot, before)
    version = _write_version(edition, snapshot, before, note=note, by=by, at=at)
    edition.current_version = version
    edition.save(update_fields=["current_version"])
    if previous is None:
        ledger.record(
            facts.EDITION_PUBLISHED.code, subject=edition, organisation=edition.organiser, by=by, at=at
        )
    _record_materials(edition, by=by, at=at)
    publish_event(programme_topic(edition.pk), {"version": version.number})
    if is_told_by_mail and any(change["kind"] in TOLD_TO_STARRERS for change in version.changes):
        transaction.on_commit(partial(tell_starrers_later, version.pk))
    return version


def unpublished_changes(edition: Edition) -> list[Change] | None:
    """What publishing now would change, without publishing; None when it would change nothing."""
    before = published_sessions(edition.current_version)
    snapshot = snapshot_of(edition, published_before=[session["id"] for session in before])
    if edition.current_version is not None and edition.current_version.digest == snapshot.digest:
        return None
    return changes_between(before, snapshot.sessions)


def published_sessions(version: ProgrammeVersion | None) -> list[SessionData]:
    if version is None:
        return []
    rows = PublishedSession.objects.filter(version=version).order_by("position")
    return list(rows.values_list("data", flat=True))


def record_material(*, material: Material, by: Viewer, at: datetime) -> None:
    """Count a material that others than the team may see, once its session is published.

    Asks no policy: the action that adds the material has asked its own.
    """
    session = material.session
    version_id = session.edition.current_version_id
    if material.audience == MaterialAudience.TEAM or version_id is None:
        return
    if PublishedSession.objects.filter(version_id=version_id, session=session).exists():
        organiser = session.edition.organiser
        ledger.record(facts.MATERIAL_PUBLISHED.code, subject=material, organisation=organiser, by=by, at=at)


def tell_starrers_later(version_id: int) -> None:
    tell_starrers.configure(queueing_lock=f"academy.tell_starrers-{version_id}").defer(version_id=version_id)


@app.task(name="academy.tell_starrers")
def tell_starrers(version_id: int) -> None:
    """Write to each person who starred a session that this version changed: one mail, once."""
    version = ProgrammeVersion.objects.select_related("edition").get(pk=version_id)
    relevant = [change for change in version.changes if change["kind"] in TOLD_TO_STARRERS]
    starred: dict[Person, set[int]] = defaultdict(set)
    stars = Star.objects.filter(
        session_id__in={change["session_id"] for change in relevant}, person__is_active=True
    ).select_related("person")
    for star in stars:
        starred[star.person].add(star.session_id)
    for person, sessions in starred.items():
        told = [change for change in relevant if change["session_id"] in sessions]
        _write_to(person, version, told)


def _write_to(person: Person, version: ProgrammeVersion, changes: list[Change]) -> None:
    queue_mail(
        key=f"academy.programme_changed:{version.pk}:{person.pk}",
        to=person,
        template="academy/public/programme_changed.txt",
        context={
            "edition": version.edition,
            "version": version,
            "changes": [_Sentence(change) for change in islice(changes, _CHANGES_IN_MAIL)],
            "further": max(len(changes) - _CHANGES_IN_MAIL, 0),
        },
        language=person.language or DEFAULT_LANGUAGE,
        at=version.published_at,
    )


class _Sentence:
    """A change that is put into words only when the mail's language is known."""

    def __init__(self, change: Change) -> None:
        self.change = change

    def __str__(self) -> str:
        return in_words(self.change)


def _keep_unchanged_as_they_were(snapshot: Snapshot, before: list[SessionData]) -> None:
    # A calendar asks again for whatever has a new number; what says the same keeps the one it had.
    earlier = {session["id"]: session for session in before}
    for session in snapshot.sessions:
        known = earlier.get(session["id"])
        if known is not None and content_of(known) == content_of(session):
            session["sequence"], session["updated_at"] = known["sequence"], known["updated_at"]


def _write_version(
    edition: Edition,
    snapshot: Snapshot,
    before: list[SessionData],
    *,
    note: Texts,
    by: Viewer,
    at: datetime,
) -> ProgrammeVersion:
    previous = edition.current_version
    version = ProgrammeVersion.objects.create(
        edition=edition,
        number=previous.number + 1 if previous else 1,
        note=note,
        published_at=at,
        published_by=by.person,
        digest=snapshot.digest,
        data=version_data(snapshot),
        prepared_format=PREPARED_FORMAT,
        changes=changes_between(before, snapshot.sessions) if previous else [],
    )
    keys = dict(Speaker.objects.filter(edition=edition).values_list("slug", "pk"))
    PublishedSession.objects.bulk_create(prepared_sessions(version, snapshot.sessions))
    PublishedSpeaker.objects.bulk_create(prepared_speakers(version, snapshot.speakers, keys))
    write_exports(version, snapshot.sessions)
    return version


def write_exports(version: ProgrammeVersion, sessions: Iterable[SessionData]) -> None:
    """Render a version's entries for every file. Asks no policy: it is a part of publishing."""
    base = settings.PUBLIC_URL.rstrip("/")
    exports = published_exports(version, sessions, languages=page_languages(), base=base)
    PublishedExport.objects.bulk_create(exports)


def _record_materials(edition: Edition, *, by: Viewer, at: datetime) -> None:
    materials = Material.objects.filter(session__published__version=edition.current_version)
    for material in materials.exclude(audience=MaterialAudience.TEAM):
        ledger.record(
            facts.MATERIAL_PUBLISHED.code, subject=material, organisation=edition.organiser, by=by, at=at
        )


@transaction.atomic
def prepare_again(*, version: ProgrammeVersion, by: Viewer = SYSTEM) -> None:
    """Render the rows of a version anew after the platform changed their shape; what it says stays.

    Raises PermissionDenied.
    """
    if not policies.can_publish_programme(by, version.edition):
        raise PermissionDenied
    version = ProgrammeVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    sessions = PublishedSession.objects.filter(version=version).order_by("position")
    fresh = prepared_sessions(version, [row.data for row in sessions])
    by_slug = {row.slug: row for row in fresh}
    for row in sessions:
        new = by_slug[row.slug]
        row.rows, row.bodies, row.words = new.rows, new.bodies, new.words
    PublishedSession.objects.bulk_update(sessions, ["rows", "bodies", "words"])
    version.exports.all().delete()
    write_exports(version, [row.data for row in sessions])
    speakers = list(PublishedSpeaker.objects.filter(version=version).order_by("position"))
    keys = {row.slug: row.speaker_id or 0 for row in speakers}
    rows = {row.slug: row.rows for row in prepared_speakers(version, [row.data for row in speakers], keys)}
    for speaker in speakers:
        speaker.rows = rows[speaker.slug]
    PublishedSpeaker.objects.bulk_update(speakers, ["rows"])
    version.prepared_format = PREPARED_FORMAT
    version.save(update_fields=["prepared_format"])


def prepare_old_versions(*, by: Viewer = SYSTEM) -> int:
    """Render anew the current versions whose rows an older platform shaped; how many. May run twice.

    Raises PermissionDenied.
    """
    outdated = ProgrammeVersion.objects.filter(pk=F("edition__current_version"))
    waiting = outdated.exclude(prepared_format=PREPARED_FORMAT).select_related("edition").order_by("pk")
    for version in waiting:
        prepare_again(version=version, by=by)
    return len(waiting)


@app.task(name="academy.prepare_old_versions", queueing_lock="academy.prepare_old_versions")
def prepare_old_versions_after_upgrade() -> None:
    prepare_old_versions()


def prepare_old_versions_later() -> None:
    """Queue it; a start that finds it queued already leaves it so."""
    with suppress(AlreadyEnqueued), transaction.atomic():
        prepare_old_versions_after_upgrade.defer()
