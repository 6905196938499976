"""Joining, wishing, answering, keeping apart, and meeting where people schedule themselves."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from filiera.accounts.exports import collected
from filiera.accounts.viewer import SYSTEM, VISITOR, Viewer
from filiera.mail.models import OutgoingMail
from filiera.meetings.actions import attendees as joining
from filiera.meetings.actions import meetings, wishes
from filiera.meetings.models import (
    Attendee,
    Block,
    Meeting,
    MeetingNote,
    MeetingState,
    MeetingWish,
    SlotPresence,
    WishState,
)
from filiera.meetings.permissions import WISH
from filiera.meetings.queries.own import own_round
from filiera.meetings.queries.people import people_to_meet
from filiera.meetings.receivers.meetings import NOBODY, forget_person, known_of
from tests.academy.factories import NOW
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import ParticipationFactory
from tests.meetings.meeting_factories import (
    AttendeeFactory,
    MeetingFactory,
    RoundFactory,
    SlotFactory,
    WishFactory,
    planner,
    room,
    wisher,
)

pytestmark = pytest.mark.django_db


def wish(one, other, **more):
    told = {"priority": 2, "why": "", "by": wisher(one), "at": NOW, **more}
    return wishes.wish_meeting(wisher=one, wanted=other, **told)


def seen(attendee):
    return own_round(wisher(attendee), attendee.round, attendee, at=NOW)


def test_joining_takes_name_and_organisation_from_the_place():
    round_ = RoundFactory()
    place = ParticipationFactory(edition=round_.edition)
    by = Viewer(person=place.person, edition_id=round_.edition_id, permissions=frozenset({WISH}))

    attendee = joining.join_round(round_=round_, offers="a", needs="b", most=3, by=by, at=NOW)

    assert (attendee.name, attendee.organisation, attendee.participation) == (
        place.name,
        place.organisation,
        place,
    )


def test_nobody_joins_for_somebody_else_or_before_it_opens_or_after_the_freeze():
    closed = RoundFactory(opened_at=None)
    frozen = RoundFactory(freezes_at=NOW)
    told = {"offers": "a", "needs": "b", "most": None, "at": NOW}
    with pytest.raises(PermissionDenied):
        joining.join_round(round_=frozen, by=VISITOR, **told)
    with pytest.raises(joining.RoundNotOpen):
        joining.join_round(round_=closed, by=planner(closed), **told)

    by = Viewer(person=PersonFactory(), edition_id=frozen.edition_id, permissions=frozenset({WISH}))
    with pytest.raises(joining.RoundIsFrozen):
        joining.join_round(round_=frozen, by=by, **told)


def test_leaving_takes_wishes_back_but_not_past_standing_meetings():
    round_, (one, other, third, _fourth) = room()
    wish(one, other)
    wish(third, one)

    joining.leave_round(attendee=one, by=wisher(one), at=NOW)

    assert set(MeetingWish.objects.values_list("state", flat=True)) == {"withdrawn", "expired"}
    meeting = MeetingFactory(round=round_, first=other, second=third)
    with pytest.raises(joining.MeetingsStand):
        joining.leave_round(attendee=meeting.first, by=wisher(other), at=NOW)


def test_only_oneself_and_who_plans_say_when_somebody_can_meet():
    round_, (one, other, *_rest) = room()
    slot = round_.slots.first()
    with pytest.raises(PermissionDenied):
        joining.say_presence(attendee=one, presences={slot.pk: "away"}, by=wisher(other), at=NOW)

    joining.say_presence(attendee=one, presences={slot.pk: "away"}, by=planner(round_), at=NOW)
    joining.say_presence(attendee=one, presences={slot.pk: "link"}, by=wisher(one), at=NOW)

    assert list(SlotPresence.objects.values_list("attendee", "presence")) == [(one.pk, "link")]


def test_two_who_wish_each_other_have_agreed():
    _round, (one, other, *_rest) = room(who_accepts="both")

    first = wish(one, other)
    second = wish(other, one)
    first.refresh_from_db()

    assert (first.state, second.state) == (WishState.ACCEPTED, WishState.ACCEPTED)


def test_who_is_wanted_hears_of_it_where_both_accept():
    _round, (one, other, *_rest) = room(who_accepts="both", answer_within_h=48)

    made = wish(one, other, why="Hydrogen")
    wish(one, other, why="Hydrogen valves")

    assert made.expires_at == NOW + timedelta(hours=48)
    assert [mail.to_person_id for mail in OutgoingMail.objects.all()] == [other.person_id]


def test_a_wish_is_answered_by_the_other_or_the_organiser_alone():
    round_, (one, other, third, _fourth) = room(who_accepts="both")
    made = wish(one, other)
    for by in (wisher(one), wisher(third), VISITOR):
        with pytest.raises(PermissionDenied):
            wishes.answer_wish(wish=made, accept=True, by=by, at=NOW)

    assert wishes.answer_wish(wish=made, accept=False, by=wisher(other), at=NOW).state == WishState.DECLINED
    assert wishes.answer_wish(wish=made, accept=True, by=planner(round_), at=NOW).state == WishState.ACCEPTED


def test_wishes_that_nobody_answers_expire_and_can_be_made_again():
    _round, (one, other, *_rest) = room(who_accepts="both", answer_within_h=1)
    made = wish(one, other)

    assert wishes.expire_wishes(by=SYSTEM, at=NOW + timedelta(minutes=59)) == 0
    assert wishes.expire_wishes(by=SYSTEM, at=NOW + timedelta(hours=1)) == 1
    made.refresh_from_db()
    assert made.state == WishState.EXPIRED
    with pytest.raises(wishes.WishNotWaiting):
        wishes.answer_wish(wish=made, accept=True, by=wisher(other), at=NOW)
    assert wish(one, other, at=NOW + timedelta(hours=2)).state == WishState.WAITING


def test_after_the_freeze_wishes_stay():
    round_, (one, other, *_rest) = room()
    made = wish(one, other)
    type(round_).objects.filter(pk=round_.pk).update(freezes_at=NOW)

    for act in (
        lambda: wish(one, other, priority=3),
        lambda: wishes.withdraw_wish(wish=made, by=wisher(one), at=NOW),
        lambda: wishes.answer_wish(wish=made, accept=True, by=wisher(other), at=NOW),
    ):
        with pytest.raises(joining.RoundIsFrozen):
            act()


def test_nobody_wishes_for_themselves_for_others_or_for_another_round():
    _round, (one, other, *_rest) = room()
    with pytest.raises(wishes.WishForOneself):
        wish(one, one)
    with pytest.raises(wishes.NotTogether):
        wish(one, AttendeeFactory())
    with pytest.raises(PermissionDenied):
        wish(one, other, by=wisher(other))


def test_forty_wishes_are_enough(monkeypatch):
    monkeypatch.setattr(wishes, "MOST_WISHES", 1)
    _round, (one, other, third, _fourth) = room()
    wish(one, other)

    with pytest.raises(wishes.TooManyWishes):
        wish(one, third)


def test_who_is_blocked_learns_nothing():
    round_, (blocker, blocked, *_rest) = room(who_accepts="both", answer_within_h=48)
    wishes.block_attendee(blocker=blocker, blocked=blocked, by=wisher(blocker), at=NOW)
    OutgoingMail.objects.all().delete()

    made = wish(blocked, blocker)

    # To the blocked it looks like any wish that waits, and the blocker is in the list as before.
    assert made.state == WishState.WAITING
    assert [line.sentence for line in seen(blocked).wishes] == ["Waiting for an answer"]
    shown = people_to_meet(wisher(blocked), round_, blocked)
    assert blocker in [line.attendee for line in shown.lines]
    for viewer in (wisher(blocked), planner(round_, person=blocked.person)):
        assert list(Block.objects.visible_to(viewer)) == []
    assert "made_at" not in str(known_of(blocked.person)["whom I do not meet"])
    # The blocker is spared: no mail, no wish to answer, not proposed.
    assert not OutgoingMail.objects.exists()
    assert seen(blocker).waiting == []
    assert blocked not in [line.attendee for line in people_to_meet(wisher(blocker), round_, blocker).lines]
    assert [block.blocked for block in seen(blocker).blocks] == [blocked]


def test_blocking_takes_back_what_was_agreed_and_waits_for_a_standing_meeting():
    round_, (blocker, blocked, third, _fourth) = room(by_people=True)
    WishFactory(wisher=blocked, wanted=blocker, state=WishState.ACCEPTED, answered_at=NOW)
    wishes.block_attendee(blocker=blocker, blocked=blocked, by=wisher(blocker), at=NOW)

    assert MeetingWish.objects.get(wisher=blocked).state == WishState.DECLINED
    first, second = sorted((blocker, third), key=lambda attendee: attendee.pk)
    MeetingFactory(round=round_, first=first, second=second, slot=round_.slots.first())
    with pytest.raises(wishes.MeetingStands):
        wishes.block_attendee(blocker=blocker, blocked=third, by=wisher(blocker), at=NOW)


def test_two_who_agree_take_a_slot_and_a_third_cannot_have_it():
    round_, (one, other, third, fourth) = room(slots=1, tables=1, by_people=True)
    slot = round_.slots.get()
    WishFactory(wisher=one, wanted=other, state=WishState.ACCEPTED, answered_at=NOW)
    WishFactory(wisher=third, wanted=fourth, state=WishState.ACCEPTED, answered_at=NOW)
    WishFactory(wisher=one, wanted=third, state=WishState.ACCEPTED, answered_at=NOW)
    with pytest.raises(meetings.NotAgreed):
        meetings.schedule_meeting(one=one, other=fourth, slot=slot, by=wisher(one), at=NOW)

    made = meetings.schedule_meeting(one=other, other=one, slot=slot, by=wisher(other), at=NOW)

    assert (made.first, made.second, made.table.number) == (one, other, 1)
    assert [mail.to_person_id for mail in OutgoingMail.objects.all()] == [one.person_id]
    with pytest.raises(meetings.NoTableFree):
        meetings.schedule_meeting(one=third, other=fourth, slot=slot, by=wisher(third), at=NOW)
    with pytest.raises(meetings.NotFree):
        meetings.schedule_meeting(one=one, other=third, slot=slot, by=wisher(one), at=NOW)
    with pytest.raises(meetings.AlreadyMeeting):
        meetings.schedule_meeting(one=one, other=other, slot=slot, by=wisher(one), at=NOW)


def test_people_do_not_schedule_where_the_organiser_plans():
    round_, (one, other, *_rest) = room()
    WishFactory(wisher=one, wanted=other, state=WishState.ACCEPTED, answered_at=NOW)
    slot = round_.slots.first()

    with pytest.raises(PermissionDenied):
        meetings.schedule_meeting(one=one, other=other, slot=slot, by=wisher(one), at=NOW)
    assert meetings.schedule_meeting(one=one, other=other, slot=slot, by=planner(round_), at=NOW).pk


def test_a_slot_that_has_begun_is_not_taken_and_a_limit_is_kept():
    round_, (one, other, third, _fourth) = room(by_people=True, most_meetings=1)
    first, second, _last = round_.slots.order_by("starts_at")
    with pytest.raises(meetings.SlotHasBegun):
        meetings.schedule_meeting(one=one, other=other, slot=first, by=planner(round_), at=first.starts_at)
    meetings.schedule_meeting(one=one, other=other, slot=first, by=planner(round_), at=NOW)

    with pytest.raises(meetings.EnoughMeetings):
        meetings.schedule_meeting(one=one, other=third, slot=second, by=planner(round_), at=NOW)


def test_cancelling_tells_the_other_and_frees_the_place():
    round_, (one, other, third, _fourth) = room(published=True)
    made = MeetingFactory(round=round_, first=one, second=other, slot=round_.slots.first())
    with pytest.raises(PermissionDenied):
        meetings.cancel_meeting(meeting=made, by=wisher(third), at=NOW)

    meetings.cancel_meeting(meeting=made, by=wisher(one), at=NOW)

    assert [mail.to_person_id for mail in OutgoingMail.objects.all()] == [other.person_id]
    assert not Meeting.objects.standing().exists()
    with pytest.raises(meetings.MeetingSettled):
        meetings.cancel_meeting(meeting=made, by=wisher(other), at=NOW)


def test_meetings_of_an_unpublished_plan_are_not_known_to_their_people():
    round_, (one, other, *_rest) = room()
    MeetingFactory(round=round_, first=one, second=other, slot=round_.slots.first())

    assert not Meeting.objects.visible_to(wisher(one)).exists()
    assert Meeting.objects.visible_to(planner(round_)).count() == 1
    assert not Meeting.objects.visible_to(VISITOR).exists()


def test_notes_are_for_their_author_alone():
    round_, (one, other, third, _fourth) = room(published=True)
    made = MeetingFactory(round=round_, first=one, second=other, slot=round_.slots.first())
    with pytest.raises(PermissionDenied):
        meetings.note_meeting(meeting=made, author=third, text="x", by=wisher(third), at=NOW)

    meetings.note_meeting(meeting=made, author=one, text="Call in May", by=wisher(one), at=NOW)

    assert MeetingNote.objects.visible_to(wisher(one)).count() == 1
    for viewer in (wisher(other), planner(round_), SYSTEM):
        assert not MeetingNote.objects.visible_to(viewer).exists()


def test_a_meeting_elsewhere_at_the_same_time_takes_the_slot():
    round_, (one, other, *_rest) = room(slots=1)
    slot = round_.slots.get()
    abroad = AttendeeFactory(person=one.person, participation=None, organisation=None, name="Same person")
    MeetingFactory(
        round=abroad.round,
        first=abroad,
        second=AttendeeFactory(round=abroad.round),
        slot=SlotFactory(round=abroad.round, starts_at=slot.starts_at),
    )

    with pytest.raises(meetings.NotFree):
        meetings.schedule_meeting(one=one, other=other, slot=slot, by=planner(round_), at=NOW)


def test_erasure_leaves_the_meeting_and_removes_the_person():
    round_, (one, other, *_rest) = room(published=True)
    wish(one, other)
    made = MeetingFactory(
        round=round_, first=one, second=other, slot=round_.slots.first(), state=MeetingState.HELD
    )
    meetings.note_meeting(meeting=made, author=one, text="Secret", by=wisher(one), at=NOW)
    collected(one.person)

    forget_person(person=one.person, at=NOW)

    gone = Attendee.objects.get(pk=one.pk)
    assert (gone.name, gone.person, gone.participation, gone.offers) == (NOBODY, None, None, "")
    assert Meeting.objects.get().state == MeetingState.HELD
    assert not MeetingWish.objects.exists()
    assert not MeetingNote.objects.exists()


def test_those_come_first_who_offer_what_one_needs_with_the_words_that_say_so():
    round_, (own, fits, other, _last) = room()
    Attendee.objects.filter(pk=own.pk).update(needs="A laboratory for hydrogen sensors", offers="Investors")
    Attendee.objects.filter(pk=fits.pk).update(offers="Our hydrogen laboratory", needs="Lessons")
    Attendee.objects.filter(pk=other.pk).update(offers="Packaging from plants", needs="Ports")
    WishFactory(wisher=other, wanted=own)

    first, second = people_to_meet(wisher(own), round_, own).lines[:2]

    assert (first.attendee, first.reasons) == (other, ["Wants to meet you."])
    assert (second.attendee, second.reasons) == (fits, ["Offers what you need: laboratory, hydrogen."])
    found = people_to_meet(wisher(own), round_, own, wanted="PLÀNTS")
    assert [line.attendee for line in found.lines] == [other]
