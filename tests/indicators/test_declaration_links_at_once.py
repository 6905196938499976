"""A link that is used while the figure is told, asked of another or withdrawn, with real commits."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from filiera.indicators.actions import asking, declaration_links
from filiera.indicators.actions.asking import OutsideOwner
from filiera.indicators.models import Declaration, DeclarationRequest
from filiera.indicators.periods import parse_period
from filiera.indicators.queries.declaration_links import viewer_by_link
from filiera.organisations.models import Organisation
from tests.indicators.at_once import one_after_the_other
from tests.indicators.factories import NOW, load_all
from tests.indicators.readiness_factories import colleague
from tests.organisations.factories import OrganisationFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def manager():
    load_all()
    return colleague(OrganisationFactory())


def asked(by):
    return asking.ask_for_declaration(
        organisation=Organisation.objects.get(pk=by.organisation_id),
        code="management_staff",
        period=parse_period("2025"),
        owner=OutsideOwner("Anna Conti", "anna@studio.example", "it"),
        due_on=NOW.date(),
        by=by,
        at=NOW,
    )


def told(request):
    return declaration_links.tell_figure(
        request=request,
        value=Decimal(3),
        source_url="https://example.org/",
        by=viewer_by_link(request),
        at=NOW,
    )


def test_a_figure_is_told_once(manager):
    request = asked(manager)

    given = one_after_the_other(lambda: told(request), lambda: told(request))

    assert given[1] == declaration_links.FigureToldAlready
    assert Declaration.objects.count() == 1


@pytest.mark.parametrize("is_withdrawn", [True, False])
def test_a_link_that_ends_meanwhile_tells_nothing(manager, is_withdrawn):
    request = asked(manager)

    def end():
        if is_withdrawn:
            asking.withdraw_request(request=request, by=manager, at=NOW)
        else:
            asked(manager)

    given = one_after_the_other(end, lambda: told(request))

    assert given[1] == PermissionDenied
    assert not Declaration.objects.exists()
    assert DeclarationRequest.objects.exists() != is_withdrawn
