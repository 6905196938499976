"""Which roles of an edition read which answers; sensitive ones by named roles only, on every way."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.admissions.purposes import APPLICATION, REGISTRATION, seen_from, workspace_of
from filiera.files.models import StoredFile
from filiera.questionnaires import policies
from filiera.questionnaires.models import Audience, QuestionKind
from tests.academy.factories import EditionFactory, EditionMemberFactory
from tests.academy.viewers import client_of, viewer_in
from tests.accounts.factories import PersonFactory, viewer_of
from tests.questionnaires.factories import QuestionFactory, QuestionnaireFactory, answered

pytestmark = pytest.mark.django_db

NAMED = {EditionRole.DIRECTOR, EditionRole.DESK}


@pytest.fixture
def edition():
    return EditionFactory(public=True)


def form(edition, purpose):
    return QuestionnaireFactory(open=True, purpose=purpose, workspace=workspace_of(edition.pk))


@pytest.mark.parametrize("purpose", [APPLICATION, REGISTRATION])
def test_sensitive_answers_are_read_by_named_roles_only(edition, purpose):
    questionnaire = form(edition, purpose)
    viewers = {role: viewer_in(EditionMemberFactory(edition=edition, role=role)) for role in EditionRole}

    readers = {
        role
        for role, viewer in viewers.items()
        if policies.can_read(viewer, questionnaire, Audience.SENSITIVE)
    }

    assert readers == NAMED
    for viewer in (SYSTEM, VISITOR, replace(viewers[EditionRole.CHECK_IN], administering=True)):
        assert not policies.can_read(viewer, questionnaire, Audience.SENSITIVE)


def test_a_role_of_one_edition_says_nothing_in_another(edition):
    elsewhere = form(EditionFactory(public=True), REGISTRATION)
    director = viewer_in(EditionMemberFactory(edition=edition, role=EditionRole.DIRECTOR))

    assert not any(policies.can_read(director, elsewhere, audience) for audience in Audience)
    assert not policies.can_edit(director, elsewhere)


def fetched_by(person, address):
    answer = client_of(person).get(address)
    if answer.streaming:
        # Read to its end, which closes the file and not the database.
        assert b"".join(answer.streaming_content)
    return answer.status_code


def test_a_sensitive_file_is_fetched_by_named_roles_and_its_sender_only(edition, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    questionnaire = form(edition, REGISTRATION)
    QuestionFactory(questionnaire=questionnaire, code="proof", kind=QuestionKind.FILE, sensitive=True)
    sender = PersonFactory()
    upload = SimpleUploadedFile("proof.pdf", b"%PDF-1.7 proof")
    answered(questionnaire, viewer_of(sender), proof=upload)
    address = reverse("files:file", args=[StoredFile.objects.get().uuid])

    people = {role: EditionMemberFactory(edition=edition, role=role).person for role in EditionRole}
    fetched = {role for role, person in people.items() if fetched_by(person, address) == 200}

    assert fetched == NAMED
    assert (fetched_by(sender, address), fetched_by(PersonFactory(), address)) == (200, 404)


def test_where_the_address_names_no_edition_the_roles_are_asked_for(edition):
    member = EditionMemberFactory(edition=edition, role=EditionRole.DESK)

    viewer = seen_from(viewer_of(member.person), workspace_of(edition.pk))

    assert viewer.edition_roles == {EditionRole.DESK}
    assert seen_from(VISITOR, workspace_of(edition.pk)) == VISITOR
