"""What the academy tells about a person, and what is left when the person is gone."""

import pytest

from filiera.academy.models import EditionMember, EditionRole, Speaker, Star
from filiera.academy.receivers import part_in_editions
from filiera.accounts.actions import erase_person
from filiera.accounts.models import Person, default_visibility
from tests.academy.factories import (
    NOW,
    EditionMemberFactory,
    SessionFactory,
    SpeakerFactory,
    StarFactory,
)
from tests.accounts.factories import PersonFactory, viewer_of

pytestmark = pytest.mark.django_db


def test_people_of_one_edition_see_what_is_meant_for_them():
    hidden = {**default_visibility(), "name": "edition"}
    shown = PersonFactory(visibility=hidden)
    member = EditionMemberFactory(person=shown)
    near = EditionMemberFactory(edition=member.edition).person
    gone = EditionMemberFactory(edition=member.edition, until=NOW).person
    elsewhere = EditionMemberFactory().person

    seen = [shown in Person.objects.visible_to(viewer_of(person)) for person in (near, gone, elsewhere)]

    assert seen == [True, False, False]


def test_archive_tells_roles_stars_and_stages():
    person = PersonFactory()
    member = EditionMemberFactory(person=person, role=EditionRole.PARTICIPANT)
    star = StarFactory(person=person)
    speaker = SpeakerFactory(person=person)
    StarFactory()

    told = part_in_editions(person)

    assert [role["edition__slug"] for role in told["roles"]] == [member.edition.slug]
    assert [kept["session__slug"] for kept in told["stars"]] == [star.session.slug]
    assert [stage["name"] for stage in told["speaking"]] == [speaker.name]


def test_erasure_leaves_the_stage_without_a_name():
    person = PersonFactory()
    EditionMemberFactory(person=person)
    StarFactory(person=person, session=SessionFactory())
    speaker = SpeakerFactory(
        person=person,
        name="Ada Rossi",
        slug="ada-rossi",
        email="ada@example.org",
        biography={"en": "Chemist"},
    )

    erase_person(person=person, by=viewer_of(person), at=NOW)

    row = str(Speaker.objects.filter(pk=speaker.pk).values().get()).lower()
    assert (EditionMember.objects.count(), Star.objects.count()) == (0, 0)
    assert not any(word in row for word in ("ada", "rossi", "chemist"))
