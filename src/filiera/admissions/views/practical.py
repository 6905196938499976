"""What there is to know before one comes, and the letter that invites."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from filiera.academy.edition_pages import edition_page, everybody, for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer, ViewerRequest
from filiera.admissions.documents.invitation import invitation_pdf, parts_of
from filiera.admissions.models import InvitationLetter, Participation, ParticipationState
from filiera.admissions.policies.people import belongs_to
from filiera.admissions.queries.own import own_participation
from filiera.admissions.queries.place_links import token_of, viewer_by_link
from filiera.admissions.queries.practical import practical_sections
from filiera.shared.http import render_page
from filiera.texts.languages import DEFAULT_LANGUAGE

from .places import by_link


@require_safe
@for_those_who(everybody)
def practical(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Arrival, hotel, dinner, contact, access: for each part what one may read of it."""
    own = own_participation(request.viewer, edition)
    is_confirmed = own is not None and own.state == ParticipationState.CONFIRMED
    letters = InvitationLetter.objects.visible_to(request.viewer).filter(edition=edition)
    context = {
        "sections": practical_sections(request.viewer, edition),
        "is_member": belongs_to(request.viewer, edition),
        "has_letter": is_confirmed and letters.exists(),
    }
    return edition_page(request, edition, "admissions/practical/practical.html", context)


@require_safe
@for_those_who(belongs_to)
def invitation_letter(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """One's own letter, once the place is confirmed and the organiser has said who signs."""
    own = own_participation(request.viewer, edition)
    return _letter(request.viewer, edition, own)


@require_safe
@by_link
def place_practical(request: ViewerRequest, participation: Participation) -> HttpResponse:
    """The practical page for the holder of a place's link."""
    viewer, edition = viewer_by_link(participation), participation.edition
    letters = InvitationLetter.objects.visible_to(viewer).filter(edition=edition)
    context = {
        "place": participation,
        "edition": edition,
        "token": token_of(participation),
        "sections": practical_sections(viewer, edition),
        "has_letter": participation.state == ParticipationState.CONFIRMED and letters.exists(),
    }
    return render_page(request, "admissions/practical/place.html", context)


@require_safe
@by_link
def place_invitation(request: ViewerRequest, participation: Participation) -> HttpResponse:
    return _letter(viewer_by_link(participation), participation.edition, participation)


def _letter(viewer: Viewer, edition: Edition, own: Participation | None) -> HttpResponse:
    if own is None or own.state != ParticipationState.CONFIRMED:
        raise Http404
    letter = get_object_or_404(InvitationLetter.objects.visible_to(viewer), edition=edition)
    content = invitation_pdf(
        participation=own,
        letter=letter,
        parts=parts_of(edition),
        language=get_language() or DEFAULT_LANGUAGE,
        at=edition.clock_at or timezone.now(),
    )
    disposition = f'attachment; filename="invitation-{edition.slug}.pdf"'
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
