"""Asking the whole room one thing, and keeping what each voice answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import Viewer
from filiera.live import policies
from filiera.live.actions.telling import tell, tell_votes
from filiera.live.actions.voices import raise_voice
from filiera.live.models import Ballot, Channel, Poll, PollKind, PollState
from filiera.shared.errors import DomainError

MOST_OPTIONS = 12
MOST_WORDS = 3
SCALE_STEPS = 5
Value = list[int] | int | list[str]


class OptionsNeeded(DomainError):
    message = _("A choice or ranking needs two to twelve different answers, one on each line.")
    field = "options"


class PollNotOpen(DomainError):
    message = _("This poll is closed. Your answer was not counted.")


class AnswerDoesNotFit(DomainError):
    message = _("This answer does not fit the question. Look at what it asks for.")


@dataclass(frozen=True, slots=True)
class PollDetails:
    """What a moderator writes of a poll."""

    kind: str
    prompt: str
    options: Sequence[str] = ()
    most_choices: int = 1
    low_label: str = ""
    high_label: str = ""


@transaction.atomic
def make_poll(*, channel: Channel, details: PollDetails, by: Viewer, at: datetime) -> Poll:
    """Prepare a poll; the room sees it once it is opened.

    Raises PermissionDenied, OptionsNeeded.
    """
    _ask_moderator(channel, by)
    Channel.objects.select_for_update().get(pk=channel.pk)
    options = list(dict.fromkeys(option.strip() for option in details.options if option.strip()))
    if details.kind in (PollKind.CHOICE, PollKind.RANKING):
        if not 2 <= len(options) <= MOST_OPTIONS:
            raise OptionsNeeded
    else:
        options = []
    last = Poll.objects.filter(channel=channel).aggregate(last=Max("position"))["last"] or 0
    return Poll.objects.create(
        channel=channel,
        kind=details.kind,
        prompt=details.prompt,
        options=options,
        most_choices=min(max(1, details.most_choices), max(1, len(options))),
        low_label=details.low_label,
        high_label=details.high_label,
        position=last + 1,
        created_at=at,
    )


@transaction.atomic
def open_poll(*, poll: Poll, by: Viewer, at: datetime) -> Poll:
    """Ask the room now; a poll that was open closes, so that telephones show one thing.

    Raises PermissionDenied.
    """
    _ask_moderator(poll.channel, by)
    Channel.objects.select_for_update().get(pk=poll.channel_id)
    others = Poll.objects.filter(channel=poll.channel_id, state=PollState.OPEN).exclude(pk=poll.pk)
    others.update(state=PollState.CLOSED)
    return _set(poll, state=PollState.OPEN, revealed_at=None)


@transaction.atomic
def close_poll(*, poll: Poll, by: Viewer) -> Poll:
    """Take no more answers. Raises PermissionDenied."""
    _ask_moderator(poll.channel, by)
    return _set(poll, state=PollState.CLOSED)


@transaction.atomic
def reveal_poll(*, poll: Poll, by: Viewer, at: datetime) -> Poll:
    """Show the results on telephones and on the screen. Raises PermissionDenied."""
    _ask_moderator(poll.channel, by)
    return _set(poll, revealed_at=poll.revealed_at or at)


@transaction.atomic
def cover_poll(*, poll: Poll, by: Viewer) -> Poll:
    """Hide the results again. Raises PermissionDenied."""
    _ask_moderator(poll.channel, by)
    return _set(poll, revealed_at=None)


@transaction.atomic
def cast_ballot(*, poll: Poll, value: Value, by: Viewer, key: str, at: datetime) -> Ballot:
    """Answer a poll; answering again while it is open replaces the answer.

    Raises PermissionDenied, PollNotOpen, AnswerDoesNotFit, NoVoice.
    """
    channel = poll.channel
    if not policies.can_take_part(by, channel):
        raise PermissionDenied
    if not channel.is_open or not Poll.objects.filter(pk=poll.pk, state=PollState.OPEN).exists():
        raise PollNotOpen
    if not _fits(poll, value):
        raise AnswerDoesNotFit
    voice = raise_voice(channel=channel, by=by, key=key, at=at)
    ballot, _is_new = Ballot.objects.update_or_create(
        poll=poll, voice=voice, defaults={"value": value, "cast_at": at}
    )
    tell_votes(channel, at)
    return ballot


@transaction.atomic
def hide_ballot(*, ballot: Ballot, by: Viewer) -> Ballot:
    """Keep an answer in words from the screen; it stays counted. Raises PermissionDenied."""
    channel = ballot.poll.channel
    _ask_moderator(channel, by)
    ballot.is_hidden = not ballot.is_hidden
    ballot.save(update_fields=["is_hidden"])
    tell(channel, "polls")
    return ballot


def _fits(poll: Poll, value: Value) -> bool:
    places = range(len(poll.options))
    match poll.kind:
        case PollKind.CHOICE:
            return (
                isinstance(value, list)
                and 1 <= len(value) <= poll.most_choices
                and len(set(value)) == len(value)
                and all(place in places for place in value)
            )
        case PollKind.RANKING:
            return isinstance(value, list) and sorted(map(str, value)) == sorted(map(str, places))
        case PollKind.SCALE:
            return isinstance(value, int) and 1 <= value <= SCALE_STEPS
        case PollKind.WORDS:
            return isinstance(value, list) and 1 <= len(value) <= MOST_WORDS and all(value)
        case PollKind.TOOL:
            return isinstance(value, list) and len(value) == 2 and bool(value[0])
        case _:
            return isinstance(value, list) and len(value) == 1 and bool(value[0])


def _ask_moderator(channel: Channel, by: Viewer) -> None:
    if not policies.can_moderate(by, channel.edition):
        raise PermissionDenied


def _set(poll: Poll, **values: object) -> Poll:
    poll = Poll.objects.select_for_update(of=("self",)).select_related("channel").get(pk=poll.pk)
    for name, value in values.items():
        setattr(poll, name, value)
    poll.save(update_fields=list(values))
    tell(poll.channel, "polls")
    return poll
