"""Surveys as participants answer them: signed in below the edition, or by the link of their place."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from filiera.academy.edition_pages import edition_page, for_those_who
from filiera.academy.models import Edition, Session
from filiera.accounts.viewer import Viewer, ViewerRequest
from filiera.admissions.actions.surveys import answer_survey
from filiera.admissions.models import Participation
from filiera.admissions.models.surveys import Survey
from filiera.admissions.policies.people import belongs_to
from filiera.admissions.policies.surveys import about, may_answer, moment_in, respondent_of
from filiera.admissions.queries.place_links import token_of, viewer_by_link
from filiera.admissions.queries.surveys import surveys_asked
from filiera.questionnaires.actions.answering import AnswersMissing
from filiera.questionnaires.forms.answers import AnswerForm, field_name
from filiera.questionnaires.models import Anonymity
from filiera.questionnaires.queries.responses import answered_subjects
from filiera.shared.errors import DomainError
from filiera.shared.http import render_page

from .places import by_link

Answer = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Door:
    """How somebody came: who they are here, and where this door's addresses lead."""

    edition: Edition
    by: Viewer
    list_url: str
    is_by_link: bool

    def survey_url(self, survey: Survey, session: Session | None) -> str:
        return f"{self.list_url}{survey.pk}/" + (f"{session.pk}/" if session else "")

    def page(
        self, request: ViewerRequest, template: str, context: dict[str, object], status: int = 200
    ) -> HttpResponse:
        context = {"edition": self.edition, "door": self, **context}
        if self.is_by_link:
            context["frame"] = "admissions/place/_frame.html"
            return render_page(request, template, context, status=status)
        context["frame"] = "admissions/surveys/_page.html"
        return edition_page(request, self.edition, template, context, status=status)


@require_safe
@for_those_who(belongs_to)
def survey_list(request: ViewerRequest, edition: Edition) -> HttpResponse:
    return _list(request, _signed_in(request, edition))


@require_http_methods(["GET", "HEAD", "POST"])
@for_those_who(belongs_to)
def survey(
    request: ViewerRequest, edition: Edition, survey_id: int, session_id: int | None = None
) -> HttpResponse:
    return _survey(request, _signed_in(request, edition), survey_id, session_id)


@require_safe
@by_link
def place_surveys(request: ViewerRequest, participation: Participation) -> HttpResponse:
    return _list(request, _linked(participation))


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def place_survey(
    request: ViewerRequest, participation: Participation, survey_id: int, session_id: int | None = None
) -> HttpResponse:
    return _survey(request, _linked(participation), survey_id, session_id)


def _signed_in(request: ViewerRequest, edition: Edition) -> Door:
    return Door(edition, request.viewer, reverse("admissions:surveys", args=[edition.slug]), False)


def _linked(participation: Participation) -> Door:
    address = reverse("place:surveys", args=[token_of(participation)])
    return Door(participation.edition, viewer_by_link(participation), address, True)


def _list(request: ViewerRequest, door: Door) -> HttpResponse:
    asked = surveys_asked(door.edition, door.by, moment_in(door.edition))
    lines = [(entry, door.survey_url(entry.survey, entry.session)) for entry in asked]
    waiting = sum(not entry.is_answered for entry in asked)
    return door.page(request, "admissions/surveys/list.html", {"lines": lines, "waiting": waiting})


def _survey(request: ViewerRequest, door: Door, survey_id: int, session_id: int | None) -> HttpResponse:
    survey, session = _find(door, survey_id, session_id)
    questionnaire, subject = survey.questionnaire, about(session)
    respondent = respondent_of(door.by, door.edition)
    is_answered = respondent is not None and (questionnaire.pk, subject) in answered_subjects(
        [questionnaire.pk], respondent
    )
    is_asked = questionnaire.is_open and may_answer(door.by, questionnaire, subject)
    context: dict[str, object] = {"survey": survey, "session": session, "questionnaire": questionnaire}
    if is_answered or not is_asked:
        context["is_answered"] = is_answered
        return door.page(request, "admissions/surveys/done.html", context)
    is_sent = request.method == "POST"
    form = AnswerForm(
        questionnaire,
        None,
        request.POST if is_sent else None,
        request.FILES if is_sent else None,
        by=door.by,
    )
    with_name = questionnaire.anonymity == Anonymity.NAMED or request.POST.get("with_name") == "yes"
    if form.is_bound and form.is_valid():
        try:
            answer_survey(
                survey=survey,
                session=session,
                answers=form.answers(),
                with_name=with_name,
                by=door.by,
                at=timezone.now(),
            )
        except AnswersMissing as error:
            for question in error.questions:
                form.add_error(field_name(question.code), str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return HttpResponseRedirect(door.survey_url(survey, session))
    context |= {"form": form, "with_name": with_name}
    status = 422 if form.is_bound else 200
    return door.page(request, "admissions/surveys/survey.html", context, status=status)


def _find(door: Door, survey_id: int, session_id: int | None) -> tuple[Survey, Session | None]:
    visible = Survey.objects.visible_to(door.by).filter(edition=door.edition)
    survey = get_object_or_404(visible.select_related("questionnaire", "edition"), pk=survey_id)
    if survey.is_about_sessions != (session_id is not None):
        raise Http404
    if session_id is None:
        return survey, None
    session = get_object_or_404(Session, edition=door.edition, pk=session_id)
    if survey.opening(session) is None:
        raise Http404
    return survey, session
