"""A public figure over time inside somebody else's page: no script, no cookie, its table and its source."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from csp.constants import NONE
from csp.decorators import csp_replace
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from filiera.academy.page_cache import finished_page, mark_of, unzipped
from filiera.accounts.viewer import VISITOR, ViewerRequest
from filiera.indicators import queries
from filiera.indicators.drawings import history_chart
from filiera.indicators.exports.rows import absolute, figure_path
from filiera.indicators.queries import Figure
from filiera.organisations.models import Organisation
from filiera.reference.models import Region
from filiera.texts.languages import page_languages, translated

KEPT_FOR_S = 15 * 60
THEMES = ("light", "dark")
# Any page may show it, and it may do nothing there but show itself.
_ELSEWHERE = {
    "frame-ancestors": ["*"],
    "script-src": [NONE],
    "connect-src": [NONE],
    "form-action": [NONE],
}
_View = TypeVar("_View", bound=Callable[..., HttpResponse])


def _framed_elsewhere(view: _View) -> _View:
    # The decorator's own types know no view with arguments.
    return cast("_View", csp_replace(_ELSEWHERE)(view))


@xframe_options_exempt
@_framed_elsewhere
@require_safe
def embedded_figure(request: ViewerRequest, slug: str, indicator: str) -> HttpResponse:
    """Whoever looks, only what is public is shown, so that one answer serves all."""
    organisation = get_object_or_404(Organisation.objects.visible_to(VISITOR), slug=slug)
    series = queries.series_of(VISITOR, organisation, [indicator]).get(indicator, [])
    made_up = queries.has_made_up_members(organisation)
    return _page(request, series, organisation.name_here, is_made_up=made_up)


@xframe_options_exempt
@_framed_elsewhere
@require_safe
def embedded_region_figure(request: ViewerRequest, nuts: str, indicator: str) -> HttpResponse:
    region = get_object_or_404(Region, code=nuts)
    series = queries.region_series(VISITOR, region).get(indicator, [])
    return _page(request, series, region.name_latin, is_made_up=False)


def embedding_code(figure: Figure) -> str:
    """What one pastes into a page of one's own."""
    name = "embedded_region_figure" if figure.region is not None else "embedded_figure"
    address = absolute(reverse(f"indicators:{name}", args=[figure.body_slug, figure.code]))
    title = translated(figure.definition.names).replace('"', "”")
    language = get_language() or ""
    return (
        f'<iframe src="{address}?language={language}" title="{title}" width="100%" height="460"'
        ' loading="lazy"></iframe>'
    )


def _page(request: ViewerRequest, series: list[Figure], body_name: str, *, is_made_up: bool) -> HttpResponse:
    """Raises Http404 where nothing is public."""
    told = [figure for figure in series if figure.value is not None]
    if not told:
        raise Http404
    # Not `lang`, which is remembered by a cookie.
    asked = request.GET.get("language", "")
    language = asked if asked in page_languages() else request.LANGUAGE_CODE
    theme = request.GET.get("theme", "")
    theme = theme if theme in THEMES else ""
    values = [(each.period.code, str(each.value), each.is_open, each.definition.version) for each in told]
    key = ("embedded", told[-1].body_slug, told[-1].code, language, theme, is_made_up, body_name, *values)
    mark = f'"{mark_of(key)}"'
    response: HttpResponse = HttpResponseNotModified()
    if request.headers.get("If-None-Match") != mark:
        page = finished_page(key, lambda: _written(told, body_name, language, theme, is_made_up))
        response = HttpResponse(unzipped(page))
        response["Content-Language"] = language
    response["ETag"] = mark
    response["Cache-Control"] = f"public, max-age={KEPT_FOR_S}"
    return response


def _written(told: list[Figure], body_name: str, language: str, theme: str, is_made_up: bool) -> str:
    last = told[-1]
    with override(language):
        title = translated(last.definition.names)
        is_region = last.region is not None
        context: dict[str, Any] = {
            "language": language,
            "theme": theme,
            "title": title,
            "body_name": body_name,
            "is_made_up": is_made_up,
            "figure": last,
            "figures": told,
            "chart": history_chart(told, title=title, period_word=_("Period")),
            "source": absolute(figure_path(last.body_slug, last.code, last.period, is_region, True)),
        }
        return render_to_string("indicators/embedded.html", context)
