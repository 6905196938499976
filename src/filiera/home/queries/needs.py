"""What waits for somebody, and the editions in which they may do something about it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from filiera.academy.models import Edition
from filiera.academy.permissions import VIEW_DRAFT
from filiera.texts.languages import translated


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for this person: what, where, and for which edition or organisation."""

    sentence: str
    address: str
    about: str
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class EditionPlace:
    """An edition that the person belongs to, with their roles and the way in."""

    edition: Edition
    roles: list[str]
    permissions: frozenset[str]

    @property
    def has_desk(self) -> bool:
        return VIEW_DRAFT in self.permissions


def editions_with(places: Iterable[EditionPlace], permission: str) -> dict[int, Edition]:
    """The editions by key in which one's roles allow something."""
    return {place.edition.pk: place.edition for place in places if permission in place.permissions}


def need_in(
    edition: Edition, sentence: str, url_name: str, *arguments: object, is_urgent: bool = False
) -> Need:
    return Need(
        sentence=sentence,
        address=reverse(url_name, args=[edition.slug, *arguments]),
        about=translated(edition.name),
        is_urgent=is_urgent,
    )
