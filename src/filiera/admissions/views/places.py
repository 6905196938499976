"""What somebody does with their place by its link, without an account."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import everybody, for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import participations as actions
from filiera.admissions.actions.attendance import say_attendance
from filiera.admissions.actions.registration import answering_viewer, keep_details, register_details
from filiera.admissions.actions.session_places import give_back_session_place, take_session_place
from filiera.admissions.forms.participants import AttendanceForm
from filiera.admissions.models import (
    Participation,
    ParticipationState,
    SessionPlace,
    SessionPlaceState,
    SessionSignUp,
)
from filiera.admissions.queries.days import own_days
from filiera.admissions.queries.own_place import own_place, place_page
from filiera.admissions.queries.place_links import participation_of, token_of, viewer_by_link
from filiera.admissions.queries.registration import registration_form, registration_of
from filiera.admissions.queries.session_places import own_session_places
from filiera.questionnaires.actions.answering import AnswersMissing
from filiera.questionnaires.forms.answers import AnswerForm, field_name
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page

PlaceView = Callable[..., HttpResponse]


def by_link(view: PlaceView) -> PlaceView:
    """Give a view the place of the link in the address, or say plainly that the link does not work."""

    @wraps(view)
    @never_cache
    @sensitive_variables("token")
    def opened(request: ViewerRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        participation = participation_of(token)
        if participation is None:
            return render_page(request, "admissions/place/unknown.html", {}, status=404)
        return view(request, participation, *args, **kwargs)

    return opened


@require_safe
@by_link
def place(request: ViewerRequest, participation: Participation) -> HttpResponse:
    """One's own place: the answer to its offer, and what comes after it."""
    return _page(request, participation)


@require_POST
@by_link
def place_answer(request: ViewerRequest, participation: Participation) -> HttpResponse:
    """Take the offered place (`answer=yes`) or leave it (`no`)."""
    by, at = viewer_by_link(participation), moment_of(participation)
    try:
        if request.POST.get("answer") == "no":
            actions.decline_place(participation=participation, by=by, at=at)
            messages.info(request, _("Thank you for telling us. The place goes to somebody else."))
        else:
            actions.confirm_place(participation=participation, by=by, at=at)
            messages.success(request, _("Thank you. Your place is confirmed."))
    except DomainError as error:
        messages.warning(request, str(error))
    return to_place(participation)


@require_POST
@by_link
def place_days(request: ViewerRequest, participation: Participation) -> HttpResponse:
    """Say how one attends, day by day."""
    at = moment_of(participation)
    form = AttendanceForm(request.POST, days=own_days(participation, at=at))
    if not form.is_valid():
        return _page(request, participation, days_form=form, status=422)
    try:
        say_attendance(
            participation=participation, modes=form.modes(), by=viewer_by_link(participation), at=at
        )
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("Your days are saved. You can change them here at any time."))
    return to_place(participation, "days")


@require_POST
@by_link
def place_session(request: ViewerRequest, participation: Participation, sign_up_id: int) -> HttpResponse:
    """Take a place in a session (`take=1`), or give it back (`0`)."""
    by, at = viewer_by_link(participation), moment_of(participation)
    sign_ups = SessionSignUp.objects.filter(session__edition=participation.edition_id)
    sign_up = get_object_or_404(sign_ups, pk=sign_up_id)
    try:
        if request.POST.get("take") == "1":
            place = take_session_place(sign_up=sign_up, participation=participation, by=by, at=at)
            if place.state == SessionPlaceState.TAKEN:
                messages.success(request, _("You have a place in this session."))
            else:
                messages.info(request, _("All places are taken. You are on the waiting list and get a mail."))
        else:
            held = SessionPlace.objects.filter(sign_up=sign_up, participation=participation)
            for place in held.select_related("participation__edition"):
                give_back_session_place(place=place, by=by, at=at)
            messages.info(request, _("Your place in this session was given back."))
    except DomainError as error:
        messages.warning(request, str(error))
    return to_place(participation, "sessions")


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def place_registration(request: ViewerRequest, participation: Participation) -> HttpResponse:
    """The details of registration: as handed in, or as far as they were kept."""
    by, at = viewer_by_link(participation), moment_of(participation)
    questionnaire = registration_form(participation.edition)
    if questionnaire is None or participation.state != ParticipationState.CONFIRMED:
        return to_place(participation)
    response = registration_of(participation, questionnaire)
    answering = answering_viewer(response, by) if response else by
    form = AnswerForm(questionnaire, response, request.POST or None, request.FILES or None, by=answering)
    if request.method == "POST":
        try:
            if form.is_valid():
                register_details(participation=participation, answers=form.answers(), by=by, at=at)
                messages.success(request, _("Thank you, you are registered. You can change it at any time."))
                return to_place(participation)
            keep_details(participation=participation, answers=form.typed(), by=by, at=at)
        except AnswersMissing as error:
            for question in error.questions:
                form.add_error(field_name(question.code), str(error))
        except DomainError as error:
            form.add_error(None, str(error))
    context = {
        "place": participation,
        "edition": participation.edition,
        "token": token_of(participation),
        "questionnaire": questionnaire,
        "response": response,
        "form": form,
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "admissions/place/registration.html", context, status=status)


