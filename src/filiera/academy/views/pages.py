"""What all public pages of an edition share: finding it, the moment shown, and pages kept for visitors."""

from collections.abc import Callable, Mapping

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from filiera.academy.clock import PARAMETER, clock_for
from filiera.academy.exports.linked_data import EditionFacts
from filiera.academy.models import Edition, EditionState
from filiera.academy.opened import Opened
from filiera.academy.page_cache import finished_page, mark_of, unzipped, zipped
from filiera.academy.queries.published import Programme, edition_mark, programme_of
from filiera.accounts.viewer import ViewerRequest
from filiera.design.theme import theme_of
from filiera.texts.languages import DEFAULT_LANGUAGE, translated

# Longer addresses are searches and experiments: not worth the memory.
_LONGEST_KEPT_ADDRESS = 300


def open_edition(request: ViewerRequest, slug: str) -> Opened:
    """Raises Http404 for what one may not know."""
    try:
        mark = edition_mark(request.viewer, slug)
    except Edition.DoesNotExist as error:
        raise Http404 from error
    programme = programme_of(mark)
    return Opened(mark=mark, programme=programme, clock=clock_for(request, mark, programme))


def answer(
    request: ViewerRequest,
    opened: Opened,
    template: str,
    context: Callable[[], Mapping[str, object]],
    *,
    moment_key: object = "",
    is_lasting: bool = True,
) -> HttpResponse:
    """The page; for a visitor the one kept from the last time, or 304 where the reader has it already.

    `moment_key` names what of the moment the page shows; `is_lasting` says whether the page depends on
    nothing but the address, the version, the language, the theme and that.
    """

    def build() -> str:
        return render_to_string(template, {"opened": opened, **context()}, request)

    if not is_lasting or not _is_anonymous(request):
        response = _for_one_reader(request, build())
    else:
        key = (
            template,
            opened.mark.version_id,
            language(),
            theme_of(request),
            opened.clock.key,
            moment_key,
            request.get_full_path(),
        )
        response = _for_everybody(request, key, build)
    if request.GET.get(PARAMETER) and opened.clock.is_offered:
        opened.clock.remember(response, opened.mark.id, is_secure=request.is_secure())
    if opened.mark.state != EditionState.PUBLIC:
        # Whoever has the address may read it; it is not to be found.
        response["X-Robots-Tag"] = "noindex"
    patch_vary_headers(response, ["Accept-Encoding", "Accept-Language", "Cookie"])
    return response


def edition_facts(programme: Programme, in_language: str) -> EditionFacts:
    """What linked data say of the edition, as its version has it."""
    frame = programme.frame
    base = settings.PUBLIC_URL.rstrip("/")
    return EditionFacts(
        slug=programme.slug,
        name=translated(frame["name"], in_language),
        summary=translated(frame["summary"], in_language),
        organiser=frame["organiser"],
        organiser_address=f"{base}{reverse('organisations:organisation', args=[frame['organiser_slug']])}",
        host=frame["host"],
        base=base,
    )


def language() -> str:
    return get_language() or DEFAULT_LANGUAGE


def _is_anonymous(request: ViewerRequest) -> bool:
    # A waiting message belongs to one reader, and an address of any length to nobody else.
    return (
        not request.viewer.is_known
        and "messages" not in request.COOKIES
        and len(request.get_full_path()) <= _LONGEST_KEPT_ADDRESS
    )


def _for_everybody(request: ViewerRequest, key: tuple[object, ...], build: Callable[[], str]) -> HttpResponse:
    etag = f'W/"{mark_of(key)}"'
    if etag in request.headers.get("If-None-Match", ""):
        response: HttpResponse = HttpResponseNotModified()
    else:
        page = finished_page(key, build)
        # Hardly anybody asks for it plain: that is not worth keeping every page twice.
        response = _zipped(page) if _takes_zipped(request) else HttpResponse(unzipped(page))
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _for_one_reader(request: ViewerRequest, body: str) -> HttpResponse:
    plain = body.encode()
    response = _zipped(zipped(plain)) if _takes_zipped(request) else HttpResponse(plain)
    response["Cache-Control"] = "private, no-cache"
    return response


def _zipped(page: bytes) -> HttpResponse:
    response = HttpResponse(page)
    response["Content-Encoding"] = "gzip"
    return response


def _takes_zipped(request: ViewerRequest) -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "")
