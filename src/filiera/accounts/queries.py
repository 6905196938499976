"""Reads about people that pages and other rooms share."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from babel import Locale
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from filiera.accounts.models import (
    AdministrationEntry,
    AdministrationWindow,
    ApiToken,
    Circle,
    Person,
    PersonKey,
    ProfileField,
)
from filiera.accounts.models.circles import queries_near
from filiera.accounts.secrets import API_TOKEN_PREFIX, digest_of
from filiera.accounts.viewer import Viewer
from filiera.shared.viewing import Onlooker
from filiera.texts.forms import language_name
from filiera.texts.sorting import sort_key

ADMINISTRATION_KEY = "administration_window"
_LAST_USE_GRAIN = timedelta(minutes=10)


def key_of(person: Person) -> UUID:
    """The random key under which facts know this person; made at the first question."""
    key, _created = PersonKey.objects.get_or_create(person=person)
    return key.key


def viewer_of_token(secret: str, at: datetime) -> Viewer | None:
    """The person a token speaks for, limited to its scopes; None for a token that is not usable."""
    if not secret.startswith(API_TOKEN_PREFIX):
        return None
    token = ApiToken.objects.usable(at).select_related("person").filter(digest=digest_of(secret)).first()
    if token is None:
        return None
    if token.last_used_at is None or at - token.last_used_at > _LAST_USE_GRAIN:
        # A grain of minutes, so that reading by token does not write at each request.
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=at)
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=at)
    return Viewer(person=token.person, scopes=frozenset(token.scopes))


def open_administration_window(request: HttpRequest, at: datetime) -> AdministrationWindow | None:
    """The administrator's window that this browser session opened, while it is open."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    window_id = request.session.get(ADMINISTRATION_KEY)
    if window_id is None or not request.user.is_authenticated:
        return None
    return AdministrationWindow.objects.open(at).filter(pk=window_id, person=request.user).first()


def administration_log(
    viewer: Viewer, *, windows: int = 30, entries: int = 500
) -> list[tuple[AdministrationWindow, list[AdministrationEntry]]]:
    """The newest windows a viewer may know of, each with what was done in it, newest first."""
    shown = list(
        AdministrationWindow.objects.visible_to(viewer).select_related("person").order_by("-pk")[:windows]
    )
    done: dict[int, list[AdministrationEntry]] = {window.pk: [] for window in shown}
    for entry in AdministrationEntry.objects.filter(window__in=done).order_by("-pk")[:entries]:
        done[entry.window_id].append(entry)
    return [(window, done[window.pk]) for window in shown]


def circles_reaching(person: Person, viewer: Onlooker) -> frozenset[str]:
    """The circles of a person that the viewer stands in."""
    if viewer.administering or viewer.person_id == person.pk:
        return frozenset(Circle.values)
    if viewer.person_id is None:
        return frozenset({Circle.PUBLIC})
    near = any(
        Person.objects.filter(pk=person.pk, pk__in=people_near).exists()
        for people_near in queries_near(viewer.person_id)
    )
    return frozenset({Circle.PUBLIC, Circle.NETWORK} | ({Circle.EDITION} if near else set()))


def visible_fields(person: Person, viewer: Onlooker) -> frozenset[str]:
    """The parts of a profile that the viewer may see."""
    reaching = circles_reaching(person, viewer)
    return frozenset(field for field in ProfileField.values if person.visibility[field] in reaching)


@lru_cache(maxsize=16)
def country_choices(language: str) -> tuple[tuple[str, str], ...]:
    """Countries by ISO code, named and sorted in a language."""
    names = Locale.parse(language).territories
    countries = [
        (code, name) for code, name in names.items() if len(code) == 2 and code not in _NOT_COUNTRIES
    ]
    return tuple(sorted(countries, key=lambda country: sort_key(country[1])))


_NOT_COUNTRIES = frozenset(
    {"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO", "AC", "CP", "DG", "EA", "IC", "TA", "CQ"}
)


@dataclass(frozen=True, slots=True)
class ProfileParts:
    """A profile cut down to what one viewer may see; what they may not see is empty."""

    photo: str
    email: str
    country: str
    languages: list[str]
    biography: dict[str, str]
    links: list[str]


def profile_parts(person: Person, viewer: Onlooker) -> ProfileParts:
    visible = visible_fields(person, viewer)
    countries = dict(country_choices(get_language() or settings.LANGUAGE_CODE))
    return ProfileParts(
        photo=photo_address(person) if ProfileField.PHOTO in visible else "",
        email=person.email if ProfileField.EMAIL in visible else "",
        country=countries.get(person.country, "") if ProfileField.COUNTRY in visible else "",
        languages=[language_name(code) for code in person.languages]
        if ProfileField.LANGUAGES in visible
        else [],
        biography=person.biography if ProfileField.BIOGRAPHY in visible else {},
        links=person.links if ProfileField.LINKS in visible else [],
    )


def photo_address(person: Person) -> str:
    """Where a person's photograph lies; its file asks again who may see it."""
    return reverse("files:file", args=[person.photo.uuid]) if person.photo else ""
