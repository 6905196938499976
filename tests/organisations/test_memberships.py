"""Who belongs to whom, and what the ledger is told."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from psycopg.errors import DeadlockDetected

from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.ledger.models import Fact
from filiera.organisations import actions
from filiera.organisations.models import Membership
from filiera.organisations.queries import clusters_above
from tests.accounts.factories import NOW
from tests.organisations.factories import MembershipFactory, OrganisationFactory, PositionFactory
from tests.organisations.viewers import in_workspace

pytestmark = pytest.mark.django_db


def facts():
    return list(
        Fact.objects.order_by("happened_at", "quantity").values_list(
            "kind", "happened_at", "organisation__name", "counterpart__name", "quantity"
        )
    )


def test_start_is_told_to_the_ledger(manager, cluster):
    firm = OrganisationFactory(company=True, name="Firm")

    membership = actions.start_membership(
        member=firm, cluster=cluster, start_on=date(2020, 5, 1), by=in_workspace(manager), at=NOW
    )

    assert Membership.objects.current().get() == membership
    assert facts() == [
        ("membership.started", datetime(2020, 5, 1, tzinfo=UTC), "Cluster of Machines", "Firm", 1)
    ]


def test_a_start_on_an_unknown_day_counts_in_no_year(cluster):
    actions.start_membership(
        member=OrganisationFactory(company=True), cluster=cluster, start_on=None, by=SYSTEM, at=NOW
    )

    assert (Membership.objects.current().count(), facts()) == (1, [])


def test_start_refuses_a_company_as_cluster():
    firm = OrganisationFactory(company=True)

    with pytest.raises(actions.NotACluster):
        actions.start_membership(member=OrganisationFactory(), cluster=firm, start_on=None, by=SYSTEM, at=NOW)


@pytest.mark.parametrize("who", ["visitor", "contact", "manager of the member"])
def test_start_refuses_who_does_not_keep_the_members(who, cluster):
    firm = OrganisationFactory(company=True)
    viewer = {
        "visitor": lambda: VISITOR,
        "contact": lambda: in_workspace(PositionFactory(organisation=cluster, contact=True)),
        "manager of the member": lambda: in_workspace(PositionFactory(organisation=firm, manager=True)),
    }[who]()

    with pytest.raises(PermissionDenied):
        actions.start_membership(member=firm, cluster=cluster, start_on=None, by=viewer, at=NOW)


def test_start_refuses_a_day_to_come(cluster):
    with pytest.raises(actions.DateInFuture):
        actions.start_membership(
            member=OrganisationFactory(),
            cluster=cluster,
            start_on=NOW.date() + timedelta(days=1),
            by=SYSTEM,
            at=NOW,
        )


def test_start_refuses_a_second_membership_at_the_same_time():
    present = MembershipFactory()

    with pytest.raises(actions.AlreadyMember):
        actions.start_membership(
            member=present.member, cluster=present.cluster, start_on=date(2023, 3, 1), by=SYSTEM, at=NOW
        )

    assert facts() == []


def test_start_refuses_a_circle_over_other_clusters():
    small, middle, large = (OrganisationFactory() for _ in range(3))
    MembershipFactory(member=small, cluster=middle)
    MembershipFactory(member=middle, cluster=large)

    with pytest.raises(actions.CircularMembership):
        actions.start_membership(member=large, cluster=small, start_on=None, by=SYSTEM, at=NOW)

    assert clusters_above(small.pk) == {middle.pk, large.pk}


def test_end_is_told_to_the_ledger(manager, cluster):
    membership = actions.start_membership(
        member=OrganisationFactory(company=True, name="Firm"),
        cluster=cluster,
        start_on=date(2020, 5, 1),
        by=SYSTEM,
        at=NOW,
    )

    actions.end_membership(membership=membership, end_on=date(2023, 1, 1), by=in_workspace(manager), at=NOW)

    assert Membership.objects.current().count() == 0
    assert facts() == [
        ("membership.started", datetime(2020, 5, 1, tzinfo=UTC), "Cluster of Machines", "Firm", 1),
        ("membership.ended", datetime(2023, 1, 1, tzinfo=UTC), "Cluster of Machines", "Firm", 1),
    ]


def test_a_member_may_leave_by_itself():
    membership = MembershipFactory()
    leaver = in_workspace(PositionFactory(organisation=membership.member, manager=True))

    actions.end_membership(membership=membership, end_on=date(2023, 2, 1), by=leaver, at=NOW)

    assert Membership.objects.get().end_on == date(2023, 2, 1)


def test_end_refuses_a_stranger():
    membership = MembershipFactory()
    stranger = in_workspace(PositionFactory(manager=True))

    with pytest.raises(PermissionDenied):
        actions.end_membership(membership=membership, end_on=date(2023, 2, 1), by=stranger, at=NOW)


@pytest.mark.parametrize(
    ("values", "end_on", "error"),
    [
        ({"ended": True}, date(2023, 3, 1), actions.MembershipEnded),
        ({"withdrawn_at": NOW}, date(2023, 3, 1), actions.MembershipEnded),
        ({}, NOW.date() + timedelta(days=1), actions.DateInFuture),
        ({}, date(2023, 1, 1), actions.EndsBeforeStart),
    ],
)
def test_end_refuses_what_cannot_be(values, end_on, error):
    membership = MembershipFactory(**values)

    with pytest.raises(error):
        actions.end_membership(membership=membership, end_on=end_on, by=SYSTEM, at=NOW)


def test_a_withdrawn_membership_is_reversed_in_the_ledger(manager, cluster):
    membership = actions.start_membership(
        member=OrganisationFactory(company=True, name="Firm"),
        cluster=cluster,
        start_on=date(2020, 5, 1),
        by=SYSTEM,
        at=NOW,
    )

    actions.withdraw_membership(membership=membership, by=in_workspace(manager), at=NOW)

    told = ("membership.started", datetime(2020, 5, 1, tzinfo=UTC), "Cluster of Machines", "Firm")
    assert facts() == [(*told, -1), (*told, 1)]
    assert list(Membership.objects.visible_to(VISITOR)) == []


def test_a_membership_is_withdrawn_once_and_by_its_cluster_only():
    membership = MembershipFactory()
    of_member = in_workspace(PositionFactory(organisation=membership.member, manager=True))

    with pytest.raises(PermissionDenied):
        actions.withdraw_membership(membership=membership, by=of_member, at=NOW)
    actions.withdraw_membership(membership=membership, by=SYSTEM, at=NOW)
    with pytest.raises(actions.MembershipEnded):
        actions.withdraw_membership(membership=membership, by=SYSTEM, at=NOW)


def test_an_unknown_firm_comes_into_the_directory_and_joins(manager, cluster):
    member = actions.create_member(
        cluster=cluster,
        profile={"name": "New Firm", "kind": "company"},
        start_on=date(2023, 2, 1),
        by=in_workspace(manager),
        at=NOW,
    )

    assert list(cluster.member_rows.values_list("member__name", "start_on")) == [
        (member.name, date(2023, 2, 1))
    ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("constraint_holds", [True, False])
def test_of_many_who_add_the_same_member_at_once_one_succeeds(constraint_holds):
    cluster, firm = OrganisationFactory(), OrganisationFactory(company=True)
    if not constraint_holds:
        # Without the constraint the same race must go wrong, else this test proves nothing.
        constraint = next(
            each for each in Membership._meta.constraints if each.name == "membership_once_at_a_time"
        )
        with connection.schema_editor() as editor:
            editor.remove_constraint(Membership, constraint)
    start = threading.Barrier(8)
    outcomes: list[str] = []

    def add() -> None:
        start.wait()
        try:
            actions.start_membership(
                member=firm, cluster=cluster, start_on=date(2023, 1, 1), by=SYSTEM, at=NOW
            )
            outcomes.append("added")
        except actions.AlreadyMember:
            outcomes.append("refused")
        except OperationalError as error:
            # Two that wait for each other's row: one gives way, and its page asks to try again.
            outcomes.append("busy" if isinstance(error.__cause__, DeadlockDetected) else "broken")
        finally:
            connection.close()

    threads = [threading.Thread(target=add) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    added = Membership.objects.count()
    if not constraint_holds:
        Membership.objects.exclude(pk=Membership.objects.earliest("pk").pk).delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Membership, constraint)
    assert (added == 1, outcomes.count("added") == 1) == (constraint_holds, constraint_holds)
    assert (len(outcomes), outcomes.count("broken")) == (8, 0)


@pytest.mark.django_db(transaction=True)
def test_two_clusters_cannot_join_each_other_at_once():
    one, other = OrganisationFactory(), OrganisationFactory()
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def join(member, cluster):
        start.wait()
        try:
            actions.start_membership(member=member, cluster=cluster, start_on=None, by=SYSTEM, at=NOW)
            outcomes.append("joined")
        except actions.CircularMembership:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=join, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["joined", "refused"]
