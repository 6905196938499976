"""The day folder on paper (PDF/UA-1), and as an archive of tables."""

import io
import zipfile
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from filiera.academy.dates import plain_date
from filiera.academy.models import Edition
from filiera.design.typesetting import pdf
from filiera.home.queries.folder import Folder
from filiera.shared.tables import as_csv
from filiera.shared.time import at_zone
from filiera.texts.languages import translated

TEMPLATE = Path(__file__).with_name("folder.typ")


def folder_pdf(edition: Edition, folder: Folder, *, language: str, at: datetime) -> bytes:
    """All sheets one after the other, each table with its heading on every page."""
    data = {
        "title": _("Day folder, %(day)s") % {"day": folder.title},
        "language": language,
        "eyebrow": translated(edition.name),
        "as_of": _as_of(edition, at),
        "footer": translated(edition.name),
        "empty": _("Nothing here on this day."),
        "demonstration": _("demonstration") if edition.is_demonstration else "",
        "sheets": [
            {"title": sheet.title, "columns": sheet.columns, "rows": sheet.rows, "note": sheet.note}
            for sheet in folder.sheets
        ],
    }
    return pdf(TEMPLATE, data)


def folder_zip(edition: Edition, folder: Folder, *, language: str, at: datetime) -> bytes:
    """The PDF, and each sheet as a table of text."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{folder.day}.pdf", folder_pdf(edition, folder, language=language, at=at))
        for number, sheet in enumerate(folder.sheets, start=1):
            archive.writestr(f"{number:02d}-{sheet.key}.csv", as_csv(sheet.columns, sheet.rows))
    return file.getvalue()


def _as_of(edition: Edition, at: datetime) -> str:
    local = at_zone(at, edition.time_zone)
    return _("As of %(day)s, %(clock)s") % {"day": plain_date(local.date()), "clock": f"{local:%H:%M}"}
