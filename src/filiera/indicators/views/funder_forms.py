"""Forms of funders: uploaded, shown as tables whose cells are tied to figures, filled for a period."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from filiera.accounts.viewer import ViewerRequest
from filiera.indicators.actions import funder_forms as actions
from filiera.indicators.forms.funder_forms import CellForm, FunderFormForm, ReplacementForm
from filiera.indicators.models import FormCell, FunderForm
from filiera.indicators.periods import Period
from filiera.indicators.queries.definitions import current_definitions
from filiera.indicators.views.common import period_in, workspace_view
from filiera.indicators.views.reports import writing
from filiera.indicators.views.years import year_asked, years_to_choose
from filiera.indicators.workbooks.cells import Place
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.shared.forms import show_refusal
from filiera.shared.http import render_page, tried
from filiera.shared.tables import XLSX_TYPE
from filiera.texts.languages import translated


@dataclass(frozen=True, slots=True)
class ShownCell:
    """A cell as the table shows it."""

    address: str
    text: str
    is_formula: bool
    is_covered: bool
    figure: str


@dataclass(frozen=True, slots=True)
class Tie:
    """A tied cell with the name of its figure; `is_gone` where the figure is not defined any more."""

    cell: FormCell
    name: str
    is_gone: bool


@require_safe
@writing
def forms(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    rows = FunderForm.objects.visible_to(request.viewer).kept().filter(organisation=organisation)
    context = {"organisation": organisation, "forms": list(rows.order_by("-uploaded_at", "-pk")[:100])}
    return render_page(request, "indicators/funder_forms/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@writing
def form_create(request: ViewerRequest, organisation: Organisation) -> HttpResponse:
    form = FunderFormForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.upload_form(
                organisation=organisation,
                title=form.cleaned_data["title"],
                upload=form.cleaned_data["upload"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as refusal:
            form.add_error("upload", str(refusal))
        else:
            return redirect("indicators:funder_form", organisation.slug, made.pk)
    context = {"organisation": organisation, "form": form}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "indicators/funder_forms/new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@writing
def form_page(request: ViewerRequest, organisation: Organisation, form_id: int) -> HttpResponse:
    """A form as tables: choose a cell, or write its name, and say which figure fills it."""
    found = _form(request, organisation, form_id)
    if request.method != "POST":
        return _page(request, found)
    form = CellForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            cell = actions.tie_cell(
                form=found,
                cell=given["cell"],
                code=given["code"],
                periods_back=given["periods_back"],
                replaces_formula=given["replaces_formula"],
                by=request.viewer,
                at=timezone.now(),
            )
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            messages.success(request, _("%(cell)s is tied.") % {"cell": f"{cell.sheet}!{cell.address}"})
            address = reverse("indicators:funder_form", args=[organisation.slug, found.pk])
            return redirect(f"{address}?sheet={_sheet_number(found, cell.sheet)}#tie")
    return _page(request, found, form, status=422)


@require_POST
@writing
def cell_removal(
    request: ViewerRequest, organisation: Organisation, form_id: int, cell_id: int
) -> HttpResponse:
    rows = FormCell.objects.visible_to(request.viewer).select_related("form__organisation")
    cell = get_object_or_404(rows, pk=cell_id, form=form_id, form__organisation=organisation)
    tried(
        request,
        lambda: actions.untie_cell(cell=cell, by=request.viewer, at=timezone.now()),
        _("%(cell)s is tied to nothing.") % {"cell": f"{cell.sheet}!{cell.address}"},
    )
    return redirect("indicators:funder_form", organisation.slug, form_id)


@require_http_methods(["GET", "HEAD", "POST"])
@writing
def form_replacement(request: ViewerRequest, organisation: Organisation, form_id: int) -> HttpResponse:
    found = _form(request, organisation, form_id)
    form = ReplacementForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.replace_form_file(
                form=found, upload=form.cleaned_data["upload"], by=request.viewer, at=timezone.now()
            )
        except DomainError as refusal:
            form.add_error("upload", str(refusal))
        else:
            messages.success(request, _("The new workbook stands in the place of the old one."))
            return redirect("indicators:funder_form", organisation.slug, found.pk)
    context = {"organisation": organisation, "funder_form": found, "form": form}
    status = 422 if request.method == "POST" else 200
    return render_page(request, "indicators/funder_forms/replacement.html", context, status=status)


@require_POST
@writing
def form_removal(request: ViewerRequest, organisation: Organisation, form_id: int) -> HttpResponse:
    found = _form(request, organisation, form_id)
    tried(
        request,
        lambda: actions.remove_form(form=found, by=request.viewer, at=timezone.now()),
        _("The form and its file are gone."),
    )
    return redirect("indicators:funder_forms", organisation.slug)


@never_cache
@require_safe
@workspace_view()
def form_filled(request: ViewerRequest, organisation: Organisation, form_id: int) -> HttpResponse:
    """The funder's workbook, filled for a period."""
    found = _form(request, organisation, form_id)
    period = _period(request)
    try:
        made = actions.fill_form(form=found, period=period, by=request.viewer, at=timezone.now())
    except DomainError as refusal:
        messages.warning(request, str(refusal))
        return redirect("indicators:funder_form", organisation.slug, found.pk)
    name = f"{organisation.slug}-form-{found.pk}-{period.code}.xlsx"
    return HttpResponse(
        made.content,
        content_type=XLSX_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _page(
    request: ViewerRequest, found: FunderForm, form: CellForm | None = None, *, status: int = 200
) -> HttpResponse:
    definitions = current_definitions()
    ties = [
        Tie(
            cell,
            translated(definitions[cell.code].names) if cell.code in definitions else cell.code,
            cell.code not in definitions,
        )
        for cell in found.cells.order_by("sheet", "pk")
    ]
    asked = request.GET.get("sheet", "0")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0
    number = number if number < len(found.layout) else 0
    sheet = found.layout[number]
    chosen = request.GET.get("cell", "")[:10]
    named = f"{sheet['title']}!{chosen}" if chosen else ""
    holds_formula = bool(sheet["cells"].get(chosen, {}).get("formula"))
    at = timezone.now()
    context = {
        "organisation": found.organisation,
        "funder_form": found,
        "sheets": [(place, each["title"]) for place, each in enumerate(found.layout)],
        "sheet_number": number,
        "sheet": sheet,
        "columns": [Place(1, column).address[:-1] for column in range(1, sheet["columns"] + 1)],
        "lines": _lines(
            sheet, {tie.cell.address: tie.name for tie in ties if tie.cell.sheet == sheet["title"]}
        ),
        "chosen": chosen,
        "ties": ties,
        "form": form or CellForm(cell=named, holds_formula=holds_formula),
        "years": years_to_choose(at),
        "period": year_asked(request, at),
    }
    return render_page(request, "indicators/funder_forms/form.html", context, status=status)


def _lines(sheet: dict[str, Any], tied: dict[str, str]) -> list[tuple[int, list[ShownCell]]]:
    covered = set(sheet["covered"])
    lines = []
    for row in range(1, sheet["rows"] + 1):
        cells = []
        for column in range(1, sheet["columns"] + 1):
            address = Place(row, column).address
            told = sheet["cells"].get(address, {})
            cells.append(
                ShownCell(
                    address=address,
                    text=told.get("text", ""),
                    is_formula=bool(told.get("formula")),
                    is_covered=address in covered,
                    figure=tied.get(address, ""),
                )
            )
        lines.append((row, cells))
    return lines


def _form(request: ViewerRequest, organisation: Organisation, form_id: int) -> FunderForm:
    """Raises Http404."""
    rows = FunderForm.objects.visible_to(request.viewer).kept().select_related("organisation", "file")
    return get_object_or_404(rows, pk=form_id, organisation=organisation)


def _period(request: ViewerRequest) -> Period:
    asked = request.GET.get("period", "").replace("\x00", "")
    return period_in(asked) if asked else year_asked(request, timezone.now())


def _sheet_number(found: FunderForm, title: str) -> int:
    titles = [each["title"] for each in found.layout]
    return titles.index(title) if title in titles else 0
