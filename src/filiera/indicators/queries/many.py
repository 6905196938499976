"""Figures of several organisations at once, and series of periods that are not kept."""

from collections.abc import Collection, Sequence

from django.utils import timezone

from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.computing import Task, compute
from filiera.indicators.engines.postgres import PostgresEngine
from filiera.indicators.models import Value
from filiera.indicators.periods import Period
from filiera.indicators.queries.declared import declared_figures
from filiera.indicators.queries.definitions import current_definitions, with_needed
from filiera.indicators.queries.figures import Figure, computed_figure, current_rows, figure_of_row
from filiera.organisations.models import Organisation


def figures_of_many(
    viewer: Viewer, organisations: Collection[Organisation], period: Period, codes: Collection[str]
) -> dict[tuple[int, str], Figure]:
    """The stored figures that the viewer may see, by organisation and code; one query for all of them."""
    definitions = current_definitions()
    known = {organisation.pk: organisation for organisation in organisations}
    rows = Value.objects.visible_to(viewer).of_period(period)
    wanted = rows.filter(organisation__in=list(known), code__in=list(codes))
    return {
        (row.organisation_id, row.code): figure_of_row(
            row, definitions[row.code], organisation=known[row.organisation_id]
        )
        for row in current_rows(wanted, definitions)
        if row.organisation_id is not None
    }


def computed_series(
    viewer: Viewer, organisation: Organisation, codes: Collection[str], periods: Sequence[Period]
) -> dict[str, list[Figure]]:
    """Figures of periods that follow each other, computed now by code, the earliest first.

    For months and quarters, of which few are kept. What the viewer may not see is not there.
    """
    definitions = current_definitions()
    sees_all = policies.can_view_figures(viewer, organisation)
    wanted = {
        code
        for code in codes
        if code in definitions and (sees_all or (definitions[code].is_public and organisation.is_listed))
    }
    at = timezone.now()
    task = Task(
        periods=tuple(periods),
        at=at,
        bodies=(organisation.pk,),
        declared=declared_figures([organisation.pk]),
    )
    series: dict[str, list[Figure]] = {}
    for found in compute(with_needed(wanted, definitions), task, PostgresEngine()):
        if found.definition.code not in wanted:
            continue
        series.setdefault(found.definition.code, []).append(computed_figure(found, organisation, at))
    return {code: sorted(figures, key=lambda told: told.period) for code, figures in series.items()}
