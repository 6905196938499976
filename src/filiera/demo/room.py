"""What a made-up room asked at the final questions in Torino, marked as demonstration."""

from datetime import datetime

from django.db import transaction

from filiera.academy.models import Edition, Session
from filiera.accounts.models import Person
from filiera.accounts.viewer import SYSTEM
from filiera.demo.tables import read
from filiera.live.actions.answers import answer_in_writing
from filiera.live.actions.channels import make_channel, open_channel
from filiera.live.actions.polls import PollDetails, make_poll, open_poll, reveal_poll
from filiera.live.models import (
    AudienceQuestion,
    Ballot,
    Channel,
    Poll,
    PollKind,
    QuestionState,
    Voice,
    Vote,
)

SESSION = "final-questions"
VOICES = 24
# What twenty-four made-up people choose among the three answers below.
CHOSEN = (0,) * 11 + (1,) * 8 + (2,) * 5
WORDS = ("trust", "time", "focus", "members", "Trust", "evidence", "neighbours", "time", "trust", "patience")


@transaction.atomic
def load_room(edition: Edition, people: dict[str, Person], at: datetime) -> None:
    """A channel for the final questions; one that is there already stays as it is."""
    if Channel.objects.filter(edition=edition).exists():
        return
    session = Session.objects.get(edition=edition, slug=SESSION)
    channel = make_channel(
        edition=edition,
        title=session.title,
        session=session,
        is_moderated=True,
        allows_anonymous=True,
        members_only=False,
        by=SYSTEM,
        at=at,
    )
    channel.code, channel.is_demonstration = "TQRNQ2", True
    channel.save(update_fields=["code", "is_demonstration"])
    channel = open_channel(channel=channel, by=SYSTEM, at=at)
    voices = Voice.objects.bulk_create(
        Voice(edition=edition, key_digest=f"demonstration-{number}", created_at=at)
        for number in range(VOICES)
    )
    _questions(channel, voices, people["facilitator"].name, at)
    _polls(channel, voices, at)


def _questions(channel: Channel, voices: list[Voice], answered_by: str, at: datetime) -> None:
    for row in read("generated_questions"):
        is_answered = row["state"] == QuestionState.ANSWERED
        question = AudienceQuestion.objects.create(
            channel=channel,
            text=row["text"],
            asker_name=row["asker"],
            state=QuestionState.PUBLISHED if is_answered else row["state"],
            asked_at=at,
        )
        wanted = voices[: int(row["votes"])]
        Vote.objects.bulk_create(Vote(question=question, voice=voice, cast_at=at) for voice in wanted)
        if is_answered:
            answer_in_writing(
                question=question, answer=row["answer"], answered_by_name=answered_by, by=SYSTEM, at=at
            )


def _polls(channel: Channel, voices: list[Voice], at: datetime) -> None:
    choice = _poll(
        channel,
        PollDetails(
            kind=PollKind.CHOICE,
            prompt="What holds your action plan back most?",
            options=("Time of our members", "Money for the first step", "A partner abroad"),
        ),
        at,
    )
    Ballot.objects.bulk_create(
        Ballot(poll=choice, voice=voice, value=[place], cast_at=at)
        for voice, place in zip(voices, CHOSEN, strict=True)
    )
    words = _poll(channel, PollDetails(kind=PollKind.WORDS, prompt="One word you take home"), at)
    Ballot.objects.bulk_create(
        Ballot(poll=words, voice=voice, value=[word], cast_at=at)
        for voice, word in zip(voices, WORDS, strict=False)
    )
    open_poll(poll=choice, by=SYSTEM, at=at)
    open_poll(poll=words, by=SYSTEM, at=at)
    reveal_poll(poll=choice, by=SYSTEM, at=at)


def _poll(channel: Channel, details: PollDetails, at: datetime) -> Poll:
    return make_poll(channel=channel, details=details, by=SYSTEM, at=at)
