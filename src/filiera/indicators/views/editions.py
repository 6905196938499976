"""What came of an edition, in figures, for those who run it."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from filiera.academy.edition_pages import desk_view, edition_page
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies, queries
from filiera.indicators.definition import Breakdown
from filiera.indicators.drawings import answer_chart
from filiera.indicators.views.figure_page import after_in
from filiera.indicators.words import measure_words, overlap_words, part_names
from filiera.ledger.kinds import name_of


@require_GET
@desk_view(policies.can_view_edition_figures)
def edition_dashboard(request: ViewerRequest, edition: Edition) -> HttpResponse:
    answers = queries.edition_figures(request.viewer, edition)
    figures = {figure.definition.code: figure for answer in answers for figure in answer.figures}
    participants = figures.get("academy_participants")
    context = {
        "answers": [(answer, answer_chart(answer.question, figures)) for answer in answers],
        "participants": int(participants.value or 0) if participants else 0,
        "computed_at": max((figure.computed_at for figure in figures.values()), default=None),
    }
    return edition_page(request, edition, "indicators/edition/dashboard.html", context)


@require_GET
@desk_view(policies.can_view_edition_figures)
def edition_figure(request: ViewerRequest, edition: Edition, indicator: str) -> HttpResponse:
    """One figure with its definition and the facts that it counts."""
    try:
        figure = queries.edition_figure(request.viewer, edition, indicator)
    except queries.FigureNotFound as error:
        raise Http404 from error
    records = queries.edition_records(request.viewer, edition, figure, after_in(request))
    dimension = request.GET.get("by", "")
    if dimension not in queries.edition_breakdowns(figure.definition):
        dimension = ""
    context = {
        "figure": figure,
        "definition": figure.definition,
        "measured": measure_words(figure.definition, queries.current_definitions()),
        "records": records,
        "breakdowns": queries.edition_breakdowns(figure.definition),
        "dimension": Breakdown(dimension) if dimension else None,
        "parts": _parts(request, edition, figure, dimension) if dimension else [],
        "parts_note": overlap_words(dimension),
        "formed_from": queries.edition_parts(request.viewer, edition, figure),
        "kinds": [(name_of(kind), count) for kind, count in records.by_kind.items()],
        "next_url": f"?after={records.next_key}#records" if records.next_key else "",
    }
    return edition_page(request, edition, "indicators/edition/figure.html", context)


def _parts(
    request: ViewerRequest, edition: Edition, figure: queries.EditionFigure, dimension: str
) -> list[tuple[str, queries.EditionFigure]]:
    parts = queries.edition_breakdown(request.viewer, edition, figure.definition.code, dimension)
    names = part_names(dimension, [part.breakdown for part in parts])
    return [(names[part.breakdown], part) for part in parts]
