"""Public pages: every definition, the public figures of organisations and regions, each figure by itself."""

from collections.abc import Mapping, Sequence

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from filiera.accounts.viewer import ViewerRequest
from filiera.design.charts import Chart
from filiera.indicators import queries
from filiera.indicators.dashboards import dashboard_of
from filiera.indicators.definition import Definition, Stage
from filiera.indicators.drawings import question_charts
from filiera.indicators.models import IndicatorVersion, Value
from filiera.indicators.views.common import period_in, visible_organisation
from filiera.indicators.views.embedding import embedding_code
from filiera.indicators.views.figure_page import figure_context
from filiera.indicators.words import measure_words
from filiera.organisations.models import MEMBER_TAKING_KINDS, Organisation
from filiera.reference.models import Region
from filiera.shared.http import render_page
from filiera.texts.languages import translated
from filiera.texts.sorting import sort_key


@require_GET
def catalogue(request: ViewerRequest) -> HttpResponse:
    """What is counted and how, by stage; beside it the bodies whose figures are public."""
    definitions = queries.current_definitions().values()
    asked = request.GET.get("q", "").replace("\x00", "")[:200]
    scheme = request.GET.get("scheme", "")
    found = [each for each in definitions if _matches(each, asked, scheme)]
    stages = [
        (stage, sorted((each for each in found if each.stage == stage), key=_by_name)) for stage in Stage
    ]
    context = {
        "stages": [(stage, listed) for stage, listed in stages if listed],
        "count": len(found),
        "asked": asked,
        "scheme": scheme,
        "schemes": sorted({scheme.scheme for each in definitions for scheme in each.schemes}),
        "bodies": _bodies_with_public_figures(request),
    }
    return render_page(request, "indicators/catalogue.html", context, partial="results")


@require_GET
def definition_page(request: ViewerRequest, indicator: str) -> HttpResponse:
    """One definition: what it says, how it is measured, which schemes it serves, its versions."""
    known = queries.current_definitions()
    definition = known.get(indicator)
    if definition is None:
        raise Http404
    versions = IndicatorVersion.objects.visible_to(request.viewer).published().filter(code=indicator)
    context = {
        "definition": definition,
        "measured": measure_words(definition, known),
        "versions": versions.select_related("owner").order_by("-version"),
        "told": _yaml_of(definition),
    }
    return render_page(request, "indicators/definition.html", context)


@require_GET
def body_figures(request: ViewerRequest, slug: str) -> HttpResponse:
    """The public figures of an organisation, year by year."""
    organisation = visible_organisation(request, slug)
    series = queries.series_of(request.viewer, organisation, list(queries.current_definitions()))
    context = {
        "organisation": organisation,
        "dashboard": dashboard_of(series, _asked_year(request)),
        "charts": _charts(_("Who belongs to it?"), series),
        "title": organisation.name_here,
        "is_made_up": queries.has_made_up_members(organisation),
    }
    return render_page(request, "indicators/body.html", context, partial="figures")


@require_GET
def region_figures(request: ViewerRequest, nuts: str) -> HttpResponse:
    """The public figures of a region, from the facts that happened in it."""
    region = get_object_or_404(Region, code=nuts)
    series = queries.region_series(request.viewer, region)
    context = {
        "region": region,
        "dashboard": dashboard_of(series, _asked_year(request)),
        "charts": _charts(_("Who belongs to the clusters?"), series),
        "title": region.name_latin,
    }
    return render_page(request, "indicators/body.html", context, partial="figures")


@require_GET
def public_figure(request: ViewerRequest, slug: str, indicator: str, period: str) -> HttpResponse:
    organisation = visible_organisation(request, slug)
    try:
        figure = queries.figure(request.viewer, indicator, organisation, period_in(period))
    except (queries.FigureNotFound, queries.UnknownIndicator) as error:
        raise Http404 from error
    context = {**figure_context(request, figure), "embedding": _embedding(figure)}
    return render_page(request, "indicators/public_figure.html", context, partial="breakdown")


@require_GET
def region_figure(request: ViewerRequest, nuts: str, indicator: str, period: str) -> HttpResponse:
    region = get_object_or_404(Region, code=nuts)
    wanted = period_in(period)
    figure = next(
        (each for each in queries.region_figures(request.viewer, region, wanted) if each.code == indicator),
        None,
    )
    if figure is None:
        raise Http404
    context = {**figure_context(request, figure), "embedding": _embedding(figure)}
    return render_page(request, "indicators/public_figure.html", context)


def _charts(
    first_question: str, series: Mapping[str, Sequence[queries.Figure]]
) -> list[tuple[str, queries.Figure, Chart]]:
    questions = (first_question, _("What do they do together?"), _("What came of it?"))
    return question_charts(series, questions)


def _embedding(figure: queries.Figure) -> str:
    """The code to paste, for a figure that everybody may see."""
    is_listed = figure.organisation is None or figure.organisation.is_listed
    is_public = figure.definition.is_public and is_listed and figure.value is not None
    return embedding_code(figure) if is_public else ""


def _matches(definition: Definition, asked: str, scheme: str) -> bool:
    if scheme == "label" and not definition.labels:
        return False
    if scheme and scheme != "label" and scheme not in {each.scheme for each in definition.schemes}:
        return False
    words = f"{translated(definition.names)} {translated(definition.descriptions)} {definition.code}"
    return sort_key(asked) in sort_key(words)


def _by_name(definition: Definition) -> str:
    return sort_key(translated(definition.names))


def _bodies_with_public_figures(request: ViewerRequest) -> list[Organisation]:
    public = Value.objects.visible_to(request.viewer).filter(
        organisation=OuterRef("pk"), is_public=True, value__isnull=False
    )
    found = Organisation.objects.visible_to(request.viewer).filter(Exists(public))
    listed = found.filter(kind__in=MEMBER_TAKING_KINDS).order_by("-kind", "sort_key", "pk")
    return list(listed[:60])


def _asked_year(request: ViewerRequest) -> str:
    asked = request.GET.get("period", "")
    return period_in(asked).code if asked else ""


def _yaml_of(definition: Definition) -> str:
    import yaml  # only this page writes it

    told: str = yaml.safe_dump(definition.body, allow_unicode=True, sort_keys=False, width=100)
    return told
