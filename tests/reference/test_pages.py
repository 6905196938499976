"""Where the tables come from is said in public; newer files are an administrator's."""

import io
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from filiera.accounts.actions import open_administration
from filiera.accounts.queries import ADMINISTRATION_KEY
from filiera.accounts.viewer import Viewer
from filiera.reference.load import load_reference, packaged_sources
from filiera.reference.models import Language, SourceTable
from tests.accounts.factories import PersonFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SAID = {"source": "Office", "source_date": "2030-01-01", "licence": "CC0"}


@pytest.fixture(autouse=True)
def _loaded():
    load_reference(NOW)


@pytest.fixture
def administrator(client):
    """A browser in which an administrator's timed session is open."""
    person = PersonFactory(administrator=True)
    window = open_administration(reason="Newer tables", by=Viewer(person=person), at=timezone.now())
    client.force_login(person)
    session = client.session
    session[ADMINISTRATION_KEY] = window.pk
    session.save()
    return client


def post(browser, content, **values):
    file = io.BytesIO(content)
    file.name = "languages.csv"
    return browser.post("/reference/languages/", {**SAID, "file": file, **values})


def test_everybody_reads_where_the_tables_come_from(client, django_assert_num_queries):
    with django_assert_num_queries(2):
        page = client.get("/reference/").content.decode()

    assert [source.source for source in packaged_sources().values() if source.licence not in page] == []
    assert "unverified" in page


def test_only_an_administrator_loads_a_newer_file(client):
    visitor = client.get("/reference/languages/").status_code
    client.force_login(PersonFactory())

    assert (visitor, client.get("/reference/languages/").status_code) == (302, 403)


def test_a_file_is_checked_first_and_then_taken_over(administrator):
    file = "code,native_name,is_official_in_eu,name_en\nuk,українська,no,Ukrainian\n".encode()

    checked = post(administrator, file, dry_run="on")
    before = Language.objects.filter(code="uk").exists()
    taken = post(administrator, file)

    assert (checked.status_code, before, taken.status_code) == (200, False, 302)
    assert SourceTable.objects.get(name="languages").source == "Office"
    assert Language.objects.get(code="uk").native_name == "українська"


@pytest.mark.parametrize("content", [b"code\n\n", b"\x00", b"code,native_name\nxx,y\n"])
def test_a_wrong_file_changes_nothing(administrator, content):
    answer = post(administrator, content)

    assert answer.status_code == 422
    assert Language.objects.count() == 24
