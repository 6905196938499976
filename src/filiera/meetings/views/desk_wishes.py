"""People and wishes of a round at the desk: who is in, who is away, which wishes count."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.meetings.actions import attendees as attendee_actions
from filiera.meetings.actions import wishes as actions
from filiera.meetings.forms.meetings import PresenceForm
from filiera.meetings.models import Attendee, MeetingRound, MeetingWish, Presence, WishState
from filiera.meetings.queries.availability import availability_of, slots_of
from filiera.meetings.queries.desk import attendee_lines, wish_lines
from filiera.meetings.queries.problem import pair_of
from filiera.meetings.queries.standing import standing_of
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change

from .common import now_in
from .meetings_common import desk_page, planning


@require_safe
@planning
def desk_people(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    standing = standing_of(round_)
    lines = attendee_lines(request.viewer, standing, at=now_in(round_.edition))
    context = {
        "here": "people",
        "lines": lines,
        "without": sum(not line.meetings and bool(line.sent or line.received) for line in lines),
        "has_meetings": bool(standing.meetings),
    }
    return desk_page(request, round_, "meetings/desk/people.html", context, partial="people")


@require_http_methods(["GET", "HEAD", "POST"])
@planning
def desk_times(request: ViewerRequest, round_: MeetingRound, attendee_id: int) -> HttpResponse:
    """When and how somebody can meet, as they said or as the organiser heard."""
    attendee = _attendee(request, round_, attendee_id)
    slots, at = slots_of(round_), now_in(round_.edition)
    availability = availability_of(round_, [attendee], slots)
    form = PresenceForm(
        request.POST or None,
        slots=slots,
        presences={slot.pk: availability.of(attendee.pk, slot.pk) for slot in slots},
        zone=round_.edition.time_zone,
        closed=frozenset(slot.pk for slot in slots if slot.starts_at <= at),
    )
    if request.method == "POST" and form.is_valid():
        try:
            attendee_actions.say_presence(
                attendee=attendee, presences=form.presences(), by=request.viewer, at=at
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The times of %(name)s are saved.") % {"name": attendee.name})
            return after_change(request, _people(round_))
    context = {"here": "people", "form": form, "attendee": attendee}
    status = 422 if request.method == "POST" else 200
    return desk_page(request, round_, "meetings/desk/times.html", context, partial="panel", status=status)


@require_POST
@planning
def desk_absence(request: ViewerRequest, round_: MeetingRound, attendee_id: int) -> HttpResponse:
    """Somebody is away from now on; what that hits is shown, and nothing is moved yet."""
    attendee = _attendee(request, round_, attendee_id)
    at = now_in(round_.edition)
    away = {slot.pk: Presence.AWAY.value for slot in slots_of(round_) if slot.starts_at > at}
    attendee_actions.say_presence(attendee=attendee, presences=away, by=request.viewer, at=at)
    messages.success(
        request,
        _("%(name)s is away from now on. Look at what is hit, and plan again.") % {"name": attendee.name},
    )
    return after_change(request, reverse("meetings:desk_round", args=[round_.edition.slug, round_.pk]))


@require_safe
@planning
def desk_wishes(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    state = request.GET.get("state", "")
    start = request.GET.get("start", "")
    state = state if state in WishState.values else ""
    lines = wish_lines(
        request.viewer,
        standing_of(round_),
        state=state,
        start=int(start) if start.isdecimal() and len(start) < 6 else 0,
    )
    context = {
        "here": "wishes",
        "lines": [(wish, pair_of(wish.wisher_id, wish.wanted_id) in lines.never) for wish in lines.wishes],
        "total": lines.total,
        "next_url": f"?state={state}&start={lines.next_start}" if lines.next_start else "",
        "state": state,
        "states": [choice for choice in WishState.choices if choice[0] != WishState.WITHDRAWN],
    }
    return desk_page(request, round_, "meetings/desk/wishes.html", context, partial="wishes")


@require_POST
@planning
def desk_wish(request: ViewerRequest, round_: MeetingRound, wish_id: int) -> HttpResponse:
    """The organiser's word on a wish: `yes`, `no`, `required` or `free`."""
    wishes = MeetingWish.objects.visible_to(request.viewer).select_related(
        "wisher__round__edition", "wanted__round__edition", "round__edition"
    )
    wish = get_object_or_404(wishes, round=round_, pk=wish_id)
    word, at = request.POST.get("word", ""), now_in(round_.edition)
    try:
        if word in ("required", "free"):
            actions.require_wish(wish=wish, is_required=word == "required", by=request.viewer, at=at)
        else:
            actions.answer_wish(wish=wish, accept=word == "yes", by=request.viewer, at=at)
        messages.success(request, _("The wish is changed; the next plan counts it."))
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, reverse("meetings:desk_wishes", args=[round_.edition.slug, round_.pk]))


def _people(round_: MeetingRound) -> str:
    return reverse("meetings:desk_people", args=[round_.edition.slug, round_.pk])


def _attendee(request: ViewerRequest, round_: MeetingRound, attendee_id: int) -> Attendee:
    """Raises Http404."""
    visible = Attendee.objects.visible_to(request.viewer).present()
    attendee = get_object_or_404(visible, round=round_, pk=attendee_id)
    attendee.round = round_
    return attendee
