"""Asking, voting, moderating: one test for each outcome."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import VISITOR, Viewer
from filiera.ledger.models import Fact
from filiera.live.actions import questions as actions
from filiera.live.actions import votes
from filiera.live.actions.answers import (
    NobodyToAsk,
    NothingUnanswered,
    answer_in_writing,
    send_unanswered,
)
from filiera.live.actions.voices import NoVoice
from filiera.live.models import AudienceQuestion, QuestionState, Voice, Vote
from filiera.live.permissions import MODERATE
from filiera.live.queries.answering import viewer_by_link
from filiera.live.queries.moderation import questions_to_moderate
from filiera.mail.models import OutgoingMail
from filiera.push.models import Event
from tests.academy.factories import NOW, ContributionFactory, SessionFactory, SpeakerFactory
from tests.accounts.factories import PersonFactory
from tests.live.factories import ChannelFactory, QuestionFactory, VoiceFactory

pytestmark = pytest.mark.django_db


def moderator_of(edition, person=None):
    return Viewer(person=person or PersonFactory(), edition_id=edition.pk, permissions=frozenset({MODERATE}))


def ask(channel, *, by=VISITOR, key="a-key", text="Why?", name=""):
    return actions.ask_question(channel=channel, text=text, asker_name=name, by=by, key=key, at=NOW)


def move(question, action, by=None, seen=None):
    return action(
        question=question,
        seen=seen or question.state,
        by=by or moderator_of(question.channel.edition),
        at=NOW,
    )


def test_in_a_moderated_channel_a_question_waits():
    question = ask(ChannelFactory())

    assert question.state == QuestionState.PENDING


def test_without_a_moderator_a_question_is_seen_at_once():
    question = ask(ChannelFactory(is_moderated=False))

    assert question.state == QuestionState.PUBLISHED


@pytest.mark.parametrize("state", ["closed", "waiting"])
def test_a_channel_that_is_not_open_takes_no_question(state):
    with pytest.raises(votes.ChannelClosed):
        ask(ChannelFactory(**{state: True}))


def test_a_name_is_asked_for_where_questions_carry_one():
    with pytest.raises(actions.NameNeeded):
        ask(ChannelFactory(allows_anonymous=False))


def test_without_a_key_nobody_can_be_told_from_another():
    with pytest.raises(NoVoice):
        ask(ChannelFactory(), key="")


def test_a_sixth_waiting_question_waits_at_the_door():
    channel = ChannelFactory()
    for number in range(5):
        ask(channel, text=f"Question {number}?")

    with pytest.raises(actions.TooManyWaiting):
        ask(channel)


def test_a_channel_for_members_refuses_a_visitor():
    with pytest.raises(PermissionDenied):
        ask(ChannelFactory(members_only=True))


def test_a_channel_for_members_hears_a_participant():
    channel = ChannelFactory(members_only=True)
    participant = Viewer(
        person=PersonFactory(),
        edition_id=channel.edition_id,
        edition_roles=frozenset({EditionRole.PARTICIPANT}),
    )

    assert ask(channel, by=participant).voice.person == participant.person


def test_a_vote_is_cast_once_and_taken_back_by_the_second():
    question = QuestionFactory()

    wants = [votes.cast_vote(question=question, by=VISITOR, key="a-key", at=NOW) for _ in range(3)]

    assert (wants, question.votes.count()) == ([True, False, True], 1)


def at_once(question, *, key="a-key"):
    return votes.cast_vote_at_once(
        edition_slug=question.channel.edition.slug,
        code=question.channel.code.lower(),
        question_id=question.pk,
        key=key,
        at=NOW,
    )


def test_in_one_statement_a_vote_is_cast_once_and_taken_back_by_the_second():
    question = QuestionFactory()
    votes.cast_vote(question=question, by=VISITOR, key="another", at=NOW)

    counted = [at_once(question) for _ in range(3)]

    assert [(one.is_wanted, one.votes) for one in counted] == [(True, 2), (False, 1), (True, 2)]
    assert (question.votes.count(), Voice.objects.count(), counted[0].text) == (2, 2, question.text)


@pytest.mark.parametrize(
    "refused",
    [
        {"pending": True},
        {"state": QuestionState.HIDDEN},
        {"channel__closed": True},
        {"channel__waiting": True},
        {"channel__members_only": True},
        {"channel__edition__state": "draft"},
    ],
)
def test_the_one_statement_takes_no_vote_that_the_long_way_refuses(refused):
    question = QuestionFactory(**refused)

    assert at_once(question) is None
    assert (Vote.objects.count(), Voice.objects.count()) == (0, 0 if question.voice is None else 1)


def test_a_browser_without_a_key_takes_the_long_way():
    assert at_once(QuestionFactory(), key="") is None


def test_the_counts_go_with_the_event_at_most_once_a_second():
    question = QuestionFactory()
    for key in ("one", "two", "three"):
        at_once(question, key=key)

    told = [event.data for event in Event.objects.filter(topic=question.channel.topic)]
    assert told == [{"what": "votes", str(question.pk): 1}]


def test_two_windows_of_one_person_are_one_voice():
    question, person = QuestionFactory(), PersonFactory()
    votes.cast_vote(question=question, by=VISITOR, key="a-key", at=NOW)

    votes.cast_vote(question=question, by=Viewer(person=person), key="a-key", at=NOW)

    # The browser's vote came along, and the second press took it back.
    assert (Vote.objects.count(), Voice.objects.filter(key_digest="").count()) == (0, 1)


def test_votes_before_and_after_signing_in_count_once():
    question, other, person = QuestionFactory(), QuestionFactory(), PersonFactory()
    other.channel = question.channel
    other.save()
    votes.cast_vote(question=question, by=Viewer(person=person), key="", at=NOW)
    votes.cast_vote(question=question, by=VISITOR, key="a-key", at=NOW)

    votes.cast_vote(question=other, by=Viewer(person=person), key="a-key", at=NOW)

    assert (question.votes.count(), other.votes.count()) == (1, 1)


def test_the_database_itself_refuses_a_second_vote():
    vote = Vote.objects.create(question=QuestionFactory(), voice=VoiceFactory(), cast_at=NOW)

    with pytest.raises(IntegrityError, match="vote_once_for_a_voice"), transaction.atomic():
        Vote.objects.create(question=vote.question, voice=vote.voice, cast_at=NOW)


def test_a_waiting_question_takes_no_votes():
    with pytest.raises(votes.QuestionNotOpen):
        votes.cast_vote(question=QuestionFactory(pending=True), by=VISITOR, key="a-key", at=NOW)


def test_one_question_stands_on_stage():
    first = QuestionFactory(on_stage=True)
    second = QuestionFactory(channel=first.channel)

    move(second, actions.stage_question)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (QuestionState.PUBLISHED, QuestionState.ON_STAGE)


def test_the_second_of_two_moderators_is_told():
    question = QuestionFactory(pending=True)
    move(question, actions.hide_question)

    with pytest.raises(actions.MovedMeanwhile):
        move(question, actions.publish_question, seen=QuestionState.PENDING)


def test_an_answer_counts_once_and_can_be_taken_back():
    question = QuestionFactory(on_stage=True)
    question = move(question, actions.mark_answered)
    question = move(question, actions.publish_question)
    question = move(question, actions.mark_answered)

    quantities = list(Fact.objects.filter(kind="question.answered").values_list("quantity", flat=True))
    assert (sorted(quantities), question.state) == ([-1, 1, 1], QuestionState.ANSWERED)


def test_only_moderators_of_the_edition_move_a_question():
    question = QuestionFactory(pending=True)

    with pytest.raises(PermissionDenied):
        move(question, actions.publish_question, by=moderator_of(ChannelFactory().edition))


def test_merging_counts_a_voice_once():
    question = QuestionFactory()
    into = QuestionFactory(channel=question.channel)
    both, one = VoiceFactory(edition=question.channel.edition), VoiceFactory(edition=question.channel.edition)
    for target, voice in ((question, both), (into, both), (question, one)):
        Vote.objects.create(question=target, voice=voice, cast_at=NOW)

    actions.merge_question(question=question, into=into, by=moderator_of(into.channel.edition), at=NOW)

    question.refresh_from_db()
    assert (into.votes.count(), question.state, question.merged_into) == (2, QuestionState.MERGED, into)


@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_question_does_not_merge_into_itself_or_another_channel(elsewhere):
    question = QuestionFactory()
    into = QuestionFactory() if elsewhere else question

    with pytest.raises(actions.NothingToMerge):
        actions.merge_question(
            question=question, into=into, by=moderator_of(question.channel.edition), at=NOW
        )


def test_like_questions_are_proposed_for_merging():
    channel = ChannelFactory()
    first = QuestionFactory(channel=channel, text="How do you keep small members interested?")
    QuestionFactory(channel=channel, text="When is lunch?")
    second = QuestionFactory(
        channel=channel, text="How do you keep the small members interested?", pending=True
    )

    waiting = questions_to_moderate(moderator_of(channel.edition), channel)["pending"]

    assert [(each.question, each.alike) for each in waiting] == [(second, first)]


def test_what_was_left_goes_to_the_speakers_once():
    session = SessionFactory(scheduled=True)
    speaker = SpeakerFactory(edition=session.edition, email="speaker@example.org", link_seed="b" * 32)
    ContributionFactory(session=session, speaker=speaker)
    question = QuestionFactory(channel__edition=session.edition, channel__session=session)
    moderator = moderator_of(session.edition)

    sent = [send_unanswered(channel=question.channel, by=moderator, at=NOW) for _ in range(2)]

    mail = OutgoingMail.objects.get()
    assert (sent, mail.to_address, question.text in mail.text) == ([1, 1], "speaker@example.org", True)


def test_without_questions_or_speakers_nothing_is_sent():
    channel = ChannelFactory()
    moderator = moderator_of(channel.edition)

    with pytest.raises(NothingUnanswered):
        send_unanswered(channel=channel, by=moderator, at=NOW)
    QuestionFactory(channel=channel)
    with pytest.raises(NobodyToAsk):
        send_unanswered(channel=channel, by=moderator, at=NOW)


def test_a_speaker_by_link_answers_in_that_channel_only():
    question, other = QuestionFactory(), QuestionFactory()
    by = viewer_by_link(question.channel)

    answered = answer_in_writing(
        question=question, answer="With breakfast.", answered_by_name="Ada", by=by, at=NOW
    )

    assert (answered.state, answered.answer) == (QuestionState.ANSWERED, "With breakfast.")
    with pytest.raises(PermissionDenied):
        answer_in_writing(question=other, answer="No.", answered_by_name="Ada", by=by, at=NOW)


def test_who_is_no_moderator_sees_what_was_published_only():
    channel = ChannelFactory()
    published, pending = QuestionFactory(channel=channel), QuestionFactory(channel=channel, pending=True)
    moderator = moderator_of(channel.edition)

    seen = [
        set(AudienceQuestion.objects.visible_to(viewer))
        for viewer in (VISITOR, moderator, replace(moderator, edition_id=None))
    ]

    assert seen == [{published}, {published, pending}, {published}]
