"""What people say about themselves and how they want to read the platform."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction

from filiera.accounts import policies
from filiera.accounts.file_policies import PHOTO
from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.files.actions import discard_file, store_photograph
from filiera.texts.sorting import sort_key


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything a person tells about themselves, whole: what is left out is removed."""

    name: str
    country: str
    languages: list[str]
    biography: dict[str, str]
    links: list[str]
    visibility: Mapping[str, str]


@transaction.atomic
def edit_profile(
    *,
    person: Person,
    profile: Profile,
    by: Viewer,
    at: datetime,
    photo: "File[Any] | None" = None,
    remove_photo: bool = False,
) -> Person:
    """Keep what a person tells about themselves; a new photograph replaces the old one.

    Raises PermissionDenied, and for a photograph what store_photograph raises.
    """
    if not policies.can_edit_person(by, person):
        raise PermissionDenied
    person = Person.objects.select_for_update(of=("self",)).select_related("photo").get(pk=person.pk)
    old_photo = person.photo
    if photo is not None:
        person.photo = store_photograph(upload=photo, policy=PHOTO, by=by, at=at)
    elif remove_photo:
        person.photo = None
    person.name, person.sort_name = profile.name, sort_key(profile.name or person.email)
    person.country, person.languages = profile.country, profile.languages
    person.biography, person.links = profile.biography, profile.links
    person.visibility = dict(profile.visibility)
    person.save()
    if old_photo is not None and person.photo != old_photo:
        discard_file(stored_file=old_photo)
    return person


@transaction.atomic
def set_preferences(*, person: Person, language: str, time_zone: str, theme: str, by: Viewer) -> Person:
    """Keep the language, the time zone and the theme a person reads with.

    Raises PermissionDenied.
    """
    if not policies.can_edit_person(by, person):
        raise PermissionDenied
    person.language, person.time_zone, person.theme = language, time_zone, theme
    person.save(update_fields=["language", "time_zone", "theme"])
    return person


def prefer_language(*, person: Person, language: str) -> None:
    """Remember the language a person picked in passing."""
    person.language = language
    person.save(update_fields=["language"])
