"""Voting: one statement for a hall that votes within seconds, the long way for everybody else."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from filiera.accounts.viewer import VISITOR, Viewer
from filiera.live import policies
from filiera.live.actions.telling import VOTES_EVERY, tell_counts, tell_votes
from filiera.live.actions.voices import raise_voice
from filiera.live.models import AudienceQuestion, Channel, QuestionState, Vote
from filiera.live.voices import digest_of
from filiera.shared.errors import DomainError
from filiera.shared.statements import Statement, first_row

_TAKES_VOTES = (QuestionState.PUBLISHED, QuestionState.ON_STAGE)
# Neither a code nor a slug: those have no spaces.
_CODE, _SLUG = "ANY CODE", "ANY SLUG"
_QUESTION, _DIGEST, _AT, _BEFORE = "QUESTION", "DIGEST", "AT", "BEFORE"


class ChannelClosed(DomainError):
    message = _("Questions are closed here. What was asked stays, and what is open goes to the speakers.")


class QuestionNotOpen(DomainError):
    message = _("This question takes no votes any more.")


@dataclass(frozen=True, slots=True)
class Counted:
    """What became of a vote: whether the voice wants the question now, and how many do."""

    is_wanted: bool
    votes: int
    text: str


def let_in(channel: Channel, by: Viewer) -> None:
    """Raises PermissionDenied, ChannelClosed."""
    if not policies.can_take_part(by, channel):
        raise PermissionDenied
    if not channel.is_open:
        raise ChannelClosed


@transaction.atomic
def cast_vote(*, question: AudienceQuestion, by: Viewer, key: str, at: datetime) -> bool:
    """Want a question answered, or no longer; says whether one wants it now. One vote for a voice.

    Raises PermissionDenied, ChannelClosed, QuestionNotOpen, NoVoice.
    """
    channel = question.channel
    let_in(channel, by)
    if question.state not in _TAKES_VOTES:
        raise QuestionNotOpen
    voice = raise_voice(channel=channel, by=by, key=key, at=at)
    _vote, is_new = Vote.objects.get_or_create(question=question, voice=voice, defaults={"cast_at": at})
    if not is_new:
        _vote.delete()
    tell_votes(channel, at)
    return is_new


def cast_vote_at_once(
    *, edition_slug: str, code: str, question_id: int, key: str, at: datetime
) -> Counted | None:
    """The same for a browser without an account, in one statement; None where the long way says why not.

    What the long way asks, this statement asks as well: that visitors see the edition, that the channel is
    open to them, that the question takes votes. The unique voice and vote are the database's own.
    """
    if not key:
        return None
    values = {
        _CODE: code.upper(),
        _SLUG: edition_slug,
        _QUESTION: question_id,
        _DIGEST: digest_of(key),
        _AT: at,
        _BEFORE: at - VOTES_EVERY,
    }
    row = first_row(_statement(), values)
    if row is None:
        return None
    channel_id, text, before, cast, gone, due = row
    if due:
        tell_counts(Channel.objects.get(pk=channel_id))
    return Counted(is_wanted=bool(cast), votes=before + cast - gone, text=text)


@lru_cache(maxsize=1)
def _statement() -> Statement:
    open_to_visitors = Channel.objects.visible_to(VISITOR).filter(
        code=_CODE,
        edition__slug=_SLUG,
        members_only=False,
        opened_at__isnull=False,
        closed_at__isnull=True,
    )
    channels, parameters = open_to_visitors.values("pk").query.sql_with_params()
    # All parts see the rows as they were before: what was cast and taken back is counted in afterwards.
    # What is put in by name is SQL that Django wrote; every value is a parameter.
    sql = f"""
        WITH asked AS (
            SELECT question.id, question.text, channel.id AS channel_id, channel.edition_id
            FROM live_audiencequestion question JOIN live_channel channel ON channel.id = question.channel_id
            WHERE question.id = %s AND question.state IN (%s, %s) AND channel.id IN ({channels})
            FOR KEY SHARE OF question
        ), known AS (
            SELECT voice.id FROM live_voice voice JOIN asked USING (edition_id) WHERE voice.key_digest = %s
        ), made AS (
            INSERT INTO live_voice (edition_id, key_digest, created_at)
            SELECT edition_id, %s, %s FROM asked WHERE NOT EXISTS (SELECT FROM known)
            ON CONFLICT (edition_id, key_digest) WHERE NOT (key_digest = '')
            DO UPDATE SET key_digest = EXCLUDED.key_digest
            RETURNING id
        ), voice AS (
            SELECT id FROM known UNION ALL SELECT id FROM made
        ), gone AS (
            DELETE FROM live_vote vote USING voice, asked
            WHERE vote.voice_id = voice.id AND vote.question_id = asked.id RETURNING vote.id
        ), cast_now AS (
            INSERT INTO live_vote (question_id, voice_id, cast_at)
            SELECT asked.id, voice.id, %s FROM asked, voice WHERE NOT EXISTS (SELECT FROM gone)
            ON CONFLICT DO NOTHING RETURNING id
        ), due AS (
            UPDATE live_channel channel SET votes_told_at = %s FROM asked
            WHERE channel.id = asked.channel_id
                AND (channel.votes_told_at IS NULL OR channel.votes_told_at < %s)
            RETURNING channel.id
        )
        SELECT asked.channel_id, asked.text,
            (SELECT count(*) FROM live_vote WHERE question_id = asked.id),
            (SELECT count(*) FROM cast_now), (SELECT count(*) FROM gone), (SELECT count(*) FROM due)
        FROM asked
    """  # noqa: S608 - see above
    return sql, (_QUESTION, *_TAKES_VOTES, *parameters, _DIGEST, _DIGEST, _AT, _AT, _AT, _BEFORE)
