"""Reports of an organisation: the list, the builder with its preview, versions, files, and the mail."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators import policies
from filiera.indicators.actions import report_mail
from filiera.indicators.actions import reports as actions
from filiera.indicators.documents.report import report_pdf
from filiera.indicators.exports import FORMATS
from filiera.indicators.forms.reports import ReportForm, ScheduleForm, TitleForm
from filiera.indicators.models import Frequency, Report, ReportSchedule, ReportVersion, SectionKind
from filiera.indicators.periods import Period
from filiera.indicators.queries import reports as queries
from filiera.indicators.queries.impact import programmes_of
from filiera.indicators.reports.content import Content, content_of
from filiera.indicators.reports.packaged import packaged_reports
from filiera.indicators.reports.plans import plan_of, plans_of
from filiera.indicators.views.common import period_in, workspace_view
from filiera.indicators.views.files import figures_file
from filiera.indicators.views.years import year_asked, years_to_choose
from filiera.organisations.models import Organisation, OrganisationKind
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page, tried
from filiera.texts.languages import translated

writing = workspace_view(policies.can_write_reports)
KIND_ICONS = {
    SectionKind.HEADING: "bookmark",
    SectionKind.TEXT: "file-text",
    SectionKind.FIGURES: "table",
    SectionKind.CHART: "chart",
    SectionKind.CLUSTERS: "grid",
}


@require_safe
@workspace_view()
def reports(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    context = {
        "organisation": organisation,
        "reports": list(queries.reports_of(request.viewer, organisation)[:100]),
        "put_away": list(queries.put_away_reports(request.viewer, organisation)[:50]),
        "can_write": policies.can_write_reports(request.viewer, organisation),
    }
    return render_page(request, "indicators/reports/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@writing
def report_create(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    editions = list(programmes_of(request.viewer, organisation))
    packaged = [each for each in packaged_reports().values() if each.suits(organisation, bool(editions))]
    form = ReportForm(request.POST or None, packaged=packaged, editions=editions)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_report(
                organisation=organisation,
                title=form.cleaned_data["title"],
                template=form.cleaned_data["template"],
                edition=form.chosen_edition,
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("The report is begun. Keep a version when it says what it should."))
            return redirect("indicators:report", organisation.slug, made.pk)
    context = {"organisation": organisation, "form": form}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "indicators/reports/new.html", context, status=status)


@require_safe
@workspace_view()
def report(request: ViewerRequest, organisation: Organisation, report_id: int) -> HttpResponse:
    """The draft as it will look, section by section, each with what can be done to it."""
    found = report_in(request, organisation, report_id)
    can_write = policies.can_write_reports(request.viewer, organisation) and found.put_away_at is None
    versions = list(queries.versions_of(found)[:30])
    told = _draft(request, found)
    context = {
        **_context(request, organisation, found, told),
        "can_write": can_write,
        "versions": versions,
        "is_kept": queries.kept_version(found) is not None,
        "removed": list(queries.removed_sections(found)[:30]) if can_write else [],
        "kinds": [
            (kind, KIND_ICONS[kind])
            for kind in SectionKind
            if kind != SectionKind.CLUSTERS or organisation.kind == OrganisationKind.META_CLUSTER
        ],
        "schedule": ReportSchedule.objects.visible_to(request.viewer).filter(report=found).first(),
        "issues": list(found.issues.select_related("file").order_by("-made_at", "-pk")[:12]),
    }
    return render_page(request, "indicators/reports/builder.html", context, partial="draft")


@require_safe
@workspace_view()
def report_preview(request: ViewerRequest, organisation: Organisation, report_id: int) -> HttpResponse:
    """The report alone, as it is read and printed."""
    found = report_in(request, organisation, report_id)
    version = _asked_version(request, found) or queries.kept_version(found)
    told = _version_told(request, found, version) if version else _draft(request, found)
    context = {**_context(request, organisation, found, told), "version": version}
    return render_page(request, "indicators/reports/preview.html", context)


@never_cache
@require_safe
@workspace_view()
def report_file(
    request: ViewerRequest, organisation: Organisation, report_id: int, file_format: str
) -> HttpResponse:
    """The report as PDF, or its figures as a workbook or table."""
    found = report_in(request, organisation, report_id)
    version = _asked_version(request, found) or queries.kept_version(found)
    fill = partial(_version_told, request, found, version) if version else partial(_draft, request, found)
    name = f"{organisation.slug}-report-{found.pk}-{_period(request).code}"
    if file_format == "pdf":
        content = report_pdf(
            fill, language=request.LANGUAGE_CODE, version=version.number if version else None
        )
        disposition = f'inline; filename="{name}.pdf"'
        return HttpResponse(
            content, content_type="application/pdf", headers={"Content-Disposition": disposition}
        )
    if file_format not in FORMATS:
        raise Http404
    return figures_file(fill().rows, file_format, name)


@require_http_methods(["GET", "HEAD", "POST"])
@writing
def report_title(request: ViewerRequest, organisation: Organisation, report_id: int) -> HttpResponse:
    found = report_in(request, organisation, report_id)
    form = TitleForm(request.POST or None, initial={"title": found.title})
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename_report(
                report=found, title=form.cleaned_data["title"], by=request.viewer, at=timezone.now()
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            return redirect("indicators:report", organisation.slug, found.pk)
    context = {"organisation": organisation, "report": found, "form": form}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "indicators/reports/title.html", context, status=status)


@require_POST
@writing
def version_create(request: ViewerRequest, organisation: Organisation, report_id: int) -> HttpResponse:
    found = report_in(request, organisation, report_id)
    tried(
        request,
        lambda: actions.save_version(report=found, by=request.viewer, at=timezone.now()),
        _("The version is kept."),
    )
    return redirect("indicators:report", organisation.slug, found.pk)


@require_POST
@writing
def version_return(
    request: ViewerRequest, organisation: Organisation, report_id: int, number: int
) -> HttpResponse:
    found = report_in(request, organisation, report_id)
    version = get_object_or_404(queries.versions_of(found).select_related("report"), number=number)
    tried(
        request,
        lambda: actions.return_to_version(version=version, by=request.viewer, at=timezone.now()),
        _("The draft is as it was in that version. What it was stands below and can be put back."),
    )
    return redirect("indicators:report", organisation.slug, found.pk)


@require_POST
@writing
def report_removal(request: ViewerRequest, organisation: Organisation, report_id: int) -> HttpResponse:
    found = report_in(request, organisation, report_id)
    actions.put_report_away(report=found, by=request.viewer, at=timezone.now())
    messages.success(request, _("The report is put away. Below the list it can be brought back."))
    return redirect("indicators:reports", organisation.slug)


@require_POST
@writing
def report_return(request: ViewerRequest, organisation: Organisation, report_id: int) -> HttpResponse:
    found = report_in(request, organisation, report_id)
    actions.bring_report_back(report=found, by=request.viewer, at=timezone.now())
    return redirect("indicators:report", organisation.slug, found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@writing
def report_schedule(request: ViewerRequest, organisation: Organisation, report_id: int) -> HttpResponse:
    """To whom the report goes, and how often."""
    found = report_in(request, organisation, report_id)
    schedule = ReportSchedule.objects.visible_to(request.viewer).filter(report=found).first()
    form = ScheduleForm(request.POST or None, schedule=schedule, language=request.LANGUAGE_CODE)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            report_mail.set_schedule(
                report=found,
                frequency=Frequency(given["frequency"]),
                language=given["language"],
                recipients=given["recipients"],
                is_on=given["is_on"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        except ValidationError as refusal:
            form.add_error("recipients", refusal)
        else:
            done = _("It will be sent by itself.") if given["is_on"] else _("It is not sent.")
            messages.success(request, done)
            return redirect("indicators:report", organisation.slug, found.pk)
    context = {"organisation": organisation, "report": found, "form": form, "schedule": schedule}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "indicators/reports/schedule.html", context, status=status)


def report_in(request: ViewerRequest, organisation: Organisation, report_id: int) -> Report:
    """Raises Http404."""
    rows = Report.objects.visible_to(request.viewer).select_related("organisation", "edition")
    return get_object_or_404(rows, pk=report_id, organisation=organisation)


def _context(
    request: ViewerRequest, organisation: Organisation, found: Report, told: Content
) -> dict[str, Any]:
    return {
        "organisation": organisation,
        "report": found,
        "title": translated(found.title),
        "told": told,
        "period": told.period,
        "years": years_to_choose(timezone.now()),
    }


def _period(request: ViewerRequest) -> Period:
    """The period in the address: a year, quarter or month; else the last closed year."""
    asked = request.GET.get("period", "").replace("\x00", "")
    return period_in(asked) if asked else year_asked(request, timezone.now())


def _draft(request: ViewerRequest, found: Report) -> Content:
    return content_of(
        report_mail.viewer_of(found.organisation),
        found.organisation,
        title=found.title,
        plans=[plan_of(section) for section in found.sections.standing()],
        period=_period(request),
        edition=found.edition,
        at=timezone.now(),
    )


def _version_told(request: ViewerRequest, found: Report, version: ReportVersion) -> Content:
    return content_of(
        report_mail.viewer_of(found.organisation),
        found.organisation,
        title=version.title,
        plans=plans_of(version.sections),
        period=_period(request),
        edition=found.edition,
        at=timezone.now(),
    )


def _asked_version(request: ViewerRequest, found: Report) -> ReportVersion | None:
    """Raises Http404."""
    asked = request.GET.get("version", "")
    if not asked:
        return None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 7):
        raise Http404
    version: ReportVersion = get_object_or_404(queries.versions_of(found), number=int(asked))
    return version
