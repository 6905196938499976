"""A speaker who was erased leaves every version of the programme, and every step of the editor."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from filiera.academy.models import (
    Edition,
    EditStep,
    ProgrammeVersion,
    PublishedSession,
    PublishedSpeaker,
    Speaker,
)
from filiera.academy.prepared import prepared_sessions, prepared_speakers
from filiera.academy.snapshot import SpeakerData

from .publication import published_sessions, write_exports
from .steps import NAMES, lock_edition

FORGOTTEN = "—"


@transaction.atomic
def forget_speaker(*, speaker: Speaker) -> None:
    """Take a speaker's name, texts and links out of what was published and out of the undo history.

    Versions never change, so each that named the speaker is replaced by one that does not: number, time
    and note stay, its key is new, and no kept page or file of the old one is shown again.

    Asks no policy: it follows a person's erasure, which has asked its own.
    """
    edition = lock_edition(speaker.edition)
    row = {"table": NAMES[Speaker], "key": speaker.pk}
    EditStep.objects.filter(edition=edition).filter(
        Q(before__contains=[row]) | Q(after__contains=[row])
    ).delete()
    for version in ProgrammeVersion.objects.filter(speakers__speaker=speaker).order_by("number"):
        _replace(version, edition, speaker)


def _replace(version: ProgrammeVersion, edition: Edition, speaker: Speaker) -> None:
    old_key, slug = version.pk, f"speaker-{speaker.pk}"
    published = list(PublishedSpeaker.objects.filter(version=version).order_by("position"))
    [theirs] = [row for row in published if row.speaker_id == speaker.pk]
    names = {theirs.data["name"]: FORGOTTEN, theirs.slug: slug}
    sessions = published_sessions(version)
    for session in sessions:
        session["speakers"] = [_forgotten_line(line, theirs.slug, slug) for line in session["speakers"]]
    speakers: list[SpeakerData] = [
        _forgotten_speaker(row.data, slug) if row.pk == theirs.pk else row.data for row in published
    ]
    keys = {slug if row.pk == theirs.pk else row.slug: row.speaker_id for row in published}
    is_current = edition.current_version_id == old_key
    if is_current:
        Edition.objects.filter(pk=edition.pk).update(current_version=None)
    ProgrammeVersion.objects.get(pk=old_key).delete()
    version.pk = None
    version._state.adding = True
    version.data = _renamed(version.data, names)
    version.changes = _renamed(version.changes, names)
    version.digest = f"{slug}:{version.digest}"[:64]
    version.save()
    PublishedSession.objects.bulk_create(prepared_sessions(version, sessions))
    PublishedSpeaker.objects.bulk_create(prepared_speakers(version, speakers, keys))
    write_exports(version, sessions)
    if is_current:
        Edition.objects.filter(pk=edition.pk).update(current_version=version)
        edition.current_version = version


def _forgotten_line(line: dict[str, str], old_slug: str, slug: str) -> dict[str, str]:
    if line["slug"] != old_slug:
        return line
    return {**dict.fromkeys(line, ""), "slug": slug, "name": FORGOTTEN, "role": line["role"]}


def _forgotten_speaker(data: SpeakerData, slug: str) -> SpeakerData:
    return {
        "slug": slug,
        "name": FORGOTTEN,
        "position": {},
        "organisation": "",
        "organisation_slug": "",
        "country": "",
        "country_names": {},
        "biography": {},
        "photo": "",
        "sessions": data["sessions"],
        "sources": [],
        "is_demonstration": data["is_demonstration"],
    }


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """The same structure with a name wherever it stands as a whole text replaced."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, list):
        return [_renamed(item, names) for item in value]
    if isinstance(value, dict):
        return {key: _renamed(item, names) for key, item in value.items()}
    return value
