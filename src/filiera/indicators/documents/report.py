"""A report on paper (PDF/UA-1): sections, figures with the number of their source, the sources at the end."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from filiera.design.typesetting import pdf
from filiera.indicators.periods import day_of
from filiera.indicators.reports.content import Cell, Content, Source, ToldSection
from filiera.texts.dates import day_in_words
from filiera.texts.languages import translated

TEMPLATE = Path(__file__).with_name("report.typ")


def report_pdf(fill: Callable[[], Content], *, language: str, version: int | None) -> bytes:
    """Set a report in a language; without a version it says that it is a draft."""
    with override(language):
        return pdf(TEMPLATE, report_data(fill(), language=language, version=version))


def report_data(told: Content, *, language: str, version: int | None) -> dict[str, Any]:
    """What the paper says, in the language of the moment."""
    kept = _("version %(number)s") % {"number": version} if version else _("draft")
    state = _("As of %(day)s, %(version)s") % {"day": day_in_words(day_of(told.at)), "version": kept}
    return {
        "language": language,
        "title": f"{told.title}: {told.organisation.name_here}, {told.period.words}",
        "heading": told.title,
        "eyebrow": _eyebrow(told),
        "state": state,
        "mark": _("demonstration") if told.is_made_up else "",
        "running": _("The period is still running: figures are as of the day above.")
        if told.has_open_figures
        else "",
        "sections": [_section(section) for section in told.sections],
        "sources_title": _("Where the figures come from"),
        "sources_note": _(
            "Every figure opens to its definition, its records and its history at the address of its source."
        ),
        "sources": [_source(source) for source in told.sources],
        "words": {
            "version": _("version of the definition"),
            "declared": _("declared"),
            "table": _("The same as a table"),
        },
        "footer": f"{told.organisation.name_here}, {told.period.words}",
    }


def _eyebrow(told: Content) -> str:
    parts = [told.organisation.name_here]
    if told.edition is not None:
        parts.append(translated(told.edition.name))
    return " · ".join([*parts, told.period.words])


def _section(told: ToldSection) -> dict[str, Any]:
    return {
        "kind": told.kind,
        "title": told.title,
        "level": told.level,
        "paragraphs": [
            [{"words": piece.words, "address": piece.address, "number": piece.number} for piece in paragraph]
            for paragraph in told.paragraphs
        ],
        "columns": told.columns,
        "rows": [
            {"name": row.name, "number": row.number, "cells": [_cell(cell) for cell in row.cells]}
            for row in told.rows
        ],
        "bars": _bars(told),
        "number": told.number,
        "note": told.note,
    }


def _cell(cell: Cell) -> dict[str, Any]:
    words = f"{cell.words} ({_('declared')})" if cell.is_declared else cell.words
    return {"words": words, "address": cell.address, "missing": cell.is_missing}


def _bars(told: ToldSection) -> list[dict[str, Any]]:
    """Bars stand on zero; what is less lies flat, and its number says it."""
    largest = max((bar.size for bar in told.bars), default=0) or 1
    return [
        {
            "label": bar.label,
            "share": max(bar.size / largest, 0),
            "said": bar.said,
            "open": bar.is_open,
        }
        for bar in told.bars
    ]


def _source(source: Source) -> dict[str, Any]:
    facts = [
        _("version %(number)s of the definition") % {"number": source.definition.version},
        source.measured,
    ]
    if source.is_declared:
        facts.insert(1, _("declared"))
    if source.computed_at:
        facts.append(_("Computed on %(day)s.") % {"day": day_in_words(day_of(source.computed_at))})
    return {
        "number": source.number,
        "name": source.name,
        "about": source.about,
        "facts": " · ".join(facts),
        "address": source.address,
    }
