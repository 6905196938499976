"""Targets and their paths, forecasts that are told or refused, notes, alerts and their digest."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from filiera.indicators.actions import digests, targets
from filiera.indicators.actions.asking import ask_for_declaration
from filiera.indicators.actions.refreshing import refresh_all
from filiera.indicators.drawings import history_chart
from filiera.indicators.forecasts import NEVER_MOVED, TOO_FEW, forecast_of, student_quantile
from filiera.indicators.models import (
    DigestRefusal,
    FigureNote,
    FigureTarget,
    PathKind,
    TargetPoint,
    Value,
)
from filiera.indicators.paths import PathPoint, Standing, TargetPath, standing_of
from filiera.indicators.periods import parse_period
from filiera.indicators.queries import Figure
from filiera.indicators.queries.definitions import current_definition
from filiera.indicators.queries.targets import alerts_of, paths_of
from filiera.mail.models import OutgoingMail
from filiera.organisations.models import Role
from tests.indicators.factories import NOW, load_all, made_fact
from tests.indicators.readiness_factories import browser_of, colleague
from tests.organisations.factories import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db
CODE = "members_total"


def point(year, value, *, is_base=False):
    return PathPoint(parse_period(str(year)), Decimal(value), is_base)


@pytest.fixture
def cluster():
    load_all()
    return OrganisationFactory(slug="cluster")


@pytest.fixture
def manager(cluster):
    return colleague(cluster)


def set_target(cluster, by, *points, kind=PathKind.LINEAR, code=CODE):
    return targets.set_target(organisation=cluster, code=code, kind=kind, points=points, by=by, at=NOW)


def address(name, *arguments, slug="cluster"):
    return reverse(f"indicators:{name}", args=[slug, *arguments])


def one_member(cluster):
    """One member since 2024, in the ledger and computed."""
    firm = OrganisationFactory(company=True)
    MembershipFactory(member=firm, cluster=cluster, start_on=date(2024, 1, 1))
    made_fact("membership.started", cluster, "2024-01-01", counterpart=firm)
    refresh_all()


def test_a_linear_path_goes_in_equal_steps_and_a_stated_one_does_not():
    points = (point(2024, 10, is_base=True), point(2028, 30))
    linear, stated = TargetPath(points, is_linear=True), TargetPath(points, is_linear=False)
    years = [parse_period(str(year)) for year in (2023, 2024, 2025, 2026, 2028, 2029)]

    assert [linear.value_at(year) for year in years] == [None, 10, 15, 20, 30, None]
    assert [stated.value_at(year) for year in years] == [None, 10, None, None, 30, None]
    assert linear.value_at(parse_period("2025-Q1")) is None


def test_the_better_side_is_what_the_definition_says(cluster):
    path = TargetPath((point(2024, 10), point(2025, 10)), is_linear=True)
    year = parse_period("2025")

    def told(code, value):
        standing = standing_of(path, current_definition(code), year, value)
        return standing and standing.standing

    assert [told(CODE, Decimal(value)) for value in (9, 10, 11)] == ["off_path", "on_path", "on_path"]
    assert [told("member_churn", Decimal(value)) for value in (9, 11)] == ["on_path", "off_path"]
    assert told(CODE, None) is None
    assert Standing.TOLD.label


def test_a_target_says_what_is_missing(cluster, manager):
    for points, error in (
        ([point(2024, 1, is_base=True)], targets.NoTargetGiven),
        ([point(2027, 1)], targets.BaseMissing),
        ([point(2027, 1, is_base=True), point(2026, 3)], targets.PointBeforeBase),
    ):
        with pytest.raises(error), transaction.atomic():
            set_target(cluster, manager, *points)
    with pytest.raises(PermissionDenied), transaction.atomic():
        set_target(cluster, colleague(OrganisationFactory()), point(2024, 1, is_base=True), point(2026, 3))


def test_a_target_takes_the_place_of_the_one_before(cluster, manager):
    set_target(cluster, manager, point(2024, 1, is_base=True), point(2026, 3))
    set_target(cluster, manager, point(2025, 2), kind=PathKind.STATED)

    assert FigureTarget.objects.count() == 1
    assert [row.value for row in TargetPoint.objects.all()] == [2]
    assert list(paths_of(manager, cluster)) == [CODE]
    assert paths_of(colleague(OrganisationFactory()), cluster) == {}


def test_the_database_keeps_targets_and_notes_in_order(cluster, manager):
    target = set_target(cluster, manager, point(2024, 1, is_base=True), point(2026, 3))
    common = {"target": target, "start_on": date(2027, 1, 1), "until_on": date(2028, 1, 1), "value": 1}
    refusal = DigestRefusal.objects.create(organisation=cluster, person=manager.person, refused_at=NOW)
    for act in (
        lambda: TargetPoint.objects.create(**{**common, "start_on": date(2024, 1, 1)}),
        lambda: TargetPoint.objects.create(**common, is_base=True),
        lambda: TargetPoint.objects.create(**{**common, "until_on": date(2027, 1, 1)}),
        lambda: FigureTarget.objects.create(
            organisation=cluster, code=CODE, kind=PathKind.LINEAR, set_at=NOW
        ),
        lambda: FigureNote.objects.create(
            organisation=cluster,
            code=CODE,
            start_on=date(2024, 1, 1),
            until_on=date(2025, 1, 1),
            text={},
            written_at=NOW,
        ),
        lambda: FigureNote.objects.create(
            organisation=cluster,
            code=CODE,
            start_on=date(2025, 1, 1),
            until_on=date(2025, 1, 1),
            text={"en": "A"},
            written_at=NOW,
        ),
        lambda: DigestRefusal.objects.create(organisation=cluster, person=refusal.person, refused_at=NOW),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()


def series(*values, first=2010):
    return [
        (parse_period(str(first + place)), None if value is None else Decimal(value))
        for place, value in enumerate(values)
    ]


def test_a_forecast_is_refused_where_points_do_not_carry_it(cluster):
    definition = current_definition(CODE)
    few = forecast_of(series(*range(7)), definition)
    gap = forecast_of(series(*range(7), None, *range(7)), definition)
    still = forecast_of(series(*[5] * 9), definition)

    assert [(told.points, told.refusal, told.known) for told in (few, gap, still)] == [
        ((), TOO_FEW, 7),
        ((), TOO_FEW, 7),
        ((), NEVER_MOVED, 9),
    ]


@pytest.mark.parametrize("freedom", [6, 7, 12, 40])
def test_the_quantile_of_an_interval_is_students(freedom):
    from scipy import stats  # slow to load

    assert student_quantile(0.975, freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=0.001)


def test_a_forecast_is_the_last_value_with_drift_and_a_student_interval(cluster):
    """Steps 1, 3, 1, 3, 1, 3, 1, 3: drift 2, spread sqrt(8/7), t of 7 degrees 2.3646."""
    told = forecast_of(series(0, 1, 4, 5, 8, 9, 12, 13, 16), current_definition(CODE))

    spread, error, factor = (8 / 7) ** 0.5, (8 / 7 / 8) ** 0.5, 2.3646
    half = factor * (2 * spread**2 + (2 * error) ** 2) ** 0.5
    second = told.points[1]
    assert [point.period.code for point in told.points] == ["2019", "2020", "2021"]
    assert second.middle == 20
    assert abs(float(second.high) - (20 + half)) <= 0.5
    assert abs(float(second.low) - (20 - half)) <= 0.5
    down = forecast_of(series(20, 18, 16, 13, 11, 8, 6, 4, 1), current_definition(CODE))
    assert down.points[-1].low == 0


def addresses(note):
    return [
        ("get", address("alerts")),
        ("post", address("digest_choice")),
        ("get", address("target_edit", CODE)),
        ("post", address("target_remove", CODE)),
        ("get", address("figure_note_create", CODE, "2025")),
        ("post", address("figure_note_remove", note.pk)),
    ]


def noted(cluster, by):
    return targets.write_note(
        organisation=cluster,
        code=CODE,
        period=parse_period("2025"),
        text={"en": "Secret word"},
        by=by,
        at=NOW,
    )


def test_a_visitor_signs_in_and_strangers_are_refused(cluster, manager):
    note = noted(cluster, manager)
    contact = browser_of(colleague(cluster, Role.CONTACT).person)
    stranger = browser_of(colleague(OrganisationFactory(slug="other")).person)

    for verb, path in addresses(note):
        visitor = getattr(browser_of(None), verb)(path)
        assert (visitor.status_code, "/accounts/" in visitor["Location"]) == (302, True), path
        for client in (contact, stranger):
            assert getattr(client, verb)(path).status_code == 403, path
    assert stranger.post(address("figure_note_remove", note.pk, slug="other")).status_code == 404
    one_member(cluster)
    public = reverse("indicators:public_figure", args=["cluster", CODE, "2025"])
    assert "Secret word" not in browser_of(None).get(public).text
    assert "Secret word" not in stranger.get(public).text


def test_the_chart_of_a_figure_shows_the_path_and_what_is_to_come(cluster, manager):
    definition, values = current_definition(CODE), series(0, 1, 4, 5, 8, 9, 12, 13, 16)
    figures = [Figure(definition, period, value, missing="", facts=1) for period, value in values]
    path = TargetPath((point(2016, 10, is_base=True), point(2020, 30)), is_linear=True)
    told = forecast_of(values, definition)

    chart = history_chart(figures, title="Members", period_word="Year", path=path, forecast=told.points)

    assert list(chart.columns) == ["Year", "Members", "Forecast", "Path"]
    assert [row[0] for row in chart.rows] == [str(year) for year in range(2010, 2022)]
    assert [row[3] for row in chart.rows] == [""] * 6 + ["10", "15", "20", "25", "30", ""]
    assert [bool(row[2]) for row in chart.rows] == [False] * 9 + [True] * 3
    assert chart.wide.count("var(--line-strong)") == 1 + 3
    assert "the forecast" in chart.source
    assert "what the path asks" in chart.source


def test_target_and_note_stand_at_the_figure_and_on_the_dashboard(cluster, manager):
    one_member(cluster)
    client = browser_of(manager.person)
    wrong = client.post(address("target_edit", CODE), {"kind": "linear", "base_value": "many"})
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.text
    answer = client.post(
        address("target_edit", CODE),
        {
            "kind": "linear",
            "base_period": "2024",
            "base_value": "1",
            f"year_{date.today().year + 3}": "30",
            "reason": "Agreed.",
        },
    )
    note = client.post(
        address("figure_note_create", CODE, "2025"), {"text_en": "One left.", "text_it": "Uno è uscito."}
    )
    assert (answer.status_code, note.status_code) == (302, 302)

    figure = client.get(address("own_figure", CODE, "2025")).text
    assert "off its path" in figure
    assert "Agreed." in figure
    assert "One left." in figure
    assert "A forecast needs at least eight closed periods" in figure
    assert "off its path" in client.get(address("dashboard") + "?period=2025").text
    assert "Uno è uscito." in client.get(address("own_figure", CODE, "2025") + "?lang=it").text
    client.post(address("target_remove", CODE))
    client.post(address("figure_note_remove", FigureNote.objects.get().pk))
    assert (FigureTarget.objects.count(), FigureNote.objects.count()) == (0, 0)


def test_a_path_that_began_long_ago_is_kept_when_it_is_changed(cluster, manager):
    set_target(cluster, manager, point(2010, 1, is_base=True), point(2012, 5), point(2026, 9))
    client = browser_of(manager.person)
    page = client.get(address("target_edit", CODE)).text
    assert 'name="year_2012" value="5"' in page
    told = {"kind": "linear", "base_period": "2010", "base_value": "1", "year_2012": "5", "year_2026": "10"}

    answer = client.post(address("target_edit", CODE), told)
    without_year = client.post(address("target_edit", CODE), {**told, "base_period": ""})

    assert (answer.status_code, without_year.status_code) == (302, 422)
    assert "Say of which year this value is" in without_year.text
    years = TargetPoint.objects.order_by("start_on").values_list("start_on__year", "value")
    assert list(years) == [(2010, 1), (2012, 5), (2026, 10)]


def test_alerts_tell_what_calls_for_somebody(cluster, manager):
    one_member(cluster)
    set_target(cluster, manager, point(2024, 1, is_base=True), point(2026, 9))
    ask_for_declaration(
        organisation=cluster,
        code="management_staff",
        period=parse_period("2025"),
        owner=manager.person,
        due_on=date(2026, 6, 10),
        by=manager,
        at=NOW,
    )
    figure = Value.objects.filter(organisation=cluster, code=CODE, start_on=date(2024, 1, 1)).first()
    figure.revisions.create(
        was=4, became=1, facts_arrived=2, arrived_at=NOW, digest_before="", revised_at=NOW
    )

    assert {alert.kind for alert in alerts_of(manager, cluster, NOW)} == {"path", "revised"}
    later = NOW + timedelta(days=20)
    assert {alert.kind for alert in alerts_of(manager, cluster, later)} == {"late", "path", "revised"}
    assert alerts_of(colleague(OrganisationFactory()), cluster, later) == []


def test_the_digest_comes_once_a_week_until_it_is_switched_off(cluster, manager):
    one_member(cluster)
    set_target(cluster, manager, point(2024, 1, is_base=True), point(2026, 9))
    second = colleague(cluster, Role.STAFF)
    browser_of(second.person).post(address("digest_choice"), {"wanted": "no"})

    for _run in range(2):
        digests.send_digests(timestamp=int(NOW.timestamp()))

    mail = OutgoingMail.objects.get()
    assert mail.to_address == manager.person.email
    assert address("alerts") in mail.text
    browser_of(second.person).post(address("digest_choice"), {"wanted": "yes"})
    assert not DigestRefusal.objects.exists()
    assert "One figure calls for you" in browser_of(manager.person).get(address("alerts")).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_query_count_of_alerts_does_not_grow(cluster, manager, django_assert_num_queries, count):
    one_member(cluster)
    for code in (CODE, "members_joined", "members_left")[:count]:
        set_target(cluster, manager, point(2024, 1, is_base=True), point(2026, 9), code=code)
    client = browser_of(manager.person)
    client.get(address("alerts"))
    with django_assert_num_queries(13):
        client.get(address("alerts"))