@require_POST
@by_link
def place_registration_draft(request: ViewerRequest, participation: Participation) -> HttpResponse:
    """Keep what is typed, by itself, while somebody is typing."""
    by = viewer_by_link(participation)
    questionnaire = registration_form(participation.edition)
    if questionnaire is None:
        raise Http404
    response = registration_of(participation, questionnaire)
    answering = answering_viewer(response, by) if response else by
    form = AnswerForm(questionnaire, response, request.POST, by=answering)
    try:
        keep_details(participation=participation, answers=form.typed(), by=by, at=moment_of(participation))
    except DomainError:
        return HttpResponse(status=422)
    return HttpResponse(status=204)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def place_cancellation(request: ViewerRequest, participation: Participation) -> HttpResponse:
    """Give the place back, after a page that says what that means."""
    if request.method != "POST":
        context = {"place": participation, "edition": participation.edition, "token": token_of(participation)}
        return render_page(request, "admissions/place/cancellation.html", context)
    try:
        actions.cancel_place(
            participation=participation, by=viewer_by_link(participation), at=moment_of(participation)
        )
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.info(request, _("Your place was given back. Thank you for telling us."))
    return to_place(participation)


@require_POST
@by_link
def place_account(request: ViewerRequest, participation: Participation) -> HttpResponse:
    """Take the place into the account that is signed in."""
    if request.viewer.person is None:
        raise Http404
    try:
        actions.take_into_account(
            participation=participation,
            by=viewer_by_link(participation, person=request.viewer.person),
            at=moment_of(participation),
        )
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The place belongs to your account now."))
    return to_place(participation)


@require_safe
@for_those_who(everybody)
def my_place(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """From an edition's pages to one's own place there."""
    found = own_place(request.viewer, edition.slug)
    if found is None or not found.link_seed:
        messages.info(request, _("No place in this edition belongs to your account."))
        return redirect("academy:edition", edition.slug)
    return to_place(found)


def moment_of(participation: Participation) -> datetime:
    """Now; in a demonstration the moment that its edition shows."""
    return participation.edition.clock_at or timezone.now()


def to_place(participation: Participation, anchor: str = "") -> HttpResponse:
    response = redirect("place:place", token_of(participation))
    if anchor:
        response["Location"] += f"#{anchor}"
    return response


def _page(
    request: ViewerRequest,
    participation: Participation,
    *,
    days_form: AttendanceForm | None = None,
    status: int = 200,
) -> HttpResponse:
    at = moment_of(participation)
    page = place_page(participation, at=at)
    if page.is_confirmed:
        days_form = days_form or AttendanceForm(days=own_days(participation, at=at))
    context = {
        "place": participation,
        "edition": participation.edition,
        "page": page,
        "token": token_of(participation),
        "days_form": days_form,
        "day_rows": days_form.rows() if days_form else [],
        "session_places": own_session_places(participation, at=at) if page.is_confirmed else [],
        "moment": at,
        "signed_in": request.viewer.person,
    }
    return render_page(request, "admissions/place/place.html", context, status=status)
