"""The start page: one address, another page for each who asks."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.home.queries import network_of, person_home, visitor_home
from filiera.organisations.drawings import country_map
from filiera.shared.http import render_page


@require_safe
def home(request: ViewerRequest) -> HttpResponse:
    """To a visitor what there is; to a person what needs them now."""
    person = request.viewer.person
    if person is None:
        told = visitor_home(request.viewer)
        drawn = country_map(
            told.country_counts, told.country_names, address=reverse("organisations:directory"), query={}
        )
        return render_page(request, "home/visitor.html", {"home": told, "map": drawn})
    found = person_home(person, request.viewer, timezone.now())
    context = {"home": found, "networks": network_of(found.workspaces), "person": person}
    return render_page(request, "home/person.html", context)
