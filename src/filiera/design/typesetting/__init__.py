"""PDF by Typst: our fonts, PDF/UA-1, nothing from outside.

Texts of people reach a document as data only, never as markup.
"""

import json
from collections.abc import Mapping
from pathlib import Path

FONTS = Path(__file__).resolve().parents[1] / "fonts"
PACKAGE = Path(__file__).resolve().parents[2]


def pdf(template: Path, data: Mapping[str, object]) -> bytes:
    """Set one document from a template of the package.

    The template begins with `#import "/design/typesetting/filiera.typ": *` and finds its data as `data`.
    Typst reads nothing outside the package.
    """
    import typst  # memory that only documents need

    return typst.compile(
        template,
        root=PACKAGE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards="ua-1",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
