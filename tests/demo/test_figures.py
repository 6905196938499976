"""All indicators of all organisations of the demonstration a second time, and the records behind them."""

import pytest
from django.utils import timezone

from filiera.accounts.viewer import SYSTEM
from filiera.indicators import queries
from filiera.indicators.actions.refreshing import refresh_all
from filiera.indicators.definition import Duration, Stock
from filiera.indicators.models import Value
from tests.indicators.oracle import differing

pytestmark = pytest.mark.slow


def test_the_whole_demonstration_recomputes_and_opens(loaded_demonstration, db):
    refresh_all()

    compared, wrong = differing(timezone.now())

    assert wrong == []
    assert compared > 3000
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
