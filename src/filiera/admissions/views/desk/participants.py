"""Participants at the desk: the list, and all about one of them."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import participations as actions
from filiera.admissions.actions.attendance import say_attendance
from filiera.admissions.actions.participants import edit_participant
from filiera.admissions.forms.participants import (
    AttendanceForm,
    NewParticipantForm,
    ParticipantFilterForm,
    ParticipantForm,
)
from filiera.admissions.models import TAKING_STATES, Participation
from filiera.admissions.policies import places as policies
from filiera.admissions.policies.people import can_send_mails
from filiera.admissions.queries.counts import counts_of, waiting_for_offer
from filiera.admissions.queries.days import days_of_edition, own_days
from filiera.admissions.queries.mailings import mails_received
from filiera.admissions.queries.participants import participants_page, participants_table, presences_of
from filiera.admissions.queries.registration import registration_answers
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change, panel_page, render_page
from filiera.shared.tables import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx


@require_safe
@for_those_who(policies.can_view_participants)
def participant_list(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Everybody with a place, found by name and narrowed by where they stand."""
    form = ParticipantFilterForm(request.GET, days=days_of_edition(edition))
    asked = form.asked()
    page = participants_page(request.viewer, edition, asked, after=_number(request.GET.get("after", "")))
    query = {key: value for key, value in form.data.items() if value and key != "after"}
    may_edit = policies.can_edit_participants(request.viewer, edition)
    context = {
        "edition": edition,
        "form": form,
        "to_offer": waiting_for_offer(edition) if may_edit else 0,
        "asked": asked,
        "page": page,
        "counts_of_people": counts_of(edition),
        "query": urlencode(query),
        "is_filtered": bool(query),
        "next_url": f"?{urlencode({**query, 'after': page.next_key})}" if page.next_key else "",
        "may_edit": may_edit,
    }
    return render_page(request, "admissions/desk/participants.html", context, partial="results")


