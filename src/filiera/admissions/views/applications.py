"""One's own application: step by step, sent, changed, taken back."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import edition_page, everybody, for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import applications as actions
from filiera.admissions.forms.applications import STEP_FORMS, OrganisationForm, StepForm
from filiera.admissions.forms.calls import EnterCodeForm
from filiera.admissions.models import Application, ApplicationState, CallKind
from filiera.admissions.policies import calls as policies
from filiera.admissions.queries.application_steps import Way, question_page, way_of
from filiera.admissions.queries.applications import application_for_page, progress_of
from filiera.admissions.queries.calls import told_moment
from filiera.admissions.queries.summaries import summary_of
from filiera.admissions.steps import StepName, mark_of, steps_before_sending
from filiera.questionnaires.actions.answering import AnswersMissing
from filiera.questionnaires.forms.answers import AnswerForm
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page
from filiera.shared.time import at_zone
from filiera.texts.dates import clock_in_words

from .apply import PAGES
from .typed import sign_in_and_return, typed_before


@require_safe
@for_those_who(everybody)
def application(request: ViewerRequest, edition: Edition, application_id: int) -> HttpResponse:
    """Where an application stands, what it says, and what can be done with it."""
    if not request.viewer.is_known:
        return sign_in_and_return(request)
    found = _find(request, edition, application_id)
    return _application_page(request, edition, found)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(everybody)
def step(request: ViewerRequest, edition: Edition, application_id: int, step: str) -> HttpResponse:
    """One page of the application; saving leads to the next, an invalid one keeps what was typed."""
    if not request.viewer.is_known:
        return sign_in_and_return(request)
    found = _own(request, edition, application_id)
    at = timezone.now()
    if request.method != "POST" and not actions.may_still_change(found, at):
        return redirect("admissions:application", edition.slug, found.pk)
    if step == StepName.ORGANISATION:
        return _organisation_step(request, edition, found, at)
    if step == StepName.SENDING:
        return _sending(request, edition, found, at)
    if question_page(step) is not None:
        return _question_step(request, edition, found, step, at)
    return _fixed_step(request, edition, found, step, at)


@require_POST
@for_those_who(everybody)
def step_draft(request: ViewerRequest, edition: Edition, application_id: int, step: str) -> HttpResponse:
    """Keep what was typed so far, without leaving the page; answers with the line that says so."""
    if not request.viewer.is_known:
        return _saved(request, problem=_("Not saved: you are signed out. Press save to sign in again."))
    found = _own(request, edition, application_id)
    at = timezone.now()
    problem, mark = "", request.POST.get("seen", "")
    try:
        if question_page(step) is not None:
            problem = _keep_typed_answers(request, found, step, at)
        else:
            problem, mark = _keep_typed_step(request, found, step, at)
    except DomainError as error:
        problem = str(error)
    saved_at = clock_in_words(at_zone(at, found.call.time_zone))
    return _saved(request, problem=problem, saved_at="" if problem else saved_at, mark=mark)


@require_POST
@for_those_who(everybody)
def withdrawal(request: ViewerRequest, edition: Edition, application_id: int) -> HttpResponse:
    if not request.viewer.is_known:
        return sign_in_and_return(request)
    found = _own(request, edition, application_id)
    try:
        actions.withdraw_application(application=found, by=request.viewer, at=timezone.now())
        messages.success(request, _("The application is withdrawn."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect("admissions:application", edition.slug, found.pk)


@require_POST
@for_those_who(everybody)
def discarding(request: ViewerRequest, edition: Edition, application_id: int) -> HttpResponse:
    if not request.viewer.is_known:
        return sign_in_and_return(request)
    found = _own(request, edition, application_id)
    try:
        actions.discard_draft(application=found, by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
        return redirect("admissions:application", edition.slug, found.pk)
    messages.success(request, _("The draft is gone."))
    return redirect(PAGES[CallKind(found.call.kind)], edition.slug)


@require_POST
@for_those_who(everybody)
def late_code(request: ViewerRequest, edition: Edition, application_id: int) -> HttpResponse:
    """Finish a draft after the closing, by a code."""
    if not request.viewer.is_known:
        return sign_in_and_return(request)
    found = _own(request, edition, application_id)
    form = EnterCodeForm(request.POST)
    if form.is_valid():
        try:
            actions.let_in_by_code(
                application=found, code=form.cleaned_data["code"], by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The code is right: you can finish your application."))
            return redirect("admissions:application", edition.slug, found.pk)
    return _application_page(request, edition, found, code_form=form, status=422)


def _find(request: ViewerRequest, edition: Edition, application_id: int) -> Application:
    return get_object_or_404(application_for_page(request.viewer, application_id), call__edition=edition)


def _own(request: ViewerRequest, edition: Edition, application_id: int) -> Application:
    found = _find(request, edition, application_id)
    if not policies.can_edit_application(request.viewer, found):
        raise PermissionDenied
    return found


def _application_page(
    request: ViewerRequest,
    edition: Edition,
    found: Application,
    *,
    code_form: EnterCodeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    at, call = timezone.now(), found.call
    is_own = policies.can_edit_application(request.viewer, found)
    is_draft = found.state == ApplicationState.DRAFT
    may_change = is_own and found.state != ApplicationState.WITHDRAWN and actions.may_still_change(found, at)
    way = way_of(found, request.viewer) if is_own and is_draft else None
    context = {
        "application": found,
        "call": call,
        "stages": progress_of(found),
        "sections": summary_of(found, request.viewer),
        "is_own": is_own,
        "is_draft": is_draft,
        "may_change": may_change,
        "missing": way.missing if way is not None else [],
        "first_step": StepName.ORGANISATION if is_draft else StepName.CANDIDATE,
        "closes": told_moment(call.closes_at, call.time_zone) if call.closes_at else "",
        "code_form": code_form or EnterCodeForm(),
        "call_address": reverse(PAGES[CallKind(call.kind)], args=[edition.slug]),
        "zone": call.time_zone,
    }
    return edition_page(request, edition, "admissions/apply/application.html", context, status=status)


def _organisation_step(
    request: ViewerRequest, edition: Edition, found: Application, at: datetime
) -> HttpResponse:
    typed = typed_before(request)
    is_search = "search" in request.POST
    data = request.POST if request.method == "POST" and not is_search else typed
    form = OrganisationForm(
        data,
        viewer=request.viewer,
        at=at,
        application=found,
        initial={"find": request.POST.get("find", "").replace("\x00", "")[:200]} if is_search else None,
    )
    if request.method == "POST" and not is_search and form.is_valid():
        try:
            actions.change_organisation(application=found, values=form.values(), by=request.viewer, at=at)
        except DomainError as error:
            show_refusal(form, error)
        else:
            return _onwards(request, edition, found, StepName.ORGANISATION)
    way = way_of(found, request.viewer)
    context = {
        **_step_context(edition, found, way, StepName.ORGANISATION),
        "form": form,
        "may_begin": True,
        "title": _("In whose name do you apply?"),
        "is_settled": found.state == ApplicationState.SUBMITTED,
        "search_address": reverse("admissions:organisation_search", args=[edition.slug]),
        "action": request.path,
    }
    status = 422 if request.method == "POST" and not is_search else 200
    return edition_page(request, edition, "admissions/apply/organisation.html", context, status=status)


def _fixed_step(
    request: ViewerRequest, edition: Edition, found: Application, slug: str, at: datetime
) -> HttpResponse:
    form_class = _form_of(found, slug)
    is_draft_button = "draft" in request.POST
    typed = typed_before(request)
    data = request.POST if request.method == "POST" else typed
    form = form_class(data, application=found, viewer=request.viewer, is_draft=is_draft_button)
    mark = mark_of(found, form_class.kept)
    if request.method == "POST" and form.is_valid():
        try:
            actions.keep_step(
                application=found,
                values=form.values(),
                seen=request.POST.get("seen", ""),
                by=request.viewer,
                at=at,
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return _after_saving(request, edition, found, slug, at)
    if typed is not None:
        _say_typed_is_here(request)
    context = {
        **_step_context(edition, found, way_of(found, request.viewer), slug),
        "form": form,
        "seen": mark,
    }
    status = 422 if request.method == "POST" else 200
    return edition_page(request, edition, "admissions/apply/step.html", context, status=status)


def _question_step(
    request: ViewerRequest, edition: Edition, found: Application, slug: str, at: datetime
) -> HttpResponse:
    typed = typed_before(request)
    form = _answer_form(request, found, slug, typed)
    if request.method == "POST" and ("draft" in request.POST or form.is_valid()):
        answers = form.typed() if "draft" in request.POST else form.answers()
        try:
            actions.keep_answers(application=found, answers=answers, by=request.viewer, at=at)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return _after_saving(request, edition, found, slug, at)
    if typed is not None:
        _say_typed_is_here(request)
    context = {**_step_context(edition, found, way_of(found, request.viewer), slug), "form": form}
    status = 422 if request.method == "POST" else 200
    return edition_page(request, edition, "admissions/apply/questions.html", context, status=status)


def _sending(request: ViewerRequest, edition: Edition, found: Application, at: datetime) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        try:
            actions.submit_application(application=found, by=request.viewer, at=at)
        except DomainError as error:
            problem = str(error)
        else:
            messages.success(request, _("Your application is sent. A mail confirms it."))
            return redirect("admissions:application", edition.slug, found.pk)
    way = way_of(found, request.viewer)
    context = {
        **_step_context(edition, found, way, StepName.SENDING),
        "sections": summary_of(found, request.viewer),
        "missing": way.missing,
        "problem": problem,
        "is_sent": found.state == ApplicationState.SUBMITTED,
    }
    status = 422 if problem else 200
    return edition_page(request, edition, "admissions/apply/sending.html", context, status=status)


def _step_context(edition: Edition, found: Application, way: Way, slug: str) -> dict[str, Any]:
    lines = [line.slug for line in way.lines]
    if slug not in lines:
        raise Http404
    call = found.call
    before = way.before(slug)
    return {
        "application": found,
        "call": call,
        "way": way,
        "slug": slug,
        "step_number": lines.index(slug) + 1,
        "step_count": len(lines),
        "step_title": way.lines[lines.index(slug)].title,
        "closes": told_moment(call.closes_at, call.time_zone) if call.closes_at else "",
        "saved_at": clock_in_words(at_zone(found.changed_at, call.time_zone)),
        "draft_address": reverse("admissions:application_draft", args=[edition.slug, found.pk, slug]),
        "back_address": reverse("admissions:application_step", args=[edition.slug, found.pk, before])
        if before
        else "",
    }


def _after_saving(
    request: ViewerRequest, edition: Edition, found: Application, slug: str, at: datetime
) -> HttpResponse:
    if "draft" in request.POST:
        clock = clock_in_words(at_zone(at, found.call.time_zone))
        messages.success(request, _("Saved at %(time)s.") % {"time": clock})
        return redirect("admissions:application_step", edition.slug, found.pk, slug)
    return _onwards(request, edition, found, slug)


def _onwards(request: ViewerRequest, edition: Edition, found: Application, slug: str) -> HttpResponse:
    found.refresh_from_db()
    following = way_of(found, request.viewer).after(slug)
    return redirect("admissions:application_step", edition.slug, found.pk, following)


def _form_of(found: Application, slug: str) -> type[StepForm]:
    form_class = next((form for step, form in STEP_FORMS.items() if step.value == slug), None)
    if form_class is None or slug not in steps_before_sending(found.call.kind):
        raise Http404
    return form_class


def _answer_form(
    request: ViewerRequest, found: Application, slug: str, typed: QueryDict | None
) -> AnswerForm:
    questionnaire = found.call.application_form
    if questionnaire is None:
        raise Http404
    is_post = request.method == "POST"
    return AnswerForm(
        questionnaire,
        found.answers,
        request.POST if is_post else typed,
        request.FILES if is_post else None,
        by=request.viewer,
        step=question_page(slug),
    )


def _keep_typed_step(request: ViewerRequest, found: Application, slug: str, at: datetime) -> tuple[str, str]:
    """What hinders, if anything, and the new mark. What was sent already is kept only whole."""
    form_class = _form_of(found, slug)
    is_draft = found.state == ApplicationState.DRAFT
    form = form_class(request.POST, application=found, viewer=request.viewer, is_draft=is_draft)
    seen = request.POST.get("seen", "")
    if not form.is_valid():
        wrong = ", ".join(str(form[name].label) for name in form.errors if name in form.fields)
        return _("Not saved yet: look at %(fields)s.") % {"fields": wrong}, seen
    kept = actions.keep_step(application=found, values=form.values(), seen=seen, by=request.viewer, at=at)
    return "", mark_of(kept, form_class.kept)


def _keep_typed_answers(request: ViewerRequest, found: Application, slug: str, at: datetime) -> str:
    form = _answer_form(request, found, slug, None)
    try:
        actions.keep_answers(application=found, answers=form.typed(), by=request.viewer, at=at)
    except AnswersMissing as error:
        return str(error)
    return ""


def _saved(request: ViewerRequest, *, problem: str = "", saved_at: str = "", mark: str = "") -> HttpResponse:
    context = {"problem": problem, "saved_at": saved_at, "mark": mark}
    return render_page(request, "admissions/apply/_saved.html", context)


def _say_typed_is_here(request: ViewerRequest) -> None:
    messages.info(request, _("You are signed in. What you typed is here; save it now."))
