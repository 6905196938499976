"""The preparation for the label on paper (PDF/UA-1), and as an archive with its annexes."""

import tempfile
import zipfile
from datetime import datetime
from pathlib import Path, PurePath
from typing import IO, Any

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from filiera.design.typesetting import pdf
from filiera.indicators.label import label_catalogue
from filiera.indicators.models import EvidenceKind
from filiera.indicators.queries.readiness import Evidence, Readiness, ReadinessLine, ServingFigure
from filiera.shared.tables import as_csv
from filiera.texts.dates import day_in_words
from filiera.texts.languages import translated

TEMPLATE = Path(__file__).with_name("readiness.typ")
# Kept in memory up to here; a binder of films goes to a file that leaves with the answer.
_IN_MEMORY_BYTES = 8 * 1024 * 1024
_HEADER = (
    "annex",
    "indicator",
    "title",
    "kind",
    "name",
    "sha256",
    "address",
    "record",
    "valid_until",
    "added_at",
    "confirmed_at",
)


def readiness_pdf(told: Readiness, *, language: str, at: datetime) -> bytes:
    """Every indicator with figure, target, evidence, gaps and words, and the list of annexes at the end."""
    with override(language):
        return pdf(TEMPLATE, readiness_data(told, language=language, at=at))


def readiness_zip(told: Readiness, *, language: str, at: datetime) -> IO[bytes]:
    """The PDF, the list of annexes as a table, and every file under the number it has there."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 closed by the answer
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("readiness.pdf", readiness_pdf(told, language=language, at=at))
        archive.writestr("annexes.csv", as_csv(_HEADER, [_row(sheet) for sheet in told.evidence]))
        for sheet in told.evidence:
            if sheet.row.file is not None:
                with default_storage.open(sheet.row.file.path) as content:
                    archive.writestr(f"annexes/{annex_name(sheet)}", content.read())
    file.seek(0)
    return file


def annex_name(sheet: Evidence) -> str:
    """The name of an annex in the archive: number, indicator, and the name it was given."""
    name = PurePath(sheet.row.file.name if sheet.row.file else "").name
    return f"{sheet.annex}-{sheet.row.code}-{name}"


def readiness_data(told: Readiness, *, language: str, at: datetime) -> dict[str, Any]:
    """What the paper says, in the language of the moment."""
    count = len(told.lines)
    return {
        "language": language,
        "title": _("Preparation for the label: %(name)s") % {"name": told.organisation.name_here},
        "eyebrow": _("Figures of %(period)s, as of %(day)s")
        % {"period": told.period.words, "day": day_in_words(at.date())},
        "mark": _("demonstration") if told.is_demonstration else "",
        "heading": told.organisation.name_here,
        "state": _("%(done)s of %(count)s indicators are without gaps.")
        % {"done": told.without_gaps, "count": count},
        "statement": statement(),
        "dimensions": [
            {"title": f"{dimension.number} {translated(dimension.names)}", "lines": [_line(x) for x in lines]}
            for dimension, lines in told.by_dimension
        ],
        "words": {
            "figure": _("Figures"),
            "target": _("Target"),
            "evidence": _("Evidence"),
            "gaps": _("Gaps"),
            "interview": _("What you will say"),
            "none": _("None"),
        },
        "annexes_title": ngettext("One annex", "%(count)s annexes", len(told.evidence))
        % {"count": len(told.evidence)},
        "annex_columns": [
            _("Annex"),
            _("Indicator"),
            _("What it proves"),
            _("Where it is"),
            _("Valid until"),
            _("Confirmed"),
        ],
        "annexes": [_annex(sheet) for sheet in told.evidence],
        "source": _("Names of the indicators: %(source)s. Questions and Italian names are our own.")
        % {"source": label_catalogue().source},
        "footer": f"Filiera, {told.organisation.name_here}",
    }


def statement() -> str:
    """What this is not; said wherever the preparation is shown."""
    return _(
        "This is a preparation, not the label, and no score of the label: its thresholds are not public, and "
        "only its experts award it. A preparation without gaps promises nothing."
    )


def _line(line: ReadinessLine) -> dict[str, Any]:
    return {
        "title": f"{line.indicator.code} {translated(line.indicator.names)}",
        "status": str(line.status.label),
        "figures": [_figure(serving) for serving in line.figures],
        "evidence": [
            f"{sheet.annex} {sheet.row.title}"
            + ("" if sheet.row.is_confirmed else f" ({_('not confirmed')})")
            for sheet in line.evidence
        ],
        "gaps": [*line.gaps, *line.warnings],
        "note": line.note.text if line.note else "",
    }


def _figure(serving: ServingFigure) -> dict[str, str]:
    told = serving.figure
    target = ""
    if serving.target is not None:
        target = serving.target_words
        if serving.target.reach_on:
            target = _("%(value)s by %(day)s") % {
                "value": target,
                "day": day_in_words(serving.target.reach_on),
            }
    return {
        "name": translated(told.definition.names),
        "value": told.words + (f" ({_('declared')})" if told.is_declared else ""),
        "target": target,
    }


def _annex(sheet: Evidence) -> list[str]:
    row = sheet.row
    return [
        sheet.annex,
        row.code,
        row.title,
        _where(sheet),
        day_in_words(row.valid_until) if row.valid_until else "—",
        day_in_words(row.confirmed_at.date()) if row.confirmed_at else _("not yet"),
    ]


def _where(sheet: Evidence) -> str:
    row = sheet.row
    if row.kind == EvidenceKind.FILE and row.file is not None:
        return row.file.name
    if row.kind == EvidenceKind.LINK:
        return row.url
    if sheet.fact is None:
        return _("record of the ledger")
    return f"{sheet.fact.kind_name}, {day_in_words(sheet.fact.happened_at.date())}"


def _row(sheet: Evidence) -> list[str]:
    row = sheet.row
    return [
        sheet.annex,
        row.code,
        row.title,
        row.kind,
        annex_name(sheet) if row.file else "",
        row.file.sha256 if row.file else "",
        row.url,
        f"{row.fact_year}/{row.fact_id}" if row.fact_id else "",
        row.valid_until.isoformat() if row.valid_until else "",
        row.added_at.isoformat(),
        row.confirmed_at.isoformat() if row.confirmed_at else "",
    ]
