"""A code to be scanned from a screen."""

import segno
from django.utils.safestring import SafeString, mark_safe


def code_picture(address: str) -> SafeString:
    """The address as a QR code, dark on white whatever the theme: cameras want it so."""
    picture: str = segno.make(address, error="m", micro=False).svg_inline(
        border=3, omitsize=True, dark="#101a2c", light="#ffffff"
    )
    return mark_safe(picture)
