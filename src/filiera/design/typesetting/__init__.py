"""PDF by Typst: our fonts, PDF/UA-1, nothing from outside.

Texts of people reach a document as data only, never as markup.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import typst

FOLDER = Path(__file__).resolve().parent
FONTS = FOLDER.parent / "fonts"


def pdf(template: Path, data: Mapping[str, object]) -> bytes:
    """Set one document: `template` reads `json(bytes(sys.inputs.data))` and may import `/filiera.typ`.

    The template must lie below this package's folder or be a file whose folder holds all that it imports.
    """
    return typst.compile(
        _with_base(template),
        root=str(template.parent),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards="ua-1",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )


@cache
def _with_base(template: Path) -> bytes:
    # One root per document keeps Typst from reading anything else, so the base is put in front.
    return (FOLDER / "filiera.typ").read_bytes() + b"\n" + template.read_bytes()
