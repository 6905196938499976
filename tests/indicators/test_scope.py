"""Whose facts a body counts, and when: membership at the time, each fact once."""

from datetime import date

import pytest

from filiera.indicators.definition import read_packaged
from tests.indicators.factories import computed, defined, made_fact, value_of
from tests.organisations.factories import MembershipFactory, OrganisationFactory, SuccessionFactory

pytestmark = pytest.mark.django_db

SESSIONS = {"kind": "count", "facts": ["session.held"]}


def test_a_firm_in_two_clusters_counts_once_above_them():
    region = OrganisationFactory(meta_cluster=True)
    clusters = [
        MembershipFactory(cluster=region, member=OrganisationFactory()).member for _number in range(3)
    ]
    firms = [OrganisationFactory(company=True) for _number in range(3)]
    for firm, count in zip(firms, (1, 2, 3), strict=True):
        for cluster in clusters[:count]:
            row = MembershipFactory(cluster=cluster, member=firm)
            made_fact("membership.started", cluster, "2023-01-01", counterpart=firm, subject_key=f"m{row.pk}")
        made_fact("session.held", firm, "2023-05-01")
    stock = read_packaged()["members_total"]
    sessions = defined(SESSIONS, code="sessions")

    found = computed([stock, sessions], region, *clusters)

    for code in ("members_total", "sessions"):
        parts = [found[code, cluster.pk].value for cluster in clusters]
        assert (found[code, region.pk].value, parts) == (3, [3, 2, 1])


def test_membership_at_the_time_of_the_fact_counts():
    membership = MembershipFactory(start_on=date(2023, 3, 1), end_on=date(2023, 6, 1))
    for on in ("2023-02-28T22:59", "2023-02-28T23:00", "2023-05-31T21:59", "2023-05-31T22:00"):
        made_fact("session.held", membership.member, on)

    assert value_of(defined(SESSIONS), membership.cluster) == 2


def test_a_way_holds_only_while_all_of_its_steps_do():
    above = MembershipFactory(
        member=OrganisationFactory(),
        cluster=OrganisationFactory(meta_cluster=True),
        start_on=date(2023, 4, 1),
    )
    below = MembershipFactory(cluster=above.member, start_on=date(2023, 1, 1), end_on=date(2023, 5, 1))
    for month in range(1, 7):
        made_fact("session.held", below.member, f"2023-{month:02d}-15")

    assert value_of(defined(SESSIONS), above.cluster) == 1


def test_what_was_withdrawn_never_counted():
    membership = MembershipFactory(withdrawn_at="2023-02-01T00:00:00Z")
    made_fact("session.held", membership.member, "2023-05-01")
    made_fact("session.held", membership.cluster, "2023-05-01")

    assert value_of(defined(SESSIONS), membership.cluster) == 1


def test_a_merged_cluster_keeps_its_figures_and_rolls_up_to_its_heir():
    succession = SuccessionFactory()
    former, heir = succession.from_organisation, succession.to_organisation
    member = MembershipFactory(cluster=former, start_on=date(2010, 1, 1), end_on=date(2015, 1, 1)).member
    made_fact("session.held", member, "2012-05-01")
    made_fact("session.held", former, "2012-06-01")
    made_fact("session.held", heir, "2012-06-01")

    assert [value_of(defined(SESSIONS), body, "2012") for body in (former, heir)] == [2, 3]


def test_a_network_above_the_heir_counts_its_forerunner_only_while_that_belonged_to_it():
    succession = SuccessionFactory()
    network = OrganisationFactory(meta_cluster=True)
    MembershipFactory(cluster=network, member=succession.to_organisation, start_on=date(2010, 1, 1))
    made_fact("session.held", succession.from_organisation, "2012-06-01")
    made_fact("session.held", succession.to_organisation, "2012-06-01")

    assert value_of(defined(SESSIONS), network, "2012") == 1
