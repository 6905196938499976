"""A call at the desk: its words and rules, publication, extension, closing, codes."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import calls as actions
from filiera.admissions.actions import codes as code_actions
from filiera.admissions.forms.calls import CallForm, CodeForm, ExtensionForm
from filiera.admissions.models import AccessCode, Call, CallKind, CallPhase
from filiera.admissions.policies import calls as policies
from filiera.admissions.queries.calls import call_of, checklist_of, codes_of, counts_of, told_moment
from filiera.questionnaires.queries.questions import questions_of
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page
from filiera.texts.languages import DEFAULT_LANGUAGE

writing = for_those_who(policies.can_edit_call)
DESK_PAGES = {CallKind.PARTICIPANTS: "admissions:desk_call", CallKind.HOSTS: "admissions:desk_host_call"}


@require_http_methods(["GET", "HEAD", "POST"])
@writing
def desk_call(request: ViewerRequest, edition: Edition, kind: str) -> HttpResponse:
    """The form of the call, what it still lacks, and what can be done with it now."""
    call = call_of(request.viewer, edition, kind)
    form = CallForm(request.POST or None, edition=edition, kind=kind, call=call)
    if request.method == "POST" and form.is_valid():
        try:
            actions.write_call(
                edition=edition, kind=kind, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The call is saved."))
            return redirect(DESK_PAGES[CallKind(kind)], edition.slug)
    return _page(request, edition, kind, call, form=form, status=422 if request.method == "POST" else 200)


@require_POST
@writing
def publication(request: ViewerRequest, edition: Edition, kind: str) -> HttpResponse:
    call = _find(request, edition, kind)
    try:
        actions.publish_call(call=call, by=request.viewer, at=timezone.now())
        messages.success(request, _("The call is published."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect(DESK_PAGES[CallKind(kind)], edition.slug)


@require_POST
@writing
def closing(request: ViewerRequest, edition: Edition, kind: str) -> HttpResponse:
    call = _find(request, edition, kind)
    try:
        actions.close_call(call=call, by=request.viewer, at=timezone.now())
        messages.success(request, _("The call is closed."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect(DESK_PAGES[CallKind(kind)], edition.slug)


@require_POST
@writing
def extension(request: ViewerRequest, edition: Edition, kind: str) -> HttpResponse:
    call = _find(request, edition, kind)
    form = ExtensionForm(request.POST, call=call)
    if form.is_valid():
        try:
            actions.extend_call(
                call=call, closes_at=form.cleaned_data["closes_at"], by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            form.add_error("extends_to", str(error))
        else:
            messages.success(request, _("The call is extended."))
            return redirect(DESK_PAGES[CallKind(kind)], edition.slug)
    return _page(request, edition, kind, call, extension_form=form, status=422)


@require_POST
@writing
def packaged_questions(request: ViewerRequest, edition: Edition, kind: str) -> HttpResponse:
    call = _find(request, edition, kind)
    try:
        actions.take_packaged_questions(call=call, by=request.viewer, at=timezone.now())
        messages.success(request, _("The ready-made questions are there. Change them as you like."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect(DESK_PAGES[CallKind(kind)], edition.slug)


@require_POST
@writing
def questions_end(request: ViewerRequest, edition: Edition, kind: str) -> HttpResponse:
    call = _find(request, edition, kind)
    try:
        actions.choose_application_form(call=call, form=None, by=request.viewer, at=timezone.now())
        messages.success(request, _("The call asks no questions of its own now."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect(DESK_PAGES[CallKind(kind)], edition.slug)


@require_POST
@writing
def code_new(request: ViewerRequest, edition: Edition, kind: str) -> HttpResponse:
    call = _find(request, edition, kind)
    at = timezone.now()
    form = CodeForm(request.POST, call=call, at=at)
    if form.is_valid():
        try:
            code = code_actions.make_code(
                call=call,
                note=form.cleaned_data["note"],
                email=form.cleaned_data["email"],
                most_uses=form.cleaned_data["most_uses"],
                valid_until=form.valid_until,
                language=get_language() or DEFAULT_LANGUAGE,
                by=request.viewer,
                at=at,
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            if code.email:
                messages.success(
                    request, _("The code is on its way to %(address)s.") % {"address": code.email}
                )
            else:
                messages.success(request, _("The code is %(code)s. Pass it on.") % {"code": code.code})
            return redirect(DESK_PAGES[CallKind(kind)], edition.slug)
    return _page(request, edition, kind, call, code_form=form, status=422)


@require_POST
@writing
def code_revocation(request: ViewerRequest, edition: Edition, code_id: int) -> HttpResponse:
    visible = AccessCode.objects.visible_to(request.viewer).select_related("call__edition")
    code = get_object_or_404(visible, call__edition=edition, pk=code_id)
    try:
        code_actions.revoke_code(code=code, by=request.viewer, at=timezone.now())
        messages.success(request, _("The code is revoked."))
    except DomainError as error:
        messages.warning(request, str(error))
    return redirect(DESK_PAGES[CallKind(code.call.kind)], edition.slug)


def _find(request: ViewerRequest, edition: Edition, kind: str) -> Call:
    call = call_of(request.viewer, edition, kind)
    if call is None:
        raise Http404
    return call


def _page(
    request: ViewerRequest,
    edition: Edition,
    kind: str,
    call: Call | None,
    *,
    form: CallForm | None = None,
    extension_form: ExtensionForm | None = None,
    code_form: CodeForm | None = None,
    status: int,
) -> HttpResponse:
    at = timezone.now()
    context: dict[str, object] = {
        "edition": edition,
        "kind": kind,
        "is_for_hosts": kind == CallKind.HOSTS,
        "call": call,
        "form": form or CallForm(edition=edition, kind=kind, call=call),
    }
    if call is not None:
        phase = call.phase_at(at)
        points = checklist_of(call, at)
        context |= {
            "phase": phase,
            "points": points,
            "may_publish": phase == CallPhase.DRAFT
            and all(point.is_done for point in points if point.is_needed),
            "came_in": counts_of(call),
            "opens": told_moment(call.opens_at, call.time_zone) if call.opens_at else "",
            "closes": told_moment(call.closes_at, call.time_zone) if call.closes_at else "",
            "extension_form": extension_form or ExtensionForm(call=call),
            "code_form": code_form or CodeForm(call=call, at=at),
            "codes": codes_of(request.viewer, call, at),
            "questions": [question for question in questions_of(call.application_form) if question.has_answer]
            if call.application_form is not None
            else [],
        }
    return render_page(request, "admissions/desk/call.html", context, status=status)
