"""Figures of an organisation in its own workspace."""

import json

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies, queries
from filiera.indicators.dashboards import chosen_lines, dashboard_of
from filiera.indicators.drawings import question_charts
from filiera.indicators.queries import Figure
from filiera.indicators.queries.peers import peers_beside
from filiera.indicators.queries.sets import chosen_sets
from filiera.indicators.queries.targets import beside_figure, paths_of
from filiera.indicators.views.common import period_in, workspace_view
from filiera.indicators.views.figure_page import figure_chart, figure_context
from filiera.organisations.models import Organisation
from filiera.shared.http import render_page


@require_GET
@workspace_view()
def dashboard(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    """One clear chart for each of three questions, then every figure of the year by stage."""
    series = queries.series_of(request.viewer, organisation, list(queries.current_definitions()))
    asked = request.GET.get("period", "")
    paths = paths_of(request.viewer, organisation)
    shown = dashboard_of(series, period_in(asked).code if asked else "", paths)
    if shown.period is not None:
        figures = [line.figure for part in shown.stages for line in part.lines]
        shown = shown.beside(peers_beside(request.viewer, organisation, figures, shown.period))
    context = {
        "organisation": organisation,
        "dashboard": shown,
        "sets_used": chosen_lines(chosen_sets(request.viewer, organisation), shown, series, organisation),
        "charts": question_charts(
            series, (_("Who belongs to us?"), _("What do we do together?"), _("What came of it?")), paths
        ),
        "is_made_up": queries.has_made_up_members(organisation),
        "can_declare": policies.can_declare(request.viewer, organisation),
        "can_edit": policies.can_edit_definitions(request.viewer, organisation),
    }
    return render_page(request, "indicators/workspace/dashboard.html", context, partial="figures")


@require_GET
@workspace_view()
def own_figure(
    request: ViewerRequest, organisation: Organisation, indicator: str, period: str
) -> HttpResponse:
    figure = _figure(request, organisation, indicator, period)
    context = figure_context(request, figure)
    values = context["history"].values
    beside = beside_figure(request.viewer, figure, values)
    context["beside"] = beside
    context["chart"] = figure_chart(figure, values, beside.asked, beside.forecast.points)
    context["can_declare"] = policies.can_declare(request.viewer, organisation)
    return render_page(request, "indicators/workspace/figure.html", context, partial="breakdown")


@require_GET
@workspace_view()
def explain(request: ViewerRequest, organisation: Organisation, indicator: str, period: str) -> HttpResponse:
    """The three doors as JSON, to take along."""
    told = queries.explain(request.viewer, _figure(request, organisation, indicator, period))
    body = json.dumps(told, default=str, ensure_ascii=False, indent=1)
    return HttpResponse(body, content_type="application/json")


def _figure(request: ViewerRequest, organisation: Organisation, indicator: str, period: str) -> Figure:
    try:
        return queries.figure(request.viewer, indicator, organisation, period_in(period))
    except (queries.FigureNotFound, queries.UnknownIndicator) as error:
        raise Http404 from error
