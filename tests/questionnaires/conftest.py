"""A purpose of the tests' own: who edits, reviews, reads what is sensitive, takes part."""

from collections.abc import Collection
from dataclasses import replace

import pytest

from filiera.accounts.viewer import Viewer
from filiera.questionnaires import purposes
from filiera.questionnaires.models import Audience, Questionnaire
from tests.accounts.factories import PersonFactory
from tests.questionnaires.factories import PURPOSE, WORKSPACE, QuestionnaireFactory

EDIT, REVIEW, SENSITIVE, TAKE_PART = "test.edit", "test.review", "test.sensitive", "test.take_part"
READERS = {
    Audience.PARTICIPANTS: {EDIT, REVIEW, TAKE_PART},
    Audience.REVIEWERS: {EDIT, REVIEW},
    Audience.TEAM: {EDIT},
    Audience.SENSITIVE: {SENSITIVE},
}


def in_workspace(is_allowed: bool) -> Collection[str]:
    return {WORKSPACE} if is_allowed else set()


def may_answer(viewer: Viewer, questionnaire: Questionnaire, about: str) -> bool:
    return about != "session:closed"


# Roles in this workspace by person, for places whose address names no workspace.
ROLES: dict[int | None, frozenset[str]] = {}


def seen_from(viewer: Viewer, workspace: str) -> Viewer:
    return replace(viewer, permissions=viewer.permissions | ROLES.get(viewer.person_id, frozenset()))


purposes.register(
    purposes.Purpose(
        code=PURPOSE,
        name="Tests",
        edited_in=lambda viewer: in_workspace(EDIT in viewer.permissions),
        read_in=lambda viewer, audience: in_workspace(bool(READERS[audience] & viewer.permissions)),
        may_answer=may_answer,
        seen_from=seen_from,
    )
)


def viewer_with(*permissions: str) -> Viewer:
    person = PersonFactory()
    ROLES[person.pk] = frozenset(permissions)
    return Viewer(person=person, permissions=frozenset(permissions))


@pytest.fixture
def editor(db: None) -> Viewer:
    return viewer_with(EDIT)


@pytest.fixture
def reviewer(db: None) -> Viewer:
    return viewer_with(REVIEW)


@pytest.fixture
def named(db: None) -> Viewer:
    """Somebody with the role that is named for sensitive answers."""
    return viewer_with(EDIT, SENSITIVE)


@pytest.fixture
def member(db: None) -> Viewer:
    return viewer_with(TAKE_PART)


@pytest.fixture
def outsider(db: None) -> Viewer:
    return viewer_with()


@pytest.fixture
def questionnaire(db: None) -> Questionnaire:
    return QuestionnaireFactory(open=True)
