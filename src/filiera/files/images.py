"""Photographs: decoded once within limits and written anew, so that nothing hidden in the file survives."""

import io
from typing import IO, TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from filiera.shared.errors import DomainError

if TYPE_CHECKING:
    from PIL import Image

MAX_PIXELS = 40_000_000
PHOTOGRAPH_SIDE_PX = 640
_FORMATS = ("JPEG", "PNG", "WEBP")


class ImageUnreadable(DomainError):
    message = _("This picture cannot be read; save it again as JPEG or PNG.")


class ImageTooManyPixels(DomainError):
    message = _("This picture has too many pixels; at most 40 million are possible.")


def square_photograph(content: IO[bytes]) -> bytes:
    """The middle of a picture as a square JPEG without metadata.

    Raises ImageUnreadable, ImageTooManyPixels.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError  # every page process would carry it

    try:
        with Image.open(content, formats=_FORMATS) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                raise ImageTooManyPixels
            # Lets the JPEG decoder itself shrink, long before the pixels would fill the memory.
            image.draft("RGB", (PHOTOGRAPH_SIDE_PX * 2, PHOTOGRAPH_SIDE_PX * 2))
            upright = ImageOps.exif_transpose(image)
            square = ImageOps.fit(_on_white(upright), (PHOTOGRAPH_SIDE_PX, PHOTOGRAPH_SIDE_PX))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageTooManyPixels from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        # Pillow raises all of these for damaged files, depending on the format.
        raise ImageUnreadable from error
    written = io.BytesIO()
    square.save(written, format="JPEG", quality=86, optimize=True)
    return written.getvalue()


def _on_white(image: "Image.Image") -> "Image.Image":
    from PIL import Image

    if image.mode in ("RGBA", "LA", "P"):
        colours = image.convert("RGBA")
        white = Image.new("RGBA", colours.size, "white")
        return Image.alpha_composite(white, colours).convert("RGB")
    return image.convert("RGB")
