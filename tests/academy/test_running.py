"""Messages and clocks of a running day: who sends them, who sees them, what the database refuses."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from filiera.academy.actions.broadcasts import NobodyToTell, send_broadcast, take_off_broadcast
from filiera.academy.actions.countdowns import (
    CountdownIsOver,
    extend_countdown,
    start_countdown,
    stop_countdown,
)
from filiera.academy.actions.errors import StrangeRoom
from filiera.academy.models import (
    Broadcast,
    BroadcastAudience,
    BroadcastRecipient,
    Countdown,
    EditionRole,
)
from filiera.academy.receivers import forget_person
from filiera.accounts.viewer import VISITOR
from tests.academy.factories import NOW, EditionMemberFactory, RoomFactory
from tests.academy.viewers import viewer_in

SOON = NOW + timedelta(minutes=10)


@pytest.fixture
def leader(edition):
    return viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.FACILITATOR))


def say(edition, by, audience=BroadcastAudience.EVERYBODY, **said):
    return send_broadcast(
        edition=edition, text={"en": "Come back at three."}, audience=audience, by=by, at=NOW, **said
    )


def test_everybody_of_the_edition_reads_what_is_for_everybody(edition, leader, member, outsider):
    broadcast = say(edition, leader)

    assert [broadcast] == list(Broadcast.objects.visible_to(member))
    assert list(Broadcast.objects.visible_to(outsider)) == []
    assert list(Broadcast.objects.visible_to(VISITOR)) == []


def test_what_is_for_some_is_read_by_them_and_the_desk(edition, leader, member):
    other = viewer_in(EditionMemberFactory(edition=edition, participant=True))
    broadcast = say(edition, leader, BroadcastAudience.NAMED, people=[member.person_id], for_whom="Group 1")

    assert list(Broadcast.objects.visible_to(member)) == [broadcast]
    assert list(Broadcast.objects.visible_to(leader)) == [broadcast]
    assert list(Broadcast.objects.visible_to(other)) == []


def test_what_is_for_the_team_stays_with_the_team(edition, leader, member):
    say(edition, leader, BroadcastAudience.TEAM)

    assert Broadcast.objects.visible_to(leader).count() == 1
    assert Broadcast.objects.visible_to(member).count() == 0


def test_nobody_by_name_is_nobody(edition, leader):
    with pytest.raises(NobodyToTell):
        say(edition, leader, BroadcastAudience.NAMED)


def test_participants_send_no_messages(edition, member):
    with pytest.raises(PermissionDenied):
        say(edition, member)


def test_a_message_is_taken_off(edition, leader, member):
    broadcast = say(edition, leader)

    take_off_broadcast(broadcast=broadcast, by=leader, at=SOON)

    broadcast.refresh_from_db()
    assert broadcast.shown_until == SOON
    with pytest.raises(PermissionDenied):
        take_off_broadcast(broadcast=broadcast, by=member, at=SOON)


def test_a_clock_makes_way_for_the_next_in_its_room(edition, leader):
    room = RoomFactory(edition=edition)
    first = start_countdown(edition=edition, room=room, minutes=20, label="", by=leader, at=NOW)
    everywhere = start_countdown(edition=edition, room=None, minutes=5, label="", by=leader, at=NOW)

    second = start_countdown(edition=edition, room=room, minutes=10, label="", by=leader, at=SOON)

    first.refresh_from_db()
    assert first.stopped_at == SOON
    running = Countdown.objects.filter(stopped_at__isnull=True).order_by("pk")
    assert list(running) == [everywhere, second]
    assert list(Countdown.objects.running_at(NOW + timedelta(minutes=9)).order_by("pk")) == [second]


def test_a_clock_is_given_more_time_and_stopped(edition, leader):
    countdown = start_countdown(edition=edition, room=None, minutes=5, label="", by=leader, at=NOW)

    countdown = extend_countdown(countdown=countdown, minutes=5, by=leader, at=NOW)
    assert countdown.ends_at == NOW + timedelta(minutes=10)
    countdown = extend_countdown(countdown=countdown, minutes=5, by=leader, at=NOW + timedelta(hours=1))
    assert countdown.ends_at == NOW + timedelta(hours=1, minutes=5)
    countdown = stop_countdown(countdown=countdown, by=leader, at=SOON)
    assert stop_countdown(countdown=countdown, by=leader, at=SOON).stopped_at == SOON
    with pytest.raises(CountdownIsOver):
        extend_countdown(countdown=countdown, minutes=5, by=leader, at=SOON)


def test_clocks_are_the_desks(edition, leader, member):
    countdown = start_countdown(edition=edition, room=None, minutes=5, label="", by=leader, at=NOW)

    for refused in (
        lambda: start_countdown(edition=edition, room=None, minutes=5, label="", by=member, at=NOW),
        lambda: extend_countdown(countdown=countdown, minutes=5, by=member, at=NOW),
        lambda: stop_countdown(countdown=countdown, by=member, at=NOW),
    ):
        with pytest.raises(PermissionDenied):
            refused()
    with pytest.raises(StrangeRoom):
        start_countdown(edition=edition, room=RoomFactory(), minutes=5, label="", by=leader, at=NOW)


@pytest.mark.parametrize(
    "broken",
    [
        lambda edition: Broadcast(edition=edition, text={"en": "x"}, sent_at=NOW, shown_until=NOW),
        lambda edition: Countdown(edition=edition, started_at=NOW, ends_at=NOW),
    ],
)
def test_the_database_refuses_what_ends_before_it_begins(edition, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        broken(edition).save()


def test_the_database_keeps_one_clock_for_all_rooms(edition):
    Countdown.objects.create(edition=edition, started_at=NOW, ends_at=SOON)

    with pytest.raises(IntegrityError, match="countdown_one_at_a_time"), transaction.atomic():
        Countdown.objects.create(edition=edition, started_at=NOW, ends_at=SOON)


def test_the_database_names_a_recipient_once(edition, leader, member):
    broadcast = say(edition, leader, BroadcastAudience.NAMED, people=[member.person_id])

    with pytest.raises(IntegrityError, match="broadcast_once_to_a_person"), transaction.atomic():
        BroadcastRecipient.objects.create(broadcast=broadcast, person=member.person)


def test_erasure_keeps_what_was_told_and_lets_go_of_who_told_and_who_was_told(edition, leader, member):
    broadcast = say(edition, leader, BroadcastAudience.NAMED, people=[member.person_id])

    forget_person(person=leader.person, at=NOW)
    forget_person(person=member.person, at=NOW)

    broadcast.refresh_from_db()
    assert (broadcast.sent_by, broadcast.recipients.count()) == (None, 0)
