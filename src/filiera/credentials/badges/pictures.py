"""A badge as a picture that carries its own credential."""

import json
import struct
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Literal
from xml.sax.saxutils import quoteattr

from django.utils.translation import gettext as _
from django.utils.translation import override

from filiera.credentials.contents import Contents
from filiera.credentials.models import Certificate
from filiera.design.typesetting import FONTS, PACKAGE
from filiera.texts.languages import DEFAULT_LANGUAGE, translated

TEMPLATE = Path(__file__).with_name("badge.typ")
_KEYWORD = b"openbadgecredential"
_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_PIXELS_PER_INCH = 216.0


def badge_picture_data(certificate: Certificate) -> str:
    """What the picture shows: the award and the edition, never the holder."""
    contents: Contents = certificate.contents
    with override(DEFAULT_LANGUAGE):
        mark = _("demonstration") if certificate.is_demonstration else ""
    told = {
        "award": translated(contents["award"], DEFAULT_LANGUAGE),
        "edition": translated(contents["edition"], DEFAULT_LANGUAGE),
        "mark": mark,
    }
    return json.dumps(told, ensure_ascii=False)


def png_with_badge(data: str, token: str) -> bytes:
    """The picture as PNG; the credential stands in a text chunk before the end."""
    picture = _drawn(data, "png")
    chunk = _KEYWORD + b"\0\0\0\0\0" + token.encode()
    end = picture.rindex(b"IEND") - 4
    return picture[:end] + _chunk(b"iTXt", chunk) + picture[end:]


def svg_with_badge(data: str, token: str) -> bytes:
    """The picture as SVG; the credential stands in an element of its own before the end."""
    picture = _drawn(data, "svg").decode()
    element = f"<openbadges:credential xmlns:openbadges={quoteattr(_NAMESPACE)} verify={quoteattr(token)}/>"
    end = picture.rindex("</svg>")
    return f"{picture[:end]}{element}{picture[end:]}".encode()


@lru_cache(maxsize=32)
def _drawn(data: str, form: Literal["png", "svg"]) -> bytes:
    """The picture without a credential: the same for everybody who has the award, so drawn once."""
    import typst  # memory that only pictures need

    drawn = typst.compile(
        TEMPLATE,
        root=PACKAGE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        format=form,
        ppi=_PIXELS_PER_INCH,
        sys_inputs={"data": data},
    )
    if not isinstance(drawn, bytes):
        raise TypeError("a badge has one page")
    return drawn


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
