"""One's own side of a round: meetings and wishes, what one brings, when one can meet."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import edition_page
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.meetings.actions import attendees as actions
from filiera.meetings.forms.meetings import PresenceForm, ProfileForm
from filiera.meetings.models import Attendee, MeetingRound
from filiera.meetings.policies import can_plan_meetings
from filiera.meetings.queries.availability import availability_of, slots_of
from filiera.meetings.queries.own import is_frozen, own_round
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import tried

from .common import now_in
from .meetings_common import own_attendee, own_page, wishing


@require_safe
@wishing
def rounds(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """The rounds of an edition; straight to the only one."""
    visible = list(
        MeetingRound.objects.visible_to(request.viewer)
        .filter(edition=edition)
        .opened()
        .order_by("created_at", "pk")
    )
    if len(visible) == 1:
        return redirect("meetings:round", edition.slug, visible[0].pk)
    context = {"rounds": visible, "may_plan": can_plan_meetings(request.viewer, edition)}
    return edition_page(request, edition, "meetings/own/rounds.html", context)


@require_safe
@wishing
def round_page(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    """One's meetings, who waits for an answer, and what became of one's own wishes."""
    attendee = own_attendee(request, round_)
    if attendee is None:
        return _join_page(request, round_, ProfileForm(attendee=None))
    own = own_round(request.viewer, round_, attendee, at=now_in(round_.edition))
    return own_page(request, round_, "meetings/own/round.html", {"own": own, "attendee": attendee})


@require_http_methods(["GET", "HEAD", "POST"])
@wishing
def profile(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    """Join, or change what the others read."""
    attendee = own_attendee(request, round_)
    form = ProfileForm(request.POST or None, attendee=attendee)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            actions.join_round(
                round_=round_,
                offers=values["offers"],
                needs=values["needs"],
                most=values["most"],
                by=request.viewer,
                at=now_in(round_.edition),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            if attendee is None:
                messages.success(request, _("You are in. Say whom you want to meet."))
                return redirect("meetings:people", round_.edition.slug, round_.pk)
            messages.success(request, _("What you offer and need is saved."))
            return redirect("meetings:round", round_.edition.slug, round_.pk)
    return _join_page(request, round_, form)


@require_POST
@wishing
def profile_end(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    attendee = _joined(request, round_)
    tried(
        request,
        lambda: actions.leave_round(attendee=attendee, by=request.viewer, at=now_in(round_.edition)),
        _("You are out. The others no longer see you here."),
    )
    return redirect("meetings:round", round_.edition.slug, round_.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@wishing
def times(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    """When one can meet, and how: at a table or over a link."""
    attendee = own_attendee(request, round_)
    if attendee is None:
        return redirect("meetings:round", round_.edition.slug, round_.pk)
    form = presence_form(request, round_, attendee)
    if request.method == "POST" and form.is_valid():
        try:
            actions.say_presence(
                attendee=attendee,
                presences=form.presences(),
                by=request.viewer,
                at=now_in(round_.edition),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Your times are saved."))
            return redirect("meetings:times", round_.edition.slug, round_.pk)
    context = {
        "form": form,
        "attendee": attendee,
        "is_frozen": is_frozen(round_, at=now_in(round_.edition)),
    }
    status = 422 if request.method == "POST" else 200
    return own_page(request, round_, "meetings/own/times.html", context, status=status)


def presence_form(request: ViewerRequest, round_: MeetingRound, attendee: Attendee) -> PresenceForm:
    """The slots of a round as this person can meet in them; those that have begun are closed."""
    slots, at = slots_of(round_), now_in(round_.edition)
    availability = availability_of(round_, [attendee], slots)
    keeps_all = is_frozen(round_, at=at)
    return PresenceForm(
        request.POST or None,
        slots=slots,
        presences={slot.pk: availability.of(attendee.pk, slot.pk) for slot in slots},
        zone=round_.edition.time_zone,
        closed=frozenset(slot.pk for slot in slots if keeps_all or slot.starts_at <= at),
    )


def _joined(request: ViewerRequest, round_: MeetingRound) -> Attendee:
    """Raises Http404."""
    return get_object_or_404(
        Attendee.objects.visible_to(request.viewer).present().select_related("round__edition"),
        round=round_,
        person_id=request.viewer.person_id,
    )


def _join_page(request: ViewerRequest, round_: MeetingRound, form: ProfileForm) -> HttpResponse:
    attendee = own_attendee(request, round_)
    context = {
        "form": form,
        "attendee": attendee,
        "count": Attendee.objects.present().filter(round=round_).count(),
        "is_frozen": is_frozen(round_, at=now_in(round_.edition)),
    }
    status = 422 if form.is_bound else 200
    return own_page(request, round_, "meetings/own/profile.html", context, status=status)
