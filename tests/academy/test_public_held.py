"""What the ledger learns of sessions that took place."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from filiera.academy.actions.held import SessionNotRecorded, mark_not_held, record_held_sessions
from filiera.academy.models import SessionKind, SessionState
from filiera.accounts.queries import key_of
from filiera.accounts.viewer import SYSTEM
from filiera.ledger.models import Fact
from tests.academy.factories import (
    ContributionFactory,
    PartFactory,
    SessionFactory,
    SpeakerFactory,
    between,
    moment,
    publish,
)
from tests.accounts.factories import PersonFactory
from tests.organisations.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
AFTERWARDS = moment(23)


def facts(kind: str) -> list[tuple]:
    rows = Fact.objects.filter(kind=kind).order_by("recorded_at", "quantity")
    return [(int(fact.subject_key), fact.organisation_id, fact.quantity) for fact in rows]


def test_a_session_that_ended_is_recorded_once(edition):
    session = SessionFactory(part__edition=edition, scheduled=True, during=between(moment(9), 90))
    publish(edition)

    first = record_held_sessions(by=SYSTEM, at=AFTERWARDS)
    second = record_held_sessions(by=SYSTEM, at=AFTERWARDS)

    session.refresh_from_db()
    assert (first, second, session.held_at) == (1, 0, moment(10, 30))
    assert facts("session.held") == [(session.pk, edition.organiser_id, Decimal("1.5"))]
    assert Fact.objects.get(kind="session.held").happened_at == moment(10, 30)


def test_what_has_not_ended_or_was_cancelled_is_not_recorded(edition):
    part = PartFactory(edition=edition)
    SessionFactory(part=part, scheduled=True, during=between(moment(10)))
    cancelled = SessionFactory(part=part, scheduled=True, during=between(moment(8)))
    publish(edition)
    cancelled.state = SessionState.CANCELLED
    cancelled.save()
    publish(edition)

    assert record_held_sessions(by=SYSTEM, at=moment(10, 30)) == 0
    assert facts("session.held") == []


def test_a_session_that_was_never_published_is_not_recorded(edition):
    part = PartFactory(edition=edition)
    published = SessionFactory(part=part, scheduled=True)
    publish(edition)
    SessionFactory(part=part, scheduled=True)

    record_held_sessions(by=SYSTEM, at=AFTERWARDS)

    assert [key for key, _organisation, _hours in facts("session.held")] == [published.pk]


def test_breaks_do_not_count(edition):
    SessionFactory(part__edition=edition, scheduled=True, kind=SessionKind.BREAK)
    publish(edition)

    record_held_sessions(by=SYSTEM, at=AFTERWARDS)

    assert facts("session.held") == []
    assert record_held_sessions(by=SYSTEM, at=AFTERWARDS) == 0


def test_speakers_count_for_their_organisations(edition):
    session = SessionFactory(part__edition=edition, scheduled=True)
    person, organisation = PersonFactory(), OrganisationFactory()
    known = SpeakerFactory(edition=edition, person=person, organisation=organisation)
    for speaker in (known, SpeakerFactory(edition=edition, declined_at=moment(1))):
        ContributionFactory(session=session, speaker=speaker)
    publish(edition)

    record_held_sessions(by=SYSTEM, at=AFTERWARDS)

    recorded = Fact.objects.filter(kind="speaker.contribution")
    assert list(recorded.values_list("organisation_id", "counterpart_id", "person")) == [
        (organisation.pk, edition.organiser_id, key_of(person))
    ]


def test_speakers_without_an_account_are_told_apart_and_count_once_each(edition):
    first, second = SpeakerFactory(edition=edition), SpeakerFactory(edition=edition)
    for hour, speakers in ((9, (first, second)), (14, (first,))):
        session = SessionFactory(part__edition=edition, scheduled=True, during=between(moment(hour)))
        for speaker in speakers:
            ContributionFactory(session=session, speaker=speaker)
    publish(edition)

    record_held_sessions(by=SYSTEM, at=AFTERWARDS)

    keys = Fact.objects.filter(kind="speaker.contribution").values_list("person", flat=True)
    assert sorted(Counter(keys).values()) == [1, 2]
    assert None not in keys


def test_recording_is_the_platforms_work(editor):
    with pytest.raises(PermissionDenied):
        record_held_sessions(by=editor, at=AFTERWARDS)


def test_what_did_not_take_place_after_all_is_reversed(edition, editor):
    session = SessionFactory(part__edition=edition, scheduled=True)
    ContributionFactory(session=session)
    publish(edition)
    record_held_sessions(by=SYSTEM, at=AFTERWARDS)

    reversed_facts = mark_not_held(session=session, by=editor, at=AFTERWARDS + timedelta(hours=1))

    assert reversed_facts == 2
    assert [hours for _key, _organisation, hours in facts("session.held")] == [Decimal(1), Decimal(-1)]
    with pytest.raises(SessionNotRecorded):
        mark_not_held(session=session, by=editor, at=AFTERWARDS + timedelta(hours=2))
    assert record_held_sessions(by=SYSTEM, at=AFTERWARDS + timedelta(hours=3)) == 0


@pytest.mark.parametrize("who", ["member", "outsider"])
def test_others_may_not_correct_the_record(edition, who, request):
    session = SessionFactory(part__edition=edition, scheduled=True)

    with pytest.raises(PermissionDenied):
        mark_not_held(session=session, by=request.getfixturevalue(who), at=AFTERWARDS)


def test_the_record_is_corrected_by_a_button_of_the_page(edition, editor_client, member_client):
    session = SessionFactory(part__edition=edition, scheduled=True)
    publish(edition)
    record_held_sessions(by=SYSTEM, at=AFTERWARDS)
    address = reverse("academy:session_not_held", args=[edition.slug, session.slug])
    page = reverse("academy:session", args=[edition.slug, session.slug])

    refused = member_client.post(address)
    offered = [address in client.get(page).content.decode() for client in (member_client, editor_client)]
    corrected = editor_client.post(address)

    assert (refused.status_code, offered, corrected["Location"]) == (404, [False, True], page)
    assert [hours for _key, _organisation, hours in facts("session.held")] == [Decimal(1), Decimal(-1)]
