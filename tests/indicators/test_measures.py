"""Every measure, on facts few enough to count by hand."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from filiera.accounts.viewer import SYSTEM
from filiera.indicators.actions.scope import rebuild_scope
from filiera.indicators.computing import Task, compute
from filiera.indicators.engines.forming import Missing, rounded
from filiera.indicators.engines.postgres import PostgresEngine
from filiera.indicators.periods import parse_period
from filiera.ledger.actions import reverse
from tests.indicators.factories import NOW, computed, defined, made_fact, person, value_of
from tests.organisations.factories import MembershipFactory, OrganisationFactory
from tests.reference.factories import S3PriorityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cluster():
    return OrganisationFactory()


def test_count_and_sum_of_the_period_alone(cluster):
    made_fact("session.held", cluster, "2022-12-31T22:59:59", quantity=Decimal(8))
    made_fact("session.held", cluster, "2023-05-01", quantity=Decimal("1.5"))
    made_fact("session.held", cluster, "2023-06-01", quantity=Decimal("2.25"))
    made_fact("session.held", cluster, "2024-01-01", quantity=Decimal(9))

    assert value_of(defined({"kind": "count", "facts": ["session.held"]}), cluster) == 2
    hours = defined({"kind": "sum", "facts": ["session.held"]}, unit="hour", precision=2)
    assert value_of(hours, cluster) == Decimal("3.75")


def test_a_year_follows_the_clocks_of_its_zone(cluster):
    made_fact("session.held", cluster, "2022-12-31T23:00:00")
    made_fact("session.held", cluster, "2023-12-31T22:59:59")
    made_fact("session.held", cluster, "2023-12-31T23:00:00")

    assert value_of(defined({"kind": "count", "facts": ["session.held"]}), cluster) == 2


def test_months_of_clock_changes_keep_their_hours(cluster):
    # Summer time began on 26 March 2023: April starts at 22:00 UTC, March had started at 23:00.
    made_fact("session.held", cluster, "2023-02-28T23:00:00")
    made_fact("session.held", cluster, "2023-03-31T21:59:59")
    made_fact("session.held", cluster, "2023-03-31T22:00:00")
    made_fact("session.held", cluster, "2023-10-31T22:30:00")

    count = defined({"kind": "count", "facts": ["session.held"]}, period="month")
    found = [value_of(count, cluster, period) for period in ("2023-03", "2023-04", "2023-10", "2023-11")]
    assert found == [2, 1, 1, 0]


def test_distinct_people_once_each(cluster):
    first, second = person(), person()
    for who in (first, first, second, None):
        made_fact("certificate.issued", cluster, "2023-05-01", person=who)

    people = defined({"kind": "distinct", "of": "person", "facts": ["certificate.issued"]}, unit="person")
    assert value_of(people, cluster) == 2


def test_median_of_even_and_odd_numbers(cluster):
    median = defined(
        {"kind": "median", "of": "quantity", "facts": ["session.held"]}, unit="hour", precision=2
    )
    assert value_of(median, cluster) == Missing.BEFORE_RECORDS
    for quantity in ("1", "2.25", "4"):
        made_fact("session.held", cluster, "2023-05-01", quantity=Decimal(quantity))
    assert value_of(median, cluster) == Decimal("2.25")
    made_fact("session.held", cluster, "2023-05-02", quantity=Decimal("3"))
    assert value_of(median, cluster) == Decimal("2.63")


def test_mean_and_no_cases(cluster):
    mean = defined({"kind": "mean", "facts": ["session.held"]}, unit="hour", precision=2)
    made_fact("membership.started", cluster, "2020-01-01")
    assert value_of(mean, cluster) == Missing.BEFORE_RECORDS
    made_fact("session.held", OrganisationFactory(), "2020-01-01")
    assert value_of(mean, cluster) == Missing.NO_CASES
    for quantity in (1, 2, 2):
        made_fact("session.held", cluster, "2023-05-01", quantity=Decimal(quantity))
    assert value_of(mean, cluster) == Decimal("1.67")


def test_share_and_empty_denominator(cluster):
    share = defined(
        {"kind": "share", "facts": ["application.submitted"], "part": {"size_class": ["micro", "small"]}},
        unit="percent",
        precision=1,
    )
    made_fact("membership.started", cluster, "2020-01-01")
    made_fact("application.submitted", OrganisationFactory(), "2020-01-01")
    assert value_of(share, cluster) == Missing.NOTHING_TO_DIVIDE_BY
    for size in ("micro", "small", "large"):
        made_fact("application.submitted", cluster, "2023-05-01", size_class=size)
    assert value_of(share, cluster) == Decimal("66.7")


def test_stock_counts_who_stays_until_the_end(cluster):
    members = [OrganisationFactory(company=True) for _number in range(4)]
    spans = [
        ("2020-01-01", None),
        ("2021-01-01", "2023-06-01"),
        ("2023-01-01", "2024-01-01"),
        ("2024-02-01", None),
    ]
    for key, (member, (start, end)) in enumerate(zip(members, spans, strict=True)):
        made_fact("membership.started", cluster, start, counterpart=member, subject_key=f"m{key}")
        if end:
            made_fact("membership.ended", cluster, end, counterpart=member, subject_key=f"m{key}")

    stock = defined(
        {"kind": "stock", "started": "membership.started", "ended": "membership.ended"}, unit="organisation"
    )
    # The third leaves on 1 January 2024, so at the end of 2023 it is still there.
    assert [value_of(stock, cluster, period) for period in ("2019", "2022", "2023", "2024")] == [
        Missing.BEFORE_RECORDS,
        2,
        2,
        2,
    ]


def test_duration_between_two_facts_of_one_record(cluster):
    duration = defined(
        {"kind": "duration", "from": "measure.promised", "to": "measure.done"}, unit="day", precision=1
    )
    for key, (start, end) in enumerate(
        [("2023-01-01", "2023-01-11"), ("2023-01-01", "2023-02-01T12:00:00"), ("2022-12-01", "2023-03-01")]
    ):
        made_fact("measure.promised", cluster, start, subject_key=f"d{key}")
        made_fact("measure.done", cluster, end, subject_key=f"d{key}")
    made_fact("measure.done", cluster, "2023-04-01", subject_key="never promised")

    assert value_of(duration, cluster) == Decimal("31.5")


def test_ratio_change_and_composite_are_formed_from_exact_figures(cluster):
    for on in ("2022-03-01", "2022-04-01", "2022-05-01", "2023-03-01"):
        made_fact("session.held", cluster, on)
    for on in ("2022-03-01", "2023-03-01", "2023-04-01", "2023-05-01"):
        made_fact("meeting.held", cluster, on)
    sessions = defined({"kind": "count", "facts": ["session.held"]}, code="sessions")
    meetings = defined({"kind": "count", "facts": ["meeting.held"]}, code="meetings")
    ratio = defined(
        {"kind": "ratio", "numerator": "meetings", "denominator": "sessions"},
        code="ratio",
        unit="per_one",
        precision=2,
    )
    before = defined(
        {"kind": "ratio", "numerator": "meetings", "denominator": "sessions", "denominator_at": "start"},
        code="before",
        unit="percent",
    )
    change = defined({"kind": "change", "figure": "ratio"}, code="change", unit="per_one", precision=2)
    composite = defined(
        {
            "kind": "composite",
            "of": [
                {"code": "sessions", "weight": 1, "worst": 0, "best": 4},
                {"code": "meetings", "weight": 3, "worst": 5, "best": 1},
            ],
        },
        code="composite",
        unit="score",
        precision=1,
    )

    found = computed([sessions, meetings, ratio, before, change, composite], cluster)

    values = {code: figure.value for (code, _body), figure in found.items()}
    assert values == {
        "sessions": 1,
        "meetings": 3,
        "ratio": Decimal("3.00"),
        "before": Decimal(100),
        "change": Decimal("2.67"),
        "composite": Decimal("43.8"),
    }


def test_reversed_facts_and_their_reversals_vanish(cluster):
    count = defined({"kind": "count", "facts": ["session.held"]})
    median = defined({"kind": "median", "facts": ["session.held"]}, unit="hour")
    made_fact("session.held", cluster, "2023-05-01", quantity=Decimal(2))
    wrong = made_fact("session.held", cluster, "2023-05-02", quantity=Decimal(10))

    reverse(wrong, by=SYSTEM, at=NOW)

    assert (value_of(count, cluster), value_of(median, cluster)) == (1, 2)


def test_between_two_members_counts_once_for_the_body(cluster):
    members = [
        MembershipFactory(cluster=cluster, start_on=datetime(2020, 1, 1, tzinfo=UTC).date()).member
        for _n in "ab"
    ]
    made_fact("meeting.held", members[0], "2023-05-01", counterpart=members[1])
    made_fact("meeting.held", members[0], "2023-05-01", counterpart=OrganisationFactory(company=True))
    made_fact("meeting.held", OrganisationFactory(company=True), "2023-05-01", counterpart=members[1])

    meetings = defined({"kind": "count", "facts": ["meeting.held"]}, side="either")
    assert value_of(meetings, cluster) == 3


def test_a_small_group_is_not_told(cluster):
    small = defined({"kind": "mean", "facts": ["session.held"]}, unit="hour", minimum_group=3)
    for day in (1, 2):
        made_fact("session.held", cluster, f"2023-05-0{day}")
    assert value_of(small, cluster) == Missing.TOO_FEW
    made_fact("session.held", cluster, "2023-05-03")
    assert value_of(small, cluster) == 1


def test_what_nothing_records_has_no_value(cluster):
    made_fact("session.held", cluster, "2020-05-01")
    services = defined({"kind": "count", "facts": ["service.delivered"]})

    assert value_of(services, cluster) == Missing.NOT_RECORDED


def test_a_period_that_has_not_begun_has_no_value(cluster):
    made_fact("session.held", cluster, "2020-05-01")
    assert value_of(defined({"kind": "count", "facts": ["session.held"]}), cluster, "2030") == Missing.FUTURE


@pytest.mark.parametrize(
    ("exact", "precision", "told"),
    [
        ("1/2", 0, "1"),
        ("-1/2", 0, "-1"),
        ("5/2", 0, "3"),
        ("-1/3", 0, "0"),
        ("-1/300", 2, "0.00"),
        ("0", 1, "0.0"),
        ("1/8", 2, "0.13"),
        ("2/3", 4, "0.6667"),
    ],
)
def test_figures_are_rounded_half_up_and_nothing_has_no_sign(exact, precision, told):
    assert str(rounded(Fraction(exact), precision)) == told


def parts_of(definition, body, period="2023"):
    """The values of a figure by S3 priority; the engine is asked for each part."""
    rebuild_scope()
    task = Task(periods=(parse_period(period),), at=NOW, bodies=(body.pk,), breakdown="s3_priority")
    return {found.breakdown: found.value for found in compute([definition], task, PostgresEngine())}


def test_who_has_two_priorities_counts_in_both_and_who_has_none_apart(cluster):
    food, green = S3PriorityFactory(code="food"), S3PriorityFactory(code="green")
    first, second, third = OrganisationFactory.create_batch(3, company=True)
    first.s3_priorities.set([food, green])
    second.s3_priorities.set([food])
    # What the cluster itself works on says nothing about its members.
    cluster.s3_priorities.set([green])
    for firm in (first, second, third):
        made_fact("membership.started", cluster, "2015-05-01", counterpart=firm)
    made_fact("membership.ended", cluster, "2023-05-01", counterpart=second)
    stock = defined(
        {"kind": "stock", "started": "membership.started", "ended": "membership.ended"}, unit="organisation"
    )
    came = defined(
        {"kind": "distinct", "of": "counterpart", "facts": ["membership.started"]},
        unit="organisation",
        about="counterpart",
    )

    assert parts_of(stock, cluster, "2022") == {"food": 2, "green": 1, "": 1}
    assert parts_of(stock, cluster, "2023") == {"food": 1, "green": 1, "": 1}
    # The strategy was not in force then.
    assert parts_of(came, cluster, "2015") == {"": 3}


def test_a_priority_counts_while_its_strategy_is_in_force(cluster):
    cluster.s3_priorities.set(
        [
            S3PriorityFactory(code="old", from_year=2014, until_year=2020),
            S3PriorityFactory(code="new", from_year=2021, until_year=2027),
        ]
    )
    # Midnight in Rome is an hour earlier in UTC.
    made_fact("session.held", cluster, "2020-12-31T22:59:59")
    made_fact("session.held", cluster, "2020-12-31T23:00:00")
    count = defined({"kind": "count", "facts": ["session.held"]})

    assert (parts_of(count, cluster, "2020"), parts_of(count, cluster, "2021")) == ({"old": 1}, {"new": 1})


def test_every_counted_measure_breaks_down_by_priority(cluster):
    firm = OrganisationFactory(company=True)
    MembershipFactory(cluster=cluster, member=firm, start_on=None)
    firm.s3_priorities.set([S3PriorityFactory(code="food"), S3PriorityFactory(code="green")])
    for quantity in ("1", "2", "6"):
        made_fact("session.held", firm, "2023-03-01", counterpart=cluster, quantity=Decimal(quantity))
    made_fact("measure.promised", firm, "2023-03-01", subject_key="m")
    made_fact("measure.done", firm, "2023-03-11", subject_key="m")
    measures = {
        "sum": ({"kind": "sum", "facts": ["session.held"]}, {"unit": "hour"}, 9),
        "mean": ({"kind": "mean", "facts": ["session.held"]}, {"unit": "hour"}, 3),
        "median": ({"kind": "median", "facts": ["session.held"]}, {"unit": "hour"}, 2),
        "either": ({"kind": "count", "facts": ["session.held"]}, {"side": "either"}, 3),
        "share": (
            {"kind": "share", "facts": ["session.held"], "part": {"source": ["platform"]}},
            {"unit": "percent"},
            100,
        ),
        "duration": (
            {"kind": "duration", "from": "measure.promised", "to": "measure.done"},
            {"unit": "day"},
            10,
        ),
    }

    found = {name: parts_of(defined(told, **values), cluster) for name, (told, values, _) in measures.items()}

    assert found == {name: {"food": value, "green": value} for name, (_, _, value) in measures.items()}
