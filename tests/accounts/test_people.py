"""People: who may know of whom, and what the database itself refuses."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from filiera.accounts.models import Circle, Person, PersonKey, circles, default_visibility
from filiera.accounts.queries import key_of, profile_parts, visible_fields
from filiera.accounts.viewer import SYSTEM, VISITOR, Viewer
from tests.accounts.factories import NOW, PersonFactory, viewer_of

pytestmark = pytest.mark.django_db


def visible_as(**circles_by_field):
    return {**default_visibility(), **circles_by_field}


@pytest.fixture
def neighbours(monkeypatch):
    """People who share an edition, as the room above would tell."""
    near = set()
    monkeypatch.setattr(circles, "_people_near", [])
    circles.register(
        lambda person_id: Person.objects.filter(pk__in=near if person_id in near else ()).values("pk")
    )
    return near


@pytest.mark.parametrize(
    ("circle", "seen_by"),
    [
        (Circle.PUBLIC, {"visitor", "stranger", "neighbour", "self", "administrator"}),
        (Circle.NETWORK, {"stranger", "neighbour", "self", "administrator"}),
        (Circle.EDITION, {"neighbour", "self", "administrator"}),
        (Circle.NOBODY, {"self", "administrator"}),
    ],
)
def test_a_name_is_known_as_far_as_its_circle_reaches(neighbours, circle, seen_by):
    shown = PersonFactory(visibility=visible_as(name=circle.value))
    neighbour = PersonFactory()
    neighbours.update({shown.pk, neighbour.pk})
    viewers = {
        "visitor": VISITOR,
        "stranger": viewer_of(PersonFactory()),
        "neighbour": viewer_of(neighbour),
        "self": viewer_of(shown),
        "administrator": SYSTEM,
    }

    found = {who for who, viewer in viewers.items() if shown in Person.objects.visible_to(viewer)}

    assert found == seen_by


def test_an_inactive_person_is_seen_by_administrators_only():
    gone = PersonFactory(is_active=False, visibility=visible_as(name="public"))

    seen = [
        gone in Person.objects.visible_to(viewer) for viewer in (VISITOR, viewer_of(PersonFactory()), SYSTEM)
    ]

    assert seen == [False, False, True]


def test_parts_of_a_profile_are_cut_to_the_viewer():
    person = PersonFactory(
        email="ada@example.org",
        country="IT",
        languages=["it"],
        biography={"en": "Chemist"},
        links=["https://example.org/"],
        visibility=visible_as(biography="public", country="network"),
    )

    assert visible_fields(person, VISITOR) == {"biography"}
    assert visible_fields(person, viewer_of(PersonFactory())) == {
        "name",
        "photo",
        "country",
        "languages",
        "biography",
        "links",
    }
    parts = profile_parts(person, VISITOR)
    assert (parts.email, parts.country, parts.biography, parts.links) == ("", "", {"en": "Chemist"}, [])


def test_key_of_a_person_is_made_once():
    person = PersonFactory()

    assert key_of(person) == key_of(person) == PersonKey.objects.get(person=person).key


def test_name_shown_is_never_the_whole_address():
    assert PersonFactory(name="", email="ada.rossi@example.org").shown_name == "ada.rossi"


@pytest.mark.parametrize(
    "values",
    [
        {"email": "Ada@Example.org"},
        {"country": "Italy"[:2]},
        {"theme": "pink"},
        {"visibility": {"name": "public"}},
        {"erased_at": NOW},
        {"erased_at": NOW, "name": "", "is_active": True},
    ],
)
def test_database_refuses_impossible_people(values):
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonFactory(**values)


def test_database_refuses_a_second_person_with_one_address():
    PersonFactory(email="ada@example.org")

    with pytest.raises(IntegrityError), transaction.atomic():
        PersonFactory(email="ada@example.org")


def test_create_person_lowers_the_address_and_keeps_a_sort_key():
    person = Person.objects.create_person(email="Élodie@Example.ORG", name="Élodie Łukasz")

    assert (person.email, person.sort_name, person.has_usable_password()) == (
        "élodie@example.org",
        "elodie lukasz",
        False,
    )


@pytest.mark.parametrize(
    ("viewer", "permission", "may"),
    [
        (VISITOR, "programme.edit", False),
        (SYSTEM, "programme.edit", True),
        (Viewer(person=None, permissions=frozenset({"programme.edit"})), "programme.edit", True),
        (Viewer(person=None, permissions=frozenset({"programme.edit"})), "team.edit", False),
        (
            Viewer(person=None, permissions=frozenset({"programme.edit"}), scopes=frozenset({"read"})),
            "programme.edit",
            False,
        ),
        (
            Viewer(
                person=None, permissions=frozenset({"programme.edit"}), scopes=frozenset({"programme.edit"})
            ),
            "programme.edit",
            True,
        ),
        (Viewer(person=None, scopes=frozenset({"programme.edit"})), "programme.edit", False),
    ],
)
def test_viewer_may_what_roles_grant_and_scopes_name(viewer, permission, may):
    assert viewer.may(permission) is may


def test_page_of_a_person_shows_only_what_is_public(client):
    person = PersonFactory(
        name="<script>alert(1)</script>",
        biography={"en": "**Chemist** <script>alert(2)</script>"},
        links=["https://example.org/me"],
        visibility=visible_as(name="public", biography="public"),
    )

    page = client.get(f"/accounts/people/{person.public_id}/").content.decode()

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<strong>Chemist</strong>" in page
    assert "<script>alert" not in page
    assert "https://example.org/me" not in page
    assert person.email not in page


def test_page_of_a_hidden_or_unknown_person_is_404(client):
    hidden = PersonFactory()

    answers = [client.get(f"/accounts/people/{key}/").status_code for key in (hidden.public_id, uuid4())]

    assert answers == [404, 404]
