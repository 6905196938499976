"""What moderators and organisers see of their channels."""

from dataclasses import dataclass

from django.db.models import Count, Q

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.live.models import AudienceQuestion, Ballot, Channel, Poll, PollKind, QuestionState
from filiera.texts.similarity import similarity

ALIKE = 0.45
_OPEN = (QuestionState.PENDING, QuestionState.PUBLISHED, QuestionState.ON_STAGE)


@dataclass(frozen=True, slots=True)
class Moderated:
    """A question with the open one it is most like, where there is such."""

    question: AudienceQuestion
    alike: AudienceQuestion | None


def channels_of(viewer: Viewer, edition: Edition) -> list[Channel]:
    """The edition's channels with how many questions wait and stand in each."""
    return list(
        Channel.objects.visible_to(viewer)
        .filter(edition=edition)
        .select_related("session")
        .annotate(
            waiting_count=Count("questions", filter=Q(questions__state=QuestionState.PENDING), distinct=True),
            question_count=Count(
                "questions",
                filter=~Q(questions__state__in=[QuestionState.HIDDEN, QuestionState.MERGED]),
                distinct=True,
            ),
        )
        .order_by("created_at", "pk")
    )


def questions_to_moderate(viewer: Viewer, channel: Channel) -> dict[str, list[Moderated]]:
    """By state, the waiting by time and the published by votes, each with what it could be merged into."""
    questions = list(
        AudienceQuestion.objects.visible_to(viewer)
        .filter(channel=channel)
        .exclude(state=QuestionState.MERGED)
        .with_votes()
        .order_by("asked_at", "pk")
    )
    by_state: dict[str, list[Moderated]] = {state.value: [] for state in QuestionState}
    standing = [question for question in questions if question.state in _OPEN]
    for question in questions:
        by_state[question.state].append(Moderated(question, _most_alike(question, standing)))
    by_state[QuestionState.PUBLISHED].sort(key=lambda each: -each.question.vote_count)  # type: ignore[attr-defined]
    return by_state


def _most_alike(question: AudienceQuestion, standing: list[AudienceQuestion]) -> AudienceQuestion | None:
    if question.state not in _OPEN:
        return None
    best = max(
        (other for other in standing if other.pk != question.pk),
        key=lambda other: similarity(question.text, other.text),
        default=None,
    )
    return best if best is not None and similarity(question.text, best.text) >= ALIKE else None


def polls_to_moderate(viewer: Viewer, channel: Channel) -> list[Poll]:
    """The channel's polls in their order, each with how many answered."""
    polls = Poll.objects.visible_to(viewer).filter(channel=channel)
    return list(polls.annotate(ballot_count=Count("ballots")).order_by("position"))


def tools_named(channel: Channel) -> list[Ballot]:
    """The tools that people of this channel say they use, with who said so, as drafts of cards."""
    named = Ballot.objects.filter(poll__channel=channel, poll__kind=PollKind.TOOL, is_hidden=False)
    return list(named.select_related("voice__person", "poll").order_by("poll__position", "cast_at", "pk"))


def questions_for_export(channel: Channel) -> list[AudienceQuestion]:
    """All questions of a channel that were not hidden, with votes, in the order they were asked."""
    kept = AudienceQuestion.objects.filter(channel=channel).exclude(state=QuestionState.HIDDEN)
    return list(kept.with_votes().order_by("asked_at", "pk"))
