"""Who speaks: one voice for a person or a browser in an edition, whatever the number of windows."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.live.models import Ballot, Channel, Voice, Vote
from filiera.live.voices import digest_of
from filiera.shared.errors import DomainError


class NoVoice(DomainError):
    message = _(
        "Your browser keeps no cookies, by which one vote is told from another. Allow them and try again."
    )


@transaction.atomic
def raise_voice(*, channel: Channel, by: Viewer, key: str, at: datetime) -> Voice:
    """The voice of the person, or of the browser that holds the key; made at its first word.

    Somebody who voted before signing in takes those votes along, so that nobody counts twice.
    Asks no policy: the action that calls it has asked its own. Raises NoVoice.
    """
    if by.person is None:
        if not key:
            raise NoVoice
        voice, _is_new = Voice.objects.get_or_create(
            edition_id=channel.edition_id, key_digest=digest_of(key), defaults={"created_at": at}
        )
        return voice
    voice, _is_new = Voice.objects.get_or_create(
        edition_id=channel.edition_id, person=by.person, defaults={"created_at": at}
    )
    if key:
        _take_along(voice, digest_of(key))
    return voice


def _take_along(voice: Voice, key_digest: str) -> None:
    before = (
        Voice.objects.select_for_update().filter(edition_id=voice.edition_id, key_digest=key_digest).first()
    )
    if before is None:
        return
    before.votes.exclude(question__in=Vote.objects.filter(voice=voice).values("question")).update(voice=voice)
    before.ballots.exclude(poll__in=Ballot.objects.filter(voice=voice).values("poll")).update(voice=voice)
    before.questions.update(voice=voice)
    before.delete()
