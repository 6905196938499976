"""All indicators of all organisations of the demonstration a second time, and the records behind them."""

from collections import defaultdict
from itertools import product

import pytest
from django.utils import timezone

from filiera.accounts.viewer import SYSTEM
from filiera.indicators import queries
from filiera.indicators.actions.refreshing import refresh_all
from filiera.indicators.computing import Task, compute
from filiera.indicators.definition import Breakdown, Duration, Stock
from filiera.indicators.engines.postgres import PostgresEngine
from filiera.indicators.models import EditionValue, Value
from filiera.indicators.periods import Period, parse_period
from filiera.organisations.models import MEMBER_TAKING_KINDS, Organisation
from tests.indicators.oracle import Oracle, differing

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def recomputed(loaded_demonstration, django_db_blocker):
    with django_db_blocker.unblock():
        refresh_all()


def parts_differing(at) -> list[object]:
    """The parts by S3 priority of every network and cluster that the oracle says otherwise."""
    known = queries.current_definitions()
    oracle = Oracle(known, at)
    broken_down = [each for each in known.values() if Breakdown.S3_PRIORITY in each.breakdowns]
    bodies = list(
        Organisation.objects.filter(kind__in=MEMBER_TAKING_KINDS, is_listed=True).values_list("pk", flat=True)
    )
    periods = tuple(parse_period(str(year)) for year in range(2019, 2026))
    task = Task(periods=periods, at=at, bodies=tuple(bodies), breakdown=Breakdown.S3_PRIORITY)
    found: dict[tuple[str, int, Period], dict[str, object]] = defaultdict(dict)
    for each in compute(broken_down, task, PostgresEngine()):
        found[each.definition.code, int(each.body), each.period][each.breakdown] = each.value
    assert len({part for parts in found.values() for part in parts}) > 9
    # Also of what the engine finds nothing the oracle is asked: nothing may be left out.
    return [
        (each.code, body, period.code, parts, said)
        for each, body, period in product(broken_down, bodies, periods)
        if (parts := found.get((each.code, body, period), {}))
        != (said := oracle.parts(each.code, body, period.starts_at, period.ends_at))
    ]


def test_the_whole_demonstration_recomputes_and_opens(recomputed, db):
    compared, wrong = differing(timezone.now())

    assert wrong == []
    assert compared > 3000
    in_person = EditionValue.objects.get(edition__slug="cba-2-torino", code="academy_hours_in_person").value
    assert in_person is not None
    assert 15 < in_person < 50
    definitions = queries.current_definitions()
    opened = 0
    for row in Value.objects.filter(organisation__isnull=False, start_on__gte="2022-01-01", facts__gt=0):
        definition = definitions[row.code]
        if not definition.kinds or (opened > 400 and not isinstance(definition.measure, Stock | Duration)):
            continue
        figure = queries.figure(SYSTEM, row.code, row.organisation, row.period)
        assert queries.facts_behind(figure).count() == row.facts, (
            row.code,
            row.organisation_id,
            row.period.code,
        )
        opened += 1
    assert opened > 400


def test_the_poles_have_the_published_figures_and_firms_in_two_count_once(recomputed, db):
    assert parts_differing(timezone.now()) == []
    network = Organisation.objects.get(slug="sistema-poli-di-innovazione-piemonte")
    year = parse_period("2022")
    total = queries.figure(SYSTEM, "members_total", network, year).value
    share = queries.figure(SYSTEM, "members_sme_share", network, year).value
    assert total is not None
    assert total > 1200
    assert share is not None
    assert 69 <= share <= 72
    poles = Value.objects.filter(
        code="members_total", start_on=year.start_on, organisation__memberships__cluster=network
    )
    assert sum(row.value for row in poles) > total
    published = {"members_total": 275, "members_sme": 229, "members_large": 36, "members_research": 10}
    mesap = Organisation.objects.get(slug="mesap")
    assert {
        code: queries.figure(SYSTEM, code, mesap, parse_period("2019")).value for code in published
    } == published
