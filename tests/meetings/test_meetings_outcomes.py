"""What came of meetings: asked, answered once, counted, and a step on the one ladder."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.ledger.models import Fact
from filiera.mail.models import OutgoingMail
from filiera.meetings.actions import outcomes as actions
from filiera.meetings.models import Meeting, MeetingState, Outcome, OutcomeQuestion
from filiera.meetings.queries.links import question_of, token_of, viewer_by_link
from filiera.organisations.models import Agreement, AgreementStep, Stage
from tests.academy.factories import NOW
from tests.meetings.meeting_factories import MeetingFactory, RoundFactory, planner, wisher

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting():
    return MeetingFactory(round=RoundFactory(published=True))


def after(meeting, **time):
    return meeting.slot.ends_at + timedelta(**time)


def asked(meeting, **time):
    moment = after(meeting, **(time or {"minutes": 5}))
    actions.ask_outcomes(by=SYSTEM, at=moment)
    return {question.attendee_id: question for question in OutcomeQuestion.objects.filter(meeting=meeting)}


def answer(question, said, *, by=None, **time):
    return actions.answer_question(
        question=question,
        answer=said,
        comment="",
        by=by or viewer_by_link(question),
        at=after(question.meeting, **(time or {"hours": 1})),
    )


def standing(kind):
    facts = Fact.objects.filter(kind=kind, reverses__isnull=True)
    return facts.exclude(id__in=Fact.objects.filter(reverses__isnull=False).values("reverses")).count()


def test_both_sides_are_asked_once_afterwards_after_30_and_after_180_days(meeting):
    counts = [
        actions.ask_outcomes(by=SYSTEM, at=after(meeting, **moment))
        for moment in (
            {"minutes": -1},
            {"minutes": 5},
            {"minutes": 65},
            {"days": 29},
            {"days": 30, "hours": 1},
            {"days": 180, "hours": 1},
            {"days": 181},
        )
    ]

    assert counts == [0, 2, 0, 0, 2, 2, 0]
    assert OutgoingMail.objects.filter(key__startswith="meeting_outcome").count() == 6
    with pytest.raises(PermissionDenied):
        actions.ask_outcomes(by=planner(meeting.round), at=NOW)


def test_cancelled_meetings_and_those_that_were_not_held_ask_nobody(meeting):
    for state in (MeetingState.CANCELLED, MeetingState.NOT_HELD):
        Meeting.objects.update(state=state)
        assert asked(meeting) == {}


def test_the_first_yes_counts_the_meeting_once(meeting):
    questions = asked(meeting)

    answer(questions[meeting.first_id], Outcome.NOTHING)
    answer(questions[meeting.second_id], Outcome.NOTHING)

    assert Meeting.objects.get().state == MeetingState.HELD
    fact = Fact.objects.get(kind="meeting.held")
    assert (fact.organisation, fact.counterpart) == (meeting.first.organisation, meeting.second.organisation)


def test_a_link_answers_one_question_once_and_ends(meeting):
    questions = asked(meeting)
    mine, other = questions[meeting.first_id], questions[meeting.second_id]
    with pytest.raises(PermissionDenied):
        answer(other, Outcome.NOTHING, by=viewer_by_link(mine))
    with pytest.raises(PermissionDenied):
        answer(mine, Outcome.NOTHING, by=VISITOR)

    answer(mine, Outcome.CONTACT)

    with pytest.raises(actions.QuestionClosed):
        answer(mine, Outcome.PROJECT)
    with pytest.raises(actions.QuestionClosed):
        answer(other, Outcome.CONTACT, days=22)
    assert [question.answer for question in (mine, other) if question.refresh_from_db() is None] == [
        Outcome.CONTACT,
        "",
    ]


def test_a_false_or_old_link_finds_nothing(meeting):
    question = asked(meeting)[meeting.first_id]
    token = token_of(question)

    assert question_of(token) == question
    for wrong in (token[:-1] + ("0" if token[-1] != "0" else "1"), "", "x-y", f"{question.pk}-", "9" * 30):
        assert question_of(wrong) is None
    OutcomeQuestion.objects.update(link_seed="another")
    assert question_of(token) is None


def test_a_stage_waits_for_the_other_side_and_then_stands_in_the_ledger(meeting):
    questions = asked(meeting)
    first, second = questions[meeting.first_id], questions[meeting.second_id]

    answer(first, Outcome.LETTER)
    agreement = Agreement.objects.get()
    assert (agreement.stage, standing("agreement.advanced")) == ("", 0)
    answer(second, Outcome.LETTER)

    agreement.refresh_from_db()
    assert agreement.stage == Stage.LETTER_OF_INTEREST
    assert agreement.origin == f"meetings.meeting:{meeting.pk}"
    fact = Fact.objects.get(kind="agreement.advanced")
    assert (fact.organisation, fact.counterpart) == (meeting.first.organisation, meeting.second.organisation)


def test_later_answers_go_up_the_same_ladder(meeting):
    for question in asked(meeting).values():
        answer(question, Outcome.CONTACT)
    for question in asked(meeting, days=30, hours=1).values():
        if question.after_days == 30:
            answer(question, Outcome.MEMORANDUM, days=30, hours=2)

    agreement = Agreement.objects.get()
    assert agreement.stage == Stage.MEMORANDUM
    assert standing("agreement.advanced") == 2
    assert AgreementStep.objects.filter(confirmed_at__isnull=False).count() == 2


def test_the_same_organisation_on_both_sides_has_no_agreement(meeting):
    type(meeting.second).objects.filter(pk=meeting.second_id).update(organisation=meeting.first.organisation)

    for question in asked(meeting).values():
        answer(question, Outcome.PROJECT)

    assert not Agreement.objects.exists()


def test_the_organiser_corrects_and_facts_follow(meeting):
    over = after(meeting, hours=1)
    by = planner(meeting.round)
    with pytest.raises(actions.MeetingNotOver):
        actions.settle_meeting(meeting=meeting, was_held=True, by=by, at=NOW)
    with pytest.raises(PermissionDenied):
        actions.settle_meeting(meeting=meeting, was_held=True, by=wisher(meeting.first), at=over)

    counts = []
    for was_held in (True, True, False, True):
        actions.settle_meeting(meeting=meeting, was_held=was_held, by=by, at=over)
        counts.append(standing("meeting.held"))

    assert counts == [1, 1, 0, 1]


def test_the_page_of_a_link_changes_nothing_by_being_opened(client, meeting):
    Meeting.objects.update(scheduled_at=NOW)
    question = asked(meeting)[meeting.first_id]
    OutcomeQuestion.objects.update(expires_at=after(meeting, days=4000))
    address = reverse("meetings:outcome", args=[token_of(question)])

    opened = client.get(f"{address}?answer=contact")
    question.refresh_from_db()
    assert (opened.status_code, question.answer) == (200, "")
    assert b"data-sends-itself" in opened.content

    sent = client.post(address, {"answer": "contact"})
    question.refresh_from_db()
    assert (sent.status_code, question.answer) == (200, Outcome.CONTACT)
    assert client.post(address, {"answer": "joint_project"}).status_code == 410
    assert client.get(reverse("meetings:outcome", args=["1-nothing"])).status_code == 404
