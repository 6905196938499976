"""The days of an edition at the desk: who comes how, what is eaten, which room is too small."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.policies import places as policies
from filiera.admissions.queries.counts import counts_of
from filiera.admissions.queries.days import day_counts
from filiera.shared.http import render_page


@require_safe
@for_those_who(policies.can_view_days)
def desk_days(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Counts per day; they name nobody, so the kitchen reads them too."""
    days = day_counts(edition)
    context = {
        "edition": edition,
        "days": days,
        "has_tight_rooms": any(day.tight for day in days),
        "counts_of_people": counts_of(edition),
        "may_view_people": policies.can_view_participants(request.viewer, edition),
    }
    return render_page(request, "admissions/desk/days.html", context, partial="days")
