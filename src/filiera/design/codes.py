"""Codes that a telephone's camera reads."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(text: str) -> SafeString:
    """A QR code as a drawing in the page."""
    drawn = segno.make_qr(text, error="m").svg_inline(
        scale=1, border=2, omitsize=True, svgclass="qr-code", lineclass=None
    )
    return mark_safe(drawn)
