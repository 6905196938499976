"""A day that runs late: what moves, what it meets, and that nobody is booked twice on the way."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse

from filiera.academy import day_parts
from filiera.academy.actions import delays
from filiera.academy.actions.delays import delay_day
from filiera.academy.actions.undo import ToldSince, undo_last_step
from filiera.academy.day_parts import Hit
from filiera.academy.models import (
    Broadcast,
    BroadcastAudience,
    EditionRole,
    PublishedSession,
    SessionKind,
    SpeakerAvailability,
)
from filiera.academy.queries.delays import FROM_NOW, Wish, plan_delay, running_day
from filiera.mail.models import OutgoingMail
from filiera.push.models import Event
from filiera.shared.errors import DomainError
from tests.academy.factories import (
    NOW,
    ContributionFactory,
    EditionMemberFactory,
    PartFactory,
    RoomFactory,
    SessionFactory,
    SpeakerFactory,
    StarFactory,
    between,
    moment,
    publish,
)
from tests.academy.viewers import client_of, viewer_in

HX = {"HX-Request": "true"}


@pytest.fixture
def afternoon(edition):
    """A talk until half past two, a coffee break of half an hour, work until half past four, a visit."""
    edition.is_demonstration = True
    edition.save()
    part = PartFactory(edition=edition)
    hall, garden = RoomFactory(edition=edition, slug="hall"), RoomFactory(edition=edition, slug="garden")
    made = {
        "talk": SessionFactory(part=part, slug="talk", during=between(moment(13, 30)), room=hall),
        "coffee": SessionFactory(
            part=part, slug="coffee", kind=SessionKind.BREAK, during=between(moment(14, 30), 30), room=hall
        ),
        "work": SessionFactory(part=part, slug="work", during=between(moment(15), 90), room=hall),
        "visit": SessionFactory(
            part=part,
            slug="visit",
            kind=SessionKind.LABORATORY_VISIT,
            during=between(moment(17), 60),
            room=garden,
        ),
    }
    publish(edition)
    return made


@pytest.fixture
def hurried(edition):
    return viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.FACILITATOR))


def spans(*sessions):
    for session in sessions:
        session.refresh_from_db()
    return [(session.during.lower, session.during.upper) for session in sessions]


def late(edition, by, *, since=FROM_NOW, minutes=15, slack="", room=None, at=None, **said):
    wish = Wish(since=str(since), minutes=minutes, slack=str(slack), room_id=room)
    return delay_day(
        edition=edition, wish=wish, moment=at or moment(14, 10), by=by, at=NOW + timedelta(hours=1), **said
    )


def test_from_now_on_what_runs_goes_on_and_the_rest_moves(edition, hurried, afternoon):
    late(edition, hurried)

    assert spans(*afternoon.values()) == [
        (moment(13, 30), moment(14, 45)),
        (moment(14, 45), moment(15, 15)),
        (moment(15, 15), moment(16, 45)),
        (moment(17, 15), moment(18, 15)),
    ]
    assert [afternoon["talk"].minutes, afternoon["coffee"].minutes] == [75, 30]


def test_a_shorter_break_takes_the_delay_up(edition, hurried, afternoon):
    late(edition, hurried, slack=afternoon["coffee"].pk)

    assert spans(*afternoon.values()) == [
        (moment(13, 30), moment(14, 45)),
        (moment(14, 45), moment(15)),
        (moment(15), moment(16, 30)),
        (moment(17), moment(18)),
    ]


def test_what_a_break_cannot_take_up_goes_on(edition, hurried, afternoon):
    late(edition, hurried, minutes=40, slack=afternoon["coffee"].pk)

    assert spans(afternoon["coffee"], afternoon["work"]) == [
        (moment(15, 10), moment(15, 15)),
        (moment(15, 15), moment(16, 45)),
    ]


def test_a_free_time_takes_the_delay_up(edition, hurried, afternoon):
    late(edition, hurried, slack=f"before-{afternoon['visit'].pk}")

    assert spans(afternoon["work"], afternoon["visit"]) == [
        (moment(15, 15), moment(16, 45)),
        (moment(17), moment(18)),
    ]


def test_from_a_session_on_what_runs_before_ends_as_planned(edition, hurried, afternoon):
    late(edition, hurried, since=afternoon["work"].pk)

    assert spans(*afternoon.values()) == [
        (moment(13, 30), moment(14, 30)),
        (moment(14, 30), moment(15)),
        (moment(15, 15), moment(16, 45)),
        (moment(17, 15), moment(18, 15)),
    ]


def test_one_room_alone_can_be_late(edition, hurried, afternoon):
    late(edition, hurried, room=afternoon["visit"].room_id)

    assert spans(afternoon["work"], afternoon["visit"]) == [
        (moment(15), moment(16, 30)),
        (moment(17, 15), moment(18, 15)),
    ]


def test_it_is_published_with_a_note_and_told_once(edition, hurried, afternoon, member):
    StarFactory(person=member.person, session=afternoon["work"])

    version = late(edition, hurried)

    assert version.number == 2
    assert version.note["en"] == (
        "The programme runs 15 minutes late from 14:10. “Title of coffee” now begins at 14:45."
    )
    assert version.note["it"].startswith("Il programma")
    broadcast = Broadcast.objects.get()
    assert (broadcast.text, broadcast.audience) == (version.note, BroadcastAudience.EVERYBODY)
    starts = PublishedSession.objects.filter(version=version).order_by("position")
    assert list(starts.values_list("starts_at", flat=True)) == [
        moment(13, 30),
        moment(14, 45),
        moment(15, 15),
        moment(17, 15),
    ]
    topics = Event.objects.order_by("pk").values_list("topic", flat=True)
    assert list(topics)[-3:] == [
        f"edition:{edition.pk}:desk",
        f"edition:{edition.pk}:programme",
        f"edition:{edition.pk}:day",
    ]


@pytest.mark.parametrize(("by_mail", "mails"), [(False, 0), (True, 1)])
def test_a_mail_is_written_only_where_it_was_asked_for(
    edition, hurried, afternoon, member, by_mail, mails, django_capture_on_commit_callbacks, monkeypatch
):
    from filiera.academy.actions import publication

    monkeypatch.setattr(publication, "tell_starrers_later", publication.tell_starrers)
    StarFactory(person=member.person, session=afternoon["work"])

    with django_capture_on_commit_callbacks(execute=True):
        late(edition, hurried, is_told_by_mail=by_mail)

    assert OutgoingMail.objects.count() == mails


def test_a_second_delay_takes_the_first_message_off(edition, hurried, afternoon):
    wish = Wish(since=FROM_NOW, minutes=15)
    for number in (1, 2):
        delay_day(
            edition=edition,
            wish=wish,
            moment=moment(14, 10),
            by=hurried,
            at=NOW + timedelta(hours=1, minutes=number),
        )

    shown = Broadcast.objects.filter(shown_until__gt=NOW + timedelta(hours=1, minutes=2))
    assert [each.text["en"] for each in shown] == [
        "The programme runs 15 minutes late from 14:10. “Title of coffee” now begins at 15:00."
    ]


def test_own_words_take_the_place_of_the_sentence(edition, hurried, afternoon):
    version = late(edition, hurried, message={"en": "Lunch was too good."})

    assert version.note == {"en": "Lunch was too good."}
    assert Broadcast.objects.get().text == version.note


def test_a_day_is_moved_back_by_moving_it_earlier(edition, editor, afternoon):
    before = spans(*afternoon.values())
    late(edition, editor)

    with pytest.raises(ToldSince):
        undo_last_step(edition=edition, by=editor, at=NOW)
    version = late(edition, editor, minutes=-15, at=moment(14, 20))

    assert spans(*afternoon.values()) == before
    assert version.note["en"].startswith("From 14:20 the programme is 15 minutes earlier.")


def test_what_runs_cannot_be_over_already(edition, hurried, afternoon):
    with pytest.raises(delays.DelayMeetsAnObstacle, match="would be over already"):
        late(edition, hurried, minutes=-30)


def test_nothing_is_moved_earlier_into_what_comes_before(edition, hurried, afternoon):
    before = spans(*afternoon.values())

    with pytest.raises(delays.DelayMeetsAnObstacle, match="would still be in"):
        late(edition, hurried, since=afternoon["work"].pk, minutes=-10)

    assert spans(*afternoon.values()) == before


def test_speakers_who_go_from_session_to_session_are_never_booked_twice(edition, hurried, afternoon):
    speaker = SpeakerFactory(edition=edition)
    for session in afternoon.values():
        ContributionFactory(session=session, speaker=speaker)
    publish(edition, at=NOW + timedelta(minutes=5))

    late(edition, hurried, minutes=100)

    contributions = speaker.contributions.order_by("during")
    assert [row.during.lower for row in contributions] == [
        moment(13, 30),
        moment(16, 10),
        moment(16, 40),
        moment(18, 40),
    ]


def test_one_room_alone_stops_at_a_speaker_who_is_elsewhere(edition, hurried, afternoon):
    speaker = SpeakerFactory(edition=edition, name="Ada Long")
    ContributionFactory(session=afternoon["work"], speaker=speaker)
    ContributionFactory(session=afternoon["visit"], speaker=speaker)
    publish(edition, at=NOW + timedelta(minutes=5))
    before = spans(*afternoon.values())

    with pytest.raises(delays.DelayMeetsAnObstacle) as refused:
        late(edition, hurried, minutes=60, room=afternoon["work"].room_id)

    assert str(refused.value) == "Ada Long would be in “Title of work” and in “Title of visit” at once."
    assert spans(*afternoon.values()) == before
    assert Broadcast.objects.count() == 0


def test_what_it_meets_is_said_before(edition, hurried, afternoon):
    speaker = SpeakerFactory(edition=edition, name="Ada Long")
    ContributionFactory(session=afternoon["work"], speaker=speaker)
    SpeakerAvailability.objects.create(
        speaker=speaker, during=DateTimeTZRange(moment(15), moment(16, 40), "[)")
    )
    day = afternoon["visit"].part.days.get(date=moment(12).date())
    day.closes_at = day.closes_at.replace(hour=18, minute=0)
    day.save()
    at_hand = running_day(edition, moment(14, 10))

    plan = plan_delay(at_hand, Wish(since=FROM_NOW, minutes=15), hurried)

    assert [(hit.tone, hit.sentence) for hit in plan.hits] == [
        (
            "warn",
            "Ada Long said to be free otherwise: ask about “Title of work”, now 15:15 to 16:45.",
        ),
        ("warn", "Tell the catering: “Title of coffee” is now from 14:45 to 15:15."),
        ("warn", "Tell the hosts of the visit: “Title of visit” is now from 17:15 to 18:15."),
        ("warn", "The day ends at 18:15, after its hours, which are until 18:00."),
        ("info", "2 rooms are concerned."),
    ]


def test_rooms_are_asked_and_follow_in_the_same_transaction(edition, hurried, afternoon, monkeypatch):
    monkeypatch.setattr(day_parts, "_rooms", {})
    followed = []
    day_parts.register(
        "meetings",
        hits=lambda viewer, edition, delay: [Hit(sentence="Three meetings move.")],
        follow=lambda by, edition, delay, at: followed.append(delay.moved(moment(15))),
    )
    plan = plan_delay(running_day(edition, moment(14, 10)), Wish(since=FROM_NOW, minutes=15), hurried)

    late(edition, hurried)

    assert "Three meetings move." in [hit.sentence for hit in plan.hits]
    assert followed == [moment(15, 15)]


def test_a_room_that_cannot_follow_stops_everything(edition, hurried, afternoon, monkeypatch):
    def refuse(by, edition, delay, at):
        raise DomainError("The host leaves at six.")

    monkeypatch.setattr(day_parts, "_rooms", {})
    day_parts.register("visits", follow=refuse)
    before = spans(*afternoon.values())

    with pytest.raises(DomainError, match="The host leaves at six"):
        late(edition, hurried)

    assert spans(*afternoon.values()) == before


def test_other_changes_of_the_draft_are_published_only_when_said(edition, editor, afternoon):
    afternoon["work"].title = {"en": "Another title"}
    afternoon["work"].save()

    with pytest.raises(delays.DraftWaits):
        late(edition, editor)

    assert late(edition, editor, with_draft=True).number == 2


def test_who_may_not_publish_does_not_publish_others_changes(edition, hurried, afternoon):
    afternoon["work"].title = {"en": "Another title"}
    afternoon["work"].save()

    with pytest.raises(delays.DraftWaitsForOthers):
        late(edition, hurried, with_draft=True)


def test_a_session_that_has_begun_is_no_beginning_of_a_delay(edition, hurried, afternoon):
    with pytest.raises(delays.NothingToDelay):
        late(edition, hurried, since=afternoon["talk"].pk)


def test_nothing_ends_after_midnight_of_the_last_day(edition, hurried, afternoon):
    part = afternoon["talk"].part
    dinner = SessionFactory(
        part=part, kind=SessionKind.SOCIAL, during=between(moment(21, day=part.ends_on), 170)
    )
    publish(edition, at=NOW + timedelta(minutes=5))

    with pytest.raises(delays.DelayMeetsAnObstacle, match="after midnight"):
        late(edition, hurried, since=dinner.pk, at=moment(20, day=part.ends_on))


def test_before_the_first_publication_there_is_nothing_to_delay(edition, hurried):
    with pytest.raises(delays.NotPublishedYet):
        late(edition, hurried)


def test_refuses_who_does_not_run_the_day(edition, member, outsider, afternoon):
    for viewer in (member, outsider):
        with pytest.raises(PermissionDenied):
            late(edition, viewer)


# Pages


@pytest.fixture
def address(edition):
    return reverse("academy:desk_late", args=[edition.slug])


@pytest.fixture
def now_at_ten_past_two(edition):
    edition.clock_at = moment(14, 10)
    edition.save()


def test_the_page_shows_what_fifteen_minutes_do(address, hurried, afternoon, now_at_ten_past_two):
    page = client_of(hurried.person).get(address).content.decode()

    assert "15 minutes later from here" in page
    assert "4 sessions change their time" in page
    assert "“Title of coffee” now begins at 14:45." in page


def test_other_minutes_are_asked_for_and_shown_alone(address, hurried, afternoon, now_at_ten_past_two):
    asked = {"since": FROM_NOW, "minutes": "20", "slack": str(afternoon["coffee"].pk)}

    answer = client_of(hurried.person).get(address, asked, headers=HX)

    page = answer.content.decode()
    assert page.startswith('<div id="late"')
    assert "20 minutes later from here" in page
    assert "shorter: 10 min" in page


def test_the_day_is_moved_from_the_page(edition, address, hurried, afternoon, now_at_ten_past_two):
    client = client_of(hurried.person)

    answer = client.post(address, {"since": FROM_NOW, "minutes": "15", "slack": ""}, follow=True)

    assert "Version 2 is published, and everybody reads it now." in answer.content.decode()
    edition.refresh_from_db()
    assert edition.current_version.number == 2


def test_what_was_typed_stays_when_it_is_refused(address, hurried, afternoon, now_at_ten_past_two):
    afternoon["work"].title = {"en": "Another title"}
    afternoon["work"].save()
    said = {"since": FROM_NOW, "minutes": "15", "slack": "", "message_en": "Soup is late."}

    answer = client_of(hurried.person).post(address, said)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Soup is late." in page
    assert "Ask whoever builds the programme to publish them" in page


def test_minutes_that_are_none_are_refused(address, hurried, afternoon, now_at_ten_past_two):
    answer = client_of(hurried.person).post(address, {"since": FROM_NOW, "minutes": "0"})

    assert answer.status_code == 422


def test_after_the_last_session_nothing_can_be_late(edition, address, hurried, afternoon):
    page = client_of(hurried.person).get(address).content.decode()

    assert "Nothing is held any more" in page


def test_the_page_is_for_who_runs_the_day(address, afternoon, member_client, outsider_client, client):
    assert member_client.get(address).status_code == 403
    assert outsider_client.get(address).status_code == 403
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("row_count", [1, 6])
def test_the_page_asks_as_often_for_a_long_day(
    edition,
    address,
    hurried,
    afternoon,
    now_at_ten_past_two,
    row_count,
    django_assert_num_queries,
    monkeypatch,
):
    # What each room above asks for its hits is counted where the room is.
    monkeypatch.setattr(day_parts, "_rooms", {})
    for number in range(row_count):
        ContributionFactory(
            session=SessionFactory(
                part=afternoon["talk"].part,
                during=between(moment(18, 10) + timedelta(minutes=20 * number), 20),
                room=afternoon["talk"].room,
            )
        )
    publish(edition, at=NOW + timedelta(minutes=5))
    client = client_of(hurried.person)
    client.get(address)

    with django_assert_num_queries(18):
        client.get(address)
