"""Polls: what fits, what counts, what is shown."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from filiera.accounts.viewer import VISITOR
from filiera.live.actions import polls as actions
from filiera.live.actions.channels import close_channel, open_channel
from filiera.live.models import Ballot, Poll, PollKind, PollState
from filiera.live.queries.results import Bar, results_of
from tests.academy.factories import NOW
from tests.live.factories import ChannelFactory, PollFactory, VoiceFactory
from tests.live.test_questions import moderator_of

pytestmark = pytest.mark.django_db


def cast(poll, value, key="a-key"):
    return actions.cast_ballot(poll=poll, value=value, by=VISITOR, key=key, at=NOW)


def make(channel, **values):
    details = actions.PollDetails(**{"kind": "choice", "prompt": "Which?", "options": ("A", "B"), **values})
    return actions.make_poll(channel=channel, details=details, by=moderator_of(channel.edition), at=NOW)


@pytest.mark.parametrize("options", [(), ("A",), ("A", "A", " "), tuple(map(str, range(13)))])
def test_a_choice_needs_two_to_twelve_answers(options):
    with pytest.raises(actions.OptionsNeeded):
        make(ChannelFactory(), options=options)


def test_polls_keep_their_order_and_their_distinct_answers():
    channel = ChannelFactory()

    made = [make(channel, options=("A", " A ", "B"), most_choices=9), make(channel, kind="words")]

    assert [(poll.position, poll.options, poll.most_choices) for poll in made] == [
        (1, ["A", "B"], 2),
        (2, [], 1),
    ]


def test_opening_one_closes_the_other():
    first = PollFactory()
    second = PollFactory(channel=first.channel, state=PollState.DRAFT)

    actions.open_poll(poll=second, by=moderator_of(first.channel.edition), at=NOW)

    states = list(Poll.objects.order_by("position").values_list("state", flat=True))
    assert states == [PollState.CLOSED, PollState.OPEN]


def test_the_database_keeps_one_poll_open():
    first = PollFactory()

    with pytest.raises(IntegrityError, match="poll_one_open"), transaction.atomic():
        PollFactory(channel=first.channel)


def test_answering_again_replaces():
    poll = PollFactory()

    cast(poll, [0])
    cast(poll, [2])

    assert list(Ballot.objects.values_list("value", flat=True)) == [[2]]


@pytest.mark.parametrize(
    ("kind", "fitting", "not_fitting"),
    [
        (PollKind.CHOICE, [1], [0, 1]),
        (PollKind.CHOICE, [1], [3]),
        (PollKind.CHOICE, [1], []),
        (PollKind.RANKING, [2, 0, 1], [2, 0, 0]),
        (PollKind.SCALE, 5, 6),
        (PollKind.WORDS, ["trust"], ["a", "b", "c", "d"]),
        (PollKind.OPEN, ["Less paper"], [""]),
        (PollKind.TOOL, ["Miro", ""], ["", "for drawing"]),
    ],
)
def test_an_answer_must_fit(kind, fitting, not_fitting):
    poll = PollFactory(kind=kind)
    cast(poll, fitting)

    with pytest.raises(actions.AnswerDoesNotFit):
        cast(poll, not_fitting)


@pytest.mark.parametrize("state", [PollState.DRAFT, PollState.CLOSED])
def test_a_poll_that_is_not_open_counts_nothing(state):
    with pytest.raises(actions.PollNotOpen):
        cast(PollFactory(state=state), [0])


def test_a_poll_closed_while_answering_counts_nothing():
    poll = PollFactory()
    actions.close_poll(poll=poll, by=moderator_of(poll.channel.edition))

    # The telephone still has the poll as it was.
    with pytest.raises(actions.PollNotOpen):
        cast(poll, [0])
    assert not Ballot.objects.exists()


def test_closing_the_channel_closes_its_poll_and_opening_it_again_does_not_open_it():
    poll = PollFactory()
    moderator = moderator_of(poll.channel.edition)

    close_channel(channel=poll.channel, by=moderator, at=NOW)
    channel = open_channel(channel=poll.channel, by=moderator, at=NOW)

    poll.refresh_from_db()
    assert (channel.is_open, poll.state) == (True, PollState.CLOSED)


def test_only_moderators_reveal():
    poll = PollFactory()

    with pytest.raises(PermissionDenied):
        actions.reveal_poll(poll=poll, by=VISITOR, at=NOW)


def ballots(poll, *values):
    for value in values:
        Ballot.objects.create(
            poll=poll, voice=VoiceFactory(edition=poll.channel.edition), value=value, cast_at=NOW
        )


def test_choices_are_counted():
    poll = PollFactory(most_choices=2)
    ballots(poll, [0], [0, 2], [0])

    found = results_of(poll)

    assert (found.answers, found.bars) == (
        3,
        (Bar("Time", 3, 100), Bar("Money", 0, 0), Bar("People", 1, 33)),
    )


def test_rankings_are_counted_by_points():
    poll = PollFactory(kind=PollKind.RANKING)
    ballots(poll, [1, 0, 2], [1, 2, 0])

    assert [(bar.label, bar.count) for bar in results_of(poll).bars] == [
        ("Money", 4),
        ("Time", 1),
        ("People", 1),
    ]


def test_a_scale_has_its_median():
    poll = PollFactory(kind=PollKind.SCALE, options=[])
    ballots(poll, 2, 3, 5, 5)

    found = results_of(poll)

    assert ([bar.count for bar in found.bars], found.middle) == ([0, 1, 1, 0, 2], 4.0)


def test_words_are_counted_whatever_their_capitals_and_hidden_ones_are_not_shown():
    poll = PollFactory(kind=PollKind.WORDS, options=[])
    ballots(poll, ["Trust"], ["trust", "time"], ["nonsense"])
    Ballot.objects.filter(value=["nonsense"]).update(is_hidden=True)

    words = [(word.text.lower(), word.count) for word in results_of(poll).words]

    assert (words, results_of(poll).answers) == ([("trust", 2), ("time", 1)], 3)
