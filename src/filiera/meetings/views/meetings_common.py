"""What the pages of meetings share: the edition and round of the address, the moment, the answer."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from filiera.academy.clock import clock_for
from filiera.academy.models import Edition
from filiera.academy.opened import Opened
from filiera.academy.queries.published import edition_mark, programme_of
from filiera.accounts.viewer import Viewer, ViewerRequest
from filiera.meetings.models import Attendee, MeetingRound
from filiera.meetings.policies import can_plan_meetings, can_wish
from filiera.shared.errors import DomainError
from filiera.shared.http import TOASTS, render_page, send_to, wants_fragment

View = Callable[..., HttpResponse]
Policy = Callable[[Viewer, Edition], bool]
# The event that the pages of the desk wait for to fetch what changed.
CHANGED = "filiera:draft"


def _for_those_who(policy: Policy) -> Callable[[View], View]:
    """Give a view its edition, and the round where the address names one."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: ViewerRequest, edition_slug: str, *args: Any, **kwargs: Any) -> HttpResponse:
            visible = Edition.objects.visible_to(request.viewer).select_related("series", "current_version")
            edition = get_object_or_404(visible, slug=edition_slug, is_template=False)
            if not policy(request.viewer, edition):
                if request.viewer.is_known:
                    raise PermissionDenied
                address = redirect_to_login(request.get_full_path(), reverse("account_login"))["Location"]
                return send_to(request, address)
            round_id = kwargs.pop("round_id", None)
            if round_id is None:
                return view(request, edition, *args, **kwargs)
            rounds = MeetingRound.objects.visible_to(request.viewer).select_related("session")
            round_ = get_object_or_404(rounds, edition=edition, pk=round_id)
            round_.edition = edition
            return view(request, round_, *args, **kwargs)

        return guarded

    return decorate


wishing = _for_those_who(can_wish)
planning = _for_those_who(can_plan_meetings)


def moment_of(edition: Edition) -> datetime:
    """Now; in a demonstration the moment that its edition shows."""
    return edition.clock_at or timezone.now()


def own_attendee(request: ViewerRequest, round_: MeetingRound) -> Attendee | None:
    """The one who looks, where they have joined and not left."""
    if request.viewer.person_id is None:
        return None
    own = Attendee.objects.visible_to(request.viewer).present().filter(person_id=request.viewer.person_id)
    attendee = own.filter(round=round_).select_related("person", "organisation").first()
    if attendee is not None:
        attendee.round = round_
    return attendee


def own_page(
    request: ViewerRequest,
    round_: MeetingRound,
    template: str,
    context: Mapping[str, object],
    *,
    status: int = 200,
    partial: str = "",
) -> HttpResponse:
    """A page among those of the edition, with its navigation and the demonstration's clock."""
    shown = {"round": round_, "at": moment_of(round_.edition), **context}
    return edition_page(request, round_.edition, template, shown, status=status, partial=partial)


def edition_page(
    request: ViewerRequest,
    edition: Edition,
    template: str,
    context: Mapping[str, object],
    *,
    status: int = 200,
    partial: str = "",
) -> HttpResponse:
    mark = edition_mark(request.viewer, edition.slug)
    programme = programme_of(mark)
    opened = Opened(mark=mark, programme=programme, clock=clock_for(request, mark, programme))
    response = render_page(
        request, template, {"opened": opened, "edition": edition, **context}, status=status, partial=partial
    )
    response["Cache-Control"] = "private, no-cache"
    return response


def desk_page(
    request: ViewerRequest,
    round_: MeetingRound,
    template: str,
    context: Mapping[str, object],
    *,
    partial: str = "",
    status: int = 200,
) -> HttpResponse:
    shown = {"edition": round_.edition, "round": round_, "at": moment_of(round_.edition), **context}
    return render_page(request, template, shown, partial=partial, status=status)


def after_change(request: ViewerRequest, address: str) -> HttpResponse:
    """Close the panel and let the page fetch what changed; without script go to the page itself."""
    if not wants_fragment(request):
        return redirect(address)
    waiting = list(get_messages(request))
    toasts = render_to_string(TOASTS, {"messages": waiting}, request) if waiting else ""
    return HttpResponse(toasts, headers={"HX-Trigger": CHANGED})


def show_refusal(form: forms.Form, error: DomainError) -> None:
    """Put a refusal at the field it names, or above the form."""
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, str(error))
