"""The public page of a call, and the first step: in whose name."""

from datetime import date, datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import edition_page, everybody, for_those_who, opened_edition
from filiera.academy.models import Edition, Part
from filiera.academy.queries.edition_pages import dates_of
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import applications as actions
from filiera.admissions.actions.codes import CodeNotKnown
from filiera.admissions.forms.applications import OrganisationForm
from filiera.admissions.forms.calls import EnterCodeForm
from filiera.admissions.models import Call, CallKind, CallPhase
from filiera.admissions.queries.application_steps import count_of_steps
from filiera.admissions.queries.applications import own_applications
from filiera.admissions.queries.calls import call_of, time_left, told_moment
from filiera.admissions.queries.codes import find_code
from filiera.admissions.steps import steps_before_sending
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page
from filiera.shared.time import at_zone
from filiera.texts.languages import DEFAULT_LANGUAGE

from .typed import forget_code, remember_code, remembered_code, sign_in_and_return, typed_before

PAGES = {CallKind.PARTICIPANTS: "admissions:apply", CallKind.HOSTS: "admissions:host"}
BEGINNINGS = {CallKind.PARTICIPANTS: "admissions:application_new", CallKind.HOSTS: "admissions:offer_new"}


@require_safe
@for_those_who(everybody)
def call_page(request: ViewerRequest, edition: Edition, kind: str) -> HttpResponse:
    """The call as everybody reads it: before, open or closed; without one, what can be said instead."""
    call = call_of(request.viewer, edition, kind)
    if call is not None and request.GET.get("code"):
        remember_code(request, call.pk, request.GET["code"])
        return redirect(PAGES[CallKind(kind)], edition.slug)
    return _call_page(request, edition, kind, call)


@require_POST
@for_those_who(everybody)
def code_enter(request: ViewerRequest, edition: Edition, kind: str) -> HttpResponse:
    """Show the code one was given; whether it opens the call is said at once."""
    call = call_of(request.viewer, edition, kind)
    if call is None:
        raise Http404
    form = EnterCodeForm(request.POST)
    if form.is_valid() and find_code(call, form.cleaned_data["code"], timezone.now()) is not None:
        remember_code(request, call.pk, form.cleaned_data["code"])
        return redirect(PAGES[CallKind(kind)], edition.slug)
    if form.is_valid():
        show_refusal(form, CodeNotKnown())
    return _call_page(request, edition, kind, call, code_form=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(everybody)
def begin(request: ViewerRequest, edition: Edition, kind: str) -> HttpResponse:
    """Choose in whose name one applies; visitors may choose first and sign in then."""
    call = call_of(request.viewer, edition, kind)
    if call is None:
        raise Http404
    at = timezone.now()
    code = remembered_code(request, call.pk)
    is_search = "search" in request.POST
    if request.method == "POST" and not is_search and not request.viewer.is_known:
        return sign_in_and_return(request)
    typed = typed_before(request)
    data = request.POST if request.method == "POST" and not is_search else None
    initial = _searched(request) if is_search else typed.dict() if typed is not None else None
    form = OrganisationForm(data, viewer=request.viewer, at=at, initial=initial)
    if data is not None and form.is_valid():
        try:
            application = actions.begin_application(
                call=call,
                values=form.values(),
                code=code,
                language=get_language() or DEFAULT_LANGUAGE,
                by=request.viewer,
                at=at,
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            forget_code(request, call.pk)
            second = steps_before_sending(call.kind)[1]
            return redirect("admissions:application_step", edition.slug, application.pk, second.value)
    if typed is not None and request.viewer.is_known:
        messages.info(request, _("You are signed in, and your choice is still here."))
    context = {
        "call": call,
        "form": form,
        "may_begin": _may_begin(call, code, at),
        "search_address": reverse("admissions:organisation_search", args=[edition.slug]),
        "title": _("In whose name do you apply?")
        if kind == CallKind.PARTICIPANTS
        else _("In whose name do you offer to host?"),
        "action": reverse(BEGINNINGS[CallKind(kind)], args=[edition.slug]),
        "step_count": count_of_steps(call),
    }
    status = 422 if data is not None else 200
    return edition_page(request, edition, "admissions/apply/organisation.html", context, status=status)


@require_safe
@for_those_who(everybody)
def organisation_search(request: ViewerRequest, edition: Edition) -> HttpResponse:
    """What the directory has for the letters typed so far, as choices of the form."""
    form = OrganisationForm(
        viewer=request.viewer,
        at=timezone.now(),
        initial={
            "find": request.GET.get("find", "").replace("\x00", "")[:200],
            "organisation": request.GET.get("organisation", "")[:20],
        },
    )
    return render_page(request, "admissions/apply/_found.html", {"form": form})


def _searched(request: ViewerRequest) -> dict[str, str]:
    names = ("find", "organisation", "organisation_name", "organisation_kind")
    return {name: request.POST.get(name, "").replace("\x00", "")[:200] for name in names}


def _may_begin(call: Call, code: str, at: datetime) -> bool:
    if code and find_code(call, code, at) is not None:
        return True
    return call.phase_at(at) == CallPhase.OPEN and not call.by_invitation


def _call_page(
    request: ViewerRequest,
    edition: Edition,
    kind: str,
    call: Call | None,
    *,
    code_form: EnterCodeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    opened = opened_edition(request, edition)
    # The page tells the moment that is looked at; whether one may apply is decided by the real one.
    moment, at = opened.clock.moment, timezone.now()
    parts = list(Part.objects.filter(edition=edition).select_related("venue").order_by("number"))
    dates = dates_of(parts)
    code = remembered_code(request, call.pk) if call is not None else ""
    context = {
        "call": call,
        "kind": kind,
        "phase": call.phase_at(moment) if call is not None else "",
        "edition_phase": _edition_phase(dates, at_zone(moment, edition.time_zone).date()),
        "parts": parts,
        "dates": dates,
        "opens": told_moment(call.opens_at, call.time_zone) if call is not None and call.opens_at else "",
        "closes": told_moment(call.closes_at, call.time_zone) if call is not None and call.closes_at else "",
        "left": time_left(call, moment) if call is not None else None,
        "may_begin": call is not None and _may_begin(call, code, at),
        "has_code": bool(code),
        "code_form": code_form or EnterCodeForm(),
        "own": own_applications(request.viewer, call) if call is not None else [],
        "begin_address": reverse(BEGINNINGS[CallKind(kind)], args=[edition.slug]),
        "other_call": call_of(request.viewer, edition, _other(kind)),
    }
    return edition_page(request, edition, "admissions/apply/call.html", context, status=status)


def _other(kind: str) -> str:
    return CallKind.HOSTS if kind == CallKind.PARTICIPANTS else CallKind.PARTICIPANTS


def _edition_phase(dates: tuple[date, date] | None, today: date) -> str:
    if dates is None or today < dates[0]:
        return "before"
    return "after" if today > dates[1] else "during"
