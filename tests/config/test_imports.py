"""`filiera import participants`: the desk's import on the command line."""

from pathlib import Path

import pytest

from filiera.admissions.actions.people_imports import PeopleHaveMistakes
from filiera.admissions.models import Participation
from filiera.config.errors import CannotRun
from filiera.config.imports import _IMPORTS, ImportRequest
from tests.academy.factories import EditionFactory

TABLE = b"Nome;Cognome;E-mail\nAnna;Rossi;anna@example.org\n"


def import_participants(content, **asked):
    request = ImportRequest(what="participants", file=Path("people.csv"), **asked)
    return _IMPORTS["participants"](content, request)


def test_people_come_in_and_a_newer_file_says_what_changed(db, capsys):
    edition = EditionFactory(public=True)

    first = import_participants(TABLE, edition=edition.slug)
    second = import_participants(
        b"Nome;Cognome;E-mail;Ruolo\nAnna;Rossi;ANNA@example.org;Manager\nBruno;Verdi;;\n",
        edition=edition.slug,
    )
    third = import_participants(b"Nome;Cognome\nBruno;Verdi\n", edition=edition.slug)

    assert first == "1 new, 0 changed, 0 unchanged, 0 missing in the file"
    assert second == "1 new, 1 changed, 0 unchanged, 0 missing in the file"
    assert third == "0 new, 0 changed, 1 unchanged, 1 missing in the file"
    assert Participation.objects.filter(edition=edition).count() == 2


def test_a_dry_run_changes_nothing(db):
    edition = EditionFactory(public=True)

    told = import_participants(TABLE, edition=edition.slug, is_dry_run=True)

    assert told.startswith("1 new")
    assert not Participation.objects.exists()


def test_wrong_cells_are_told_with_their_place(db):
    edition = EditionFactory(public=True)

    with pytest.raises(PeopleHaveMistakes) as refusal:
        import_participants(b"Name,Email\nAnna,nowhere\n", edition=edition.slug)

    assert [(problem.row, problem.column) for problem in refusal.value.problems] == [(2, "Email")]


@pytest.mark.parametrize("slug", [None, "no-such-edition"])
def test_an_edition_is_needed(db, slug):
    with pytest.raises(CannotRun):
        import_participants(TABLE, edition=slug)
