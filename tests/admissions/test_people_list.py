"""The participant list: only who asks for it is in it, only people of the edition see it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.accounts.actions import erase_person
from filiera.accounts.models import default_visibility
from filiera.accounts.viewer import VISITOR
from filiera.admissions.actions import listings as actions
from filiera.admissions.actions.participants import edit_participant
from filiera.admissions.actions.participations import PlaceDetails
from filiera.admissions.models import Listing, Participation, ParticipationState
from filiera.admissions.queries.people import PeopleFilter, people_page
from tests.academy.factories import NOW, EditionFactory, EditionMemberFactory
from tests.academy.viewers import client_of, viewer_in
from tests.accounts.factories import PersonFactory, viewer_of
from tests.admissions.factories import ApplicationFactory, ParticipationFactory
from tests.reference.factories import CountryFactory, EcosystemFactory

pytestmark = pytest.mark.django_db


def take_part(edition, **values):
    """A confirmed place whose person belongs to the edition."""
    participation = ParticipationFactory(edition=edition, **values)
    EditionMemberFactory(edition=edition, person=participation.person, participant=True)
    return participation


def listed(edition, *, challenge="", **values):
    participation = take_part(edition, **values)
    viewer = viewer_in(edition.members.get(person=participation.person))
    return actions.join_list(participation=participation, challenge=challenge, by=viewer, at=NOW)


def viewer_at(participation):
    return viewer_in(participation.edition.members.get(person=participation.person))


@pytest.fixture
def edition(db):
    return EditionFactory(public=True)


def page(name, edition, *rest):
    return reverse(f"admissions:{name}", args=[edition.slug, *rest])


def test_nobody_is_listed_unasked(edition):
    reader = take_part(edition)
    take_part(edition, name="Quiet Person")

    assert people_page(viewer_at(reader), edition, PeopleFilter()).lines == []


def test_joining_and_leaving_works_at_once(edition):
    reader, other = take_part(edition), take_part(edition, name="Łucja Żółć")
    by = viewer_at(other)

    actions.join_list(participation=other, challenge="Silent members", by=by, at=NOW)
    joined = [line.name for line in people_page(viewer_at(reader), edition, PeopleFilter()).lines]
    actions.leave_list(participation=other, by=by, at=NOW)
    left = people_page(viewer_at(reader), edition, PeopleFilter()).lines

    assert (joined, left) == (["Łucja Żółć"], [])


def test_nobody_lists_somebody_else(edition):
    participation = take_part(edition)
    director = viewer_in(EditionMemberFactory(edition=edition, director=True))

    for by in (director, VISITOR):
        with pytest.raises(PermissionDenied):
            actions.join_list(participation=participation, challenge="", by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            actions.leave_list(participation=participation, by=by, at=NOW)

    assert not Listing.objects.exists()


def test_only_a_confirmed_place_is_listed(edition):
    participation = ParticipationFactory(edition=edition, offered=True)

    with pytest.raises(actions.PlaceNotConfirmed):
        actions.join_list(
            participation=participation, challenge="", by=viewer_of(participation.person), at=NOW
        )


@pytest.mark.parametrize("what", ["cancelled", "left", "erased"])
def test_who_gives_the_place_back_is_no_longer_found(edition, what):
    reader = take_part(edition)
    participation = listed(edition).participation
    if what == "cancelled":
        Participation.objects.filter(pk=participation.pk).update(
            state=ParticipationState.CANCELLED, ended_at=NOW
        )
    elif what == "left":
        edition.members.filter(person=participation.person).update(until=NOW)
    else:
        erase_person(person=participation.person, by=viewer_of(participation.person), at=NOW)

    assert people_page(viewer_at(reader), edition, PeopleFilter()).lines == []


def test_search_and_filters(edition):
    reader = take_part(edition)
    italy, spain = CountryFactory(code="IT"), CountryFactory(code="ES")
    energy = EcosystemFactory()
    listed(
        edition,
        name="Anna Rossi",
        country=italy,
        application=ApplicationFactory(languages=["it", "en"]),
        challenge="Hydrogen valleys",
    )
    listed(
        edition, name="Bea Sánchez", country=spain, ecosystem=energy, person=PersonFactory(languages=["es"])
    )
    hidden = {**default_visibility(), "languages": "nobody"}
    listed(
        edition, name="Carla Díaz", country=spain, person=PersonFactory(languages=["es"], visibility=hidden)
    )
    viewer = viewer_at(reader)

    def found(**asked):
        return [line.name for line in people_page(viewer, edition, PeopleFilter(**asked)).lines]

    assert [
        found(text="sanchez"),
        found(text="HYDROGEN"),
        found(country="ES"),
        found(country="ES", ecosystem=energy.pk),
        found(language="it"),
        found(language="es"),
        found(text="nobody at all"),
    ] == [
        ["Bea Sánchez"],
        ["Anna Rossi"],
        ["Bea Sánchez", "Carla Díaz"],
        ["Bea Sánchez"],
        ["Anna Rossi"],
        ["Bea Sánchez"],
        [],
    ]


def test_pages_follow_each_other_by_key(edition):
    reader = take_part(edition)
    for number in range(30):
        listed(edition, name=f"Person {number:02d}")
    viewer = viewer_at(reader)

    first = people_page(viewer, edition, PeopleFilter())
    second = people_page(viewer, edition, PeopleFilter(), after=first.next_key)
    back = people_page(viewer, edition, PeopleFilter(), before=second.previous_key)

    assert (
        first.total,
        [line.name for line in second.lines],
        [line.name for line in back.lines] == [line.name for line in first.lines],
        first.previous_key,
        second.next_key,
    ) == (30, [f"Person {number:02d}" for number in range(24, 30)], True, "", "")


def test_a_profile_shows_what_its_circles_allow(edition):
    reader = take_part(edition)
    private = {**default_visibility(), "biography": "nobody", "email": "nobody", "languages": "nobody"}
    person = PersonFactory(biography={"en": "Long secret life"}, languages=["fi"], visibility=private)
    listing = listed(edition, person=person, email="place@example.org")
    client = client_of(reader.person)

    shown = client.get(page("people_person", edition, listing.pk)).content.decode()

    assert [word in shown for word in ("secret life", "Suomi", person.email, "place@example.org")] == [
        False
    ] * 4


def test_pages_are_closed_to_others(client, edition):
    listing = listed(edition)
    elsewhere = take_part(EditionFactory(public=True))
    reviewer = EditionMemberFactory(edition=edition, role=EditionRole.REVIEWER)

    statuses = {
        (who, name): browser.get(page(name, edition, *rest)).status_code
        for who, browser in (
            ("elsewhere", client_of(elsewhere.person)),
            ("reviewer", client_of(reviewer.person)),
            ("visitor", client),
        )
        for name, rest in (
            ("people", ()),
            ("people_person", (listing.pk,)),
            ("contacts", ()),
            ("people_me", ()),
        )
    }

    assert set(statuses.values()) == {403, 302}
    assert {status for (who, _name), status in statuses.items() if who == "visitor"} == {302}


def test_a_listing_of_another_edition_is_not_found(edition):
    reader = take_part(edition)
    other = listed(EditionFactory(public=True))

    assert client_of(reader.person).get(page("people_person", edition, other.pk)).status_code == 404


@pytest.mark.parametrize("count", [1, 8])
def test_people_list_query_count(edition, count, django_assert_num_queries):
    reader = take_part(edition)
    for _number in range(count):
        listed(edition, application=ApplicationFactory(languages=["it"]))
    client = client_of(reader.person)

    with django_assert_num_queries(23):
        client.get(page("people", edition))


def test_one_joins_and_leaves_by_the_page(edition):
    participation = take_part(
        edition, application=ApplicationFactory(challenge_title="Members that stay silent")
    )
    client = client_of(participation.person)

    offered = client.get(page("people_me", edition)).content.decode()
    client.post(page("listing_create", edition), {"challenge": "Find partners"})
    listing = Listing.objects.get()
    client.post(page("listing_end", edition))

    assert ("Members that stay silent" in offered, listing.challenge, Listing.objects.count()) == (
        True,
        "Find partners",
        0,
    )


def test_who_reads_hundreds_of_pages_waits(edition, monkeypatch):
    monkeypatch.setattr("filiera.admissions.views.people.PAGES_PER_HOUR", 2)
    client = client_of(take_part(edition).person)

    statuses = [client.get(page("people", edition)).status_code for _time in range(3)]

    assert statuses == [200, 200, 429]


def test_a_corrected_name_is_found_under_the_new_one(edition):
    reader = take_part(edition)
    place = listed(edition, name="Ana Rosi", challenge="Hydrogen").participation
    desk = viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.DESK))
    details = PlaceDetails(name="Anna Rossi", email=place.email, organisation=place.organisation)

    edit_participant(participation=place, details=details, by=desk, at=NOW)

    found = [
        [line.name for line in people_page(viewer_at(reader), edition, PeopleFilter(text=text)).lines]
        for text in ("anna rossi", "ana rosi", "hydrogen")
    ]
    assert found == [["Anna Rossi"], [], ["Anna Rossi"]]
