"""What the academy tells about a person, and what is left when the person is gone."""

import pytest
from django.urls import reverse

from filiera.academy.models import (
    EditionMember,
    EditionRole,
    EditStep,
    ProgrammeVersion,
    PublishedExport,
    PublishedSession,
    PublishedSpeaker,
    Speaker,
    Star,
)
from filiera.academy.receivers import part_in_editions
from filiera.accounts.actions import erase_person
from filiera.accounts.models import Person, default_visibility
from tests.academy.factories import (
    NOW,
    ContributionFactory,
    EditionMemberFactory,
    SessionFactory,
    SpeakerFactory,
    StarFactory,
    publish,
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


def test_erasure_leaves_no_name_in_what_was_published(client):
    person = PersonFactory()
    session = SessionFactory(scheduled=True)
    speaker = SpeakerFactory(
        edition=session.edition,
        person=person,
        name="Ada Rossi",
        slug="ada-rossi",
        consenting=True,
        biography={"en": "Chemist"},
    )
    other = SpeakerFactory(edition=session.edition, name="Ben Weiss", slug="ben-weiss")
    for named in (speaker, other):
        ContributionFactory(session=session, speaker=named)
    publish(session.edition)
    session.room = None
    session.save()
    publish(session.edition)
    addresses = [
        reverse(f"academy:{name}", args=[session.edition.slug])
        for name in ("schedule", "speakers", "schedule_ics", "schedule_json", "schedule_xml", "changes")
    ] + [reverse("academy:session", args=[session.edition.slug, session.slug])]
    before = [b"Ada Rossi" in client.get(address).content for address in addresses]

    erase_person(person=person, by=viewer_of(person), at=NOW)

    pages = [client.get(address).content for address in addresses]
    assert before == [True, True, True, True, True, False, True]
    assert [b"Ada Rossi" in page or b"Chemist" in page for page in pages] == [False] * len(pages)
    assert [b"Ben Weiss" in page for page in pages] == before
    tables = (ProgrammeVersion, PublishedSession, PublishedSpeaker, PublishedExport, EditStep)
    kept = [str(list(table.objects.values())) for table in tables]
    assert [text for text in kept if "Ada Rossi" in text or "ada-rossi" in text] == []
    assert list(ProgrammeVersion.objects.order_by("number").values_list("number", flat=True)) == [1, 2]
