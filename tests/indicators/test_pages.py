"""Pages of figures: what everybody sees, what the team sees, and who is turned away."""

from decimal import Decimal

import pytest
from django.urls import reverse

from filiera.indicators.actions.refreshing import refresh_figures
from filiera.indicators.models import IndicatorVersion
from filiera.indicators.queries import current_definitions
from filiera.indicators.words import value_words
from filiera.organisations.models import Organisation, Role
from tests.indicators.factories import load_all, made_fact
from tests.organisations.factories import OrganisationFactory, PositionFactory
from tests.reference.factories import S3PriorityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cluster():
    load_all()
    cluster = OrganisationFactory(slug="north", name="North")
    for day in (1, 2, 3):
        firm = OrganisationFactory(company=True)
        made_fact("meeting.held", cluster, f"2023-05-0{day}", counterpart=firm)
        made_fact(
            "membership.started",
            cluster,
            f"2022-05-0{day}",
            counterpart=firm,
            subject_key=firm.slug,
            size_class="small",
        )
    refresh_figures()
    return cluster


@pytest.fixture
def signed_in(client, cluster):
    client.force_login(PositionFactory(role=Role.MANAGER, organisation=cluster).person)
    return client


def test_everybody_reads_definitions_and_public_figures(client, cluster):
    catalogue = client.get("/indicators/").content.decode()
    assert "Meetings held" in catalogue
    assert "/indicators/of/north/" in catalogue
    assert "RCO83" in client.get("/indicators/rco83/").content.decode()
    assert client.get("/indicators/no_such/").status_code == 404
    body = client.get("/indicators/of/north/?period=2023").content.decode()
    assert "Meetings held" in body
    assert "Churn" not in body
    assert ["Who belongs to it?" in body, "What came of it?" in body] == [True, False]


def test_a_search_keeps_what_fits(client, cluster):
    found = client.get("/indicators/?q=churn", headers={"HX-Request": "true"}).content.decode()
    assert "Churn" in found
    assert "Meetings held" not in found
    assert "Churn" in client.get("/indicators/?scheme=label").content.decode()


def test_a_public_figure_has_three_doors_and_only_counts_its_records(client, cluster):
    page = client.get("/indicators/of/north/meetings_held/2023/").content.decode()
    for door in ('id="definition"', 'id="records"', 'id="history"'):
        assert door in page
    assert "counted only" in page
    assert client.get("/indicators/of/north/member_churn/2023/").status_code == 404
    assert client.get("/indicators/of/north/meetings_held/never/").status_code == 404
    assert client.get("/indicators/of/nowhere/meetings_held/2023/").status_code == 404


def test_a_figure_breaks_down(client, cluster):
    page = client.get("/indicators/of/north/members_total/2023/?by=size_class").content.decode()
    assert "Small (10 to 49)" in page


def test_the_team_sees_its_dashboard_and_opens_records(signed_in, cluster):
    dashboard = signed_in.get("/o/north/indicators/?period=2023").content.decode()
    assert "Churn" in dashboard
    assert "nothing records here yet" in dashboard
    page = signed_in.get("/o/north/indicators/meetings_held/2023/").content.decode()
    assert page.count("/o/north/ledger/2023/") == 3
    told = signed_in.get("/o/north/indicators/meetings_held/2023/explain.json").json()
    assert told["value"] == "3.0000"


def test_a_chart_of_nothing_but_zeros_is_not_drawn(signed_in, cluster):
    charts = signed_in.get("/o/north/indicators/").context["charts"]
    assert [figure.code for _question, figure, _chart in charts] == ["members_total", "meetings_held"]


def test_a_figure_below_nothing_has_the_sign_of_its_change(cluster):
    growth = current_definitions()["members_growth"]
    assert value_words(Decimal("-1.6"), growth) == "−1.6\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize("who", ["visitor", "stranger", "contact"])
def test_others_do_not_enter_a_workspace(client, cluster, who):
    if who == "stranger":
        client.force_login(PositionFactory(role=Role.MANAGER).person)
    if who == "contact":
        client.force_login(PositionFactory(role=Role.CONTACT, organisation=cluster).person)
    addresses = [
        "/o/north/indicators/",
        "/o/north/indicators/meetings_held/2023/",
        "/o/north/indicators/meetings_held/2023/explain.json",
        "/o/north/indicators/definitions/",
    ]
    for address in addresses:
        assert client.get(address).status_code == (302 if who == "visitor" else 403)


def test_staff_does_not_write_definitions(client, cluster):
    client.force_login(PositionFactory(role=Role.STAFF, organisation=cluster).person)
    assert client.get("/o/north/indicators/definitions/").status_code == 403


def test_a_definition_is_looked_at_and_published(signed_in, cluster):
    address = reverse("indicators:definition_create", args=["north"])
    first = signed_in.get(address).context["form"].initial["text"]

    looked = signed_in.post(address, {"text": first, "check": "yes"})
    assert "can be published" in looked.content.decode()
    assert not IndicatorVersion.objects.filter(owner=cluster).exists()

    assert signed_in.post(address, {"text": first}).status_code == 302
    version = IndicatorVersion.objects.get(owner=cluster)
    assert (version.code, version.version) == ("working_group_meetings", 1)
    following = signed_in.get(reverse("indicators:definition_next", args=["north", version.code]))
    assert "version: 2" in following.context["form"].initial["text"]


def test_mistakes_in_a_definition_are_told_and_the_text_is_kept(signed_in, cluster):
    address = reverse("indicators:definition_create", args=["north"])
    wrong = signed_in.get(address).context["form"].initial["text"].replace("meeting.held", "meeting.dreamt")

    answer = signed_in.post(address, {"text": wrong})

    assert answer.status_code == 422
    assert "measure.facts[0]: the kind meeting.dreamt is not known" in answer.content.decode()
    assert "meeting.dreamt" in answer.content.decode()


def test_a_dashboard_costs_few_queries(signed_in, cluster, django_assert_max_num_queries):
    signed_in.get("/o/north/indicators/")
    with django_assert_max_num_queries(14):
        signed_in.get("/o/north/indicators/")


def test_a_part_by_priority_leads_to_those_who_work_on_it(client, cluster):
    firm = Organisation.objects.filter(kind="company").earliest("pk")
    firm.s3_priorities.set([S3PriorityFactory(code="food"), S3PriorityFactory(code="green")])
    page = client.get("/indicators/of/north/members_total/2023/?by=s3_priority").content.decode()
    other = client.get("/indicators/of/north/members_total/2023/?by=size_class").content.decode()

    for code in ("food", "green"):
        assert f'<a href="/directory/?s3_priority={code}">Priority {code}</a>' in page
    assert '<th scope="row">not told</th>' in page
    assert "Whoever works on several priorities counts in each" in page
    assert "Whoever works on several priorities counts in each" not in other
    assert firm.name in client.get("/directory/?s3_priority=food").content.decode()
