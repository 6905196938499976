"""The link by which a speaker comes in without an account."""

from django.conf import settings
from django.urls import reverse

from filiera.academy.models import Speaker
from filiera.academy.permissions import speak_as
from filiera.accounts.viewer import Viewer
from filiera.shared.links import link_token, row_of

_SALT = "filiera.academy.speaker-link"


def token_of(speaker: Speaker) -> str:
    """The same for each mail until the link is renewed; worthless without the platform's key."""
    return link_token(_SALT, speaker.pk, speaker.link_seed)


def address_of(speaker: Speaker) -> str:
    return f"{settings.PUBLIC_URL}{reverse('speaking:speaking', args=[token_of(speaker)])}"


def speaker_of(token: str) -> Speaker | None:
    """The speaker whose present link this is."""
    speakers = Speaker.objects.exclude(link_seed="").select_related("edition", "person", "photo")
    return row_of(token, speakers, token_of)


def viewer_by_link(speaker: Speaker) -> Viewer:
    """Whoever holds a speaker's link: nobody by name, and may do one thing."""
    return Viewer(person=None, edition_id=speaker.edition_id, permissions=frozenset({speak_as(speaker.pk)}))
