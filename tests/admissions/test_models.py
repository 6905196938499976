"""What the database refuses, whoever asks."""

import pytest
from django.db import IntegrityError, connection, transaction

from filiera.accounts.viewer import VISITOR
from filiera.admissions.models import Application, ParticipationState
from tests.academy.factories import NOW, DayFactory, EditionFactory, SessionFactory, moment
from tests.admissions.factories import (
    OPENS,
    AccessCodeFactory,
    ApplicationFactory,
    CallFactory,
    CriterionFactory,
    DayAttendanceFactory,
    HostOfferFactory,
    ParticipationFactory,
    PresenceFactory,
    RemarkFactory,
    ReviewFactory,
    ScoreFactory,
    StationFactory,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("call_has_places", lambda: CallFactory(places=0)),
        ("call_closes_after_opening", lambda: CallFactory(closes_at=OPENS)),
        ("call_published_with_its_times", lambda: CallFactory(closes_at=None)),
        ("call_most_per_organisation_positive", lambda: CallFactory(most_per_organisation=0)),
        ("call_once_of_a_kind_in_edition", lambda: CallFactory(edition=CallFactory().edition)),
        ("call_reviews_per_application_known", lambda: CallFactory(reviews_per_application=0)),
        ("access_code_not_overused", lambda: AccessCodeFactory(uses=2)),
        ("criterion_weighs_something", lambda: CriterionFactory(weight=0)),
        ("criterion_scale_rises", lambda: CriterionFactory(lowest=5)),
        ("criterion_scale_at_most_ten", lambda: CriterionFactory(highest=11)),
        ("review_times_match_state", lambda: ReviewFactory(given=True, given_at=None)),
        ("remark_says_something", lambda: RemarkFactory(text="")),
        (
            "host_offer_ends_after_start",
            lambda: HostOfferFactory(first_day=NOW.date(), last_day=OPENS.date()),
        ),
        ("application_submitted_at_matches_state", lambda: ApplicationFactory(submitted_at=None)),
        ("application_withdrawn_at_matches_state", lambda: ApplicationFactory(withdrawn_at=NOW)),
        ("participation_offer_has_its_end", lambda: ParticipationFactory(offered=True, respond_by=None)),
        ("participation_confirmed_at_known", lambda: ParticipationFactory(confirmed_at=None)),
        (
            "participation_ended_at_matches_state",
            lambda: ParticipationFactory(state=ParticipationState.CANCELLED),
        ),
        ("presence_of_session_or_day", lambda: PresenceFactory(day=None)),
        ("station_expires_later", lambda: StationFactory(expires_at=moment(7))),
        (
            "station_of_day_or_session",
            lambda: StationFactory(day=DayFactory(), session=SessionFactory(scheduled=True)),
        ),
        (
            "participation_entry_code",
            lambda: ParticipationFactory(entry_code=ParticipationFactory().entry_code),
        ),
    ],
)
def test_the_database_refuses_what_cannot_be(name, broken):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        broken()


def test_an_application_number_is_given_once_in_a_call():
    first = ApplicationFactory()

    with pytest.raises(IntegrityError, match="application_number_unique_in_call"), transaction.atomic():
        ApplicationFactory(call=first.call, number=first.number)


def test_one_address_has_one_place_in_an_edition():
    edition = EditionFactory(public=True)
    ParticipationFactory(edition=edition, email="same@example.org")

    with pytest.raises(IntegrityError, match="participation_email_once_in_edition"), transaction.atomic():
        ParticipationFactory(edition=edition, email="Same@example.org")


def test_one_person_has_one_place_in_an_edition():
    first = ParticipationFactory()

    with pytest.raises(IntegrityError, match="participation_person_once_in_edition"), transaction.atomic():
        ParticipationFactory(edition=first.edition, person=first.person)


def test_a_day_is_attended_in_one_mode():
    first = DayAttendanceFactory()

    with pytest.raises(IntegrityError, match="day_attendance_once"), transaction.atomic():
        DayAttendanceFactory(participation=first.participation, day=first.day)


def test_a_standing_presence_is_one():
    first = PresenceFactory()

    with pytest.raises(IntegrityError, match="presence_once_on_day"), transaction.atomic():
        PresenceFactory(participation=first.participation, day=first.day)


def test_an_undone_presence_leaves_room_for_another():
    first = PresenceFactory(undone_at=NOW)

    again = PresenceFactory(participation=first.participation, day=first.day)

    assert again.pk != first.pk


def test_a_reviewer_reviews_an_application_once():
    first = ReviewFactory()

    with pytest.raises(IntegrityError, match="review_once_by_a_reviewer"), transaction.atomic():
        ReviewFactory(application=first.application, reviewer=first.reviewer)


def test_a_review_says_one_thing_by_a_criterion():
    first = ScoreFactory()

    with pytest.raises(IntegrityError, match="score_once_by_criterion"), transaction.atomic():
        ScoreFactory(review=first.review, criterion=first.criterion)


def test_two_criteria_do_not_share_a_position():
    first = CriterionFactory()

    def number_twice():
        CriterionFactory(call=first.call, position=first.position)
        connection.check_constraints()

    with pytest.raises(IntegrityError, match="criterion_position_unique_in_call"), transaction.atomic():
        number_twice()


def test_a_visitor_sees_no_application():
    ApplicationFactory()

    assert not Application.objects.visible_to(VISITOR).exists()
