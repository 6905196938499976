"""Places offered, taken, given back: what each step makes true."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connections, transaction

from filiera.academy.models import EditionMember, EditionRole
from filiera.accounts.models import Person
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.actions import participations as actions
from filiera.admissions.actions.participations import PlaceDetails
from filiera.admissions.models import Call, Participation, ParticipationState
from filiera.admissions.queries import reserve
from filiera.admissions.queries.place_links import participation_of, token_of, viewer_by_link
from filiera.ledger.models import Fact
from filiera.mail.models import OutgoingMail
from tests.academy.factories import NOW, PartFactory
from tests.accounts.factories import PASSWORD, PersonFactory
from tests.admissions.factories import ApplicationFactory, CallFactory, ParticipationFactory

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def reserve_list(monkeypatch):
    """A reserve list in the order in which applications are put into it."""
    waiting = []

    def next_one(call):
        offered = Participation.objects.filter(application__in=waiting).values_list("application", flat=True)
        return next((application for application in waiting if application.pk not in set(offered)), None)

    monkeypatch.setattr(reserve, "_sources", [next_one])
    return waiting


def members_of(edition):
    return list(
        EditionMember.objects.current()
        .filter(edition=edition, role=EditionRole.PARTICIPANT)
        .values_list("person__email", flat=True)
    )


def mails():
    return list(OutgoingMail.objects.order_by("pk").values_list("to_address", "key"))


def standing_facts(kind):
    return sum(Fact.objects.filter(kind=kind).values_list("quantity", flat=True))


def offered_place(**values):
    return ParticipationFactory(offered=True, linked=True, **values)


def test_an_offer_stands_until_the_end_of_its_last_day_on_the_clocks_of_the_call(edition, desk):
    CallFactory(edition=edition, reply_days=3)
    application = ApplicationFactory(call=edition.calls.get(), candidate_email="Anna@example.org")

    place = actions.offer_place(edition=edition, application=application, by=desk, at=NOW)

    assert place.state == ParticipationState.OFFERED
    assert place.email == "anna@example.org"
    assert place.respond_by == datetime(2023, 5, 13, 21, 59, tzinfo=UTC)
    assert Call.objects.get(edition=edition).taken == 1
    mail = OutgoingMail.objects.get()
    assert mail.to_address == "anna@example.org"
    assert "13 May 2023, 23:59, Europe/Rome" in mail.text
    assert standing_facts("candidate.selected") == 1


def test_an_offer_ends_when_the_edition_begins(edition, desk):
    PartFactory(edition=edition)
    eve = datetime(2023, 9, 19, 9, 0, tzinfo=UTC)

    place = actions.offer_place(edition=edition, details=PlaceDetails(name="Anna"), by=desk, at=eve)

    assert place.respond_by == datetime(2023, 9, 21, 6, 0, tzinfo=UTC)


def test_offering_twice_is_one_offer(edition, desk):
    details = PlaceDetails(name="Anna", email="anna@example.org")
    first = actions.offer_place(edition=edition, details=details, by=desk, at=NOW)

    again = actions.offer_place(edition=edition, details=details, by=desk, at=LATER)

    assert (again.pk, again.offered_at, len(mails())) == (first.pk, NOW, 1)


def test_no_more_places_are_offered_than_the_call_has(edition, desk):
    CallFactory(edition=edition, places=1)
    actions.offer_place(edition=edition, details=PlaceDetails(name="Anna"), by=desk, at=NOW)

    with pytest.raises(actions.NoPlaceLeft):
        actions.offer_place(edition=edition, details=PlaceDetails(name="Bruno"), by=desk, at=NOW)

    assert Participation.objects.filter(edition=edition).count() == 1


def test_the_database_refuses_more_places_than_the_call_has(edition):
    with pytest.raises(IntegrityError, match="call_places_not_exceeded"), transaction.atomic():
        CallFactory(edition=edition, places=1, taken=2)


def test_a_participant_may_not_offer(edition, in_role):
    with pytest.raises(PermissionDenied):
        actions.offer_place(
            edition=edition, details=PlaceDetails(name="Anna"), by=in_role(EditionRole.PARTICIPANT), at=NOW
        )


def test_confirming_by_the_link_makes_the_account_and_the_membership(edition):
    place = offered_place(edition=edition, email="anna@example.org", name="Anna Rossi", language="it")

    place = actions.confirm_place(participation=place, by=viewer_by_link(place), at=LATER)

    person = Person.objects.get(email="anna@example.org")
    assert (place.state, place.person, person.name) == (ParticipationState.CONFIRMED, person, "Anna Rossi")
    assert not person.has_usable_password()
    assert EmailAddress.objects.get(user=person).verified
    assert members_of(edition) == ["anna@example.org"]
    assert standing_facts("place.confirmed") == 1


def test_confirming_finds_the_account_that_proved_the_address(edition):
    person = PersonFactory(email="anna@example.org", password=PASSWORD)
    place = offered_place(edition=edition, email="anna@example.org")

    place = actions.confirm_place(participation=place, by=viewer_by_link(place), at=LATER)

    assert place.person == person


def test_an_account_that_never_proved_the_address_gets_nothing(edition):
    person = PersonFactory(email="anna@example.org")
    EmailAddress.objects.create(user=person, email=person.email, verified=False, primary=True)
    place = offered_place(edition=edition, email="anna@example.org")

    place = actions.confirm_place(participation=place, by=viewer_by_link(place), at=LATER)

    assert (place.state, place.person, members_of(edition)) == (ParticipationState.CONFIRMED, None, [])


def test_confirming_twice_changes_nothing(edition):
    place = offered_place(edition=edition)
    actions.confirm_place(participation=place, by=viewer_by_link(place), at=LATER)

    again = actions.confirm_place(
        participation=place, by=viewer_by_link(place), at=LATER + timedelta(hours=1)
    )

    assert again.confirmed_at == LATER
    assert standing_facts("place.confirmed") == 1
    assert len(mails()) == 1


def test_the_deadline_that_passed_while_reading_is_told(edition):
    place = offered_place(edition=edition, respond_by=NOW)

    with pytest.raises(actions.OfferHasExpired):
        actions.confirm_place(participation=place, by=viewer_by_link(place), at=NOW)


def test_the_link_of_one_place_does_not_open_another(edition):
    mine, other = offered_place(edition=edition), offered_place(edition=edition)

    with pytest.raises(PermissionDenied):
        actions.confirm_place(participation=other, by=viewer_by_link(mine), at=LATER)


def test_the_desk_confirms_for_somebody_without_making_an_account(edition, desk):
    place = offered_place(edition=edition, respond_by=NOW - timedelta(days=1))

    place = actions.confirm_place(participation=place, by=desk, at=LATER)

    assert (place.state, place.person) == (ParticipationState.CONFIRMED, None)


def test_a_place_is_taken_into_the_account_that_is_signed_in(edition):
    place = offered_place(edition=edition, email="work@example.org")
    place = actions.confirm_place(participation=place, by=viewer_by_link(place), at=LATER)
    private = PersonFactory(email="private@example.org", password=PASSWORD)

    place = actions.take_into_account(
        participation=place, by=viewer_by_link(place, person=private), at=LATER + timedelta(hours=1)
    )

    assert place.person == private
    assert members_of(edition) == ["private@example.org"]


def test_one_account_holds_one_place_in_an_edition(edition):
    person = PersonFactory(password=PASSWORD)
    ParticipationFactory(edition=edition, person=person)
    place = offered_place(edition=edition)

    with pytest.raises(actions.AccountHasPlace):
        actions.take_into_account(participation=place, by=viewer_by_link(place, person=person), at=LATER)


def test_an_account_in_use_keeps_its_place(edition):
    place = ParticipationFactory(edition=edition, person=PersonFactory(password=PASSWORD), link_seed="b" * 32)

    with pytest.raises(actions.PlaceOfAnother):
        actions.take_into_account(
            participation=place, by=viewer_by_link(place, person=PersonFactory()), at=LATER
        )


def test_giving_back_reverses_ends_and_offers_to_the_next_in_order(edition, reserve_list):
    call = CallFactory(edition=edition, places=1)
    place = offered_place(edition=edition)
    place = actions.confirm_place(participation=place, by=viewer_by_link(place), at=LATER)
    reserve_list += [ApplicationFactory(call=call), ApplicationFactory(call=call)]

    actions.cancel_place(participation=place, by=viewer_by_link(place), at=LATER + timedelta(hours=1))

    first, second = reserve_list
    assert Participation.objects.get(application=first).state == ParticipationState.OFFERED
    assert not Participation.objects.filter(application=second).exists()
    assert (members_of(edition), standing_facts("place.confirmed")) == ([], 0)
    assert Call.objects.get(pk=call.pk).taken == 1


def test_a_place_given_back_is_gone_for_its_link(edition):
    place = offered_place(edition=edition)
    by = viewer_by_link(place)
    place = actions.confirm_place(participation=place, by=by, at=LATER)
    actions.cancel_place(participation=place, by=by, at=LATER)

    with pytest.raises(actions.PlaceGivenBack):
        actions.confirm_place(participation=place, by=by, at=LATER)


def test_a_place_can_be_offered_and_confirmed_again_after_it_was_given_back(edition, desk):
    place = offered_place(edition=edition)
    old_token = token_of(place)
    place = actions.confirm_place(participation=place, by=viewer_by_link(place), at=LATER)
    place = actions.cancel_place(participation=place, by=desk, at=LATER + timedelta(hours=1))

    place = actions.offer_place(edition=edition, participation=place, by=desk, at=LATER + timedelta(hours=2))
    actions.confirm_place(participation=place, by=viewer_by_link(place), at=LATER + timedelta(hours=3))

    assert standing_facts("place.confirmed") == 1
    assert len(members_of(edition)) == 1
    assert participation_of(old_token) is None


def test_an_expired_offer_moves_the_reserve_list(edition, reserve_list):
    call = CallFactory(edition=edition, places=2)
    over = offered_place(edition=edition, respond_by=NOW)
    open_still = offered_place(edition=edition, respond_by=LATER)
    reserve_list += [ApplicationFactory(call=call), ApplicationFactory(call=call)]

    expired = actions.expire_offers(edition=edition, by=SYSTEM, at=NOW)

    open_still.refresh_from_db()
    assert [place.pk for place in expired] == [over.pk]
    assert open_still.state == ParticipationState.OFFERED
    assert [hasattr(application, "participation") for application in reserve_list] == [True, False]


def test_nobody_moves_up_once_the_edition_has_begun(edition, reserve_list):
    call = CallFactory(edition=edition)
    PartFactory(edition=edition)
    place = ParticipationFactory(edition=edition)
    reserve_list.append(ApplicationFactory(call=call))

    actions.cancel_place(participation=place, by=SYSTEM, at=datetime(2023, 9, 21, 12, 0, tzinfo=UTC))

    assert not hasattr(reserve_list[0], "participation")


def test_places_promised_but_not_told_are_not_given_to_the_reserve_list(edition, reserve_list):
    call = CallFactory(edition=edition, places=2)
    ParticipationFactory.create_batch(2, edition=edition, selected=True)
    place = offered_place(edition=edition)
    reserve_list.append(ApplicationFactory(call=call))

    actions.decline_place(participation=place, by=viewer_by_link(place), at=LATER)

    assert not hasattr(reserve_list[0], "participation")


def test_a_reminder_comes_once_and_before_the_end(edition):
    offered_place(edition=edition, respond_by=NOW + timedelta(days=7))

    counts = [
        actions.remind_of_offers(edition=edition, at=NOW + timedelta(days=day)) for day in (1, 4, 5, 6, 7)
    ]

    assert counts == [0, 0, 1, 1, 0]
    assert len(mails()) == 1


def test_the_job_moves_the_offers_of_a_demonstration_by_its_own_clock(edition):
    edition.is_demonstration, edition.clock_at = True, NOW
    edition.save()
    place = offered_place(edition=edition, respond_by=LATER)

    actions.move_offers_regularly(int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()))

    place.refresh_from_db()
    assert place.state == ParticipationState.OFFERED


def test_somebody_is_added_by_hand_once(edition, desk):
    details = PlaceDetails(name="Anna", email="anna@example.org")
    place = actions.add_participant(edition=edition, details=details, is_confirmed=True, by=desk, at=NOW)

    with pytest.raises(actions.AlreadyHasPlace):
        actions.add_participant(edition=edition, details=details, is_confirmed=True, by=desk, at=NOW)

    assert (place.state, place.confirmed_at) == (ParticipationState.CONFIRMED, NOW)


def test_people_who_were_there_before_their_call_can_still_give_back(edition):
    places = ParticipationFactory.create_batch(3, edition=edition)
    CallFactory(edition=edition, places=1)

    for place in places:
        actions.cancel_place(participation=place, by=SYSTEM, at=LATER)

    assert Call.objects.get(edition=edition).taken == 0


@pytest.mark.django_db(transaction=True)
def test_of_forty_offers_at_once_as_many_stand_as_there_are_places():
    call = CallFactory(places=12)
    applications = ApplicationFactory.create_batch(40, call=call)

    def offer(application):
        try:
            actions.offer_place(edition=call.edition, application=application, by=SYSTEM, at=NOW)
        except actions.NoPlaceLeft:
            return False
        else:
            return True
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as pool:
        offered = sum(pool.map(offer, applications))

    call.refresh_from_db()
    assert (offered, call.taken, Participation.objects.count()) == (12, 12, 12)
