"""The meetings of a round at the desk: the grid, one meeting, statistics and the table to take along."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.meetings.actions import meetings as actions
from filiera.meetings.actions import outcomes as outcome_actions
from filiera.meetings.documents.tables import TABLE_HEADER, meeting_rows
from filiera.meetings.drawings import statistics_charts
from filiera.meetings.forms.meetings import PairForm, SlotChoiceForm
from filiera.meetings.models import Meeting, MeetingRound, MeetingState
from filiera.meetings.queries.desk import answers_of, grid_of, statistics_of
from filiera.meetings.queries.standing import standing_of
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change
from filiera.shared.tables import XLSX_TYPE, as_xlsx

from .common import now_in
from .meetings_common import desk_page, planning


@require_safe
@planning
def desk_schedule(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    """Slots by tables."""
    standing = standing_of(round_)
    context = {
        "here": "schedule",
        "tables": standing.tables,
        "days": grid_of(standing),
        "count": len(standing.meetings),
        "unfit": {meeting.pk for meeting in standing.unfit()},
    }
    return desk_page(request, round_, "meetings/desk/schedule.html", context, partial="grid")


@require_http_methods(["GET", "HEAD", "POST"])
@planning
def desk_meeting_new(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    """Bring two together by hand."""
    standing, at = standing_of(round_), now_in(round_.edition)
    present = [attendee for attendee in standing.attendees.values() if attendee.left_at is None]
    form = PairForm(
        request.POST or None,
        attendees=present,
        slots=[slot for slot in standing.slots if slot.starts_at > at],
        zone=round_.edition.time_zone,
        initial={name: request.GET.get(name, "") for name in ("one", "other", "slot")},
    )
    if request.method == "POST" and form.is_valid():
        one, other = (form.attendees[form.cleaned_data[name]] for name in ("one", "other"))
        one.round = other.round = round_
        try:
            actions.schedule_meeting(
                one=one, other=other, slot=form.slots[form.cleaned_data["slot"]], by=request.viewer, at=at
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("They meet."))
            return after_change(request, _schedule(round_))
    context = {"here": "schedule", "form": form}
    status = 422 if request.method == "POST" else 200
    return desk_page(
        request, round_, "meetings/desk/meeting_new.html", context, partial="panel", status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@planning
def desk_meeting(request: ViewerRequest, round_: MeetingRound, meeting_id: int) -> HttpResponse:
    """One meeting: moved, pinned, cancelled, or settled when it is over (`do`)."""
    visible = Meeting.objects.visible_to(request.viewer).select_related(
        "first__organisation", "second__organisation", "slot", "table__room"
    )
    meeting = get_object_or_404(visible, round=round_, pk=meeting_id)
    meeting.round = meeting.first.round = meeting.second.round = round_
    at = now_in(round_.edition)
    slots = [
        slot
        for slot in standing_of(round_).free_slots(meeting.first_id, meeting.second_id)
        if slot.starts_at > at
    ]
    form = SlotChoiceForm(
        request.POST if request.POST.get("do") == "move" else None,
        slots=slots,
        zone=round_.edition.time_zone,
        label=_("Move to"),
    )
    if request.method == "POST" and (request.POST.get("do") != "move" or form.is_valid()):
        try:
            told = _change(request, meeting, form, at=at)
        except DomainError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, told)
        return after_change(request, _schedule(round_))
    context = {
        "here": "schedule",
        "meeting": meeting,
        "form": form if slots else None,
        "is_planned": meeting.state == MeetingState.PLANNED and meeting.slot.starts_at > at,
        "said": answers_of(request.viewer, meeting),
        "is_over": meeting.slot.ends_at <= at and meeting.state != MeetingState.CANCELLED,
    }
    status = 422 if request.method == "POST" else 200
    return desk_page(request, round_, "meetings/desk/meeting.html", context, partial="panel", status=status)


def _change(request: ViewerRequest, meeting: Meeting, form: SlotChoiceForm, *, at: datetime) -> str:
    by = request.viewer
    match request.POST.get("do"):
        case "move":
            actions.move_meeting(meeting=meeting, slot=form.chosen(), by=by, at=at)
            return _("The meeting is moved.")
        case "pin":
            actions.pin_meeting(meeting=meeting, is_pinned=not meeting.is_pinned, by=by, at=at)
            return _("It is kept for the next plan.")
        case "held":
            outcome_actions.settle_meeting(meeting=meeting, was_held=True, by=by, at=at)
            return _("The meeting counts as held.")
        case "not_held":
            outcome_actions.settle_meeting(meeting=meeting, was_held=False, by=by, at=at)
            return _("The meeting does not count.")
        case _:
            actions.cancel_meeting(meeting=meeting, by=by, at=at)
            return _("The meeting is cancelled.")


@require_safe
@planning
def desk_statistics(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    """What came of the meetings, as charts with their tables."""
    standing, at = standing_of(round_), now_in(round_.edition)
    statistics = statistics_of(request.viewer, standing, at=at)
    context = {
        "here": "statistics",
        "statistics": statistics,
        "charts": statistics_charts(statistics),
    }
    return desk_page(request, round_, "meetings/desk/statistics.html", context)


@require_safe
@planning
def desk_xlsx(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    rows = meeting_rows(request.viewer, round_, standing_of(round_))
    content = as_xlsx(_("Meetings"), [str(name) for name in TABLE_HEADER], rows)
    headers = {
        "Content-Disposition": 'attachment; filename="meetings.xlsx"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=XLSX_TYPE, headers=headers)


def _schedule(round_: MeetingRound) -> str:
    return reverse("meetings:desk_schedule", args=[round_.edition.slug, round_.pk])
