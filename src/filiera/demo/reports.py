"""Reports as MESAP might keep them, and a form as a region might send it. Their figures are made up."""

import io
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction

from filiera.accounts.models import Person
from filiera.accounts.viewer import Viewer
from filiera.indicators.actions.funder_forms import tie_cell, upload_form
from filiera.indicators.actions.reports import create_report, save_version
from filiera.indicators.models import Report
from filiera.indicators.reports.packaged import packaged_reports
from filiera.organisations.models import Organisation
from filiera.organisations.permissions import permissions_of

CLUSTER = "mesap"
SHEET = "Scheda"
# What a region might ask for; nobody has sent this form.
_ASKED = (
    ("Membri a fine anno", "members_total", 0),
    ("Membri a fine anno prima", "members_total", 1),
    ("Nuovi membri", "members_joined", 0),
    ("Membri usciti", "members_left", 0),
    ("Incontri svolti", "meetings_held", 0),
    ("Quota di piccole e medie imprese", "members_sme_share", 0),
)


@transaction.atomic
def load_reports(people: dict[str, Person], at: datetime) -> None:
    """A yearly report with one version, and a form with its cells tied; what is there already stays."""
    cluster = Organisation.objects.get(slug=CLUSTER)
    if Report.objects.filter(organisation=cluster).exists():
        return
    by = Viewer(person=people["organiser"], organisation_id=cluster.pk, permissions=permissions_of(["staff"]))
    packaged = packaged_reports()["cluster_year"]
    report = create_report(
        organisation=cluster,
        title=packaged.names,
        template=packaged.code,
        is_demonstration=True,
        by=by,
        at=at,
    )
    save_version(report=report, by=by, at=at)
    form = upload_form(
        organisation=cluster,
        title="Scheda annuale di monitoraggio",
        upload=ContentFile(_workbook(), name="scheda-monitoraggio.xlsx"),
        is_demonstration=True,
        by=by,
        at=at,
    )
    for row, (_name, code, periods_back) in enumerate(_ASKED, start=4):
        tie_cell(form=form, cell=f"{SHEET}!C{row}", code=code, periods_back=periods_back, by=by, at=at)


def _workbook() -> bytes:
    from openpyxl import Workbook  # slow, and brings numpy
    from openpyxl.styles import Font, PatternFill

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = SHEET
    sheet["A1"] = "Scheda annuale di monitoraggio dei cluster (dimostrazione)"
    sheet["A1"].font = Font(bold=True, size=14)
    sheet.merge_cells("A1:C1")
    for place, words in (("A3", "N."), ("B3", "Dato richiesto"), ("C3", "Valore")):
        sheet[place] = words
        sheet[place].font, sheet[place].fill = Font(bold=True), PatternFill("solid", fgColor="DDE3EC")
    last = 3 + len(_ASKED)
    for row, (name, _code, _back) in enumerate(_ASKED, start=4):
        sheet[f"A{row}"], sheet[f"B{row}"] = row - 3, name
    sheet[f"C{last}"].number_format = "0.0%"
    sheet[f"B{last + 1}"], sheet[f"C{last + 1}"] = "Saldo dei membri", "=C4-C5"
    sheet.column_dimensions["B"].width = 44
    notes = book.create_sheet("Note")
    notes["A1"] = "I dati si riferiscono all’anno solare."
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
