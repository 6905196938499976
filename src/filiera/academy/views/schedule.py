"""The schedule of an edition: timeline, grid, list."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from filiera.academy.dates import short_day
from filiera.academy.forms.schedule import Choice, ScheduleForm, filter_selects, zone_select
from filiera.academy.joined import GRID, LIST, TIMELINE, Reader, Schedule
from filiera.academy.opened import Opened
from filiera.academy.queries.published import (
    Item,
    Programme,
    matching_slugs,
    rows_of_sessions,
    starred_sessions,
)
from filiera.academy.templatetags.academy import zone_named
from filiera.academy.views.pages import answer, language, open_edition
from filiera.accounts.viewer import ViewerRequest


@require_safe
def schedule(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """All published sessions, or those that the filters in the address leave."""
    opened = open_edition(request, edition_slug)
    programme = opened.published
    form = ScheduleForm(request.GET, programme=programme) if request.GET else None
    choice = form.chosen() if form else Choice()
    return answer(
        request,
        opened,
        "academy/public/schedule.html",
        lambda: _context(request, opened, programme, choice, form),
        moment_key=programme.phase_at(opened.clock.moment),
        is_lasting=not choice.q,
    )


def _context(
    request: ViewerRequest, opened: Opened, programme: Programme, choice: Choice, form: ScheduleForm | None
) -> dict[str, object]:
    stars = starred_sessions(request.viewer, opened.mark.id) if request.viewer.is_known else None
    chosen = _chosen(programme, choice, stars)
    shown = Schedule(
        programme=programme,
        items=chosen,
        rows=rows_of_sessions(programme, language()),
        reader=Reader(moment=opened.clock.moment, zone=choice.zone, stars=stars),
        view=choice.view,
    )
    own_zone = request.viewer.person.time_zone if request.viewer.person else ""
    return {
        "programme": programme,
        "frame": programme.frame,
        "choice": choice,
        "form": form,
        "schedule": shown.html(),
        "count": len(chosen),
        "total": len(programme.items),
        "days": [(day.isoformat(), short_day(day)) for day in shown.days],
        "views": _views(choice),
        "selects": filter_selects(programme, choice),
        "zones": zone_select(programme, choice, own_zone),
        "clocks": _clocks(programme, choice),
        "starred_count": len(stars & {item.id for item in programme.items}) if stars is not None else None,
        "address_for_mine": choice.as_query(mine="" if choice.mine else "1"),
    }


def _chosen(programme: Programme, choice: Choice, stars: frozenset[int] | None) -> list[Item]:
    matching = matching_slugs(programme, choice.q) if choice.q else None
    return [
        item
        for item in programme.items
        if choice.admits(item)
        and (matching is None or item.slug in matching)
        and (not choice.mine or item.id in (stars or ()))
    ]


def _views(choice: Choice) -> list[tuple[str, str, bool]]:
    words = {TIMELINE: _("Timeline"), GRID: _("Grid"), LIST: _("List")}
    return [
        (choice.as_query(view="" if view == TIMELINE else view), word, view == choice.view)
        for view, word in words.items()
    ]


def _clocks(programme: Programme, choice: Choice) -> str:
    """Whose clocks the schedule shows, in words: the reader's choice, or those of each part."""
    if not programme.items:
        return zone_named(choice.zone or programme.frame["zone"], programme.published_at)
    if choice.zone:
        return zone_named(choice.zone, programme.items[0].start)
    firsts = {item.zone: item.start for item in reversed(programme.items)}
    return ", ".join(dict.fromkeys(zone_named(zone, start) for zone, start in reversed(firsts.items())))
