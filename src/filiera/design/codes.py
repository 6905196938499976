"""Codes that a telephone's camera reads."""

from typing import Any

from django.utils.safestring import SafeString, mark_safe

_INK, _PAPER = "#101a2c", "#ffffff"


def qr_code(text: str) -> SafeString:
    """A QR code as a drawing in the page, in the page's own colours."""
    return mark_safe(_drawn(text, border=2, svgclass="qr-code", lineclass=None))


def qr_on_white(text: str) -> SafeString:
    """The same, dark on white whatever the theme: from a screen cameras want it so."""
    return mark_safe(_drawn(text, border=3, dark=_INK, light=_PAPER))


def qr_file(text: str) -> str:
    """The same as a drawing that stands for itself, to be printed."""
    return _drawn(text, border=0, dark=_INK).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def _drawn(text: str, **drawing: Any) -> str:
    import segno  # memory that only pages with a code need

    drawn: str = segno.make_qr(text, error="m").svg_inline(omitsize=True, **drawing)
    return drawn