@require_safe
@for_those_who(policies.can_view_participants)
def participants_csv(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """The list as a table of text."""
    return _file(request, edition, "csv", CSV_TYPE, as_csv)


@require_safe
@for_those_who(policies.can_view_participants)
def participants_xlsx(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """The list as a workbook."""
    return _file(
        request, edition, "xlsx", XLSX_TYPE, lambda header, rows: as_xlsx(_("Participants"), header, rows)
    )


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(policies.can_edit_participants)
def participant_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """Add somebody by hand."""
    form = NewParticipantForm(request.POST or None, viewer=request.viewer)
    if request.method == "POST" and form.is_valid():
        try:
            place = _add(request, edition, form)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("%(name)s has a place now.") % {"name": place.name})
            return after_change(request, reverse("admissions:desk_participants", args=[edition.slug]))
    status = 422 if request.method == "POST" else 200
    context = {"edition": edition, "form": form}
    return panel_page(request, "admissions/desk/participant_new.html", context, status=status)


@require_safe
@for_those_who(policies.can_view_participants)
def participant(request: ViewerRequest, edition: Edition, participation_id: int) -> HttpResponse:
    """One participant: where the place stands, details, days, presences."""
    place = _find(request, edition, participation_id)
    return _page(request, edition, place)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(policies.can_edit_participants)
def participant_edit(request: ViewerRequest, edition: Edition, participation_id: int) -> HttpResponse:
    """Correct name, address, organisation."""
    place = _find(request, edition, participation_id)
    form = ParticipantForm(request.POST or None, viewer=request.viewer, participation=place)
    if request.method == "POST" and form.is_valid():
        try:
            edit_participant(
                participation=place, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return after_change(request, _address(edition, place))
    status = 422 if request.method == "POST" else 200
    context = {"edition": edition, "form": form, "place": place}
    return panel_page(request, "admissions/desk/participant_edit.html", context, status=status)


@require_POST
@for_those_who(policies.can_edit_participants)
def participant_days(request: ViewerRequest, edition: Edition, participation_id: int) -> HttpResponse:
    """Say for somebody how they attend."""
    place = _find(request, edition, participation_id)
    at = _moment(edition)
    form = AttendanceForm(request.POST, days=own_days(place, at=at))
    if not form.is_valid():
        return _page(request, edition, place, form=form, status=422)
    try:
        say_attendance(participation=place, modes=form.modes(), by=request.viewer, at=at)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The days are saved."))
    return redirect(_address(edition, place))


@require_POST
@for_those_who(policies.can_edit_participants)
def participant_offer(request: ViewerRequest, edition: Edition, participation_id: int) -> HttpResponse:
    """Offer a place, also again."""
    place = _find(request, edition, participation_id)

    def offer() -> str:
        actions.offer_place(edition=edition, participation=place, by=request.viewer, at=_moment(edition))
        return _("The offer is on its way to %(name)s.") % {"name": place.name}

    return _done(request, edition, place, offer)


@require_POST
@for_those_who(policies.can_edit_participants)
def participant_confirmation(request: ViewerRequest, edition: Edition, participation_id: int) -> HttpResponse:
    """Confirm for somebody who said so by telephone."""
    place = _find(request, edition, participation_id)

    def confirm() -> str:
        actions.confirm_place(participation=place, by=request.viewer, at=_moment(edition))
        return _("The place of %(name)s is confirmed.") % {"name": place.name}

    return _done(request, edition, place, confirm)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(policies.can_edit_participants)
def participant_cancellation(request: ViewerRequest, edition: Edition, participation_id: int) -> HttpResponse:
    """Take a place back, after a page that says what that means."""
    place = _find(request, edition, participation_id)
    if request.method != "POST":
        context = {"edition": edition, "place": place}
        return panel_page(request, "admissions/desk/participant_cancellation.html", context)

    def cancel() -> str:
        actions.cancel_place(participation=place, by=request.viewer, at=_moment(edition))
        return _("The place of %(name)s was taken back.") % {"name": place.name}

    return _done(request, edition, place, cancel)


@require_POST
@for_those_who(policies.can_edit_participants)
def participant_link(request: ViewerRequest, edition: Edition, participation_id: int) -> HttpResponse:
    """Mail a new link; the old one stops working."""
    place = _find(request, edition, participation_id)

    def renew() -> str:
        actions.renew_place_link(participation=place, by=request.viewer, at=_moment(edition))
        return _("A new link is on its way to %(address)s.") % {"address": place.email}

    return _done(request, edition, place, renew)


def _add(request: ViewerRequest, edition: Edition, form: NewParticipantForm) -> Participation:
    how, at = form.cleaned_data["how"], _moment(edition)
    if how == form.HOW_OFFERED:
        if actions.has_place(edition, form.details().email):
            raise actions.AlreadyHasPlace
        return actions.offer_place(edition=edition, details=form.details(), by=request.viewer, at=at)
    return actions.add_participant(
        edition=edition,
        details=form.details(),
        is_confirmed=how == form.HOW_CONFIRMED,
        by=request.viewer,
        at=at,
    )


def _find(request: ViewerRequest, edition: Edition, participation_id: int) -> Participation:
    visible = Participation.objects.visible_to(request.viewer).select_related(
        "edition__organiser", "organisation", "country", "ecosystem", "person", "application"
    )
    return get_object_or_404(visible, edition=edition, pk=participation_id)


def _page(
    request: ViewerRequest,
    edition: Edition,
    place: Participation,
    *,
    form: AttendanceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    days = own_days(place, at=_moment(edition))
    may_edit = policies.can_edit_participants(request.viewer, edition)
    form = form or AttendanceForm(days=days)
    context = {
        "edition": edition,
        "place": place,
        "form": form,
        "rows": form.rows(),
        "presences": presences_of(place),
        "mails": mails_received(place) if can_send_mails(request.viewer, edition) else [],
        "answers": registration_answers(place, request.viewer),
        "may_view_sensitive": policies.can_view_sensitive(request.viewer, edition),
        "may_edit": may_edit,
        "is_held": place.state in TAKING_STATES or place.state == "selected",
    }
    return render_page(request, "admissions/desk/participant.html", context, status=status)


def _done(
    request: ViewerRequest, edition: Edition, place: Participation, act: Callable[[], str]
) -> HttpResponse:
    try:
        messages.success(request, act())
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect(_address(edition, place))


def _address(edition: Edition, place: Participation) -> str:
    return reverse("admissions:desk_participant", args=[edition.slug, place.pk])


def _moment(edition: Edition) -> datetime:
    return edition.clock_at or timezone.now()


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _file(
    request: ViewerRequest, edition: Edition, ending: str, content_type: str, write: Callable[..., bytes]
) -> HttpResponse:
    days = days_of_edition(edition)
    words = {
        "name": _("Name"), "email": _("E-mail address"), "position": _("Role there"),
        "organisation": _("Organisation"), "country": _("Country"), "ecosystem": _("Industrial ecosystem"),
        "state": _("Place"), "confirmed": _("Confirmed on"), "registered": _("Registered on"),
    }  # fmt: skip
    form = ParticipantFilterForm(request.GET, days=days)
    table = participants_table(request.viewer, edition, form.asked(), days, words)
    disposition = f'attachment; filename="{edition.slug}-participants.{ending}"'
    return HttpResponse(
        write(table.header, table.rows),
        content_type=content_type,
        headers={"Content-Disposition": disposition, "Cache-Control": "private, no-store"},
    )
