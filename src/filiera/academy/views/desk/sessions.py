"""Sessions at the desk: the list, the side panel, and each change as a resource."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy import policies
from filiera.academy.actions import contributions as contribution_actions
from filiera.academy.actions import materials as material_actions
from filiera.academy.actions import overlaps, programme
from filiera.academy.actions.errors import Overlap, StaleSession
from filiera.academy.edition_pages import desk_view
from filiera.academy.forms.sessions import (
    ContributionForm,
    MaterialForm,
    MoveForm,
    OverlapForm,
    SessionForm,
)
from filiera.academy.models import Contribution, Edition, Material, OverlapAllowance, Part, Session
from filiera.academy.queries.session_list import session_lines
from filiera.academy.queries.session_panel import panel_of
from filiera.accounts.viewer import ViewerRequest
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import CHANGED, after_change, panel_page, render_page, wants_fragment
from filiera.shared.time import at_zone

editing = desk_view(policies.can_edit_programme)


@require_safe
@desk_view()
def desk_sessions(request: ViewerRequest, edition: Edition) -> HttpResponse:
    context = {
        "edition": edition,
        "sessions": session_lines(edition),
        "may_edit": policies.can_edit_programme(request.viewer, edition),
    }
    return render_page(request, "academy/desk/sessions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_session_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    part = _part_asked(request, edition)
    form = SessionForm(request.POST or None, edition=edition, initial={"part": part, "minutes": 60})
    if request.method == "POST" and form.is_valid():
        try:
            session = programme.add_session(
                edition=edition,
                part=form.cleaned_data["part"],
                details=form.details(),
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The session waits in the tray. Move it to a day and a room."))
            return after_change(request, programme_address(session))
    status = 422 if request.method == "POST" else 200
    return panel_page(
        request, "academy/desk/session_new.html", {"edition": edition, "form": form}, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@desk_view()
def desk_session(request: ViewerRequest, edition: Edition, session_id: int) -> HttpResponse:
    session = find(request, edition, session_id)
    form = SessionForm(request.POST or None, edition=edition, session=session)
    if request.method == "POST" and form.is_valid():
        try:
            session = programme.edit_session(
                session=session,
                details=form.details(),
                sequence=form.cleaned_data["sequence"] or 0,
                by=request.viewer,
                at=timezone.now(),
            )
        except StaleSession as error:
            form = _with_present_sequence(request, session, edition)
            show_refusal(form, error)
            return _panel(request, session, form, status=422, is_stale=True)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The session is saved in the draft."))
            return after_change(request, programme_address(session))
    return _panel(request, session, form, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@editing
def desk_move(request: ViewerRequest, edition: Edition, session_id: int) -> HttpResponse:
    session = find(request, edition, session_id)
    form = MoveForm(request.POST or None, session=session)
    if request.method == "POST" and form.is_valid():
        return _move(request, session, form)
    return _move_page(request, session, form, status=422 if request.method == "POST" else 200)


def _move(request: ViewerRequest, session: Session, form: MoveForm) -> HttpResponse:
    values = form.cleaned_data
    try:
        session = programme.move_session(
            session=session,
            room=values["room"],
            starts_at=values["starts_at"],
            minutes=values["minutes"],
            sequence=values["sequence"],
            by=request.viewer,
            at=timezone.now(),
        )
    except Overlap as error:
        show_refusal(form, error)
        return _move_page(request, session, form, status=422, overlap=error)
    except StaleSession as error:
        session.refresh_from_db()
        data = request.POST.copy()
        data["sequence"] = str(session.sequence)
        form = MoveForm(data, session=session)
        show_refusal(form, error)
        return _move_page(request, session, form, status=422)
    except DomainError as error:
        show_refusal(form, error)
        return _move_page(request, session, form, status=422)
    return after_change(request, programme_address(session))


@require_POST
@editing
def desk_overlap_new(request: ViewerRequest, edition: Edition, session_id: int) -> HttpResponse:
    """Allow a pair by name; where a move was waiting for that, make it."""
    session = find(request, edition, session_id)
    form = OverlapForm(request.POST, session=session)
    move = MoveForm(request.POST, session=session) if "day" in request.POST else None
    if form.is_valid():
        try:
            overlaps.allow_overlap(
                first=session,
                second=form.cleaned_data["other"],
                speaker=form.cleaned_data["speaker"],
                reason=form.cleaned_data["reason"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("These two sessions may overlap now."))
            if move is not None and move.is_valid():
                return _move(request, session, move)
            return after_change(request, programme_address(session))
    if move is not None:
        move.is_valid()
        return _move_page(request, session, move, status=422, overlap_form=form)
    return _panel(request, session, status=422, overlap_form=form)


@require_POST
@editing
def desk_overlap_end(request: ViewerRequest, edition: Edition, allowance_id: int) -> HttpResponse:
    allowance = get_object_or_404(
        OverlapAllowance.objects.visible_to(request.viewer).select_related("first", "second", "edition"),
        edition=edition,
        pk=allowance_id,
    )
    try:
        overlaps.end_overlap(allowance=allowance, by=request.viewer, at=timezone.now())
        messages.success(request, _("These two sessions may no longer overlap."))
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, programme_address(allowance.first))


@require_POST
@editing
def desk_shelve(request: ViewerRequest, edition: Edition, session_id: int) -> HttpResponse:
    session = find(request, edition, session_id)
    address = programme_address(session)
    programme.shelve_session(session=session, by=request.viewer, at=timezone.now())
    messages.success(request, _("The session waits in the tray."))
    return after_change(request, address)


@require_POST
@editing
def desk_duplicate(request: ViewerRequest, edition: Edition, session_id: int) -> HttpResponse:
    session = find(request, edition, session_id)
    programme.duplicate_session(session=session, by=request.viewer, at=timezone.now())
    messages.success(request, _("A copy waits in the tray."))
    return after_change(request, programme_address(session))


@require_POST
@editing
def desk_cancellation(request: ViewerRequest, edition: Edition, session_id: int) -> HttpResponse:
    session = find(request, edition, session_id)
    session = programme.cancel_session(session=session, by=request.viewer, at=timezone.now())
    messages.success(request, _("The session is cancelled in the draft. Publish to tell visitors."))
    return after_change(request, programme_address(session))


@require_POST
@editing
def desk_cancellation_end(request: ViewerRequest, edition: Edition, session_id: int) -> HttpResponse:
    session = find(request, edition, session_id)
    try:
        programme.restore_session(session=session, by=request.viewer, at=timezone.now())
        messages.success(request, _("The session takes place again."))
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, programme_address(session))


@require_POST
@editing
def desk_deletion(request: ViewerRequest, edition: Edition, session_id: int) -> HttpResponse:
    session = find(request, edition, session_id)
    address = programme_address(session)
    try:
        programme.delete_session(session=session, by=request.viewer, at=timezone.now())
        messages.success(request, _("The session is deleted. Undo brings it back."))
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, address)


@require_POST
@editing
def desk_contribution_new(request: ViewerRequest, edition: Edition, session_id: int) -> HttpResponse:
    session = find(request, edition, session_id)
    form = ContributionForm(request.POST, session=session)
    if not form.is_valid():
        elsewhere = form.cleaned_data.get("allowed_with")
        return _panel(request, session, status=422, contribution_form=form, speaker_elsewhere=elsewhere)
    try:
        contribution_actions.assign_speaker(
            session=session,
            speaker=form.cleaned_data["speaker"],
            role=form.cleaned_data["role"],
            allowed_with=form.cleaned_data["allowed_with"],
            reason=form.cleaned_data["reason"],
            by=request.viewer,
            at=timezone.now(),
        )
    except Overlap as error:
        show_refusal(form, error)
        return _panel(request, session, status=422, contribution_form=form, speaker_elsewhere=error.other)
    except DomainError as error:
        show_refusal(form, error)
        return _panel(request, session, status=422, contribution_form=form)
    messages.success(request, _("The speaker is in the session."))
    return panel_again(request, session)


@require_POST
@editing
def desk_contribution_end(request: ViewerRequest, edition: Edition, contribution_id: int) -> HttpResponse:
    found = Contribution.objects.filter(session__in=Session.objects.visible_to(request.viewer))
    contribution = get_object_or_404(
        found.select_related("session__edition"), session__edition=edition, pk=contribution_id
    )
    session = contribution.session
    contribution_actions.take_out_speaker(contribution=contribution, by=request.viewer, at=timezone.now())
    messages.success(request, _("The speaker is no longer in the session."))
    return panel_again(request, session)


@require_POST
@editing
def desk_material_new(request: ViewerRequest, edition: Edition, session_id: int) -> HttpResponse:
    session = find(request, edition, session_id)
    form = MaterialForm(request.POST, request.FILES)
    if not form.is_valid():
        return _panel(request, session, status=422, material_form=form)
    values = form.cleaned_data
    material_actions.add_material(
        session=session,
        details=material_actions.MaterialDetails(
            title=values["title"], url=values["url"], audience=values["audience"], moment=values["moment"]
        ),
        upload=values["upload"],
        by=request.viewer,
        at=timezone.now(),
    )
    messages.success(request, _("The material is added to the draft."))
    return panel_again(request, session)


@require_POST
@editing
def desk_material_end(request: ViewerRequest, edition: Edition, material_id: int) -> HttpResponse:
    found = Material.objects.filter(session__in=Session.objects.visible_to(request.viewer))
    material = get_object_or_404(
        found.select_related("session__edition"), session__edition=edition, pk=material_id
    )
    session = material.session
    material_actions.remove_material(material=material, by=request.viewer, at=timezone.now())
    messages.success(request, _("The material is taken off the session. Undo brings it back."))
    return panel_again(request, session)


def find(request: ViewerRequest, edition: Edition, session_id: int) -> Session:
    visible = Session.objects.visible_to(request.viewer).select_related("edition", "part", "room")
    return get_object_or_404(visible, edition=edition, pk=session_id)


def programme_address(session: Session) -> str:
    """The editor at the day on which the session stands."""
    address = reverse("academy:desk_programme", args=[session.edition.slug])
    if session.during is None:
        return address
    day = at_zone(session.during.lower, session.part.time_zone).date().isoformat()
    return f"{address}?day={day}"


def _part_asked(request: ViewerRequest, edition: Edition) -> Part | None:
    asked = request.GET.get("part", "")
    parts = Part.objects.filter(edition=edition).order_by("number")
    chosen = parts.filter(pk=asked).first() if asked.isdecimal() and len(asked) < 18 else None
    return chosen or parts.first()


def _with_present_sequence(request: ViewerRequest, session: Session, edition: Edition) -> SessionForm:
    """The same input once more, so that saving it again means to replace what the other person did."""
    session.refresh_from_db()
    data = request.POST.copy()
    data["sequence"] = str(session.sequence)
    again = SessionForm(data, edition=edition, session=session)
    again.is_valid()
    return again


def _panel(
    request: ViewerRequest,
    session: Session,
    form: SessionForm | None = None,
    *,
    status: int = 200,
    is_stale: bool = False,
    contribution_form: ContributionForm | None = None,
    material_form: MaterialForm | None = None,
    overlap_form: OverlapForm | None = None,
    speaker_elsewhere: Session | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "edition": session.edition,
        "session": session,
        "panel": panel_of(session),
        "form": form or SessionForm(edition=session.edition, session=session),
        "contribution_form": contribution_form or ContributionForm(session=session),
        "material_form": material_form or MaterialForm(),
        "overlap_form": overlap_form or OverlapForm(session=session),
        "is_stale": is_stale,
        "speaker_elsewhere": speaker_elsewhere,
        "may_edit": policies.can_edit_programme(request.viewer, session.edition),
    }
    return panel_page(request, "academy/desk/session.html", context, status=status)


def panel_again(request: ViewerRequest, session: Session) -> HttpResponse:
    """The panel with the change in it, while the grid behind fetches the new draft."""
    if not wants_fragment(request):
        address = reverse("academy:desk_session", args=[session.edition.slug, session.pk])
        return after_change(request, address)
    response = _panel(request, session)
    response["HX-Trigger"] = CHANGED
    return response


def _move_page(
    request: ViewerRequest,
    session: Session,
    form: MoveForm,
    *,
    status: int,
    overlap: Overlap | None = None,
    overlap_form: OverlapForm | None = None,
) -> HttpResponse:
    if overlap is not None and overlap.other.pk != session.pk:
        overlap_form = OverlapForm(
            session=session, initial={"other": overlap.other.pk, "speaker": overlap.speaker}
        )
    context = {
        "edition": session.edition,
        "session": session,
        "form": form,
        "overlap": overlap,
        "overlap_form": overlap_form,
        "pending": _pending(form) if overlap_form is not None else [],
    }
    return panel_page(request, "academy/desk/move.html", context, status=status)


def _pending(form: MoveForm) -> list[tuple[str, str]]:
    """The move that waits for the permission, to be made as soon as it is given."""
    return [
        (name, form.data[name])
        for name in ("day", "time", "minutes", "room", "sequence", "reading")
        if form.data.get(name)
    ]
