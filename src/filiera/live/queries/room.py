"""What telephones and the screen show of a channel."""

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, F, QuerySet

from filiera.accounts.viewer import Viewer
from filiera.live.models import (
    SEEN_BY_ALL,
    AudienceQuestion,
    Ballot,
    Channel,
    Poll,
    PollState,
    QuestionState,
    Voice,
    Vote,
)
from filiera.live.voices import digest_of

SHOWN_AT_MOST = 200


class Order(StrEnum):
    VOTES = "votes"
    NEWEST = "newest"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True)
class Room:
    """A channel as one voice sees it: its questions, those it voted for, its own that wait, the poll."""

    questions: list[AudienceQuestion]
    wanted: frozenset[int]
    own_waiting: list[AudienceQuestion]
    poll: Poll | None
    own_ballot: Ballot | None


def room_of(channel: Channel, *, viewer: Viewer, key: str, order: Order = Order.VOTES) -> Room:
    """All that a telephone shows; the number of statements does not depend on how many ask or vote."""
    voice = voice_of(channel, viewer=viewer, key=key)
    questions = list(_ordered(AudienceQuestion.objects.filter(channel=channel, state__in=SEEN_BY_ALL), order))
    poll = current_poll(channel)
    return Room(
        questions=questions,
        wanted=frozenset(
            Vote.objects.filter(voice=voice, question__channel=channel).values_list("question_id", flat=True)
        )
        if voice
        else frozenset(),
        own_waiting=list(
            AudienceQuestion.objects.filter(
                channel=channel, voice=voice, state=QuestionState.PENDING
            ).order_by("-asked_at", "-pk")
        )
        if voice
        else [],
        poll=poll,
        own_ballot=Ballot.objects.filter(poll=poll, voice=voice).first() if voice and poll else None,
    )


def votes_of(channel: Channel) -> dict[int, int]:
    """How many voices want each question that the room sees."""
    shown = AudienceQuestion.objects.filter(channel=channel, state__in=SEEN_BY_ALL)
    return dict(shown.values_list("pk").annotate(count=Count("votes")).order_by())


def votes_for(question: AudienceQuestion) -> int:
    """How many voices want the question now."""
    return Vote.objects.filter(question=question).count()


def current_poll(channel: Channel) -> Poll | None:
    """The poll that is open, else the last one whose results were revealed."""
    polls = Poll.objects.filter(channel=channel)
    return (
        polls.filter(state=PollState.OPEN).first()
        or polls.filter(revealed_at__isnull=False).order_by("-revealed_at").first()
    )


def on_stage(channel: Channel) -> AudienceQuestion | None:
    """The question that stands on the screen."""
    return AudienceQuestion.objects.filter(channel=channel, state=QuestionState.ON_STAGE).with_votes().first()


def most_wanted(channel: Channel, count: int) -> list[AudienceQuestion]:
    """The published questions with the most votes."""
    published = AudienceQuestion.objects.filter(channel=channel, state=QuestionState.PUBLISHED)
    return list(_ordered(published, Order.VOTES)[:count])


def voice_of(channel: Channel, *, viewer: Viewer, key: str) -> Voice | None:
    """The voice of a person or browser, if it has spoken in this edition."""
    voices = Voice.objects.filter(edition_id=channel.edition_id)
    if viewer.person_id is not None:
        return voices.filter(person_id=viewer.person_id).first()
    return voices.filter(key_digest=digest_of(key)).first() if key else None


def _ordered(
    questions: "QuerySet[AudienceQuestion, AudienceQuestion]", order: Order
) -> "QuerySet[AudienceQuestion, AudienceQuestion]":
    counted = questions.annotate(vote_count=Count("votes"))
    if order == Order.NEWEST:
        return counted.order_by("-asked_at", "-pk")[:SHOWN_AT_MOST]
    if order == Order.UNANSWERED:
        counted = counted.filter(answered_at__isnull=True)
    return counted.order_by(F("answered_at").asc(nulls_first=True), "-vote_count", "asked_at", "pk")[
        :SHOWN_AT_MOST
    ]
