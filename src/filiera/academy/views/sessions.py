"""One session, and the star by which a person puts it into their agenda."""

from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.academy.actions.held import SessionNotRecorded, mark_not_held
from filiera.academy.actions.stars import SessionNotPublished, star_session, unstar_session
from filiera.academy.exports.linked_data import as_script_text, session_linked_data
from filiera.academy.joined import star_button
from filiera.academy.models import Edition, Material, Session
from filiera.academy.opened import Opened
from filiera.academy.page_cache import kept
from filiera.academy.permissions import PUBLISH_PROGRAMME, VIEW_ONLINE_LINK
from filiera.academy.queries.published import (
    Item,
    Programme,
    has_materials,
    published_session,
    starred_sessions,
)
from filiera.academy.session_offers import offers_for
from filiera.academy.snapshot import SessionData
from filiera.academy.views.pages import answer, edition_facts, language, open_edition
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.http import wants_fragment

LINK_OPENS_BEFORE = timedelta(minutes=15)


@require_safe
def session(request: ViewerRequest, edition_slug: str, slug: str) -> HttpResponse:
    """All that the published version says of a session, with what this reader may have of it now."""
    opened = open_edition(request, edition_slug)
    programme = opened.published
    item = next((item for item in programme.items if item.slug == slug), None)
    if item is None:
        raise Http404
    materials = _materials(request, item, opened.clock.moment)
    return answer(
        request,
        opened,
        "academy/public/session.html",
        lambda: _context(request, opened, programme, item, materials),
        moment_key=(_phase(item, opened.clock.moment), tuple(material.pk for material in materials)),
    )


@login_required
@require_POST
def session_star(request: ViewerRequest, edition_slug: str, slug: str) -> HttpResponse:
    """Put a session into one's agenda (`is_starred=1`) or take it out (`0`)."""
    edition = get_object_or_404(Edition.objects.visible_to(request.viewer), slug=edition_slug)
    is_starred = request.POST.get("is_starred") != "0"
    try:
        if is_starred:
            star_session(edition=edition, slug=slug, by=request.viewer, at=timezone.now())
        else:
            unstar_session(edition=edition, slug=slug, by=request.viewer)
    except SessionNotPublished as error:
        raise Http404 from error
    if wants_fragment(request):
        return HttpResponse(star_button(edition.slug, slug, is_starred=is_starred))
    messages.success(request, _("It is in your agenda.") if is_starred else _("It left your agenda."))
    return redirect(_back(request, edition.slug, slug))


@login_required
@require_POST
def session_not_held(request: ViewerRequest, edition_slug: str, slug: str) -> HttpResponse:
    """Correct the record of a session that did not take place."""
    programme = open_edition(request, edition_slug).published
    item = next((item for item in programme.items if item.slug == slug), None)
    session = get_object_or_404(Session.objects.visible_to(request.viewer), pk=item.id if item else None)
    try:
        mark_not_held(session=session, by=request.viewer, at=timezone.now())
    except SessionNotRecorded as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("It no longer counts as held."))
    return redirect("academy:session", edition_slug, slug)


def _back(request: ViewerRequest, edition_slug: str, slug: str) -> str:
    origin = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(origin, {request.get_host()}, request.is_secure()):
        return f"{origin.partition('#')[0]}#s-{slug}"
    return reverse("academy:session", args=[edition_slug, slug])


def _context(
    request: ViewerRequest, opened: Opened, programme: Programme, item: Item, materials: list[Material]
) -> dict[str, object]:
    found = published_session(programme, item.slug, language())
    if found is None:
        raise Http404
    data, parts = found
    moment = opened.clock.moment
    stars = starred_sessions(request.viewer, opened.mark.id) if request.viewer.is_known else None
    at = programme.items.index(item)
    return {
        "programme": programme,
        "frame": programme.frame,
        "session": data,
        "parts": parts,
        "item": item,
        "phase": _phase(item, moment),
        "materials": materials,
        "offers": offers_for(request.viewer, item.id, moment),
        "online_url": _online_url(request, item, moment),
        "star": None
        if stars is None
        else star_button(programme.slug, item.slug, is_starred=item.id in stars),
        "is_starred": stars is not None and item.id in stars,
        "earlier": programme.items[at - 1] if at else None,
        "later": programme.items[at + 1] if at + 1 < len(programme.items) else None,
        "is_recorded": _is_recorded(request, opened, item),
        "linked_data": _linked_data(programme, data),
    }


def _linked_data(programme: Programme, data: SessionData) -> SafeString:
    key = ("linked data", programme.version_id, data["slug"], language())
    written = kept.get(key)
    if not isinstance(written, SafeString):
        written = _written_linked_data(programme, data)
        kept.put(key, written, len(written))
    return written


def _written_linked_data(programme: Programme, data: SessionData) -> SafeString:
    facts = edition_facts(programme, language())
    organiser = {"@type": "Organization", "name": facts.organiser, "url": facts.organiser_address}
    event = session_linked_data(data, edition=facts, organiser=organiser, language=language())
    return as_script_text({"@context": "https://schema.org", **event})


def _materials(request: ViewerRequest, item: Item, moment: datetime) -> list[Material]:
    # Live, not from the version: slides that come after the session need no new publication.
    if not has_materials(item.id):
        return []
    visible = Material.objects.visible_to(request.viewer).open_at(moment).filter(session_id=item.id)
    return list(visible.select_related("file").order_by("position", "pk"))


def _online_url(request: ViewerRequest, item: Item, moment: datetime) -> str:
    """The link to take part, for members of the edition, from a quarter of an hour before until the end."""
    if not request.viewer.may(VIEW_ONLINE_LINK) or item.is_cancelled:
        return ""
    if not item.start - LINK_OPENS_BEFORE <= moment < item.end:
        return ""
    links = Session.objects.filter(pk=item.id).values_list("online_url", "part__online_url").first()
    return next((link for link in links or () if link), "")


def _is_recorded(request: ViewerRequest, opened: Opened, item: Item) -> bool:
    """Whether the reader may correct what the ledger was told of this session."""
    viewer = request.viewer
    may_correct = viewer.may(PUBLISH_PROGRAMME) and viewer.edition_id == opened.mark.id
    return may_correct and Session.objects.filter(pk=item.id, held_at__isnull=False).exists()


def _phase(item: Item, moment: datetime) -> str:
    if moment < item.start:
        return "before"
    return "now" if moment < item.end else "over"
