"""Results: on the page, as a live count, as a table to take away."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.questionnaires import policies
from filiera.questionnaires.actions.answering import topic_of
from filiera.questionnaires.drawings import chart_of
from filiera.questionnaires.models import Audience, Questionnaire
from filiera.questionnaires.queries.export import answers_table
from filiera.questionnaires.queries.results import responses_handed_in, results_of, subjects_of
from filiera.shared.http import render_page
from filiera.shared.tables import CSV_TYPE, XLSX_TYPE, as_csv, as_xlsx
from filiera.texts.languages import translated

from .common import page_context
from .site import Site, find_questionnaire


@require_safe
def results_page(request: ViewerRequest, site: Site, questionnaire_id: int) -> HttpResponse:
    questionnaire = _readable(request, site, questionnaire_id)
    about = request.GET.get("about") or None
    subjects = subjects_of(questionnaire)
    names = site.subject_names(list(subjects))
    results = results_of(questionnaire, request.viewer, about=about)
    context = page_context(
        site,
        questionnaire=questionnaire,
        results=results,
        lines=[(result, chart_of(result)) for result in results.questions],
        about=about or "",
        subjects=[
            (key, name, subjects[key]) for key, name in ({**names, **_unnamed(subjects, names)}).items()
        ],
        topic=topic_of(questionnaire),
    )
    return render_page(request, "questionnaires/results.html", context)


@require_safe
def results_count(request: ViewerRequest, site: Site, questionnaire_id: int) -> HttpResponse:
    """How many have answered, for a page that stays open."""
    questionnaire = _readable(request, site, questionnaire_id)
    about = request.GET.get("about") or None
    context = {"handed_in": responses_handed_in(questionnaire, about)}
    return render_page(request, "questionnaires/_count.html", context)


@require_safe
def results_csv(request: ViewerRequest, site: Site, questionnaire_id: int) -> HttpResponse:
    questionnaire = _readable(request, site, questionnaire_id)
    table = answers_table(questionnaire, request.viewer, about=request.GET.get("about") or None)
    return _attachment(as_csv(table.header, table.rows), CSV_TYPE, questionnaire, "csv")


@require_safe
def results_xlsx(request: ViewerRequest, site: Site, questionnaire_id: int) -> HttpResponse:
    questionnaire = _readable(request, site, questionnaire_id)
    table = answers_table(questionnaire, request.viewer, about=request.GET.get("about") or None)
    content = as_xlsx(translated(questionnaire.title), table.header, table.rows)
    return _attachment(content, XLSX_TYPE, questionnaire, "xlsx")


def _unnamed(subjects: Mapping[str, int], names: Mapping[str, str]) -> dict[str, str]:
    return {key: key for key in subjects if key not in names}


def _readable(request: ViewerRequest, site: Site, questionnaire_id: int) -> Questionnaire:
    questionnaire = find_questionnaire(request, site, questionnaire_id)
    if not policies.can_read(request.viewer, questionnaire, Audience.TEAM):
        raise PermissionDenied
    return questionnaire


def _attachment(content: bytes, kind: str, questionnaire: Questionnaire, suffix: str) -> HttpResponse:
    name = f"answers-{questionnaire.pk}.{suffix}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=kind, headers=headers)
