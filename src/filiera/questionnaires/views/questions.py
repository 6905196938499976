"""Single questions of the builder."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiera.accounts.viewer import ViewerRequest
from filiera.questionnaires.actions import building
from filiera.questionnaires.forms.building import QuestionForm
from filiera.questionnaires.models import Question, QuestionKind, Questionnaire
from filiera.shared.errors import DomainError

from .common import after_change, editable, page_context, panel_page, show_refusal
from .site import Site


@require_http_methods(["GET", "HEAD", "POST"])
def question_new(request: ViewerRequest, site: Site, questionnaire_id: int, kind: str) -> HttpResponse:
    questionnaire = editable(request, site, questionnaire_id)
    if kind not in QuestionKind.values:
        raise Http404
    return _form_page(request, site, questionnaire, None, kind)


@require_http_methods(["GET", "HEAD", "POST"])
def question_page(
    request: ViewerRequest, site: Site, questionnaire_id: int, question_id: int
) -> HttpResponse:
    questionnaire = editable(request, site, questionnaire_id)
    question = _find(questionnaire, question_id)
    return _form_page(request, site, questionnaire, question, question.kind)


@require_POST
def question_move(
    request: ViewerRequest, site: Site, questionnaire_id: int, question_id: int
) -> HttpResponse:
    """One place up or down, or behind another question (`after`, empty for the first place)."""
    questionnaire = editable(request, site, questionnaire_id)
    question = _find(questionnaire, question_id)
    try:
        if "after" in request.POST:
            key = request.POST["after"]
            after = _find(questionnaire, int(key)) if key.isdecimal() else None
            building.place_question(question=question, after=after, by=request.viewer, at=timezone.now())
        else:
            building.move_question(
                question=question,
                up=request.POST.get("direction") == "up",
                by=request.viewer,
                at=timezone.now(),
            )
    except DomainError as error:
        messages.warning(request, str(error))
    return after_change(request, site.address("form", questionnaire.pk))


@require_POST
def question_deletion(
    request: ViewerRequest, site: Site, questionnaire_id: int, question_id: int
) -> HttpResponse:
    questionnaire = editable(request, site, questionnaire_id)
    question = _find(questionnaire, question_id)
    try:
        building.delete_question(question=question, by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The question is deleted."))
    return after_change(request, site.address("form", questionnaire.pk))


def _form_page(
    request: ViewerRequest, site: Site, questionnaire: Questionnaire, question: Question | None, kind: str
) -> HttpResponse:
    is_answered = building.is_answered(questionnaire)
    form = QuestionForm(
        request.POST or None,
        questionnaire=questionnaire,
        question=question,
        kind=kind,
        is_answered=is_answered,
    )
    if request.method == "POST" and form.is_valid():
        try:
            building.save_question(
                questionnaire=questionnaire,
                question=question,
                details=form.details(),
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The question is saved."))
            return after_change(request, site.address("form", questionnaire.pk))
    context = page_context(
        site,
        questionnaire=questionnaire,
        question=question,
        form=form,
        kind_name=QuestionKind(kind).label,
        is_answered=is_answered,
    )
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "questionnaires/question.html", context, status=status)


def _find(questionnaire: Questionnaire, question_id: int) -> Question:
    return get_object_or_404(questionnaire.questions.select_related("questionnaire"), pk=question_id)
