"""Who was there, at the desk: days and sessions, one click for each person, files."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Day, Edition, Session
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import presence as actions
from filiera.admissions.forms.presence import PresenceForm
from filiera.admissions.models import Participation, Presence, PresenceMode, PresenceSource
from filiera.admissions.policies import presence as policies
from filiera.admissions.queries import presence_lists as queries
from filiera.admissions.queries.presence_lists import Target
from filiera.shared.errors import DomainError
from filiera.shared.http import after_change, render_page
from filiera.shared.tables import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from filiera.texts.languages import DEFAULT_LANGUAGE

checking_in = for_those_who(policies.can_check_in)


@require_safe
@checking_in
def desk_presence(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Each day and session with how many were there."""
    days, confirmed = queries.presence_overview(edition)
    context = {
        "edition": edition,
        "days": days,
        "confirmed": confirmed,
        "topic": actions.presence_topic(edition.pk),
        "may_edit_stations": policies.can_edit_stations(request.viewer, edition),
        "may_print": policies.can_print_badges(request.viewer, edition),
        "may_import": policies.can_import_presence(request.viewer, edition),
    }
    return render_page(request, "admissions/presence/overview.html", context, partial="days")


@require_http_methods(["GET", "HEAD", "POST"])
@checking_in
def desk_presence_list(
    request: ViewerRequest, edition: Edition, day_id: int | None = None, session_id: int | None = None
) -> HttpResponse:
    """The list of a day or a session; a form in it records somebody."""
    target = target_in(edition, day_id, session_id)
    if request.method == "POST":
        return _record(request, edition, target)
    lines = queries.presence_lines(target)
    shown = request.GET.get("show", "")
    present = sum(line.presence is not None for line in lines)
    context = {
        "edition": edition,
        "target": target,
        "lines": [line for line in lines if _is_shown(line, shown)],
        "shown": shown,
        "present": present,
        "total": len(lines),
        "modes": PresenceMode,
        "like": queries.earlier_lists(target.session) if target.session is not None else [],
        "topic": actions.presence_topic(edition.pk),
        "may_import": policies.can_import_presence(request.viewer, edition),
    }
    return render_page(request, "admissions/presence/list.html", context, partial="presence-lines")


@require_POST
@checking_in
def desk_presence_undo(request: ViewerRequest, edition: Edition, presence_id: int) -> HttpResponse:
    visible = Presence.objects.visible_to(request.viewer).select_related("participation")
    presence = get_object_or_404(visible, participation__edition=edition, pk=presence_id)
    try:
        actions.undo_presence(presence=presence, by=request.viewer, at=timezone.now())
        messages.success(
            request, _("The presence of %(name)s is taken back.") % {"name": presence.participation.name}
        )
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, _address(edition, Target(day=presence.day, session=presence.session)))


@require_POST
@checking_in
def desk_presence_like(request: ViewerRequest, edition: Edition, session_id: int) -> HttpResponse:
    """Everybody of another list, at once."""
    target = target_in(edition, None, session_id)
    assert target.session is not None
    wanted = request.POST.get("like", "")
    likes = {_like_key(like): like for like in queries.earlier_lists(target.session)}
    if wanted not in likes:
        raise Http404
    try:
        new = actions.record_like(
            session=target.session,
            like_day=likes[wanted].day,
            like_session=likes[wanted].session,
            by=request.viewer,
            at=timezone.now(),
        )
        told = ngettext("%(count)s person is recorded.", "%(count)s people are recorded.", new)
        messages.success(request, told % {"count": new})
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, _address(edition, target))


@require_safe
@for_those_who(policies.can_import_presence)
def desk_presence_csv(request: ViewerRequest, edition: Edition) -> HttpResponse:
    content = as_csv(queries.EXPORT_HEADER, queries.presence_rows(edition, _language()))
    return _file(content, CSV_TYPE, f"{edition.slug}-presence.csv")


@require_safe
@for_those_who(policies.can_import_presence)
def desk_presence_xlsx(request: ViewerRequest, edition: Edition) -> HttpResponse:
    content = as_xlsx(_("Presence"), queries.EXPORT_HEADER, queries.presence_rows(edition, _language()))
    return _file(content, XLSX_TYPE, f"{edition.slug}-presence.xlsx")


def _record(request: ViewerRequest, edition: Edition, target: Target) -> HttpResponse:
    form = PresenceForm(request.POST)
    if not form.is_valid():
        raise Http404
    # Names are shown to whoever checks in, so the list of this edition is what may be ticked.
    place = get_object_or_404(
        Participation.objects.select_related("edition"),
        edition=edition,
        pk=form.cleaned_data["participation"],
    )
    at = timezone.now()
    try:
        recorded = actions.record_presence(
            participation=place,
            session=target.session,
            day=target.day,
            mode=form.cleaned_data["mode"],
            source=PresenceSource.LIST,
            scan_id=_scan_id(request),
            checked_in_at=at,
            by=request.viewer,
            at=at,
        )
        if recorded.is_new:
            messages.success(request, _("%(name)s is in.") % {"name": place.name})
        else:
            messages.info(request, _("%(name)s was in already.") % {"name": place.name})
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, _address(edition, target))


def _scan_id(request: ViewerRequest) -> UUID:
    try:
        return UUID(request.POST.get("scan", ""))
    except ValueError:
        return uuid4()


def _is_shown(line: queries.PresenceLine, shown: str) -> bool:
    if shown == "in":
        return line.presence is not None
    return line.presence is None if shown == "missing" else True


def target_in(edition: Edition, day_id: int | None, session_id: int | None) -> Target:
    if session_id is not None:
        sessions = Session.objects.select_related("part", "edition")
        return Target(session=get_object_or_404(sessions, edition=edition, pk=session_id))
    days = Day.objects.select_related("part__edition")
    return Target(day=get_object_or_404(days, part__edition=edition, pk=day_id))


def _address(edition: Edition, target: Target) -> str:
    if target.session is not None:
        return reverse("admissions:desk_presence_session", args=[edition.slug, target.session.pk])
    assert target.day is not None
    return reverse("admissions:desk_presence_day", args=[edition.slug, target.day.pk])


def _like_key(target: Target) -> str:
    return f"session-{target.session.pk}" if target.session is not None else f"day-{target.day.pk}"  # type: ignore[union-attr]


def _language() -> str:
    return get_language() or DEFAULT_LANGUAGE


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=content_type, headers=headers)
