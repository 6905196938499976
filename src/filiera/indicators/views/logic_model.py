"""The logic model of an organisation, or of one of its programmes, with figures on each stage."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies, queries
from filiera.indicators.dashboards import Dashboard, Line, dashboard_of
from filiera.indicators.definition import Stage
from filiera.indicators.impact_words import StudyWords
from filiera.indicators.periods import Period
from filiera.indicators.queries import impact as impact_queries
from filiera.indicators.views.common import period_in, workspace_view
from filiera.organisations.models import Organisation
from filiera.shared.http import render_page
from filiera.texts.languages import translated

MOST_AT_FIRST = 6
"""So many figures of a stage stand open; the others are one click away."""


@dataclass(frozen=True, slots=True)
class StagePart:
    """A stage with its figures, and why one may expect the next to follow."""

    stage: Stage
    first: list[Line]
    more: list[Line]
    assumptions: list[str]


@require_GET
@workspace_view()
def logic_model(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    programme = _programme(request, organisation)
    series = queries.series_of(request.viewer, organisation, list(queries.current_definitions()))
    shown = dashboard_of(series, _asked(request))
    if programme is not None and shown.period is not None:
        shown = _of_programme(request, organisation, programme, shown.period, shown.periods)
    study = None if programme else impact_queries.shown_study(request.viewer, organisation)
    context = {
        "organisation": organisation,
        "programme": programme,
        "programmes": impact_queries.programmes_of(request.viewer, organisation),
        "dashboard": shown,
        "parts": _parts(shown),
        "study": StudyWords(study) if study else None,
        "can_study": policies.can_study_impact(request.viewer, organisation),
    }
    return render_page(request, "indicators/impact/logic_model.html", context, partial="model")


def _of_programme(
    request: ViewerRequest,
    organisation: Organisation,
    programme: Edition,
    period: Period,
    periods: list[Period],
) -> Dashboard:
    series = impact_queries.programme_figures(
        request.viewer, organisation, programme, [period.before(), period]
    )
    found = dashboard_of(series, period.code)
    return Dashboard(
        period=period,
        periods=periods,
        stages=found.stages if found.period == period else [],
        to_declare=[],
        not_recorded=[],
        without=[],
    )


def _parts(shown: Dashboard) -> list[StagePart]:
    """All five stages in their order, also those without a figure."""
    lines = {part.stage: part.lines for part in shown.stages}
    parts = []
    for stage in Stage:
        # Where nothing was counted comes last; it is still a figure.
        of_stage = sorted(lines.get(stage, []), key=lambda line: not line.figure.value)
        told = (translated(line.figure.definition.leads_to) for line in of_stage)
        parts.append(
            StagePart(
                stage=stage,
                first=of_stage[:MOST_AT_FIRST],
                more=of_stage[MOST_AT_FIRST:],
                assumptions=[words for words in dict.fromkeys(told) if words],
            )
        )
    return parts


def _programme(request: ViewerRequest, organisation: Organisation) -> Edition | None:
    asked = request.GET.get("programme", "").replace("\x00", "")[:80]
    if not asked:
        return None
    return get_object_or_404(impact_queries.programmes_of(request.viewer, organisation), slug=asked)


def _asked(request: ViewerRequest) -> str:
    asked = request.GET.get("period", "").replace("\x00", "")
    return period_in(asked).code if asked else ""
