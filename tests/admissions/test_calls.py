"""Calls: written, published, extended, closed, and the codes beside them."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from filiera.admissions.actions import calls, codes
from filiera.admissions.models import AccessCode, Call, CallKind, CallPhase, CallState
from filiera.admissions.queries.codes import find_code
from filiera.mail.models import OutgoingMail
from tests.admissions.factories import (
    CLOSES,
    OPENS,
    AccessCodeFactory,
    ApplicationFactory,
    CallFactory,
    ParticipationFactory,
)

pytestmark = pytest.mark.django_db

BEFORE, WHILE, AFTER = OPENS - timedelta(days=1), OPENS + timedelta(days=10), CLOSES + timedelta(days=1)


def details(**changes):
    values = {
        "title": {"en": "Call", "it": "Bando"},
        "text": {"en": "For people who run a cluster."},
        "opens_at": OPENS,
        "closes_at": CLOSES,
        "time_zone": "Europe/Rome",
        "places": 30,
        "most_per_organisation": None,
        "reply_days": 7,
        "by_invitation": False,
    }
    return calls.CallDetails(**{**values, **changes})


@pytest.fixture
def call(edition):
    return CallFactory(edition=edition)


def write(edition, by, at=BEFORE, **changes):
    return calls.write_call(
        edition=edition, kind=CallKind.PARTICIPANTS, details=details(**changes), by=by, at=at
    )


def test_a_call_is_written_published_and_opens_by_the_clock(edition, director):
    written = write(edition, director)
    calls.publish_call(call=written, by=director, at=BEFORE)

    published = Call.objects.get(edition=edition)
    phases = [published.phase_at(moment) for moment in (BEFORE, OPENS, CLOSES)]
    assert phases == [CallPhase.BEFORE, CallPhase.OPEN, CallPhase.CLOSED]


@pytest.mark.parametrize("who", ["member", "outsider"])
def test_others_write_no_call(edition, who, request):
    with pytest.raises(PermissionDenied):
        write(edition, request.getfixturevalue(who))


def test_a_call_does_not_close_before_it_opens(edition, director):
    with pytest.raises(calls.CallClosesBeforeOpening):
        write(edition, director, closes_at=OPENS)


@pytest.mark.parametrize("missing", [{"title": {}}, {"text": {}}, {"closes_at": None}])
def test_a_call_that_lacks_something_is_not_published(edition, director, missing):
    written = write(edition, director, **missing)

    with pytest.raises(calls.CallNotReady):
        calls.publish_call(call=written, by=director, at=BEFORE)


def test_a_call_is_published_once(call, director):
    with pytest.raises(calls.CallAlreadyPublished):
        calls.publish_call(call=call, by=director, at=WHILE)


def test_a_published_closing_is_not_drawn_nearer(call, director):
    with pytest.raises(calls.NotLaterThanNow):
        write(call.edition, director, at=WHILE, closes_at=CLOSES - timedelta(hours=1))


def test_a_published_call_keeps_its_times(call, director):
    with pytest.raises(calls.PublishedCallNeedsTimes):
        write(call.edition, director, at=WHILE, opens_at=None)


def test_the_opening_is_not_moved_behind_what_came_in(call, director):
    ApplicationFactory(call=call)

    with pytest.raises(calls.CallHasApplications):
        write(call.edition, director, at=WHILE, opens_at=OPENS + timedelta(days=1))


def test_places_do_not_fall_below_those_taken(call, director):
    Call.objects.filter(pk=call.pk).update(taken=5)

    with pytest.raises(calls.PlacesAreTaken):
        write(call.edition, director, at=WHILE, places=4)


def test_an_open_call_is_closed_at_once(call, director):
    closed = calls.close_call(call=call, by=director, at=WHILE)

    assert closed.phase_at(WHILE) == CallPhase.CLOSED


def test_a_closed_call_is_not_closed_again(call, director):
    with pytest.raises(calls.CallNotOpen):
        calls.close_call(call=call, by=director, at=AFTER)


def test_a_closed_call_is_extended(call, director):
    later = AFTER + timedelta(days=3)

    extended = calls.extend_call(call=call, closes_at=later, by=director, at=AFTER)

    assert (extended.closes_at, extended.phase_at(AFTER)) == (later, CallPhase.OPEN)


@pytest.mark.parametrize("until", [CLOSES, WHILE])
def test_an_extension_is_later(call, director, until):
    with pytest.raises(calls.NotLaterThanNow):
        calls.extend_call(call=call, closes_at=until, by=director, at=WHILE)


def test_the_ready_made_questions_open_with_the_call(edition, director):
    written = write(edition, director)
    calls.take_packaged_questions(call=written, by=director, at=BEFORE)
    published = calls.publish_call(call=written, by=director, at=BEFORE)

    form = Call.objects.get(pk=published.pk).application_form
    asked = set(form.questions.values_list("code", "shown_if__code"))
    assert form.is_open
    assert ("practice-story", "practice") in asked


def test_questions_are_not_taken_twice(call, director):
    calls.take_packaged_questions(call=call, by=director, at=WHILE)

    with pytest.raises(calls.CallHasQuestions):
        calls.take_packaged_questions(call=call, by=director, at=WHILE)


def make_code(call, by, **changes):
    values = {"note": "Late comer", "email": "", "most_uses": 1, "valid_until": AFTER, "language": "en"}
    return codes.make_code(call=call, by=by, at=WHILE, **{**values, **changes})


def test_a_code_is_mailed_and_found_however_it_is_typed(call, director):
    code = make_code(call, director, email="Late@Example.org")

    typed = code.code.lower().replace("-", " ")
    assert find_code(call, typed, WHILE) == code
    assert OutgoingMail.objects.get(to_address="late@example.org").text.count(code.code) == 2


def test_a_code_ends_in_the_future(call, director):
    with pytest.raises(codes.CodeEndsInThePast):
        make_code(call, director, valid_until=WHILE)


@pytest.mark.parametrize("who", ["member", "outsider"])
def test_others_make_no_code(call, who, request):
    with pytest.raises(PermissionDenied):
        make_code(call, request.getfixturevalue(who))


@pytest.mark.parametrize(
    "state", [{"uses": 1}, {"valid_until": WHILE}, {"revoked_at": OPENS}, {"call": None}], ids=str
)
def test_a_code_that_is_over_opens_nothing(call, state):
    values = {key: CallFactory() if key == "call" else value for key, value in state.items()}
    code = AccessCodeFactory(**{"call": call, **values})

    with pytest.raises(codes.CodeNotKnown):
        codes.use_code(call=call, written=code.code, at=WHILE)


def test_a_revoked_code_stays_revoked(call, director):
    code = codes.revoke_code(code=AccessCodeFactory(call=call), by=director, at=WHILE)

    with pytest.raises(codes.CodeAlreadyRevoked):
        codes.revoke_code(code=code, by=director, at=WHILE)


@pytest.mark.parametrize("kind", ["apply", "host"])
@pytest.mark.parametrize("state", ["none", "draft", "before", "open", "closed"])
def test_the_page_of_a_call_answers_everybody(client, edition, kind, state):
    if state != "none":
        CallFactory(
            edition=edition,
            kind=CallKind.HOSTS if kind == "host" else CallKind.PARTICIPANTS,
            state=CallState.DRAFT if state == "draft" else CallState.PUBLISHED,
            opens_at=OPENS if state != "before" else OPENS.replace(year=2100),
            closes_at={"open": CLOSES.replace(year=2100), "before": CLOSES.replace(year=2101)}.get(
                state, CLOSES
            ),
        )

    page = client.get(reverse(f"admissions:{kind}", args=[edition.slug]))

    assert page.status_code == 200
    assert (
        b"This call is a draft" in page.content,
        b"Begin" in page.content or b"Offer to" in page.content,
    ) == (
        False,
        state == "open",
    )


def desk(edition, name="desk_call", *keys):
    return reverse(f"admissions:{name}", args=[edition.slug, *keys])


def form_data(**changes):
    values = {
        "title_en": "Call for managers",
        "title_it": "Bando",
        "text_en": "For whom",
        "opens_on": "2099-03-01T09:00",
        "closes_on": "2099-04-15T18:00",
        "time_zone": "Europe/Rome",
        "places": "30",
        "reply_days": "7",
    }
    return {**values, **changes}


def test_the_desk_writes_a_call_on_the_clocks_of_its_zone(director_client, edition):
    answer = director_client.post(desk(edition), form_data())

    call = Call.objects.get(edition=edition)
    assert answer.status_code == 302
    assert (call.opens_at.hour, call.closes_at.hour) == (8, 16)


@pytest.mark.parametrize("hour", ["2099-03-29T02:30", "not a time"])
def test_a_time_that_does_not_exist_is_told_and_what_was_typed_stays(director_client, edition, hour):
    answer = director_client.post(desk(edition), form_data(opens_on=hour))

    assert answer.status_code == 422
    assert b"Call for managers" in answer.content
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    ("who", "status"), [("member_client", 403), ("outsider_client", 403), ("client", 302)]
)
def test_the_desk_of_the_call_is_for_its_writers(who, status, edition, request):
    client = request.getfixturevalue(who)

    assert client.get(desk(edition)).status_code == status


def test_the_desk_publishes_extends_closes_and_makes_codes(director_client, edition):
    director_client.post(desk(edition), form_data(opens_on="2023-03-01T09:00"))
    director_client.post(desk(edition, "desk_call_questions"))
    director_client.post(desk(edition, "desk_call_publication"))
    director_client.post(desk(edition, "desk_call_extension"), {"extension-extends_to": "2099-05-01T18:00"})
    made = director_client.post(
        desk(edition, "desk_call_code_new"), {"note": "Late", "most_uses": "2", "valid_on": "2099-06-01"}
    )
    closed = director_client.post(desk(edition, "desk_call_closing"))
    code = AccessCode.objects.get()
    director_client.post(desk(edition, "desk_code_revocation", code.pk))

    call = Call.objects.get(edition=edition)
    code.refresh_from_db()
    assert (made.status_code, closed.status_code) == (302, 302)
    assert (call.state, call.closes_at.year < 2099, code.revoked_at is not None) == ("published", True, True)
    page = director_client.get(desk(edition)).content
    assert b"The call is closed" in page
    assert code.code.encode() in page


def test_a_code_of_another_edition_is_not_there(director_client, edition):
    foreign = AccessCodeFactory()

    answer = director_client.post(desk(edition, "desk_code_revocation", foreign.pk))

    assert answer.status_code == 404


@pytest.mark.parametrize("count", [1, 4])
def test_the_desk_of_a_call_asks_the_same_questions_whatever_came_in(
    director_client, edition, django_assert_num_queries, count
):
    call = CallFactory(edition=edition)
    for _ in range(count):
        ApplicationFactory(call=call)
        AccessCodeFactory(call=call)
    ParticipationFactory(edition=edition)

    with django_assert_num_queries(9):
        director_client.get(desk(edition))
