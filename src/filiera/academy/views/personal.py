"""A person's own page of an edition: their agenda, and the calendar feed of it."""

from itertools import pairwise

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.academy.actions.feeds import create_feed, revoke_feed
from filiera.academy.joined import Reader, Schedule
from filiera.academy.models import CalendarFeed, Edition, EditionRole
from filiera.academy.queries.published import Item, rows_of_sessions, starred_sessions
from filiera.academy.queries.short_talks import sessions_open_for_talks
from filiera.academy.views.pages import answer, language, open_edition
from filiera.accounts.viewer import ViewerRequest


@login_required
@require_safe
def my(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """The sessions one has starred, with what overlaps, and the address to subscribe to."""
    opened = open_edition(request, edition_slug)
    programme = opened.programme
    stars = starred_sessions(request.viewer, opened.mark.id)
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
    open_for_talks = sessions_open_for_talks(request.viewer, opened.mark.id)
    roles = [EditionRole(role).label for role in sorted(request.viewer.edition_roles)]
    return answer(
        request,
        opened,
        "academy/public/my.html",
        lambda: {
            "programme": programme,
            "frame": programme.frame if programme else None,
            "edition_slug": opened.mark.slug,
            "schedule": schedule.html() if schedule else "",
            "days": schedule.days if schedule else {},
            "count": len(items),
            "overlaps": _overlaps(items),
            "feed_address": _feed_address(opened.mark.slug, feed) if feed else "",
            "roles": roles,
            "open_for_talks": open_for_talks,
        },
        is_lasting=False,
    )


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
