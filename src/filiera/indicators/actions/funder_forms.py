"""Forms of funders: a workbook is uploaded, its cells are tied to figures, and it is filled each period."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.accounts.viewer import Viewer
from filiera.files.actions import discard_file, store_upload
from filiera.files.rules import XLSX, UploadRules
from filiera.indicators import policies, queries
from filiera.indicators.definition import PeriodKind, Unit
from filiera.indicators.exports import FigureRow, rows_of
from filiera.indicators.models import FormCell, FunderForm
from filiera.indicators.models.funder_forms import LONGEST_SHEET_NAME, MOST_PERIODS_BACK
from filiera.indicators.periods import Period
from filiera.indicators.queries import Figure
from filiera.indicators.queries.definitions import current_definition, current_definitions
from filiera.indicators.workbooks.cells import split_name
from filiera.indicators.workbooks.filling import FilledCell, SourceLine, fill, quoted_name
from filiera.indicators.workbooks.reading import CellState, layout_of, state_of, states_of
from filiera.organisations.models import Organisation
from filiera.shared.errors import DomainError
from filiera.texts.languages import translated

FORM_POLICY = "indicators.funder_form"
WORKBOOKS = UploadRules((XLSX,), max_bytes=10 * 1024 * 1024)
MOST_CELLS = 500


class SheetMissing(DomainError):
    message = gettext_lazy("Say in which sheet the cell is, such as Sheet1!B7.")
    field = "cell"


class CellIsCovered(DomainError):
    field = "cell"

    def __init__(self, first: str) -> None:
        told = {"first": first}
        super().__init__(_("This cell is merged into %(first)s; choose that one.") % told)


class CellHoldsFormula(DomainError):
    field = "replaces_formula"

    def __init__(self, formula: str) -> None:
        told = {"formula": formula}
        super().__init__(
            _("A formula stands there: %(formula)s. Say below if the figure may take its place.") % told
        )


class FormulaIsShared(DomainError):
    message = gettext_lazy(
        "Other cells live from the formula in this cell; a figure in its place would break them."
    )
    field = "cell"


class SheetNameTooLong(DomainError):
    message = gettext_lazy("Give the sheet a name of at most 31 characters, as workbooks have them.")
    field = "cell"


class TooFarBack(DomainError):
    message = gettext_lazy("A figure can be at most five periods back.")
    field = "periods_back"


class TooManyCells(DomainError):
    message = gettext_lazy("At most 500 cells of a form can be tied.")


class FormIsGone(DomainError):
    message = gettext_lazy("This form was taken away; upload it again.")


@dataclass(frozen=True, slots=True)
class Filling:
    """A filled workbook, and what could not be filled with the reason."""

    content: bytes
    filled: int
    left: list[tuple[str, str]]


@transaction.atomic
def upload_form(
    *,
    organisation: Organisation,
    title: str,
    upload: "File[bytes]",
    is_demonstration: bool = False,
    by: Viewer,
    at: datetime,
) -> FunderForm:
    """Keep a funder's workbook once it can be read.

    Raises PermissionDenied, UnreadableTable, TableTooLarge, and what store_upload raises.
    """
    if not policies.can_write_reports(by, organisation):
        raise PermissionDenied
    file = store_upload(upload=upload, rules=WORKBOOKS, policy=FORM_POLICY, by=by, at=at)
    upload.seek(0)
    return FunderForm.objects.create(
        organisation=organisation,
        title=title,
        file=file,
        layout=layout_of(upload.read()),
        is_demonstration=is_demonstration,
        uploaded_by=by.person,
        uploaded_at=at,
    )


@transaction.atomic
def replace_form_file(*, form: FunderForm, upload: "File[bytes]", by: Viewer, at: datetime) -> FunderForm:
    """Take the funder's new workbook in the place of the old one; cells stay tied by sheet and place.

    Raises PermissionDenied, FormIsGone, UnreadableTable, TableTooLarge, and what store_upload raises.
    """
    form = _locked(form, by)
    former = form.file
    form.file = store_upload(upload=upload, rules=WORKBOOKS, policy=FORM_POLICY, by=by, at=at)
    upload.seek(0)
    form.layout = layout_of(upload.read())
    form.uploaded_by, form.uploaded_at = by.person, at
    form.save(update_fields=["file", "layout", "uploaded_by", "uploaded_at"])
    # A formula of the new workbook has been shown to nobody.
    form.cells.update(replaces_formula=False)
    if former is not None:
        discard_file(stored_file=former)
    return form


@transaction.atomic
def tie_cell(
    *,
    form: FunderForm,
    cell: str,
    code: str,
    periods_back: int = 0,
    replaces_formula: bool = False,
    by: Viewer,
    at: datetime,
) -> FormCell:
    """Tie a cell such as Sheet1!B7 to a figure; what it was tied to before ends.

    Raises PermissionDenied, FormIsGone, UnknownIndicator, TooFarBack, SheetMissing, NoSuchCell, NoSuchSheet,
    SheetNameTooLong, CellIsCovered, FormulaIsShared, CellHoldsFormula, TooManyCells.
    """
    form = _locked(form, by)
    current_definition(code)
    if not 0 <= periods_back <= MOST_PERIODS_BACK:
        raise TooFarBack
    sheet, address = split_name(cell)
    if not sheet and len(form.layout) == 1:
        sheet = form.layout[0]["title"]
    if not sheet:
        raise SheetMissing
    state = state_of(content_of_form(form), sheet, address)
    if len(sheet) > LONGEST_SHEET_NAME:
        raise SheetNameTooLong
    if state.merged_into:
        raise CellIsCovered(state.merged_into)
    if state.is_shared_formula:
        raise FormulaIsShared
    if state.is_formula and not replaces_formula:
        raise CellHoldsFormula(state.text)
    if form.cells.exclude(sheet=sheet, address=address).count() >= MOST_CELLS:
        raise TooManyCells
    tied, _is_new = FormCell.objects.update_or_create(
        form=form,
        sheet=sheet,
        address=address,
        defaults={
            "code": code,
            "periods_back": periods_back,
            "replaces_formula": state.is_formula,
            "tied_by": by.person,
            "tied_at": at,
        },
    )
    return tied


@transaction.atomic
def untie_cell(*, cell: FormCell, by: Viewer, at: datetime) -> None:
    """Raises PermissionDenied, FormIsGone."""
    _locked(cell.form, by)
    cell.delete()


@transaction.atomic
def remove_form(*, form: FunderForm, by: Viewer, at: datetime) -> None:
    """Take a form away with its file. Raises PermissionDenied, FormIsGone."""
    form = _locked(form, by)
    stored, form.file = form.file, None
    form.removed_at, form.layout = at, []
    form.save(update_fields=["file", "removed_at", "layout"])
    if stored is not None:
        discard_file(stored_file=stored)


def fill_form(*, form: FunderForm, period: Period, by: Viewer, at: datetime) -> Filling:
    """The workbook with the figures of a period, and a sheet that leads from every cell to its figure.

    What has no value is left as it was, with the reason.

    Raises PermissionDenied, FormIsGone, UnreadableTable, TableTooLarge.
    """
    if not policies.can_view_figures(by, form.organisation):
        raise PermissionDenied
    content = content_of_form(form)
    cells = list(form.cells.order_by("sheet", "pk"))
    rows = _figures_for(form, cells, period, by)
    states = states_of(content, {(cell.sheet, cell.address) for cell in cells})
    filled: list[FilledCell] = []
    lines: list[SourceLine] = []
    left: list[tuple[str, str]] = []
    for cell in cells:
        own_period = _back(period, cell.periods_back)
        row = rows.get((cell.code, own_period))
        state = states.get((cell.sheet, cell.address))
        reason = _reason_to_leave(cell, row, state)
        number, note = None, reason
        if row is not None and row.number is not None and state is not None and not reason:
            number, note = _as_shown(row.number, row, state)
            filled.append(FilledCell(cell.sheet, cell.address, number))
        else:
            left.append((quoted_name(cell.sheet, cell.address), reason))
        lines.append(_line(cell, own_period, row, number, note, at, is_there=state is not None))
    made = fill(content, filled, title=_("Where the figures come from"), header=_header(), lines=lines)
    return Filling(made, len(filled), left)


def content_of_form(form: FunderForm) -> bytes:
    """Raises FormIsGone."""
    if form.file is None:
        raise FormIsGone
    with default_storage.open(form.file.path) as file:
        return bytes(file.read())


def _figures_for(
    form: FunderForm, cells: Iterable[FormCell], period: Period, by: Viewer
) -> dict[tuple[str, Period], FigureRow]:
    """The figures that the cells ask for, by code and period."""
    asked = list(cells)
    codes = {cell.code for cell in asked}
    back = max((cell.periods_back for cell in asked), default=0)
    series: dict[str, list[Figure]]
    if period.kind == PeriodKind.YEAR:
        series = queries.series_of(by, form.organisation, codes)
    else:
        periods = [_back(period, steps) for steps in range(back, -1, -1)]
        series = queries.computed_series(by, form.organisation, codes, periods)
    known = {(told.code, told.period): told for figures in series.values() for told in figures}
    definitions = current_definitions()
    wanted = {(cell.code, _back(period, cell.periods_back)) for cell in asked if cell.code in definitions}
    figures = [
        known.get(key) or queries.not_computed(definitions[key[0]], key[1], form.organisation)
        for key in wanted
    ]
    return {(row.definition.code, row.period): row for row in rows_of(figures)}


def _reason_to_leave(cell: FormCell, row: FigureRow | None, state: CellState | None) -> str:
    if state is None:
        return _("The workbook has no sheet of this name any more.")
    if row is None:
        return _("This indicator is not defined any more.")
    if row.number is None:
        return row.reason
    if state.is_shared_formula or state.merged_into or (state.is_formula and not cell.replaces_formula):
        return _("A formula or a merged cell stands there; tie the cell again to replace it.")
    return ""


def _as_shown(number: Decimal, row: FigureRow, state: CellState) -> tuple[Decimal, str]:
    """A percentage in a cell that shows shares as percent is written as a share."""
    if row.definition.unit == Unit.PERCENT and state.is_percent:
        return number / 100, _("written as a share of one, because the cell shows percent")
    return number, ""


def _header() -> list[str]:
    return [
        _("Cell"),
        _("Written there"),
        _("Indicator"),
        _("Code"),
        _("Period"),
        _("Value"),
        _("Unit"),
        _("Version of the definition"),
        _("Declared"),
        _("Demonstration"),
        _("Computed (UTC)"),
        _("Remark"),
        _("Filled (UTC)"),
        _("Definition, records and history"),
    ]


def _line(
    cell: FormCell,
    period: Period,
    row: FigureRow | None,
    written: Decimal | None,
    note: str,
    at: datetime,
    *,
    is_there: bool,
) -> SourceLine:
    name, filled_at = quoted_name(cell.sheet, cell.address), at.strftime("%Y-%m-%d %H:%M")
    if row is None:
        gone = ("", cell.code, cell.code, period.code, *[""] * 6, note, filled_at)
        return SourceLine(cell=name, told=gone, address="", is_there=is_there)
    return SourceLine(
        cell=name,
        told=(
            "" if written is None else written,
            translated(row.definition.names),
            row.definition.code,
            row.period.code,
            "" if row.number is None else row.number,
            str(row.definition.unit.label),
            row.definition.version,
            _("yes") if row.is_declared else _("no"),
            _("yes") if row.is_made_up else _("no"),
            row.computed_at.strftime("%Y-%m-%d %H:%M") if row.computed_at else "",
            note,
            filled_at,
        ),
        address=row.address,
        is_there=is_there,
    )


def _back(period: Period, steps: int) -> Period:
    for _step in range(steps):
        period = period.before()
    return period


def _locked(form: FunderForm, by: Viewer) -> FunderForm:
    """Raises PermissionDenied, FormIsGone."""
    found = (
        FunderForm.objects.select_for_update(of=("self",))
        .select_related("organisation", "file")
        .get(pk=form.pk)
    )
    if not policies.can_write_reports(by, found.organisation):
        raise PermissionDenied
    if found.removed_at is not None:
        raise FormIsGone
    return found
