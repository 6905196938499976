"""Screens of a running day, for projectors: what is on, what comes, the clock, the message."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from filiera.academy.models import Edition, Room
from filiera.academy.push_topics import day_topic, programme_topic
from filiera.academy.queries.running import screen_broadcasts, screen_countdown
from filiera.academy.views.pages import open_edition
from filiera.accounts.viewer import ViewerRequest
from filiera.home.queries.screens import screen_lines
from filiera.shared.http import render_page


@require_safe
def stage_day(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """All rooms at once."""
    return _stage(request, edition_slug, None)


@require_safe
def stage_room(request: ViewerRequest, edition_slug: str, room_slug: str) -> HttpResponse:
    """The screen of one room."""
    return _stage(request, edition_slug, room_slug)


def _stage(request: ViewerRequest, edition_slug: str, room_slug: str | None) -> HttpResponse:
    opened = open_edition(request, edition_slug)
    programme = opened.published
    edition = Edition.objects.visible_to(request.viewer).get(pk=opened.mark.id)
    rooms = Room.objects.visible_to(request.viewer).filter(edition=edition)
    room = get_object_or_404(rooms, slug=room_slug) if room_slug else None
    at = timezone.now()
    context = {
        "edition": edition,
        "room": room,
        "zone": edition.time_zone,
        "moment": opened.clock.moment,
        "is_set": opened.clock.is_set,
        "screen": screen_lines(programme, opened.clock.moment, room.slug if room else ""),
        "broadcasts": screen_broadcasts(edition, at),
        "countdown": screen_countdown(request.viewer, edition, room, at),
        "topics": (programme_topic(edition.pk), day_topic(edition.pk)),
    }
    response = render_page(request, "home/stage.html", context, partial="stage")
    response["X-Robots-Tag"] = "noindex"
    return response
