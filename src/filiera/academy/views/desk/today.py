"""The first page of the desk."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from filiera.academy import policies
from filiera.academy.actions.publication import unpublished_changes
from filiera.academy.changes import in_words
from filiera.academy.edition_pages import desk_view
from filiera.academy.models import Edition
from filiera.academy.queries.desk import today_of
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.http import render_page


@require_safe
@desk_view()
def desk(request: ViewerRequest, edition: Edition) -> HttpResponse:
    changes = unpublished_changes(edition)
    today = today_of(edition, edition.clock_at or timezone.now(), changes)
    context = {
        "edition": edition,
        "today": today,
        "changes": [in_words(change) for change in (changes or [])[:8]],
        "has_changes": changes is not None,
        "may_publish": policies.can_publish_programme(request.viewer, edition),
    }
    return render_page(request, "academy/desk/today.html", context)
