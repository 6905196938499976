"""What only an administrator's timed session may do on pages."""

import io

import pytest
from django.utils import timezone

from filiera.accounts.actions import open_administration
from filiera.accounts.queries import ADMINISTRATION_KEY
from filiera.accounts.viewer import Viewer
from filiera.organisations.models import Organisation, Succession
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


def test_what_became_of_an_organisation_is_recorded(administrator, cluster):
    heir = OrganisationFactory(slug="heir")
    address = f"/o/{cluster.slug}/fate/"

    page = administrator.get(address)
    refused = administrator.post(
        f"{address}succession/", {"kind": "merged", "heir": "nobody", "when": "2016-09"}
    )
    recorded = administrator.post(
        f"{address}succession/", {"kind": "merged", "heir": heir.slug, "when": "2016-09"}
    )

    assert [page.status_code, refused.status_code, recorded.status_code] == [200, 422, 302]
    assert list(Succession.objects.values_list("from_organisation", "to_organisation", "precision")) == [
        (cluster.pk, heir.pk, "month")
    ]
    assert "Merged into" in administrator.get(cluster.get_absolute_url()).content.decode()


def test_a_closing_is_recorded(administrator, cluster):
    address = f"/o/{cluster.slug}/fate/closing/"

    refused = administrator.post(address, {"closed": "2999"})
    recorded = administrator.post(address, {"closed": "2016"})

    cluster.refresh_from_db()
    assert [refused.status_code, recorded.status_code, cluster.closed_on.year] == [422, 302, 2016]


def test_a_manager_does_not_record_the_fate_of_the_organisation(editor, cluster):
    assert [
        editor.get(f"/o/{cluster.slug}/fate/").status_code,
        editor.post(f"/o/{cluster.slug}/fate/closing/", {"closed": "2016"}).status_code,
    ] == [403, 403]
