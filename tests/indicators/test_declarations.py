"""Declared figures: with proof, confirmed by another, and never over what was counted."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from filiera.indicators import queries
from filiera.indicators.actions.declaring import (
    AlreadyConfirmed,
    ConfirmedByTheSame,
    ProofMissing,
    confirm_declaration,
    declare_figure,
)
from filiera.indicators.actions.refreshing import refresh_all
from filiera.indicators.engines.forming import Missing
from filiera.indicators.models import Declaration
from filiera.indicators.periods import parse_period
from tests.indicators.factories import NOW, load_all, made_fact
from tests.organisations.factories import OrganisationFactory, PositionFactory
from tests.organisations.viewers import in_workspace

pytestmark = pytest.mark.django_db
YEAR = parse_period("2013")
SOURCE = "https://example.org/members"


@pytest.fixture
def cluster():
    load_all()
    return OrganisationFactory()


@pytest.fixture
def team(cluster):
    return [in_workspace(PositionFactory(manager=True, organisation=cluster)) for _person in "ab"]


def declared(cluster, by, code="members_total", value=200, **values) -> Declaration:
    told = {"source_url": SOURCE, "period": YEAR, **values}
    return declare_figure(code=code, organisation=cluster, value=Decimal(value), by=by, at=NOW, **told)


def test_it_counts_once_a_second_person_has_confirmed(cluster, team):
    made_fact("membership.started", cluster, "2019-01-01", counterpart=OrganisationFactory(company=True))
    told = declared(cluster, team[0])
    refresh_all()
    assert queries.figure(team[0], "members_total", cluster, YEAR).missing == Missing.BEFORE_RECORDS
    with pytest.raises(ConfirmedByTheSame):
        confirm_declaration(declaration=told, by=team[0], at=NOW)

    confirm_declaration(declaration=told, by=team[1], at=NOW)
    refresh_all()

    figure = queries.figure(team[0], "members_total", cluster, YEAR)
    assert (figure.value, figure.is_declared) == (200, True)
    with pytest.raises(AlreadyConfirmed):
        confirm_declaration(declaration=told, by=team[1], at=NOW)


def test_it_never_covers_what_was_counted(cluster, team):
    made_fact("membership.started", cluster, "2012-01-01", counterpart=OrganisationFactory(company=True))
    confirm_declaration(declaration=declared(cluster, team[0]), by=team[1], at=NOW)
    refresh_all()

    figure = queries.figure(team[0], "members_total", cluster, YEAR)
    assert (figure.value, figure.is_declared) == (1, False)
    assert queries.history_of(team[0], figure).declarations[0].value == 200


def test_a_further_one_takes_its_place(cluster, team):
    for value in (200, 210):
        told = declared(cluster, team[0], code="management_staff", value=value)
        confirm_declaration(declaration=told, by=team[1], at=NOW)

    assert [row.value for row in Declaration.objects.standing()] == [210]


def test_proof_and_right_are_needed(cluster, team):
    with pytest.raises(ProofMissing):
        declared(cluster, team[0], source_url="")
    with pytest.raises(queries.UnknownIndicator):
        declared(cluster, team[0], code="no_such_figure")
    for position in (PositionFactory(contact=True, organisation=cluster), PositionFactory(manager=True)):
        with pytest.raises(PermissionDenied):
            declared(cluster, in_workspace(position))
