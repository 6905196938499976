"""The take-home dossier on paper (PDF/UA-1) and as a file to edit (DOCX), from the same words."""

from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from filiera.design.typesetting import pdf
from filiera.workshops.documents.docx import Docx
from filiera.workshops.dossier_parts import Section
from filiera.workshops.queries.dossier import Dossier

TEMPLATE = Path(__file__).with_name("dossier.typ")
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def dossier_pdf(dossier: Dossier, *, language: str) -> bytes:
    return pdf(
        TEMPLATE,
        {
            "language": language,
            "title": f"{dossier.title}: {dossier.name}",
            "heading": dossier.board_title,
            "eyebrow": _eyebrow(dossier),
            "person": _person(dossier),
            "mark": _mark(dossier),
            "board": _sections(dossier.board),
            "rest_title": dossier.rest_title,
            "rest": _sections(dossier.rest),
            "footer": f"Filiera, {dossier.edition}, {dossier.made_on}",
        },
    )


def dossier_docx(dossier: Dossier, *, language: str) -> bytes:
    document = Docx(title=f"{dossier.title}: {dossier.name}", language=language)
    document.paragraph(_eyebrow(dossier))
    document.heading(dossier.board_title, 1)
    document.paragraph(_person(dossier))
    if mark := _mark(dossier):
        document.paragraph(mark)
    for section in dossier.board:
        _write(document, section)
    document.page_break()
    document.heading(dossier.rest_title, 1)
    for section in dossier.rest:
        _write(document, section)
    return document.content()


def _write(document: Docx, section: Section) -> None:
    document.heading(section.title, 2)
    if not section.entries and section.empty:
        document.paragraph(section.empty)
    for entry in section.entries:
        if entry.title:
            document.bullet(entry.title, entry.text, entry.address)
        else:
            document.paragraph(entry.text)


def _eyebrow(dossier: Dossier) -> str:
    return ", ".join(filter(None, (dossier.edition, dossier.when)))


def _person(dossier: Dossier) -> str:
    return ", ".join(filter(None, (dossier.name, dossier.organisation)))


def _mark(dossier: Dossier) -> str:
    return _("demonstration") if dossier.is_demonstration else ""


def _sections(sections: list[Section]) -> list[dict[str, Any]]:
    return [
        {
            "title": section.title,
            "empty": section.empty,
            "entries": [
                {"title": entry.title, "text": entry.text, "address": entry.address}
                for entry in section.entries
            ],
        }
        for section in sections
    ]
