"""Groups as files: a table, breakout rooms for video tools, cards for the tables."""

from django.http import Http404, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.tables import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from filiera.texts.languages import DEFAULT_LANGUAGE
from filiera.workshops.documents.group_cards import group_cards_pdf
from filiera.workshops.queries.group_files import breakout_rooms, cards_of, groups_table

from .desk_groups import find_round, find_series, forming


@require_safe
@forming
def groups_csv(request: ViewerRequest, edition: Edition, series_id: int) -> HttpResponse:
    table = groups_table(find_series(request, edition, series_id))
    return _file(as_csv(table.header, table.rows), CSV_TYPE, f"{edition.slug}-groups-{series_id}.csv")


@require_safe
@forming
def groups_xlsx(request: ViewerRequest, edition: Edition, series_id: int) -> HttpResponse:
    table = groups_table(find_series(request, edition, series_id))
    content = as_xlsx(_("Groups"), table.header, table.rows)
    return _file(content, XLSX_TYPE, f"{edition.slug}-groups-{series_id}.xlsx")


@require_safe
@forming
def breakout_rooms_csv(request: ViewerRequest, edition: Edition, series_id: int, number: int) -> HttpResponse:
    """The rooms of a round, in the form in which video tools take breakout rooms in advance."""
    table = breakout_rooms(find_round(request, edition, series_id, number))
    name = f"{edition.slug}-breakout-rooms-{series_id}-{number}.csv"
    return _file(as_csv(table.header, table.rows), CSV_TYPE, name)


@require_safe
@forming
def table_cards(request: ViewerRequest, edition: Edition, series_id: int) -> HttpResponse:
    """A card for each group of each round, to stand on its table."""
    series = find_series(request, edition, series_id)
    cards = cards_of(request.viewer, series)
    if not cards:
        raise Http404
    content = group_cards_pdf(edition, series, cards, language=get_language() or DEFAULT_LANGUAGE)
    return _file(content, "application/pdf", f"{edition.slug}-groups-{series_id}.pdf")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    # Names of people: for whoever asked, and kept by nobody between.
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)
