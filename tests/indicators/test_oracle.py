"""The figures of the seven poles a second time, by other means."""

from collections import defaultdict

import pytest
from django.utils import timezone

from filiera.accounts.viewer import SYSTEM
from filiera.demo.organisations import load_organisations
from filiera.demo.poles import load_poles
from filiera.indicators import queries
from filiera.indicators.actions.definitions import load_packaged
from filiera.indicators.actions.refreshing import refresh_all
from filiera.indicators.computing import Task, compute
from filiera.indicators.definition import Breakdown
from filiera.indicators.engines.postgres import PostgresEngine
from filiera.indicators.models import Value
from filiera.indicators.periods import Period, parse_period
from filiera.organisations.models import MEMBER_TAKING_KINDS, Organisation
from filiera.reference.load import load_reference
from tests.indicators.oracle import Oracle, differing

pytestmark = pytest.mark.slow


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
    return [
        (code, body, period.code, parts, said)
        for (code, body, period), parts in found.items()
        if parts != (said := oracle.parts(code, body, period.starts_at, period.ends_at))
    ]


def test_the_seven_poles_recompute(db):
    at = timezone.now()
    load_reference()
    load_organisations(at)
    load_packaged(at)
    load_poles(at)
    refresh_all()

    compared, wrong = differing(timezone.now())

    assert wrong == []
    assert compared > 3000
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
