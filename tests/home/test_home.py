from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from filiera.academy.models import ChecklistTask, EditionRole, Session
from filiera.accounts.viewer import VISITOR, Viewer
from filiera.home.queries import Need, Network, network_of, person_home, visitor_home
from tests.academy.factories import (
    NOW,
    EditionFactory,
    EditionMemberFactory,
    PartFactory,
    SessionFactory,
    SpeakerFactory,
    StarFactory,
    publish,
)
from tests.accounts.factories import PersonFactory
from tests.organisations.factories import MembershipFactory, OrganisationFactory, PositionFactory


def needs_of(person, at=NOW):
    return person_home(person, Viewer(person=person), at).needs


def director_of(edition):
    return EditionMemberFactory(edition=edition, role=EditionRole.DIRECTOR).person


def desk(name, edition):
    return reverse(f"academy:{name}", args=[edition.slug])


def test_a_visitor_sees_listed_editions_and_counts(db):
    organiser = OrganisationFactory(kind="other")
    edition = EditionFactory(public=True, series__organiser=organiser)
    EditionFactory(unlisted=True, series=edition.series)
    EditionFactory(series=edition.series)
    OrganisationFactory(kind="cluster")
    OrganisationFactory(kind="cluster", is_listed=False)

    home = visitor_home(VISITOR)

    assert home.editions == [edition]
    assert [figure.value for figure in home.figures if "kind=cluster" in figure.address] == [1]


def test_a_new_platform_leads_its_administrator_from_step_to_step(db):
    anna = PersonFactory(is_administrator=True)
    administering = Viewer(person=anna, administering=True)

    assert [need.address for need in needs_of(anna)] == [reverse("accounts:administration")]
    assert [need.address for need in person_home(anna, administering, NOW).needs] == [
        reverse("organisations:organisation_create"),
        reverse("organisations:organisation_import"),
    ]
    first = OrganisationFactory()
    team = reverse("organisations:team", args=[first.slug])
    assert [need.address for need in person_home(anna, administering, NOW).needs] == [team]
    PositionFactory(organisation=first)
    assert person_home(anna, administering, NOW).needs == needs_of(PersonFactory()) == []


def test_changes_that_visitors_do_not_see_need_the_programme_team(db):
    edition = PartFactory(edition__name={"en": "Academy"}).edition
    SessionFactory(part=edition.parts.get(), scheduled=True)
    person = director_of(edition)
    publish(edition)
    Session.objects.update(updated_at=NOW + timedelta(hours=1))

    assert needs_of(person) == [
        Need(
            "One session has changes that visitors do not see yet",
            desk("desk_publish", edition),
            "Academy",
            is_urgent=True,
        )
    ]


def test_a_session_without_a_time_needs_the_programme_team(db):
    session = SessionFactory(part__edition__name={"en": "Academy"})
    person = director_of(session.edition)

    assert needs_of(person) == [
        Need("One session has no time yet", desk("desk_programme", session.edition), "Academy")
    ]


def test_a_silent_speaker_needs_the_programme_team(db):
    edition = EditionFactory(name={"en": "Academy"})
    SpeakerFactory(edition=edition, invited_at=NOW)
    SpeakerFactory(edition=edition, invited_at=NOW, confirmed_at=NOW)
    SpeakerFactory(edition=edition)

    assert needs_of(director_of(edition)) == [
        Need("One speaker has not answered", desk("desk_speakers", edition), "Academy")
    ]


@pytest.mark.parametrize(
    ("days_before", "found"), [(0, []), (130, [("Book", False)]), (150, [("Book", True)])]
)
def test_a_task_needs_its_owner_from_two_weeks_before_it_is_due(db, days_before, found):
    part = PartFactory()
    person = director_of(part.edition)
    ChecklistTask.objects.create(
        edition=part.edition, part=part, title={"en": "Book"}, days_before=days_before, owner=person
    )

    assert [(need.sentence, need.is_urgent) for need in needs_of(person)] == found


def test_a_participant_is_not_told_what_the_desk_has_to_do(db):
    session = SessionFactory()
    person = EditionMemberFactory(edition=session.edition, participant=True).person

    assert needs_of(person) == []


def test_the_next_sessions_are_those_to_come_with_the_stars(db):
    star = StarFactory(session__slug="first")
    edition = star.session.edition
    EditionMemberFactory(edition=edition, person=star.person, participant=True)
    publish(edition)

    home = person_home(star.person, Viewer(person=star.person), NOW)

    assert [(session.data["slug"], session.is_starred) for session in home.sessions] == [("first", True)]


def test_a_network_counts_its_members_of_today(db):
    cluster = OrganisationFactory(kind="cluster")
    MembershipFactory.create_batch(2, cluster=cluster)
    position = PositionFactory(organisation=cluster)

    assert network_of([position]) == [Network(cluster, 2, has_made_up_members=False)]


def test_a_network_with_made_up_members_says_so(db):
    membership = MembershipFactory(cluster__kind="cluster", is_demonstration=True)
    position = PositionFactory(organisation=membership.cluster)

    assert network_of([position]) == [Network(membership.cluster, 1, has_made_up_members=True)]


@pytest.mark.parametrize("edition_count", [1, 3])
def test_start_page_query_count(db, django_assert_num_queries, edition_count):
    person = PersonFactory()
    for _number in range(edition_count):
        session = SessionFactory()
        EditionMemberFactory(edition=session.edition, person=person, role=EditionRole.DIRECTOR)
    viewer = Viewer(person=person)

    with django_assert_num_queries(15):
        person_home(person, viewer, NOW)


def test_the_page_of_a_visitor_answers(client, db):
    PartFactory(edition__public=True)

    assert client.get("/").status_code == 200


def test_the_page_of_a_person_answers(db):
    client = Client()
    client.force_login(EditionMemberFactory(role=EditionRole.DIRECTOR).person)

    assert client.get("/").status_code == 200
