"""The questionnaires of a workspace: list, builder, settings, states, preview."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.accounts.viewer import VISITOR, ViewerRequest
from filiera.questionnaires import policies
from filiera.questionnaires.actions import building, ready_made, states
from filiera.questionnaires.forms.answers import AnswerForm
from filiera.questionnaires.forms.building import NewQuestionnaireForm, QuestionnaireForm, QuestionSetForm
from filiera.questionnaires.models import QuestionKind
from filiera.questionnaires.purposes import purpose_of
from filiera.questionnaires.queries.building import questionnaires_of, steps_for_builder
from filiera.questionnaires.queries.results import responses_handed_in
from filiera.questionnaires.sets import set_of
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page
from filiera.texts.forms import language_name
from filiera.texts.languages import translated
from filiera.texts.markdown import rich_text

from .common import after_change, editable, page_context, panel_page, show_refusal
from .site import Site, find_questionnaire

# What one adds most often comes first.
KINDS_TO_ADD = (
    (QuestionKind.SHORT, "minus"),
    (QuestionKind.LONG, "rows"),
    (QuestionKind.CHOICE, "circle-dot"),
    (QuestionKind.CHOICES, "list-checks"),
    (QuestionKind.YES_NO, "check"),
    (QuestionKind.SCALE, "bars"),
    (QuestionKind.RECOMMENDATION, "trending-up"),
    (QuestionKind.NUMBER, "grid"),
    (QuestionKind.DATE, "calendar"),
    (QuestionKind.FILE, "paperclip"),
    (QuestionKind.ORGANISATION, "building"),
    (QuestionKind.COUNTRY, "globe"),
    (QuestionKind.ECOSYSTEM, "network"),
    (QuestionKind.CONSENT, "shield"),
    (QuestionKind.TEXT, "file-text"),
)


@require_safe
def questionnaire_list(request: ViewerRequest, site: Site) -> HttpResponse:
    lines = questionnaires_of(site.workspace, request.viewer)
    may_create = any(
        policies.can_edit_in(request.viewer, purpose, site.workspace) for purpose in site.purposes
    )
    context = page_context(site, lines=lines, may_create=may_create)
    return render_page(request, "questionnaires/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def questionnaire_new(request: ViewerRequest, site: Site) -> HttpResponse:
    purposes = [
        purpose_of(code)
        for code in site.purposes
        if policies.can_edit_in(request.viewer, code, site.workspace)
    ]
    form = NewQuestionnaireForm(request.POST or None, purposes=purposes)
    if request.method == "POST" and form.is_valid():
        made = building.create_questionnaire(
            purpose=form.cleaned_data["purpose"],
            workspace=site.workspace,
            details=form.details(),
            by=request.viewer,
            at=timezone.now(),
        )
        chosen = set_of(form.cleaned_data["start"])
        if chosen is not None:
            ready_made.add_question_set(
                questionnaire=made, chosen=chosen, by=request.viewer, at=timezone.now()
            )
        return HttpResponseRedirect(site.address("form", made.pk))
    status = 422 if request.method == "POST" else 200
    return render_page(request, "questionnaires/new.html", page_context(site, form=form), status=status)


@require_safe
def questionnaire_page(request: ViewerRequest, site: Site, questionnaire_id: int) -> HttpResponse:
    """The builder: every question, with what can be done to it."""
    questionnaire = find_questionnaire(request, site, questionnaire_id)
    context = page_context(
        site,
        questionnaire=questionnaire,
        steps=steps_for_builder(questionnaire),
        kinds=[(kind.value, kind.label, icon) for kind, icon in KINDS_TO_ADD],
        may_edit=policies.can_edit(request.viewer, questionnaire),
        is_answered=building.is_answered(questionnaire),
        handed_in=responses_handed_in(questionnaire),
        purpose_name=purpose_of(questionnaire.purpose).name,
    )
    return render_page(request, "questionnaires/builder.html", context, partial="questions")


@require_http_methods(["GET", "HEAD", "POST"])
def questionnaire_settings(request: ViewerRequest, site: Site, questionnaire_id: int) -> HttpResponse:
    questionnaire = editable(request, site, questionnaire_id)
    form = QuestionnaireForm(
        request.POST or None, questionnaire=questionnaire, is_answered=building.is_answered(questionnaire)
    )
    if request.method == "POST" and form.is_valid():
        try:
            building.change_questionnaire(
                questionnaire=questionnaire, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The settings are saved."))
            return HttpResponseRedirect(site.address("form", questionnaire.pk))
    context = page_context(site, questionnaire=questionnaire, form=form)
    status = 422 if request.method == "POST" else 200
    return render_page(request, "questionnaires/settings.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def questionnaire_ready_made(request: ViewerRequest, site: Site, questionnaire_id: int) -> HttpResponse:
    questionnaire = editable(request, site, questionnaire_id)
    form = QuestionSetForm(request.POST or None)
    chosen = set_of(form.cleaned_data["chosen"]) if form.is_valid() else None
    if chosen is not None:
        try:
            count = ready_made.add_question_set(
                questionnaire=questionnaire, chosen=chosen, by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            said = ngettext("%(count)s question is added.", "%(count)s questions are added.", count)
            messages.success(request, said % {"count": count})
            return after_change(request, site.address("form", questionnaire.pk))
    context = page_context(site, questionnaire=questionnaire, form=form)
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "questionnaires/ready_made.html", context, status=status)


@require_POST
def opening_create(request: ViewerRequest, site: Site, questionnaire_id: int) -> HttpResponse:
    questionnaire = find_questionnaire(request, site, questionnaire_id)
    try:
        states.open_questionnaire(questionnaire=questionnaire, by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The form is open."))
    return HttpResponseRedirect(site.address("form", questionnaire.pk))


@require_POST
def closing_create(request: ViewerRequest, site: Site, questionnaire_id: int) -> HttpResponse:
    questionnaire = find_questionnaire(request, site, questionnaire_id)
    try:
        states.close_questionnaire(questionnaire=questionnaire, by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The form is closed."))
    return HttpResponseRedirect(site.address("form", questionnaire.pk))


@require_POST
def copy_create(request: ViewerRequest, site: Site, questionnaire_id: int) -> HttpResponse:
    questionnaire = find_questionnaire(request, site, questionnaire_id)
    copied = states.copy_questionnaire(
        questionnaire=questionnaire, by=request.viewer, at=timezone.now(), is_next_version=True
    )
    messages.success(request, _("This is the copy: version %(number)s.") % {"number": copied.version})
    return HttpResponseRedirect(site.address("form", copied.pk))


@require_POST
def questionnaire_deletion(request: ViewerRequest, site: Site, questionnaire_id: int) -> HttpResponse:
    questionnaire = find_questionnaire(request, site, questionnaire_id)
    try:
        states.delete_questionnaire(questionnaire=questionnaire, by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
        return HttpResponseRedirect(site.address("form", questionnaire.pk))
    messages.success(request, _("The form is deleted."))
    return HttpResponseRedirect(site.address("forms"))


@require_safe
def preview(request: ViewerRequest, site: Site, questionnaire_id: int) -> HttpResponse:
    """The questionnaire as people will see it, page by page, in each of its languages."""
    questionnaire = find_questionnaire(request, site, questionnaire_id)
    asked = request.GET.get("language", "")
    language = asked if asked in questionnaire.languages else ""
    step = request.GET.get("step", "1")
    form = AnswerForm(
        questionnaire,
        by=VISITOR,
        step=int(step) if step.isdecimal() and len(step) < 3 else 1,
        language=language or None,
    )
    context = page_context(
        site,
        questionnaire=questionnaire,
        form=form,
        language=language,
        title=translated(questionnaire.title, language or None),
        introduction=rich_text(translated(questionnaire.introduction, language or None)),
        languages=[(code, language_name(code)) for code in questionnaire.languages],
    )
    return render_page(request, "questionnaires/preview.html", context)
