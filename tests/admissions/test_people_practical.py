"""The practical page and the invitation letter: who reads what, who writes it."""

from io import BytesIO

import pikepdf
import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import VISITOR
from filiera.admissions.actions import practical as actions
from filiera.admissions.models import InvitationLetter, PracticalNote, PracticalTopic
from filiera.admissions.queries.place_links import token_of
from tests.academy.factories import NOW, EditionMemberFactory, PartFactory
from tests.academy.viewers import client_of, viewer_in
from tests.accounts.factories import PersonFactory
from tests.admissions.factories import ParticipationFactory
from tests.admissions.people_factories import InvitationLetterFactory, PracticalNoteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def place():
    """A confirmed place whose person belongs to the edition."""
    participation = ParticipationFactory(name="Łucja Żółć")
    EditionMemberFactory(edition=participation.edition, person=participation.person, participant=True)
    return participation


@pytest.fixture
def desk(place):
    return viewer_in(EditionMemberFactory(edition=place.edition, role=EditionRole.DESK))


def page(name, edition, *rest):
    return reverse(f"admissions:{name}", args=[edition.slug, *rest])


def test_members_read_everything_and_visitors_what_is_public(client, place):
    PracticalNoteFactory(edition=place.edition, text={"en": "The code of the door is 1234"})
    PracticalNoteFactory(
        edition=place.edition, topic=PracticalTopic.HOTEL, text={"en": "Three hotels"}, is_public=True
    )
    stranger = client_of(PersonFactory())

    read = [
        ("door" in answer, "Three hotels" in answer)
        for answer in (
            client.get(page("practical", place.edition)).content.decode(),
            stranger.get(page("practical", place.edition)).content.decode(),
            client_of(place.person).get(page("practical", place.edition)).content.decode(),
        )
    ]

    assert read == [(False, True), (False, True), (True, True)]


def test_a_note_cannot_bring_a_script(place):
    PracticalNoteFactory(edition=place.edition, text={"en": "<script>alert(1)</script> [x](javascript:1)"})

    shown = client_of(place.person).get(page("practical", place.edition)).content.decode()

    assert ("<script>alert" in shown, 'href="javascript' in shown) == (False, False)


@pytest.mark.parametrize(("count", "queries"), [(1, 8), (5, 8)])
def test_practical_page_query_count(place, count, queries, django_assert_num_queries):
    for topic in PracticalTopic.values[:count]:
        PracticalNoteFactory(edition=place.edition, topic=topic)
    client = client_of(place.person)

    with django_assert_num_queries(queries):
        client.get(page("practical", place.edition))


def test_a_topic_is_written_once_for_a_part(place, desk):
    part = PartFactory(edition=place.edition)
    details = actions.NoteDetails(topic=PracticalTopic.DINNER, text={"en": "At eight"}, part=part)
    actions.save_note(edition=place.edition, note=None, details=details, by=desk, at=NOW)

    with pytest.raises(actions.TopicAlreadyWritten):
        actions.save_note(edition=place.edition, note=None, details=details, by=desk, at=NOW)


def test_a_part_of_another_edition_is_refused(place, desk):
    details = actions.NoteDetails(topic=PracticalTopic.DINNER, text={"en": "At eight"}, part=PartFactory())

    with pytest.raises(actions.PartOfAnotherEdition):
        actions.save_note(edition=place.edition, note=None, details=details, by=desk, at=NOW)


@pytest.mark.parametrize("viewer", ["participant", "elsewhere", "visitor"])
def test_only_the_desk_writes(place, viewer):
    elsewhere = viewer_in(EditionMemberFactory(role=EditionRole.DIRECTOR))
    participant = viewer_in(place.edition.members.get())
    by = {"participant": participant, "elsewhere": elsewhere, "visitor": VISITOR}[viewer]
    note = PracticalNoteFactory(edition=place.edition)
    refused = 0

    for change in (
        lambda: actions.save_note(
            edition=place.edition,
            note=note,
            details=actions.NoteDetails(topic=PracticalTopic.HOTEL, text={"en": "x"}),
            by=by,
            at=NOW,
        ),
        lambda: actions.remove_note(note=note, by=by, at=NOW),
        lambda: actions.save_letter(
            edition=place.edition, details=actions.LetterDetails(signed_by="x"), by=by, at=NOW
        ),
    ):
        with pytest.raises(PermissionDenied):
            change()
        refused += 1

    assert refused == 3


