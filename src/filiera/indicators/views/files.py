"""Figures as files: those of an organisation in its workspace, the public ones, and the structure of both."""

from collections.abc import Iterable

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import queries
from filiera.indicators.definition import PeriodKind
from filiera.indicators.exports import FORMATS, FigureRow, rows_of
from filiera.indicators.exports.structure import structure_xml
from filiera.indicators.periods import Period
from filiera.indicators.queries import Figure
from filiera.indicators.views.common import period_in, visible_organisation, workspace_view
from filiera.organisations.models import Organisation
from filiera.reference.models import Region


@never_cache
@require_safe
@workspace_view()
def own_file(request: ViewerRequest, organisation: Organisation, file_format: str) -> HttpResponse:
    return _organisation_file(request, organisation, file_format)


@never_cache
@require_safe
def body_file(request: ViewerRequest, slug: str, file_format: str) -> HttpResponse:
    return _organisation_file(request, visible_organisation(request, slug), file_format)


@never_cache
@require_safe
def region_file(request: ViewerRequest, nuts: str, file_format: str) -> HttpResponse:
    region = get_object_or_404(Region, code=nuts)
    series = queries.region_series(request.viewer, region)
    asked = _asked_period(request)
    figures = [each for figures in series.values() for each in figures if asked in (None, each.period)]
    return figures_file(rows_of(_in_order(figures)), file_format, _name(region.code, asked))


@require_safe
def structure(request: ViewerRequest) -> HttpResponse:
    """What the columns of an SDMX-CSV file are: dimensions, measure, attributes, code lists."""
    content = structure_xml(queries.current_definitions(), timezone.now())
    return HttpResponse(content, content_type="application/vnd.sdmx.structure+xml;version=3.0.0")


def figures_file(rows: list[FigureRow], file_format: str, name: str) -> HttpResponse:
    """These rows as a file to keep. Raises Http404 for a format that there is not."""
    if file_format not in FORMATS:
        raise Http404
    told = FORMATS[file_format]
    disposition = f'attachment; filename="{name}.{told.extension}"'
    return HttpResponse(
        told.write(rows), content_type=told.content_type, headers={"Content-Disposition": disposition}
    )


def _organisation_file(request: ViewerRequest, organisation: Organisation, file_format: str) -> HttpResponse:
    asked = _asked_period(request)
    if asked is None or asked.kind == PeriodKind.YEAR:
        series = queries.series_of(request.viewer, organisation, list(queries.current_definitions()))
        figures = [each for figures in series.values() for each in figures if asked in (None, each.period)]
    else:
        figures = queries.figures_of(request.viewer, organisation, asked)
    return figures_file(rows_of(_in_order(figures)), file_format, _name(organisation.slug, asked))


def _in_order(figures: Iterable[Figure]) -> list[Figure]:
    return sorted(figures, key=lambda each: (each.code, each.period))


def _asked_period(request: ViewerRequest) -> Period | None:
    asked = request.GET.get("period", "")
    return period_in(asked) if asked else None


def _name(body: str, period: Period | None) -> str:
    return f"{body}-{period.code if period else 'figures'}"
