"""The link by which a speaker comes in without an account."""

import secrets

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from filiera.academy.models import Speaker
from filiera.academy.permissions import speak_as
from filiera.accounts.viewer import Viewer

_SALT = "filiera.academy.speaker-link"


def fresh_seed() -> str:
    return secrets.token_hex(16)


def token_of(speaker: Speaker) -> str:
    """The same for each mail until the link is renewed; worthless without the platform's key."""
    mark = salted_hmac(_SALT, f"{speaker.pk}:{speaker.link_seed}", algorithm="sha256").hexdigest()[:40]
    return f"{speaker.pk}-{mark}"


def address_of(speaker: Speaker) -> str:
    return f"{settings.PUBLIC_URL}{reverse('speaking:speaking', args=[token_of(speaker)])}"


def speaker_of(token: str) -> Speaker | None:
    """The speaker whose present link this is."""
    key, _dash, _mark = token.partition("-")
    if not key.isdecimal() or len(key) > 18:
        return None
    speakers = Speaker.objects.exclude(link_seed="").select_related("edition", "person", "photo")
    speaker = speakers.filter(pk=int(key)).first()
    if speaker is None or not constant_time_compare(token_of(speaker), token):
        return None
    return speaker


def viewer_by_link(speaker: Speaker) -> Viewer:
    """Whoever holds a speaker's link: nobody by name, and may do one thing."""
    return Viewer(person=None, edition_id=speaker.edition_id, permissions=frozenset({speak_as(speaker.pk)}))
