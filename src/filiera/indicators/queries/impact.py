"""Panels, studies and programmes of an organisation, as far as one may see them."""

from collections.abc import Collection

from django.db.models import Count, QuerySet
from django.utils import timezone

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.indicators import policies
from filiera.indicators.computing import Task, compute
from filiera.indicators.definition import Breakdown
from filiera.indicators.engines.postgres import PostgresEngine
from filiera.indicators.models import ImpactPanel, ImpactStudy, SubjectEdition
from filiera.indicators.periods import Period
from filiera.indicators.queries.definitions import current_definitions, with_needed
from filiera.indicators.queries.figures import Figure
from filiera.organisations.models import Organisation


def panels_of(viewer: Viewer, organisation: Organisation) -> QuerySet[ImpactPanel]:
    """The panels of an organisation with the number of their studies, the latest first."""
    rows = ImpactPanel.objects.visible_to(viewer).filter(organisation=organisation)
    return (
        rows.select_related("uploaded_by")
        .annotate(study_count=Count("studies"))
        .order_by("-uploaded_at", "-pk")
    )


def studies_of(viewer: Viewer, organisation: Organisation) -> QuerySet[ImpactStudy]:
    """The studies of an organisation, the latest first."""
    rows = ImpactStudy.objects.visible_to(viewer).filter(organisation=organisation)
    return rows.select_related("panel", "organisation").order_by("-asked_at", "-pk")


def shown_study(viewer: Viewer, organisation: Organisation) -> ImpactStudy | None:
    """The study that stands as the last stage of the logic model."""
    return studies_of(viewer, organisation).filter(is_shown=True).first()


def programmes_of(viewer: Viewer, organisation: Organisation) -> QuerySet[Edition]:
    """The editions that an organisation runs and whose facts are told apart, the latest first."""
    rows = Edition.objects.visible_to(viewer).filter(
        organiser=organisation, pk__in=SubjectEdition.objects.values("edition")
    )
    return rows.order_by("-created_at", "-pk")


def programme_figures(
    viewer: Viewer, organisation: Organisation, edition: Edition, periods: Collection[Period]
) -> dict[str, list[Figure]]:
    """The figures of one edition in these periods by code, computed now, for those who see all figures."""
    if not policies.can_view_figures(viewer, organisation):
        return {}
    definitions = current_definitions()
    wanted = {code for code, each in definitions.items() if Breakdown.EDITION in each.breakdowns}
    at = timezone.now()
    task = Task(
        periods=tuple(sorted(periods)), at=at, bodies=(organisation.pk,), breakdown=Breakdown.EDITION.value
    )
    series: dict[str, list[Figure]] = {}
    for found in compute(with_needed(wanted, definitions), task, PostgresEngine()):
        if found.breakdown != str(edition.pk) or found.definition.code not in wanted:
            continue
        figure = Figure(
            definition=found.definition,
            period=found.period,
            value=found.value,
            missing=found.missing,
            facts=found.facts,
            organisation=organisation,
            breakdown=found.breakdown,
            is_open=not found.period.is_closed(at),
            computed_at=at,
            digest=found.digest,
        )
        series.setdefault(figure.code, []).append(figure)
    return {code: sorted(figures, key=lambda each: each.period) for code, figures in series.items()}
