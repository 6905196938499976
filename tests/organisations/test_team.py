"""Who works in a team."""

import re
import threading
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from filiera.accounts.actions import accept_invitation, erase_person
from filiera.accounts.viewer import SYSTEM, VISITOR, Viewer
from filiera.organisations import actions
from filiera.organisations.models import Position
from filiera.organisations.permissions import UnknownRole, permissions_of, register
from filiera.organisations.queries import open_invitations
from tests.accounts.factories import NOW, PersonFactory
from tests.organisations.factories import OrganisationFactory, PositionFactory
from tests.organisations.viewers import in_workspace

pytestmark = pytest.mark.django_db


def test_a_manager_takes_somebody_into_the_team(manager, cluster, person):
    position = actions.add_position(
        person=person, organisation=cluster, role="staff", by=in_workspace(manager), at=NOW
    )

    assert (position.role, position.from_date, position.until_date) == ("staff", NOW.date(), None)


def test_somebody_in_the_team_is_not_added_again(manager, cluster):
    with pytest.raises(actions.AlreadyInTeam):
        actions.add_position(person=manager.person, organisation=cluster, role="staff", by=SYSTEM, at=NOW)


@pytest.mark.parametrize("role", ["staff", "contact"])
def test_only_a_manager_changes_the_team(role, cluster, person):
    colleague = PositionFactory(organisation=cluster, role=role)
    by = in_workspace(colleague)
    other = PositionFactory(organisation=cluster)

    with pytest.raises(PermissionDenied):
        actions.add_position(person=person, organisation=cluster, role="staff", by=by, at=NOW)
    with pytest.raises(PermissionDenied):
        actions.change_position(position=other, role="contact", title="", is_public=False, by=by, at=NOW)
    with pytest.raises(PermissionDenied):
        actions.end_position(position=other, by=by, at=NOW)
    with pytest.raises(PermissionDenied):
        actions.invite_to_team(
            organisation=cluster, email="a@example.org", role="staff", by=by, at=NOW, language="en"
        )


def test_another_role_is_another_position_from_that_day(manager, cluster):
    colleague = PositionFactory(organisation=cluster)

    actions.change_position(
        position=colleague, role="manager", title="Head", is_public=True, by=in_workspace(manager), at=NOW
    )

    assert list(
        Position.objects.filter(person=colleague.person)
        .order_by("pk")
        .values_list("role", "title", "from_date", "until_date")
    ) == [("staff", "", date(2023, 1, 1), NOW.date()), ("manager", "Head", NOW.date(), None)]


def test_another_title_keeps_the_position(manager):
    actions.change_position(
        position=manager, role="manager", title="Head", is_public=True, by=in_workspace(manager), at=NOW
    )

    assert list(Position.objects.values_list("title", "is_public", "until_date")) == [("Head", True, None)]


def test_the_last_manager_stays_manager(manager):
    by = in_workspace(manager)

    with pytest.raises(actions.LastManager):
        actions.end_position(position=manager, by=by, at=NOW)
    with pytest.raises(actions.LastManager):
        actions.change_position(position=manager, role="staff", title="", is_public=False, by=by, at=NOW)

    assert Position.objects.current().get().role == "manager"


def test_somebody_leaves_the_team_alone(cluster, manager):
    colleague = PositionFactory(organisation=cluster, contact=True)

    actions.end_position(position=colleague, by=Viewer(person=colleague.person), at=NOW)

    colleague.refresh_from_db()
    assert colleague.until_date == NOW.date()


def test_who_has_left_cannot_leave_again(cluster, manager):
    former = PositionFactory(organisation=cluster, ended=True)

    with pytest.raises(actions.PositionEnded):
        actions.end_position(position=former, by=in_workspace(manager), at=NOW)


def test_an_invitation_leads_into_the_team(manager, cluster, person):
    invited = actions.invite_to_team(
        organisation=cluster,
        email="New@Example.org",
        role="staff",
        title="Projects",
        by=in_workspace(manager),
        at=NOW,
        language="en",
    )
    assert [one.email for one in open_invitations(cluster, NOW)] == ["new@example.org"]

    address = accept_invitation(
        token=re.sub(r"/$", "", invited.link).rsplit("/", 1)[1], person=person, at=NOW
    )

    assert address == f"/o/{cluster.slug}/"
    assert list(Position.objects.filter(person=person).values_list("role", "title", "from_date")) == [
        ("staff", "Projects", NOW.date())
    ]
    assert open_invitations(cluster, NOW) == []


def test_an_invitation_of_somebody_already_there_changes_nothing(manager, cluster):
    invited = actions.invite_to_team(
        organisation=cluster, email="me@example.org", role="contact", by=in_workspace(manager), at=NOW,
        language="it",
    )  # fmt: skip

    accept_invitation(token=invited.link.rstrip("/").rsplit("/", 1)[1], person=manager.person, at=NOW)

    assert list(Position.objects.values_list("role", flat=True)) == ["manager"]


def test_erasure_takes_the_person_out_of_all_teams(manager, cluster):
    colleague = PositionFactory(organisation=cluster)

    erase_person(person=colleague.person, by=Viewer(person=colleague.person), at=NOW)

    assert list(Position.objects.all()) == [manager]


def test_a_permission_names_only_roles_that_exist():
    with pytest.raises(UnknownRole, match="emperor"):
        register("tests", {"tests.rule": ("emperor",)})


def test_what_the_roles_of_a_team_may_do():
    own = {
        role: {name for name in permissions_of([role]) if name.startswith("organisation.")}
        for role in ("manager", "staff", "contact")
    }

    assert own == {
        "manager": {
            "organisation.view", "organisation.edit", "organisation.team", "organisation.members",
        },
        "staff": {"organisation.view", "organisation.edit", "organisation.members"},
        "contact": {"organisation.view"},
    }  # fmt: skip
    assert not VISITOR.may("organisation.view")


@pytest.mark.django_db(transaction=True)
def test_two_managers_cannot_both_leave_at_once():
    organisation = OrganisationFactory()
    managers = [PositionFactory(organisation=organisation, manager=True) for _ in range(2)]
    start = threading.Barrier(2)
    outcomes: list[str] = []

    def leave(position: Position) -> None:
        start.wait()
        try:
            actions.end_position(
                position=position, by=Viewer(person=position.person), at=NOW + timedelta(days=1)
            )
            outcomes.append("left")
        except actions.LastManager:
            outcomes.append("stays")
        finally:
            connection.close()

    threads = [threading.Thread(target=leave, args=[position]) for position in managers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["left", "stays"]


def test_a_person_without_account_name_is_still_listed(cluster, manager):
    PositionFactory(organisation=cluster, person=PersonFactory(name=""))

    assert Position.objects.current().filter(organisation=cluster).count() == 2
