"""Panels of firms and the studies on them, for those who study impact."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies
from filiera.indicators.actions import impact as actions
from filiera.indicators.forms.impact import ColumnsForm, PanelForm, StudyForm
from filiera.indicators.impact_charts import balance_chart, event_study_chart
from filiera.indicators.impact_words import StudyWords
from filiera.indicators.models import ImpactPanel, ImpactStudy
from filiera.indicators.panel_files import PanelColumns, PanelHasMistakes
from filiera.indicators.queries import impact as impact_queries
from filiera.indicators.views.common import workspace_view
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page
from filiera.shared.tables import RowProblem

studying = workspace_view(policies.can_study_impact)
KEPT_AT_FIRST = timedelta(days=365)
EXAMPLE = (
    ("firm", "year", "joined", "turnover", "employees", "sector"),
    ("A17", "2016", "2018", "410", "12", "28"),
    ("A17", "2017", "2018", "455", "13", "28"),
    ("B02", "2016", "", "398", "11", "28"),
)
"""Made up, to show how a panel looks."""


@require_GET
@studying
def studies(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    """What was studied, and the panels that can be."""
    found = list(impact_queries.studies_of(request.viewer, organisation)[:100])
    context = {
        "organisation": organisation,
        "panels": list(impact_queries.panels_of(request.viewer, organisation)[:100]),
        "studies": [StudyWords(study) for study in found],
    }
    return render_page(request, "indicators/impact/studies.html", context)


@require_http_methods(["GET", "POST"])
@studying
def panel_new(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    at = timezone.now()
    form = PanelForm(request.POST or None, request.FILES or None, keep_until=(at + KEPT_AT_FIRST).date())
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            made = actions.upload_panel(
                organisation=organisation,
                title=told["title"],
                source=told["source"],
                keep_until=told["keep_until"],
                upload=told["file"],
                by=request.viewer,
                at=at,
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("indicators:impact_panel_columns", organisation.slug, made.pk)
    status = 422 if request.method == "POST" else 200
    context = {"organisation": organisation, "form": form, "example": EXAMPLE}
    return render_page(request, "indicators/impact/panel_new.html", context, status=status)


@require_http_methods(["GET", "POST"])
@studying
def panel_columns(request: ViewerRequest, organisation: Organisation, panel_id: int) -> HttpResponse:
    """Which column holds what; all rows are read, and every mistake is told with its place."""
    panel = _panel(request, organisation, panel_id)
    form = ColumnsForm(request.POST or None, panel=panel)
    problems: tuple[RowProblem, ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            actions.read_columns(panel=panel, columns=form.columns(), by=request.viewer, at=timezone.now())
        except PanelHasMistakes as refusal:
            problems = refusal.problems
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _("Every row is read."))
            return redirect("indicators:impact_panel", organisation.slug, panel.pk)
    context = {"organisation": organisation, "panel": panel, "form": form, "problems": problems}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "indicators/impact/panel_columns.html", context, status=status)


@require_http_methods(["GET", "POST"])
@studying
def panel(request: ViewerRequest, organisation: Organisation, panel_id: int) -> HttpResponse:
    """A panel with its studies, and the form that asks for another."""
    found = _panel(request, organisation, panel_id)
    if found.checked_at is None and found.file_id is not None:
        return redirect("indicators:impact_panel_columns", organisation.slug, found.pk)
    form = _study_form(request, found)
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            study = actions.ask_for_study(
                panel=found,
                outcome=form.cleaned_data["outcome"],
                unit=form.cleaned_data["unit"],
                choices=form.choices(),
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect("indicators:impact_study", organisation.slug, study.pk)
    context = {
        "organisation": organisation,
        "panel": found,
        "form": form,
        "studies": [
            StudyWords(study)
            for study in impact_queries.studies_of(request.viewer, organisation).filter(panel=found)[:100]
        ],
    }
    status = 422 if request.method == "POST" else 200
    return render_page(request, "indicators/impact/panel.html", context, status=status)


@require_POST
@studying
def panel_deletion(request: ViewerRequest, organisation: Organisation, panel_id: int) -> HttpResponse:
    found = _panel(request, organisation, panel_id)
    try:
        actions.delete_panel(panel=found, by=request.viewer, at=timezone.now())
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _("The file is deleted. What studies found stays."))
    return redirect("indicators:impact", organisation.slug)


@require_GET
@workspace_view()
def study(request: ViewerRequest, organisation: Organisation, study_id: int) -> HttpResponse:
    """What a study found, with everything that speaks for and against it."""
    found = _study(request, organisation, study_id)
    words = StudyWords(found)
    source = _("%(panel)s. Source: %(source)s") % {
        "panel": found.panel.title,
        "source": found.panel.source,
    }
    context = {
        "organisation": organisation,
        "study": found,
        "words": words,
        "effects": event_study_chart(words, source),
        "balance": balance_chart(words, source),
        "can_study": policies.can_study_impact(request.viewer, organisation),
        "topic": actions.topic_of(found),
    }
    return render_page(request, "indicators/impact/study.html", context, partial="study")


@require_POST
@studying
def study_deletion(request: ViewerRequest, organisation: Organisation, study_id: int) -> HttpResponse:
    actions.delete_study(study=_study(request, organisation, study_id), by=request.viewer)
    messages.success(request, _("The study is deleted."))
    return redirect("indicators:impact", organisation.slug)


@require_POST
@studying
def study_showing(request: ViewerRequest, organisation: Organisation, study_id: int) -> HttpResponse:
    found = _study(request, organisation, study_id)
    is_shown = request.POST.get("shown") == "yes"
    try:
        actions.show_study(study=found, is_shown=is_shown, by=request.viewer)
    except DomainError as error:
        messages.warning(request, str(error))
    else:
        said = (
            _("The study stands as the last stage of the logic model.")
            if is_shown
            else _("The study no longer stands in the logic model.")
        )
        messages.success(request, said)
    return redirect("indicators:impact_study", organisation.slug, found.pk)


def _study_form(request: ViewerRequest, panel: ImpactPanel) -> StudyForm | None:
    if not panel.is_ready:
        return None
    columns = PanelColumns.from_json(panel.mapping)
    return StudyForm(request.POST if request.method == "POST" else None, columns=columns)


def _panel(request: ViewerRequest, organisation: Organisation, panel_id: int) -> ImpactPanel:
    rows = ImpactPanel.objects.visible_to(request.viewer).select_related(
        "organisation", "file", "uploaded_by"
    )
    return get_object_or_404(rows, organisation=organisation, pk=panel_id)


def _study(request: ViewerRequest, organisation: Organisation, study_id: int) -> ImpactStudy:
    return get_object_or_404(impact_queries.studies_of(request.viewer, organisation), pk=study_id)
