"""Groups as participants see them: one's own, big; then everybody's; and the themes one wishes for."""

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiera.academy.clock import clock_for
from filiera.academy.edition_pages import edition_page, for_those_who
from filiera.academy.models import Edition
from filiera.academy.queries.published import edition_mark, programme_of
from filiera.accounts.viewer import Viewer, ViewerRequest
from filiera.admissions.models import Participation, ParticipationState
from filiera.admissions.queries.own import own_participation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.workshops.actions.group_seats import wish_themes
from filiera.workshops.forms.groups import WishForm
from filiera.workshops.group_topics import groups_topic
from filiera.workshops.policies.editions import can_form_groups, can_take_part
from filiera.workshops.queries.groups import open_wishes, own_wishes, series_shown, sessions_in_groups


def everybody(viewer: Viewer, edition: Edition) -> bool:
    return True


@require_safe
@for_those_who(everybody)
def groups(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Visitors read which sessions are worked in groups; people of the edition, who is in which."""
    takes_part = can_take_part(request.viewer, edition)
    at = moment_shown(request, edition)
    own = _own(request.viewer, edition)
    context = {
        "takes_part": takes_part,
        "items": sessions_in_groups(edition),
        "every": series_shown(request.viewer, edition, at) if takes_part else [],
        "wishes": [(series, own_wishes(series, own)) for series in open_wishes(request.viewer, edition, at)]
        if own is not None
        else [],
        "topic": groups_topic(edition.pk),
        "may_form": can_form_groups(request.viewer, edition),
    }
    return edition_page(request, edition, "workshops/groups/groups.html", context, partial="groups")


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(can_take_part)
def group_wishes(request: ViewerRequest, edition: Edition, series_id: int) -> HttpResponse:
    """Up to three themes that one wants to work on."""
    at = edition.clock_at or timezone.now()
    own = _own(request.viewer, edition)
    series = next((each for each in open_wishes(request.viewer, edition, at) if each.pk == series_id), None)
    if own is None or series is None:
        raise Http404
    form = WishForm(request.POST or None, themes=series.themes, wishes=own_wishes(series, own))
    if request.method == "POST" and form.is_valid():
        try:
            wish_themes(series=series, participation=own, themes=form.wanted(), by=request.viewer, at=at)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Your wishes are kept. You can change them until they close."))
            return redirect(reverse("workshops:groups", args=[edition.slug]))
    context = {"series": series, "form": form}
    status = 422 if request.method == "POST" else 200
    return edition_page(request, edition, "workshops/groups/wishes.html", context, status=status)


def moment_shown(request: ViewerRequest, edition: Edition) -> datetime:
    """Now, or in a demonstration the moment that the visitor looks from."""
    mark = edition_mark(request.viewer, edition.slug)
    return clock_for(request, mark, programme_of(mark)).moment


def _own(viewer: Viewer, edition: Edition) -> Participation | None:
    own = own_participation(viewer, edition)
    return own if own is not None and own.state == ParticipationState.CONFIRMED else None
