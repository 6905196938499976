"""The start page: one address, another page for each who asks."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.home.queries import network_of, person_home, visitor_home
from filiera.shared.http import render_page


@require_safe
def home(request: ViewerRequest) -> HttpResponse:
    """To a visitor what there is; to a person what needs them now."""
    person = request.viewer.person
    if person is None:
        return render_page(request, "home/visitor.html", {"home": visitor_home(request.viewer)})
    found = person_home(person, request.viewer, timezone.now())
    context = {"home": found, "networks": network_of(found.workspaces), "person": person}
    return render_page(request, "home/person.html", context)
