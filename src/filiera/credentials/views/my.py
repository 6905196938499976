"""A participant's own certificates of an edition."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from filiera.academy.edition_pages import edition_page
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.credentials.queries.certificates import certificates_of_holder
from filiera.credentials.views.cards import card_of


@login_required
@require_safe
def my_certificates(request: ViewerRequest, edition_slug: str) -> HttpResponse:
    """What one holds here, with everything to take along."""
    edition = get_object_or_404(Edition.objects.visible_to(request.viewer), slug=edition_slug)
    cards = [card_of(certificate) for certificate in certificates_of_holder(request.viewer, edition)]
    return edition_page(request, edition, "credentials/public/my.html", {"cards": cards})
