"""A person's own page of an edition, also without network: their day, their agenda, the feed of it."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.academy.actions.feeds import create_feed, revoke_feed
from filiera.academy.joined import Reader, Schedule
from filiera.academy.models import CalendarFeed, Edition, EditionRole
from filiera.academy.opened import Opened
from filiera.academy.push_topics import day_topic, programme_topic
from filiera.academy.queries.own_page import own_page
from filiera.academy.queries.published import Item, rows_of_sessions, starred_sessions
from filiera.academy.queries.running import told_on_pages, told_to
from filiera.academy.queries.short_talks import sessions_open_for_talks
from filiera.academy.views.pages import answer, language, open_edition
from filiera.accounts.viewer import ViewerRequest
from filiera.design.readers import reader_mark
from filiera.shared.http import render_page, wants_fragment

_KEPT_FOR = timedelta(days=3)


@login_required
@require_safe
def my(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """Now and next, what is theirs, what they starred; kept by their telephone for when there is no net.

    HTMX asks for the first part alone, whenever something of the day changed.
    """
    opened = open_edition(request, edition_slug)
    edition = Edition.objects.visible_to(request.viewer).get(pk=opened.mark.id)
    stars = starred_sessions(request.viewer, edition.pk)
    at = timezone.now()
    day = {
        "edition_slug": edition.slug,
        "page": own_page(request.viewer, edition, opened.programme, stars, opened.clock.moment),
        "told": told_to(request.viewer, edition.pk, at),
        "at": at,
        "programme": opened.programme,
    }
    if wants_fragment(request):
        return render_page(request, "academy/public/my.html", day, partial="my-day")
    response = answer(
        request,
        opened,
        "academy/public/my.html",
        lambda: {
            **day,
            **_agenda(request, opened, stars),
            "topics": (programme_topic(edition.pk), day_topic(edition.pk)),
        },
        is_lasting=False,
    )
    # Read by the worker that keeps the page: for whom, and no longer than until then.
    response["X-Own-Page"] = reader_mark(request)
    response["X-Own-Until"] = str(int((at + _KEPT_FOR).timestamp() * 1000))
    return response


@require_safe
def told(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """What the desk of the day says now to whoever asks: the piece that every page of the edition fetches."""
    edition = get_object_or_404(
        Edition.objects.visible_to(request.viewer), slug=edition_slug, is_template=False
    )
    broadcasts, countdowns = told_on_pages(request.viewer, edition, timezone.now())
    context = {"broadcasts": broadcasts, "countdowns": countdowns, "zone": edition.time_zone}
    response = HttpResponse(render_to_string("academy/public/_told.html", context, request))
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def my_worker(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """The service worker, at an address from which it serves this page of one edition and nothing else."""
    found = finders.find("academy/own_worker.js")
    assert isinstance(found, str)
    return HttpResponse(
        Path(found).read_bytes(),
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )


def _agenda(request: ViewerRequest, opened: Opened, stars: frozenset[int]) -> dict[str, object]:
    programme = opened.programme
    items = [item for item in programme.items if item.id in stars] if programme else []
    feed = (
        CalendarFeed.objects.visible_to(request.viewer)
        .filter(edition_id=opened.mark.id, revoked_at__isnull=True)
        .first()
    )
    schedule = None
    if programme and items:
        schedule = Schedule(
            programme=programme,
            items=items,
            rows=rows_of_sessions(programme, language()),
            reader=Reader(moment=opened.clock.moment, stars=stars),
        )
    return {
        "frame": programme.frame if programme else None,
        "schedule": schedule.html() if schedule else "",
        "days": schedule.days if schedule else {},
        "count": len(items),
        "overlaps": _overlaps(items),
        "feed_address": _feed_address(opened.mark.slug, feed) if feed else "",
        "roles": [EditionRole(role).label for role in sorted(request.viewer.edition_roles)],
        "open_for_talks": sessions_open_for_talks(request.viewer, opened.mark.id),
    }


@login_required
@require_POST
def feed_create(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """Make the secret address of one's agenda."""
    edition = get_object_or_404(Edition.objects.visible_to(request.viewer), slug=edition_slug)
    create_feed(edition=edition, by=request.viewer, at=timezone.now())
    messages.success(request, _("Your calendar address is ready. Keep it to yourself."))
    return redirect("academy:my", edition_slug)


@login_required
@require_POST
def feed_revoke(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """Make the secret address of one's agenda stop answering."""
    edition = get_object_or_404(Edition.objects.visible_to(request.viewer), slug=edition_slug)
    revoke_feed(edition=edition, by=request.viewer, at=timezone.now())
    messages.success(request, _("The calendar address no longer works."))
    return redirect("academy:my", edition_slug)


def _overlaps(items: list[Item]) -> int:
    """How many of one's sessions begin before the one before has ended."""
    standing = [item for item in items if not item.is_cancelled]
    return sum(later.start < earlier.end for earlier, later in pairwise(standing))


def _feed_address(slug: str, feed: CalendarFeed) -> str:
    return f"{settings.PUBLIC_URL.rstrip('/')}{reverse('academy:my_feed', args=[slug, feed.token])}"