def test_the_desk_writes_changes_and_deletes_by_the_page(place, desk):
    client = client_of(desk.person)
    said = {"topic": "arrival", "text_en": "By train", "text_it": "In treno", "is_public": "on"}
    client.post(page("desk_practical_note_new", place.edition), said)
    note = PracticalNote.objects.get()
    answered = client.post(
        page("desk_practical_note", place.edition, note.pk), {"topic": "arrival", "text_en": ""}
    )
    client.post(page("desk_invitation_letter", place.edition), {"signed_by": "Anna Rossi"})
    listed = client.get(page("desk_practical", place.edition)).content.decode()
    client.post(page("desk_practical_note_deletion", place.edition, note.pk))

    assert (
        note.text,
        note.is_public,
        answered.status_code,
        "By train" in listed,
        InvitationLetter.objects.get().signed_by,
        PracticalNote.objects.count(),
    ) == ({"en": "By train", "it": "In treno"}, True, 422, True, "Anna Rossi", 0)


def test_the_desk_page_is_closed_to_others(client, place):
    elsewhere = EditionMemberFactory(role=EditionRole.DIRECTOR).person
    address = page("desk_practical", place.edition)

    statuses = [
        client_of(place.person).get(address).status_code,
        client_of(elsewhere).get(address).status_code,
        client.get(address).status_code,
    ]

    assert statuses == [403, 403, 302]


@pytest.mark.parametrize(("language", "title"), [("en", "Invitation to"), ("it", "Invito a")])
def test_the_letter_is_tagged_and_in_the_language_of_its_reader(place, language, title):
    PartFactory(edition=place.edition)
    InvitationLetterFactory(edition=place.edition, text={"en": '#panic() #read("/etc/passwd") *x*'})

    answer = client_of(place.person).get(page("invitation_letter", place.edition), {"lang": language})

    with pikepdf.open(BytesIO(answer.content)) as pdf, pdf.open_metadata() as metadata:
        assert (metadata["dc:title"].startswith(title), str(pdf.Root.Lang)[:2], metadata["pdfuaid:part"]) == (
            True,
            language,
            "1",
        )


def test_the_link_of_a_place_opens_page_and_letter_without_an_account(client):
    place = ParticipationFactory(linked=True)
    PracticalNoteFactory(edition=place.edition, text={"en": "The code of the door is 1234"})
    InvitationLetterFactory(edition=place.edition)
    offered = ParticipationFactory(edition=place.edition, linked=True, offered=True)

    shown = client.get(reverse("place:practical", args=[token_of(place)])).content.decode()
    letter = client.get(reverse("place:invitation", args=[token_of(place)]))
    not_yet = client.get(reverse("place:practical", args=[token_of(offered)])).content.decode()
    refused = [
        client.get(reverse("place:invitation", args=[token])).status_code
        for token in (token_of(offered), "1-forged")
    ]

    assert ("door" in shown, letter["Content-Type"], "door" in not_yet, refused) == (
        True,
        "application/pdf",
        False,
        [404, 404],
    )


def test_no_letter_without_a_confirmed_place(client, place):
    InvitationLetterFactory(edition=place.edition)
    offered = ParticipationFactory(edition=place.edition, offered=True)
    EditionMemberFactory(edition=place.edition, person=offered.person, participant=True)
    address = page("invitation_letter", place.edition)

    statuses = [
        client_of(offered.person).get(address).status_code,
        client_of(PersonFactory()).get(address).status_code,
        client.get(address).status_code,
    ]

    assert statuses == [404, 403, 302]
