"""Addresses of reports: building, reading, sending."""

from django.urls import path

from filiera.indicators.views import funder_forms, report_issues, report_sections, reports

_REPORTS = "o/<slug:slug>/reports/"
_ONE = f"{_REPORTS}<int:report_id>/"
_FORMS = f"{_REPORTS}forms/"
_FORM = f"{_FORMS}<int:form_id>/"
_SECTION = f"{_ONE}sections/<int:section_id>/"

urlpatterns = [
    path(_REPORTS, reports.reports, name="reports"),
    path(f"{_REPORTS}new/", reports.report_create, name="report_create"),
    path(_FORMS, funder_forms.forms, name="funder_forms"),
    path(f"{_FORMS}new/", funder_forms.form_create, name="funder_form_create"),
    path(_FORM, funder_forms.form_page, name="funder_form"),
    path(f"{_FORM}filled/", funder_forms.form_filled, name="funder_form_filled"),
    path(f"{_FORM}replacement/", funder_forms.form_replacement, name="funder_form_replacement"),
    path(f"{_FORM}removal/", funder_forms.form_removal, name="funder_form_removal"),
    path(
        f"{_FORM}cells/<int:cell_id>/removal/",
        funder_forms.cell_removal,
        name="funder_form_cell_removal",
    ),
    path(_ONE, reports.report, name="report"),
    path(f"{_ONE}preview/", reports.report_preview, name="report_preview"),
    path(f"{_ONE}files/<slug:file_format>/", reports.report_file, name="report_file"),
    path(f"{_ONE}title/", reports.report_title, name="report_title"),
    path(f"{_ONE}versions/", reports.version_create, name="report_version_create"),
    path(f"{_ONE}versions/<int:number>/return/", reports.version_return, name="report_version_return"),
    path(f"{_ONE}removal/", reports.report_removal, name="report_removal"),
    path(f"{_ONE}return/", reports.report_return, name="report_return"),
    path(f"{_ONE}schedule/", reports.report_schedule, name="report_schedule"),
    path(
        f"{_ONE}sections/new/<slug:section_kind>/",
        report_sections.section_create,
        name="report_section_create",
    ),
    path(_SECTION, report_sections.section_edit, name="report_section"),
    path(f"{_SECTION}moves/", report_sections.section_move, name="report_section_move"),
    path(f"{_SECTION}removal/", report_sections.section_removal, name="report_section_removal"),
    path(f"{_SECTION}return/", report_sections.section_return, name="report_section_return"),
    path("indicators/reports/<uuid:public_id>/", report_issues.report_issue, name="report_issue"),
    path("indicators/reports/stop/<str:token>/", report_issues.report_stop, name="report_stop"),
]
