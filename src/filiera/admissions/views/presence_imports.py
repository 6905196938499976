"""Attendance from a video tool: upload, review, record."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition, Session
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import presence_imports as actions
from filiera.admissions.attendance_files import is_complete
from filiera.admissions.forms.presence_imports import AttendanceFileForm, ColumnsForm, DecisionsForm
from filiera.admissions.models import PresenceImport
from filiera.admissions.policies import presence as policies
from filiera.admissions.queries.presence_matching import matching_of
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page

importing = for_those_who(policies.can_import_presence)


@require_http_methods(["GET", "HEAD", "POST"])
@importing
def desk_presence_import(request: ViewerRequest, edition: Edition, session_id: int) -> HttpResponse:
    """The form for a file, and the files that wait for a review."""
    sessions = Session.objects.select_related("part", "edition")
    session = get_object_or_404(sessions, edition=edition, pk=session_id)
    form = AttendanceFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = actions.upload_attendance(
                session=session,
                content=file.read(),
                file_name=file.name,
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("admissions:desk_presence_review", edition.slug, made.pk)
    imports = PresenceImport.objects.visible_to(request.viewer).filter(session=session)
    context = {
        "edition": edition,
        "session": session,
        "form": form,
        "imports": imports.select_related("uploaded_by").order_by("-uploaded_at", "-pk")[:20],
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "admissions/presence/import.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@importing
def desk_presence_review(request: ViewerRequest, edition: Edition, import_id: int) -> HttpResponse:
    """Whom the names are and what would be recorded; a form keeps decisions, and records when asked to."""
    found = _one(request, edition, import_id)
    if found.closed_at is not None:
        return render_page(
            request, "admissions/presence/review_closed.html", {"edition": edition, "found": found}
        )
    if not is_complete(found.mapping):
        return _columns(request, edition, found)
    matching = matching_of(found)
    form = DecisionsForm(request.POST if request.method == "POST" else None, matching=matching)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decide_names(
                presence_import=found, decisions=form.decisions(), by=request.viewer, at=timezone.now()
            )
            if request.POST.get("do") == "record":
                return _record(request, edition, found)
            return redirect("admissions:desk_presence_review", edition.slug, found.pk)
        except DomainError as error:
            found.refresh_from_db()
            matching = matching_of(found)
            form = DecisionsForm(request.POST, matching=matching)
            form.is_valid()
            form.add_error(None, str(error))
    context = {"edition": edition, "found": found, "matching": matching, "form": form}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "admissions/presence/review.html", context, status=status)


@require_POST
@importing
def desk_presence_columns(request: ViewerRequest, edition: Edition, import_id: int) -> HttpResponse:
    return _columns(request, edition, _one(request, edition, import_id))


@require_POST
@importing
def desk_presence_aside(request: ViewerRequest, edition: Edition, import_id: int) -> HttpResponse:
    found = _one(request, edition, import_id)
    try:
        actions.set_import_aside(presence_import=found, by=request.viewer, at=timezone.now())
        messages.success(request, _("The file is set aside; nothing of it was recorded."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("admissions:desk_presence_import", edition.slug, found.session_id)


def _columns(request: ViewerRequest, edition: Edition, found: PresenceImport) -> HttpResponse:
    form = ColumnsForm(request.POST if request.method == "POST" else None, presence_import=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.map_columns(
                presence_import=found, mapping=form.mapping(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("admissions:desk_presence_review", edition.slug, found.pk)
    context = {"edition": edition, "found": found, "form": form, "examples": found.rows[:5]}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "admissions/presence/columns.html", context, status=status)


def _record(request: ViewerRequest, edition: Edition, found: PresenceImport) -> HttpResponse:
    recorded = (
        actions.record_import(presence_import=found, by=request.viewer, at=timezone.now()).recorded or 0
    )
    told = ngettext("%(count)s presence was recorded.", "%(count)s presences were recorded.", recorded)
    messages.success(request, told % {"count": recorded})
    return redirect("admissions:desk_presence_session", edition.slug, found.session_id)


def _one(request: ViewerRequest, edition: Edition, key: int) -> PresenceImport:
    visible = PresenceImport.objects.visible_to(request.viewer)
    return get_object_or_404(
        visible.select_related("edition", "session__part", "session__edition"), edition=edition, pk=key
    )
