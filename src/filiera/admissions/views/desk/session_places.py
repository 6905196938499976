"""Sessions that need sign-up, at the desk."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import session_places as actions
from filiera.admissions.forms.session_places import NewSignUpForm, SessionPersonForm, SignUpForm
from filiera.admissions.models import SessionPlace, SessionSignUp
from filiera.admissions.policies import places as policies
from filiera.admissions.queries.session_places import places_of, sign_up_lines
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(policies.can_view_sign_ups)
def sign_up_list(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """All sessions with a limited number of places, and one more."""
    form = NewSignUpForm(request.POST or None, edition=edition)
    if request.method == "POST" and form.is_valid():
        sign_up = actions.write_sign_up(
            session=form.cleaned_data["session"],
            capacity=form.cleaned_data["capacity"],
            opens_at=None,
            closes_at=None,
            by=request.viewer,
            at=timezone.now(),
        )
        messages.success(request, _("Participants can take places in this session now."))
        return redirect("admissions:desk_sign_up", edition.slug, sign_up.pk)
    context = {
        "edition": edition,
        "lines": sign_up_lines(edition),
        "form": form,
        "may_edit": policies.can_edit_sign_up(request.viewer, edition),
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "admissions/desk/sign_ups.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(policies.can_view_sign_ups)
def sign_up(request: ViewerRequest, edition: Edition, sign_up_id: int) -> HttpResponse:
    """Who has a place and who waits; how many places there are and until when."""
    found = _find(request, edition, sign_up_id)
    zone = found.session.part.time_zone
    form = SignUpForm(request.POST or None, zone=zone, sign_up=found)
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_sign_up(
                session=found.session,
                capacity=form.cleaned_data["capacity"],
                opens_at=form.cleaned_data["opens_at"],
                closes_at=form.cleaned_data["closes_at"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("admissions:desk_sign_up", edition.slug, found.pk)
    status = 422 if request.method == "POST" else 200
    return _page(request, edition, found, form=form, status=status)


@require_POST
@for_those_who(policies.can_edit_participants)
def sign_up_person(request: ViewerRequest, edition: Edition, sign_up_id: int) -> HttpResponse:
    """Give somebody a place, or the next turn on the waiting list."""
    found = _find(request, edition, sign_up_id)
    form = SessionPersonForm(request.POST, sign_up=found)
    if not form.is_valid():
        return _page(request, edition, found, person_form=form, status=422)
    try:
        place = actions.take_session_place(
            sign_up=found,
            participation=form.cleaned_data["participation"],
            by=request.viewer,
            at=edition.clock_at or timezone.now(),
        )
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        has_place = place.state == "taken"
        words = _("%(name)s has a place.") if has_place else _("%(name)s is on the waiting list.")
        messages.success(request, words % {"name": place.participation.name})
    return redirect("admissions:desk_sign_up", edition.slug, found.pk)


@require_POST
@for_those_who(policies.can_edit_participants)
def sign_up_place_end(request: ViewerRequest, edition: Edition, place_id: int) -> HttpResponse:
    """Take somebody's place in a session back."""
    visible = SessionPlace.objects.visible_to(request.viewer).select_related("participation__edition")
    place = get_object_or_404(visible, participation__edition=edition, pk=place_id)
    actions.give_back_session_place(place=place, by=request.viewer, at=edition.clock_at or timezone.now())
    messages.success(request, _("The place is free again; the first who waits has it."))
    return redirect("admissions:desk_sign_up", edition.slug, place.sign_up_id)


@require_POST
@for_those_who(policies.can_edit_sign_up)
def sign_up_end(request: ViewerRequest, edition: Edition, sign_up_id: int) -> HttpResponse:
    """Let the session be open to all again."""
    found = _find(request, edition, sign_up_id)
    try:
        actions.remove_sign_up(sign_up=found, by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("admissions:desk_sign_up", edition.slug, found.pk)
    messages.success(request, _("The session is open to all again."))
    return redirect("admissions:desk_sign_ups", edition.slug)


def _find(request: ViewerRequest, edition: Edition, sign_up_id: int) -> SessionSignUp:
    visible = SessionSignUp.objects.visible_to(request.viewer)
    found = visible.select_related("session__edition", "session__part", "session__room")
    return get_object_or_404(found, session__edition=edition, pk=sign_up_id)


def _page(
    request: ViewerRequest,
    edition: Edition,
    found: SessionSignUp,
    *,
    form: SignUpForm | None = None,
    person_form: SessionPersonForm | None = None,
    status: int = 200,
) -> HttpResponse:
    listed = places_of(found)
    context = {
        "edition": edition,
        "sign_up": found,
        "session": found.session,
        "form": form or SignUpForm(zone=found.session.part.time_zone, sign_up=found),
        "person_form": person_form or SessionPersonForm(sign_up=found),
        "taken": listed["taken"],
        "waiting": listed["waiting"],
        "may_edit": policies.can_edit_sign_up(request.viewer, edition),
        "may_edit_people": policies.can_edit_participants(request.viewer, edition),
        "may_view_people": policies.can_view_participants(request.viewer, edition),
    }
    return render_page(request, "admissions/desk/sign_up.html", context, status=status)
