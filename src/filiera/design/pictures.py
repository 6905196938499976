"""Icons, initials and drawings, as finished markup."""

import re
from functools import cache, lru_cache
from pathlib import Path
from zlib import crc32

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

SPRITE = Path(__file__).resolve().parent / "static" / "design" / "icons.svg"
DRAWINGS = Path(__file__).resolve().parent / "templates" / "components" / "drawings"
TURNING_ICONS = frozenset(
    {"arrow-left", "arrow-right", "chevron-left", "chevron-right", "sign-in", "sign-out", "send"}
)


@cache
def icon_names() -> frozenset[str]:
    return frozenset(re.findall(r'<symbol id="([a-z-]+)"', SPRITE.read_text(encoding="utf-8")))


@cache
def _sprite_address() -> str:
    return static("design/icons.svg")


@lru_cache(maxsize=512)
def icon_html(name: str, classes: str = "", label: str = "") -> SafeString:
    """The picture `name` from the sprite; hidden from screen readers unless it has a label."""
    if name not in icon_names():
        raise ValueError(f"There is no icon {name!r} in design/icons.svg.")
    turning = " turns" if name in TURNING_ICONS else ""
    extra = f" {classes}" if classes else ""
    voice = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html(
        '<svg class="icon{}{}" {}><use href="{}#{}"/></svg>', turning, extra, voice, _sprite_address(), name
    )


@cache
def _drawing(name: str) -> SafeString:
    # Called with names written in our templates only, so this reads no file a visitor could name.
    return mark_safe((DRAWINGS / f"{name}.svg").read_text(encoding="utf-8").strip())


def drawing(name: str) -> SafeString:
    """A picture of what will be there, for places that are still empty."""
    return _drawing(name)


@lru_cache(maxsize=4096)
def _initials(name: str) -> str:
    words = [word for word in re.split(r"[\s\-]+", name) if word and word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


def avatar(name: str, picture: str = "", size: str = "") -> SafeString:
    """The person's picture, or their initials on a colour that stays theirs."""
    if picture:
        return format_html('<img class="avatar {}" src="{}" alt="" loading="lazy">', size, picture)
    tone = crc32(name.encode()) % 6
    # The letters are a picture of the name that stands beside them, no text of the page.
    return format_html(
        '<span class="avatar avatar-{} {}" data-initials="{}"></span>', tone, size, _initials(name)
    )
