"""Surveys at the desk: what is asked when, how many have answered, whom to write to."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.academy.edition_pages import for_those_who
from filiera.academy.models import Edition
from filiera.accounts.viewer import ViewerRequest
from filiera.admissions.actions import surveys as actions
from filiera.admissions.forms.surveys import SurveyForm
from filiera.admissions.models.surveys import Survey
from filiera.admissions.policies.forms import can_edit_forms, can_see_forms
from filiera.admissions.policies.places import can_edit_participants
from filiera.admissions.policies.surveys import moment_in
from filiera.admissions.purposes import SURVEY, workspace_of
from filiera.admissions.queries.surveys import questionnaires_for_surveys, survey_overview
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change, panel_page, render_page


@require_safe
@for_those_who(can_see_forms)
def desk_surveys(request: ViewerRequest, edition: Edition) -> HttpResponse:
    context = {
        "edition": edition,
        "overview": survey_overview(edition, request.viewer, moment_in(edition)),
        "may_edit": can_edit_forms(request.viewer, edition),
        "may_invite": can_edit_participants(request.viewer, edition),
    }
    return render_page(request, "admissions/desk/surveys.html", context, partial="surveys")


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(can_edit_forms)
def desk_survey_new(request: ViewerRequest, edition: Edition) -> HttpResponse:
    return _form_page(request, edition, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(can_edit_forms)
def desk_survey(request: ViewerRequest, edition: Edition, survey_id: int) -> HttpResponse:
    return _form_page(request, edition, _find(request, edition, survey_id))


@require_POST
@for_those_who(can_edit_forms)
def desk_survey_deletion(request: ViewerRequest, edition: Edition, survey_id: int) -> HttpResponse:
    try:
        actions.delete_survey(survey=_find(request, edition, survey_id), by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The survey is no longer asked."))
    return after_change(request, _address(edition))


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(can_edit_participants)
def desk_survey_invitations(request: ViewerRequest, edition: Edition, survey_id: int) -> HttpResponse:
    """Who would get a mail; and, sent, the mails."""
    survey = _find(request, edition, survey_id)
    if request.method != "POST":
        context = {"edition": edition, "survey": survey, "places": actions.still_to_invite(survey)}
        return render_page(request, "admissions/desk/survey_invitations.html", context)
    try:
        count = actions.invite_to_survey(survey=survey, by=request.viewer, at=moment_in(edition))
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        said = ngettext("%(count)s mail is on its way.", "%(count)s mails are on their way.", count)
        messages.success(request, said % {"count": count})
    return HttpResponseRedirect(_address(edition))


def _form_page(request: ViewerRequest, edition: Edition, survey: Survey | None) -> HttpResponse:
    questionnaires = questionnaires_for_surveys(workspace_of(edition.pk), request.viewer, SURVEY)
    form = SurveyForm(request.POST or None, edition=edition, questionnaires=questionnaires, survey=survey)
    if request.method == "POST" and form.is_valid():
        try:
            actions.save_survey(
                edition=edition, survey=survey, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("The survey is saved."))
            return after_change(request, _address(edition))
    context = {"edition": edition, "form": form, "survey": survey, "has_forms": bool(questionnaires)}
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "admissions/desk/survey.html", context, status=status)


def _find(request: ViewerRequest, edition: Edition, survey_id: int) -> Survey:
    visible = Survey.objects.visible_to(request.viewer).select_related("edition", "questionnaire")
    return get_object_or_404(visible, edition=edition, pk=survey_id)


def _address(edition: Edition) -> str:
    return reverse("admissions:desk_surveys", args=[edition.slug])
