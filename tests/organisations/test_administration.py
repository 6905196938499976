"""What only an administrator's timed session may do on pages."""

import io

import pytest
from django.utils import timezone

from filiera.accounts.actions import open_administration
from filiera.accounts.queries import ADMINISTRATION_KEY
from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Organisation
from tests.accounts.factories import PersonFactory
from tests.ledger.factories import recorded_fact
from tests.organisations.factories import OrganisationFactory, PositionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    """A browser in which an administrator's timed session is open."""
    person = PersonFactory(administrator=True)
    window = open_administration(reason="Tests", by=Viewer(person=person), at=timezone.now())
    client.force_login(person)
    session = client.session
    session[ADMINISTRATION_KEY] = window.pk
    session.save()
    return client


def test_an_organisation_is_added_to_the_directory(administrator):
    page = administrator.get("/directory/new/")
    answer = administrator.post(
        "/directory/new/", {"name": "New cluster", "kind": "cluster", "founded": "2009-03"}
    )

    organisation = Organisation.objects.get()
    assert (page.status_code, answer.headers["Location"]) == (200, organisation.get_absolute_url())
    assert (organisation.name, organisation.founded_precision) == ("New cluster", "month")


def test_a_table_of_organisations_is_imported(administrator):
    file = io.BytesIO(b"name,kind\nAlpha,cluster\nBeta,company\n")
    file.name = "organisations.csv"

    answer = administrator.post("/directory/import/", {"file": file})

    assert answer.status_code == 200
    assert list(Organisation.objects.order_by("name").values_list("name", "kind")) == [
        ("Alpha", "cluster"),
        ("Beta", "company"),
    ]


def test_every_workspace_is_open(administrator, cluster):
    PositionFactory(organisation=cluster)
    pages = ("", "profile/", "members/", "team/", "history/", "memberships/", "ledger/")

    assert {
        name: administrator.get(f"/o/{cluster.slug}/{name}").status_code for name in pages
    } == dict.fromkeys(pages, 200)


def test_the_kind_of_an_organisation_is_an_administrators_to_change(administrator, cluster, editor):
    typed = {"name": cluster.name, "kind": "meta_cluster"}

    editor.post(f"/o/{cluster.slug}/profile/", typed)
    by_editor = Organisation.objects.get().kind
    administrator.post(f"/o/{cluster.slug}/profile/", typed)

    assert (by_editor, Organisation.objects.get().kind) == ("cluster", "meta_cluster")


def test_the_whole_ledger_is_open_and_leads_to_each_record(administrator):
    fact = recorded_fact(organisation=OrganisationFactory())

    page = administrator.get("/ledger/")
    table = administrator.get("/ledger/facts.csv")
    record = administrator.get(f"/ledger/{fact.year}/{fact.id}/")

    assert [page.status_code, table.status_code, record.status_code] == [200, 200, 302]
