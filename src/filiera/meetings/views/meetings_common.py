"""What the pages of meetings share: the round in the address, the moment shown, what stands around them."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from filiera.academy.edition_pages import Policy, View, edition_page, for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.meetings.models import Attendee, MeetingRound
from filiera.meetings.policies import can_plan_meetings, can_wish
from filiera.shared.http import render_page

from .common import now_in


def _in_round(policy: Policy) -> Callable[[View], View]:
    """Give a view its edition, and the round where the address names one."""

    def decorate(view: View) -> View:
        @for_those_who(policy)
        @wraps(view)
        def guarded(request: ViewerRequest, edition: Edition, *args: Any, **kwargs: Any) -> HttpResponse:
            round_id = kwargs.pop("round_id", None)
            if round_id is None:
                return view(request, edition, *args, **kwargs)
            rounds = MeetingRound.objects.visible_to(request.viewer).select_related("session")
            round_ = get_object_or_404(rounds, edition=edition, pk=round_id)
            round_.edition = edition
            return view(request, round_, *args, **kwargs)

        return guarded

    return decorate


wishing = _in_round(can_wish)
planning = _in_round(can_plan_meetings)


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
    shown = {"round": round_, "at": now_in(round_.edition), **context}
    return edition_page(request, round_.edition, template, shown, status=status, partial=partial)


def desk_page(
    request: ViewerRequest,
    round_: MeetingRound,
    template: str,
    context: Mapping[str, object],
    *,
    partial: str = "",
    status: int = 200,
) -> HttpResponse:
    shown = {"edition": round_.edition, "round": round_, "at": now_in(round_.edition), **context}
    return render_page(request, template, shown, partial=partial, status=status)
