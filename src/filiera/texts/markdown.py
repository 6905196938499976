"""Rich text: kept as Markdown, shown as HTML that was cleaned at the door."""

import html
from functools import lru_cache

import nh3
from django.core.exceptions import ValidationError
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

MAX_SOURCE_BYTES = 64 * 1024
MAX_NESTING = 12

_ALLOWED_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "hr", "li", "ol", "p", "pre",
    "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ALLOWED_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_HEADING_SHIFT = 1
_REMEMBERED_LENGTH = 4_000


def validate_rich_text(source: str) -> None:
    """Refuse a text too long to be cleaned in a moment.

    Raises ValidationError.
    """
    size = len(source.encode())
    if size > MAX_SOURCE_BYTES:
        raise ValidationError(
            _("This text has %(size)s kB; at most %(limit)s kB are possible."),
            code="too_long",
            params={"size": -(-size // 1024), "limit": MAX_SOURCE_BYTES // 1024},
        )


def rich_text(source: str | None) -> SafeString:
    """Markdown as safe HTML; raw HTML in the source is shown as text, never obeyed."""
    if not source:
        return mark_safe("")
    if len(source.encode()) > MAX_SOURCE_BYTES:
        # Cleaning time grows faster than the text, so what slipped past a form is shown plain.
        return mark_safe(f"<p>{escape(source)}</p>")
    # Only short texts are remembered: long ones would fill the memory of every process.
    return mark_safe(_remembered(source) if len(source) <= _REMEMBERED_LENGTH else _cleaned(source))


def plain_text(source: str | None) -> str:
    """The words of a rich text without any markup, for mails, search and descriptions."""
    without_tags = nh3.clean(str(rich_text(source)), tags=set())
    return " ".join(html.unescape(without_tags).split())


@lru_cache(maxsize=512)
def _remembered(source: str) -> str:
    return _cleaned(source)


def _cleaned(source: str) -> str:
    return nh3.clean(
        _renderer().render(source),
        tags=_ALLOWED_TAGS,
        attributes=_ALLOWED_ATTRIBUTES,
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer",
    )


@lru_cache(maxsize=1)
def _renderer() -> MarkdownIt:
    renderer = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": MAX_NESTING})
    renderer.enable(["table", "strikethrough"]).disable(["image"])
    renderer.core.ruler.push("headings_below_the_page_title", _shift_headings)
    return renderer


def _shift_headings(state: StateCore) -> None:
    for token in state.tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + _HEADING_SHIFT, 4)}"
