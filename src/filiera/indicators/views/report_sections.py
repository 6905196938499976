"""Single sections of a report: added, changed, moved, taken out and put back."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators.actions import reports as actions
from filiera.indicators.forms.reports import SectionForm, figure_choices
from filiera.indicators.models import Report, ReportSection, SectionKind
from filiera.indicators.views.reports import report_in, writing
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import after_change, panel_page, tried


@require_http_methods(["GET", "HEAD", "POST"])
@writing
def section_create(
    request: ViewerRequest, organisation: Organisation, report_id: int, section_kind: str
) -> HttpResponse:
    found = report_in(request, organisation, report_id)
    if section_kind not in SectionKind.values:
        raise Http404
    return _edit(request, found, None, SectionKind(section_kind))


@require_http_methods(["GET", "HEAD", "POST"])
@writing
def section_edit(
    request: ViewerRequest, organisation: Organisation, report_id: int, section_id: int
) -> HttpResponse:
    section = _section(request, organisation, report_id, section_id)
    return _edit(request, section.report, section, SectionKind(section.kind))


@require_POST
@writing
def section_move(
    request: ViewerRequest, organisation: Organisation, report_id: int, section_id: int
) -> HttpResponse:
    section = _section(request, organisation, report_id, section_id)
    up = request.POST.get("direction") == "up"
    tried(
        request,
        lambda: actions.move_section(section=section, up=up, by=request.viewer, at=timezone.now()),
    )
    return after_change(request, _address(section.report, f"#section-{section.pk}"))


@require_POST
@writing
def section_removal(
    request: ViewerRequest, organisation: Organisation, report_id: int, section_id: int
) -> HttpResponse:
    section = _section(request, organisation, report_id, section_id)
    tried(
        request,
        lambda: actions.remove_section(section=section, by=request.viewer, at=timezone.now()),
        _("It is taken out. Below the report it can be put back."),
    )
    return after_change(request, _address(section.report))


@require_POST
@writing
def section_return(
    request: ViewerRequest, organisation: Organisation, report_id: int, section_id: int
) -> HttpResponse:
    section = _section(request, organisation, report_id, section_id)
    tried(
        request,
        lambda: actions.put_section_back(section=section, by=request.viewer, at=timezone.now()),
        _("It is back where it stood."),
    )
    return after_change(request, _address(section.report, f"#section-{section.pk}"))


def _edit(
    request: ViewerRequest, found: Report, section: ReportSection | None, kind: SectionKind
) -> HttpResponse:
    form = SectionForm(
        request.POST or None, kind=kind, section=section, of_edition=found.edition_id is not None
    )
    if request.method == "POST" and form.is_valid():
        try:
            kept = actions.save_section(
                report=found, section=section, details=form.details(), by=request.viewer, at=timezone.now()
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The section is kept."))
            return after_change(request, _address(found, f"#section-{kept.pk}"))
    context = {
        "organisation": found.organisation,
        "report": found,
        "section": section,
        "kind": kind,
        "form": form,
        "figures": figure_choices() if kind == SectionKind.TEXT else [],
    }
    status = 422 if request.method == "POST" else 200
    return panel_page(request, "indicators/reports/section.html", context, status=status)


def _section(
    request: ViewerRequest, organisation: Organisation, report_id: int, section_id: int
) -> ReportSection:
    """Raises Http404."""
    rows = ReportSection.objects.visible_to(request.viewer).select_related("report__organisation")
    section: ReportSection = get_object_or_404(
        rows, pk=section_id, report=report_id, report__organisation=organisation
    )
    return section


def _address(found: Report, place: str = "") -> str:
    return reverse("indicators:report", args=[found.organisation.slug, found.pk]) + place
