"""Stored figures: fresh as facts arrive, revised when they come late, with three doors for those who may."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from filiera.accounts.viewer import VISITOR
from filiera.indicators import queries
from filiera.indicators.actions.refreshing import refresh_all, refresh_figures
from filiera.indicators.engines.forming import Missing
from filiera.indicators.models import FactArrival, IndicatorVersion, Revision, Value
from filiera.indicators.periods import parse_period
from tests.indicators.factories import load_all, made_fact
from tests.organisations.factories import MembershipFactory, OrganisationFactory, PositionFactory
from tests.organisations.viewers import administrator, in_workspace

pytestmark = pytest.mark.django_db
YEAR = parse_period("2023")


@pytest.fixture
def cluster():
    load_all()
    return OrganisationFactory()


@pytest.fixture
def team(cluster):
    return in_workspace(PositionFactory(manager=True, organisation=cluster))


def held(cluster, on="2023-05-01", **values):
    return made_fact("meeting.held", cluster, on, counterpart=OrganisationFactory(company=True), **values)


def test_a_new_fact_is_in_its_figure_after_the_job(cluster, team):
    held(cluster)
    refresh_figures()
    assert queries.figure(team, "meetings_held", cluster, YEAR).value == 1
    held(cluster)
    refresh_figures()

    found = queries.figure(team, "meetings_held", cluster, YEAR)

    assert (found.value, found.facts, FactArrival.objects.count()) == (2, 2, 0)


def firsts_asked(asked):
    return sum("JOIN indicators_scoperow AS scope USING" in each["sql"] for each in asked)


def test_a_figure_that_has_facts_does_not_ask_since_when_its_body_is_known(cluster, team):
    held(cluster)
    refresh_figures()

    with CaptureQueriesContext(connection) as asked:
        told = queries.figure(team, "meetings_held", cluster, parse_period("2023-Q2"))
    with CaptureQueriesContext(connection) as asked_of_nothing:
        nothing = queries.figure(team, "meetings_held", cluster, parse_period("2023-Q3"))

    assert (told.facts, firsts_asked(asked)) == (1, 0)
    assert (nothing.value, firsts_asked(asked_of_nothing)) == (0, 1)


def test_late_facts_of_a_closed_period_leave_a_revision(cluster, team):
    held(cluster)
    refresh_figures()
    arrived = datetime(2026, 5, 2, 8, tzinfo=UTC)
    held(cluster, recorded_at=arrived)
    held(cluster, recorded_at=arrived)

    refresh_figures()

    figure = queries.figure(team, "meetings_held", cluster, YEAR)
    revision = queries.history_of(team, figure).revisions[0]
    assert (revision.was, revision.became, revision.facts_arrived, revision.arrived_at) == (1, 3, 2, arrived)


def test_an_open_period_changes_without_a_revision(cluster, team):
    today = timezone.now()
    held(cluster, on=today)
    refresh_figures()
    held(cluster, on=today)
    refresh_figures()

    assert queries.figure(team, "meetings_held", cluster, parse_period(str(today.year))).value == 2
    assert not Revision.objects.filter(figure__start_on=date(today.year, 1, 1)).exists()


def test_a_membership_that_is_entered_later_brings_the_facts_of_its_time(cluster, team):
    member = OrganisationFactory(company=True)
    held(cluster, on="2023-02-01")
    made_fact("meeting.held", member, "2023-05-01", counterpart=OrganisationFactory(company=True))
    refresh_figures()
    assert queries.figure(team, "meetings_held", cluster, YEAR).value == 1

    MembershipFactory(cluster=cluster, member=member, start_on=date(2023, 3, 1))
    refresh_figures()

    assert queries.figure(team, "meetings_held", cluster, YEAR).value == 2


def test_refreshing_gives_what_computing_all_anew_gives(cluster):
    for month in range(1, 10):
        held(cluster, on=f"2023-{month:02d}-03")
        refresh_figures()
    columns = (
        "code",
        "organisation_id",
        "region_id",
        "start_on",
        "until_on",
        "value",
        "missing",
        "inputs_digest",
    )
    kept = set(Value.objects.values_list(*columns))

    refresh_all()

    assert kept <= set(Value.objects.values_list(*columns))


def test_figures_belong_to_the_workspace_and_public_ones_to_everybody(cluster, team):
    held(cluster)
    made_fact("membership.started", cluster, "2022-05-01", counterpart=OrganisationFactory(company=True))
    refresh_figures()
    stranger = in_workspace(PositionFactory(manager=True))
    contact = in_workspace(PositionFactory(contact=True, organisation=cluster))

    for viewer in (VISITOR, stranger, contact):
        assert queries.figure(viewer, "meetings_held", cluster, YEAR).value == 1
        with pytest.raises(queries.FigureNotFound):
            queries.figure(viewer, "member_churn", cluster, YEAR)
    for viewer in (team, administrator()):
        assert queries.figure(viewer, "member_churn", cluster, YEAR).value == 0


def test_unlisted_organisations_have_no_public_figures(cluster):
    cluster.is_listed = False
    cluster.save()
    held(cluster)
    refresh_figures()

    assert queries.figures_of(VISITOR, cluster, YEAR) == []


def test_records_are_shown_to_those_who_may_see_them_and_counted_for_others(cluster, team):
    fact = held(cluster)
    member = MembershipFactory(cluster=cluster).member
    made_fact("meeting.held", member, "2023-05-01", counterpart=OrganisationFactory(company=True))
    refresh_figures()

    records = queries.records_of(team, queries.figure(team, "meetings_held", cluster, YEAR))
    assert (records.count, records.by_kind) == (2, {"meeting.held": 2})
    assert [shown.id for shown in records.facts] == [fact.id]
    told = queries.records_of(VISITOR, queries.figure(VISITOR, "meetings_held", cluster, YEAR))
    assert (told.count, told.facts) == (2, [])


def test_explain_tells_definition_records_and_history(cluster, team):
    held(cluster)
    refresh_figures()

    told = queries.explain(team, queries.figure(team, "meetings_held", cluster, YEAR))

    assert (told["value"], told["records"]["facts"], told["definition"]["code"]) == (
        Decimal(1),
        1,
        "meetings_held",
    )
    assert told["history"]["values"][0]["period"] == "2023"


def test_breakdown_of_a_figure_is_computed_now(cluster, team):
    for size in ("small", "small", "large"):
        firm = OrganisationFactory(company=True)
        made_fact(
            "membership.started",
            cluster,
            "2022-05-01",
            counterpart=firm,
            size_class=size,
            subject_key=firm.slug,
        )
    refresh_figures()

    parts = queries.breakdown_of(team, "members_total", cluster, YEAR, "size_class")

    assert [(part.breakdown, part.value) for part in parts] == [("small", 2), ("large", 1)]
    with pytest.raises(queries.FigureNotFound):
        queries.breakdown_of(team, "members_total", cluster, YEAR, "edition")


def test_what_nothing_records_yet_says_so(cluster, team):
    held(cluster)
    refresh_all()

    found = queries.figure(team, "services_delivered", cluster, YEAR)
    assert (found.value, found.missing) == (None, Missing.NOT_RECORDED)


def test_a_list_of_figures_costs_few_queries(cluster, team, django_assert_max_num_queries):
    held(cluster)
    refresh_all()
    queries.current_definitions()

    with django_assert_max_num_queries(3):
        figures = queries.figures_of(team, cluster, YEAR)
    assert len(figures) == IndicatorVersion.objects.count()
