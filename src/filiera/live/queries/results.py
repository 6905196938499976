"""What a poll found, counted from its ballots."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from filiera.live.models import Ballot, Poll, PollKind

SCALE_STEPS = 5
_WORDS_SHOWN = 60
_STEPS_OF_SIZE = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a result: what, how many, which share of the greatest in percent for its length."""

    label: str
    count: int
    length: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class CloudWord:
    text: str
    count: int
    size: int


@dataclass(frozen=True, slots=True)
class Results:
    """`answers` voices answered; which of the rest is filled depends on the kind of the poll."""

    answers: int
    bars: tuple[Bar, ...] = ()
    words: tuple[CloudWord, ...] = ()
    texts: tuple[Ballot, ...] = ()
    middle: float | None = None


def results_of(poll: Poll) -> Results:
    """Count a poll's ballots; one statement, whatever their number."""
    ballots = list(Ballot.objects.filter(poll=poll).order_by("cast_at", "pk"))
    match poll.kind:
        case PollKind.CHOICE:
            return Results(len(ballots), bars=_choices(poll.options, ballots))
        case PollKind.RANKING:
            return Results(len(ballots), bars=_ranking(poll.options, ballots))
        case PollKind.SCALE:
            steps = Counter(ballot.value for ballot in ballots)
            labels = [str(step) for step in range(1, SCALE_STEPS + 1)]
            counts = [steps[step] for step in range(1, SCALE_STEPS + 1)]
            middle = median(ballot.value for ballot in ballots) if ballots else None
            return Results(len(ballots), bars=_bars(labels, counts), middle=middle)
        case PollKind.WORDS:
            return Results(len(ballots), words=_cloud([each for each in ballots if not each.is_hidden]))
        case _:
            return Results(len(ballots), texts=tuple(ballots))


def _choices(options: Sequence[str], ballots: Sequence[Ballot]) -> tuple[Bar, ...]:
    counts = Counter(place for ballot in ballots for place in ballot.value)
    return _bars(options, [counts[place] for place in range(len(options))])


def _ranking(options: Sequence[str], ballots: Sequence[Ballot]) -> tuple[Bar, ...]:
    """Points of Borda: of n answers the first of a ballot gets n - 1, the last none."""
    points = Counter[int]()
    for ballot in ballots:
        for rank, place in enumerate(ballot.value):
            points[place] += len(options) - 1 - rank
    bars = _bars(options, [points[place] for place in range(len(options))])
    return tuple(sorted(bars, key=lambda bar: -bar.count))


def _bars(labels: Sequence[str], counts: Sequence[int]) -> tuple[Bar, ...]:
    longest = max([*counts, 1])
    return tuple(
        Bar(label, count, round(100 * count / longest)) for label, count in zip(labels, counts, strict=True)
    )


def _cloud(ballots: Sequence[Ballot]) -> tuple[CloudWord, ...]:
    spelled: dict[str, Counter[str]] = {}
    for ballot in ballots:
        for word in ballot.value:
            spelled.setdefault(word.casefold(), Counter())[word] += 1
    counted = sorted(
        ((spellings.most_common(1)[0][0], spellings.total()) for spellings in spelled.values()),
        key=lambda entry: (-entry[1], entry[0].casefold()),
    )[:_WORDS_SHOWN]
    most = max((count for _word, count in counted), default=1)
    return tuple(
        CloudWord(word, count, 1 + round((_STEPS_OF_SIZE - 1) * count / most)) for word, count in counted
    )
