"""One's meetings: read, noted, moved, cancelled, answered, taken along as PDF and calendar."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.meetings.actions import meetings as actions
from filiera.meetings.actions import outcomes as outcome_actions
from filiera.meetings.documents.schedules import calendar_of, schedule_pdf_of
from filiera.meetings.forms.meetings import NoteForm, OutcomeForm, SlotChoiceForm
from filiera.meetings.models import (
    Attendee,
    Meeting,
    MeetingNote,
    MeetingRound,
    MeetingState,
    OutcomeQuestion,
)
from filiera.meetings.queries.own import offered_slots, own_meetings_of
from filiera.meetings.queries.people import likeness, with_profiles
from filiera.shared.http import tried

from .common import now_in
from .meetings_common import own_attendee, own_page, wishing


@require_safe
@wishing
def meeting(request: ViewerRequest, round_: MeetingRound, meeting_id: int) -> HttpResponse:
    return _meeting_page(request, round_, meeting_id)


@require_POST
@wishing
def meeting_note(request: ViewerRequest, round_: MeetingRound, meeting_id: int) -> HttpResponse:
    found, own = _own_meeting(request, round_, meeting_id)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _meeting_page(request, round_, meeting_id, note_form=form)
    actions.note_meeting(
        meeting=found,
        author=own,
        text=form.cleaned_data["text"],
        by=request.viewer,
        at=now_in(round_.edition),
    )
    messages.success(request, _("Your notes are saved."))
    return redirect("meetings:meeting", round_.edition.slug, round_.pk, found.pk)


@require_POST
@wishing
def meeting_outcome(request: ViewerRequest, round_: MeetingRound, meeting_id: int) -> HttpResponse:
    """Say what came of it, while the question is open."""
    found, own = _own_meeting(request, round_, meeting_id)
    question = _question(request, round_, found, own)
    if question is None:
        messages.warning(request, _("Nothing is asked about this meeting now."))
        return redirect("meetings:meeting", round_.edition.slug, round_.pk, found.pk)
    form = OutcomeForm(request.POST, after_days=question.after_days)
    if not form.is_valid():
        return _meeting_page(request, round_, meeting_id, outcome_form=form)
    tried(
        request,
        lambda: outcome_actions.answer_question(
            question=question,
            answer=form.cleaned_data["answer"],
            comment=form.cleaned_data["comment"],
            by=request.viewer,
            at=now_in(round_.edition),
        ),
        _("Thank you. It is kept."),
    )
    return redirect("meetings:round", round_.edition.slug, round_.pk)


@require_POST
@wishing
def meeting_cancel(request: ViewerRequest, round_: MeetingRound, meeting_id: int) -> HttpResponse:
    found, _own = _own_meeting(request, round_, meeting_id)
    tried(
        request,
        lambda: actions.cancel_meeting(meeting=found, by=request.viewer, at=now_in(round_.edition)),
        _("The meeting is cancelled. The other has a mail."),
    )
    return redirect("meetings:round", round_.edition.slug, round_.pk)


@require_POST
@wishing
def meeting_move(request: ViewerRequest, round_: MeetingRound, meeting_id: int) -> HttpResponse:
    found, _own = _own_meeting(request, round_, meeting_id)
    at = now_in(round_.edition)
    slots = offered_slots(round_, found.first, found.second, at=at)
    form = SlotChoiceForm(request.POST, slots=slots, zone=round_.edition.time_zone)
    if not form.is_valid():
        messages.warning(request, _("This time is no longer free. Choose another."))
    else:
        tried(
            request,
            lambda: actions.move_meeting(meeting=found, slot=form.chosen(), by=request.viewer, at=at),
            _("The meeting is moved. The other has a mail."),
        )
    return redirect("meetings:meeting", round_.edition.slug, round_.pk, found.pk)


@require_safe
@wishing
def schedule_pdf(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    own = _joined(request, round_)
    meetings = own_meetings_of(request.viewer, round_, own, at=now_in(round_.edition))
    content = schedule_pdf_of(round_, own, meetings, language=get_language() or "en")
    return _file(content, "application/pdf", "meetings.pdf")


@require_safe
@wishing
def schedule_ics(request: ViewerRequest, round_: MeetingRound) -> HttpResponse:
    own = _joined(request, round_)
    meetings = own_meetings_of(request.viewer, round_, own, at=now_in(round_.edition))
    content = calendar_of(round_, meetings, language=get_language() or "en")
    return _file(content, "text/calendar; charset=utf-8", "meetings.ics")


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=content_type, headers=headers)


def _meeting_page(
    request: ViewerRequest,
    round_: MeetingRound,
    meeting_id: int,
    *,
    note_form: NoteForm | None = None,
    outcome_form: OutcomeForm | None = None,
) -> HttpResponse:
    found, own = _own_meeting(request, round_, meeting_id)
    other = found.second if own.pk == found.first_id else found.first
    visible = Attendee.objects.filter(pk__in=[own.pk, other.pk])
    profiles = {profile.attendee.pk: profile for profile in with_profiles(visible)}
    _score, reasons = likeness(profiles[own.pk], profiles[other.pk])
    note = MeetingNote.objects.visible_to(request.viewer).filter(meeting=found, author=own).first()
    question = _question(request, round_, found, own)
    at = now_in(round_.edition)
    is_planned = found.state == MeetingState.PLANNED and found.slot.starts_at > at
    slots = (
        offered_slots(round_, found.first, found.second, at=at)
        if is_planned and round_.is_scheduled_by_people
        else []
    )
    if question is not None and outcome_form is None:
        outcome_form = OutcomeForm(after_days=question.after_days)
    context = {
        "meeting": found,
        "attendee": own,
        "profile": profiles[other.pk],
        "reasons": reasons,
        "note_form": note_form or NoteForm(initial={"text": note.text if note else ""}),
        "question": question,
        "outcome_form": outcome_form,
        "said": _said(request, found, own),
        "move_form": SlotChoiceForm(slots=slots, zone=round_.edition.time_zone) if slots else None,
        "is_planned": is_planned,
    }
    is_wrong = (note_form is not None and note_form.errors) or (
        outcome_form is not None and outcome_form.is_bound
    )
    return own_page(request, round_, "meetings/own/meeting.html", context, status=422 if is_wrong else 200)


def _joined(request: ViewerRequest, round_: MeetingRound) -> Attendee:
    """Raises Http404."""
    own = Attendee.objects.visible_to(request.viewer).filter(person_id=request.viewer.person_id or 0)
    return get_object_or_404(own.select_related("organisation"), round=round_)


def _own_meeting(request: ViewerRequest, round_: MeetingRound, meeting_id: int) -> tuple[Meeting, Attendee]:
    """Raises Http404."""
    own = own_attendee(request, round_) or _joined(request, round_)
    own.round = round_
    visible = (
        Meeting.objects.visible_to(request.viewer)
        .told()
        .standing()
        .select_related("first__organisation", "second__organisation", "slot", "table__room")
    )
    found = get_object_or_404(visible.of_person(own.person_id or 0), pk=meeting_id, round=round_)
    found.round = found.first.round = found.second.round = round_
    return found, own


def _question(
    request: ViewerRequest, round_: MeetingRound, found: Meeting, own: Attendee
) -> OutcomeQuestion | None:
    questions = OutcomeQuestion.objects.visible_to(request.viewer).filter(meeting=found, attendee=own)
    is_open = questions.filter(answered_at__isnull=True, expires_at__gt=now_in(round_.edition))
    return is_open.select_related("attendee", "meeting__round__edition").order_by("after_days").first()


def _said(request: ViewerRequest, found: Meeting, own: Attendee) -> list[OutcomeQuestion]:
    answered = OutcomeQuestion.objects.visible_to(request.viewer).filter(meeting=found, attendee=own)
    return list(answered.exclude(answer="").order_by("after_days"))
