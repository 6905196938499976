"""The link by which a speaker answers what the room still asks."""

from django.conf import settings
from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from filiera.academy.models import Speaker
from filiera.accounts.viewer import Viewer
from filiera.live.models import AudienceQuestion, Channel, QuestionState
from filiera.live.permissions import answer_in

_SALT = "filiera.live.answering"


def unanswered_in(channel: Channel) -> "QuerySet[AudienceQuestion, AudienceQuestion]":
    """What the room saw and nobody answered, the most wanted first."""
    open_states = (QuestionState.PUBLISHED, QuestionState.ON_STAGE)
    found = AudienceQuestion.objects.filter(channel=channel, state__in=open_states)
    return found.annotate(vote_count=Count("votes")).order_by("-vote_count", "asked_at", "pk")


def address_of(channel: Channel, speaker: Speaker) -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('live:answering', args=[_token(channel, speaker)])}"


def channel_and_speaker(token: str) -> tuple[Channel, Speaker] | None:
    """Whose link this is; it ends with the speaker's own link."""
    parts = token.split("-")
    if len(parts) != 3 or not all(part.isdecimal() and len(part) < 18 for part in parts[:2]):
        return None
    channel = Channel.objects.filter(pk=int(parts[0])).select_related("edition__organiser", "session").first()
    speakers = Speaker.objects.exclude(link_seed="").select_related("organisation")
    speaker = speakers.filter(pk=int(parts[1])).first()
    if channel is None or speaker is None or speaker.edition_id != channel.edition_id:
        return None
    return (channel, speaker) if constant_time_compare(_token(channel, speaker), token) else None


def viewer_by_link(channel: Channel) -> Viewer:
    """Whoever holds the link: nobody by name, and may do one thing."""
    return Viewer(person=None, edition_id=channel.edition_id, permissions=frozenset({answer_in(channel.pk)}))


def _token(channel: Channel, speaker: Speaker) -> str:
    told = f"{channel.pk}:{speaker.pk}:{speaker.link_seed}"
    return f"{channel.pk}-{speaker.pk}-{salted_hmac(_SALT, told, algorithm='sha256').hexdigest()[:40]}"
