"""Whom one could meet: found, wished, kept apart; a slot taken where people schedule themselves."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.meetings.actions import meetings as meeting_actions
from filiera.meetings.actions import wishes as actions
from filiera.meetings.forms.meetings import SlotChoiceForm, WishForm
from filiera.meetings.models import Attendee, Block, MeetingRound, MeetingWish
from filiera.meetings.queries.own import is_frozen, offered_slots
from filiera.meetings.queries.people import likeness, people_to_meet, with_profiles
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import tried

from .common import now_in
from .meetings_common import own_attendee, own_page, wishing


@require_safe
@wishing
def people(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    """The others, those who fit best first."""
    attendee = own_attendee(request, round_)
    if attendee is None:
        return redirect("meetings:round", round_.edition.slug, round_.pk)
    wanted = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    start = request.GET.get("start", "")
    page = people_to_meet(
        request.viewer,
        round_,
        attendee,
        wanted=wanted,
        start=int(start) if start.isdecimal() and len(start) < 6 else 0,
    )
    context = {
        "page": page,
        "wanted": wanted,
        "attendee": attendee,
        "is_frozen": is_frozen(round_, at=now_in(round_.edition)),
    }
    return own_page(request, round_, "meetings/own/people.html", context, partial="results")


@require_safe
@wishing
def person(request: ViewerRequest, round_: MeetingRound, attendee_id: int) -> HttpResponse:
    """Somebody one could meet: what they bring, why they fit, and one's wish."""
    return _person_page(request, round_, attendee_id)


@require_POST
@wishing
def wish_create(request: ViewerRequest, round_: MeetingRound, attendee_id: int) -> HttpResponse:
    own, other = _both(request, round_, attendee_id)
    form = WishForm(request.POST)
    if form.is_valid():
        try:
            actions.wish_meeting(
                wisher=own,
                wanted=other,
                priority=form.cleaned_data["priority"],
                why=form.cleaned_data["why"],
                by=request.viewer,
                at=now_in(round_.edition),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Your wish to meet %(name)s is kept.") % {"name": other.name})
            return redirect("meetings:people", round_.edition.slug, round_.pk)
    return _person_page(request, round_, attendee_id, form=form)


@require_POST
@wishing
def wish_withdraw(request: ViewerRequest, round_: MeetingRound, wish_id: int) -> HttpResponse:
    tried(
        request,
        lambda: actions.withdraw_wish(
            wish=_wish(request, round_, wish_id), by=request.viewer, at=now_in(round_.edition)
        ),
        _("Your wish is taken back."),
    )
    return redirect("meetings:round", round_.edition.slug, round_.pk)


@require_POST
@wishing
def wish_answer(request: ViewerRequest, round_: MeetingRound, wish_id: int) -> HttpResponse:
    """Say yes (`accept=1`) or not this time (`0`)."""
    accept = request.POST.get("accept") == "1"
    wish = _wish(request, round_, wish_id)
    try:
        actions.answer_wish(wish=wish, accept=accept, by=request.viewer, at=now_in(round_.edition))
        told = _("You said yes to %(name)s.") if accept else _("You said no to %(name)s, this time.")
        messages.success(request, told % {"name": wish.wisher.name})
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("meetings:round", round_.edition.slug, round_.pk)


@require_POST
@wishing
def block_create(request: ViewerRequest, round_: MeetingRound, attendee_id: int) -> HttpResponse:
    own, other = _both(request, round_, attendee_id)
    try:
        actions.block_attendee(blocker=own, blocked=other, by=request.viewer, at=now_in(round_.edition))
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("meetings:person", round_.edition.slug, round_.pk, other.pk)
    told = _("You will not be put at a table with %(name)s. They are not told.")
    messages.success(request, told % {"name": other.name})
    return redirect("meetings:people", round_.edition.slug, round_.pk)


@require_POST
@wishing
def block_end(request: ViewerRequest, round_: MeetingRound, block_id: int) -> HttpResponse:
    blocks = Block.objects.visible_to(request.viewer).select_related("blocker__round__edition", "blocked")
    block = get_object_or_404(
        blocks, pk=block_id, blocker__round=round_, blocker__person_id=request.viewer.person_id
    )
    actions.unblock_attendee(block=block, by=request.viewer, at=now_in(round_.edition))
    messages.success(request, _("You can meet %(name)s again.") % {"name": block.blocked.name})
    return redirect("meetings:round", round_.edition.slug, round_.pk)


@require_POST
@wishing
def meeting_create(request: ViewerRequest, round_: MeetingRound, attendee_id: int) -> HttpResponse:
    """Take a slot with somebody who has agreed."""
    own, other = _both(request, round_, attendee_id)
    at = now_in(round_.edition)
    form = SlotChoiceForm(
        request.POST,
        slots=offered_slots(round_, own, other, at=at),
        zone=round_.edition.time_zone,
        prefix=str(other.pk),
    )
    if not form.is_valid():
        messages.warning(request, _("This time is no longer free. Choose another."))
        return redirect("meetings:round", round_.edition.slug, round_.pk)
    tried(
        request,
        lambda: meeting_actions.schedule_meeting(
            one=own, other=other, slot=form.chosen(), by=request.viewer, at=at
        ),
        _("You meet %(name)s.") % {"name": other.name},
    )
    return redirect("meetings:round", round_.edition.slug, round_.pk)


def _person_page(
    request: ViewerRequest, round_: MeetingRound, attendee_id: int, *, form: WishForm | None = None
) -> HttpResponse:
    own, other = _both(request, round_, attendee_id)
    visible = Attendee.objects.visible_to(request.viewer).filter(pk__in=[own.pk, other.pk])
    profiles = {profile.attendee.pk: profile for profile in with_profiles(visible)}
    wish = MeetingWish.objects.visible_to(request.viewer).filter(wisher=own, wanted=other).first()
    initial = {"priority": wish.priority, "why": wish.why} if wish is not None else None
    _score, reasons = likeness(profiles[own.pk], profiles[other.pk])
    context = {
        "attendee": own,
        "profile": profiles[other.pk],
        "reasons": reasons,
        "wish": wish,
        "form": form or WishForm(initial=initial),
        "is_frozen": is_frozen(round_, at=now_in(round_.edition)),
        "own_block": Block.objects.visible_to(request.viewer).filter(blocker=own, blocked=other).first(),
    }
    return own_page(
        request, round_, "meetings/own/person.html", context, status=422 if form is not None else 200
    )


def _both(request: ViewerRequest, round_: MeetingRound, attendee_id: int) -> tuple[Attendee, Attendee]:
    """Raises Http404."""
    visible = (
        Attendee.objects.visible_to(request.viewer).present().filter(round=round_).select_related("person")
    )
    own = get_object_or_404(visible, person_id=request.viewer.person_id)
    other = get_object_or_404(visible.exclude(pk=own.pk), pk=attendee_id)
    own.round = other.round = round_
    return own, other


def _wish(request: ViewerRequest, round_: MeetingRound, wish_id: int) -> MeetingWish:
    """Raises Http404."""
    visible = MeetingWish.objects.visible_to(request.viewer).select_related(
        "wisher__round__edition", "wanted__round__edition", "round__edition"
    )
    return get_object_or_404(visible, pk=wish_id, round=round_)
