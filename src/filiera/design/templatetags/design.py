"""The small parts of a page that are worth a tag: icons, fields, people, ways through, navigation."""

import json
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote, urlencode

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.base import FilterExpression, Node, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from filiera.design import navigation as places
from filiera.design.fields import field, fields, form_errors
from filiera.design.pictures import avatar, drawing, icon_html, icon_names
from filiera.design.readers import reader_mark
from filiera.design.theme import theme_of

register = template.Library()
CURRENT = mark_safe(' aria-current="true"')

register.simple_tag(avatar)
register.simple_tag(drawing)
register.simple_tag(field)
register.simple_tag(fields)
register.simple_tag(form_errors)


class IconNode(Node):
    """An icon whose name is written in the template: checked when the template is read."""

    def __init__(self, name: str, classes: str) -> None:
        self.name, self.classes = name, classes

    def render(self, context: Context) -> SafeString:
        return icon_html(self.name, self.classes)


class NamedIconNode(Node):
    def __init__(self, name: FilterExpression, classes: str, label: FilterExpression | None) -> None:
        self.name, self.classes, self.label = name, classes, label

    def render(self, context: Context) -> SafeString:
        label = str(self.label.resolve(context)) if self.label else ""
        return icon_html(str(self.name.resolve(context)), self.classes, label)


@register.tag
def icon(parser: Parser, token: Token) -> Node:
    """`{% icon "star" %}`, `{% icon "star" "large" %}`, `{% icon name label=text %}`."""
    name, *rest = token.split_contents()[1:]
    label = next((parser.compile_filter(part[6:]) for part in rest if part.startswith("label=")), None)
    classes = next((part.strip("\"'") for part in rest if not part.startswith("label=")), "")
    if name[0] in "\"'" and label is None:
        written = name.strip("\"'")
        if written not in icon_names():
            raise template.TemplateSyntaxError(f"There is no icon {written!r} in design/icons.svg.")
        return IconNode(written, classes)
    return NamedIconNode(parser.compile_filter(name), classes, label)


@register.simple_tag
def breadcrumbs(*parts: Any) -> SafeString:
    """Label, address, …, last label: `{% breadcrumbs _("Academies") list_url edition.title %}`."""
    links = format_html_join(
        "",
        '<li><a href="{}">{}</a></li>',
        ((parts[at + 1], parts[at]) for at in range(0, len(parts) - 1, 2)),
    )
    last = format_html('<li aria-current="page">{}</li>', parts[-1]) if len(parts) % 2 else SafeString("")
    return format_html(
        '<nav class="breadcrumbs no-print" aria-label="{}"><ol>{}{}</ol></nav>',
        _("You are here"),
        links,
        last,
    )


@register.simple_tag
def badge(text: str, tone: str = "") -> SafeString:
    return format_html('<span class="badge {}">{}</span>', tone, text)


@register.simple_tag
def demonstration(what: str = "") -> SafeString:
    """The mark of everything that was made up to fill a screen."""
    words = format_html("{}: {}", what, _("demonstration")) if what else _("demonstration")
    return format_html('<span class="demonstration">{}</span>', words)


@register.simple_tag
def dot() -> str:
    """What stands between the parts of one line of text: where the line wraps, it ends with the dot."""
    return "\N{NO-BREAK SPACE}· "


@register.filter
def email_address(address: str) -> SafeString:
    """An address that breaks before its "@" where a column is narrow, not within a word."""
    name, at, domain = address.rpartition("@")
    return format_html("{}<wbr>{}{}", name, at, domain)


@register.filter
def percent_class(share: float | None) -> str:
    """A share from 0 to 1 as the class that gives an element this width: `w-42`."""
    return f"w-{round(100 * min(max(share or 0.0, 0.0), 1.0))}"


@lru_cache(maxsize=1024)
def _link_html(item: places.Place, address: str, current: str, language: str | None) -> SafeString:
    return format_html(
        '<a href="{}"{}>{}{}</a>',
        address,
        format_html(' aria-current="{}"', current) if current else "",
        icon_html(item.icon) if item.icon else "",
        item.label,
    )


def _link(item: places.Place, address: str, path: str) -> SafeString:
    current = "page" if path == address else "true" if address != "/" and path.startswith(address) else ""
    return _link_html(item, address, current, get_language())


@register.simple_tag(takes_context=True)
def main_places(context: Context) -> SafeString:
    """The product's main places, as far as the one who looks may enter them."""
    request: HttpRequest | None = context.get("request")
    path = request.path if request else ""
    return mark_safe("".join(_link(item, item.address(), path) for item in places.places("main", request)))


@register.simple_tag(takes_context=True)
def person_places(context: Context) -> SafeString:
    request: HttpRequest | None = context.get("request")
    path = request.path if request else ""
    return mark_safe("".join(_link(item, item.address(), path) for item in places.places("person", request)))


@register.simple_tag(takes_context=True)
def footer_places(context: Context) -> SafeString:
    request: HttpRequest | None = context.get("request")
    return mark_safe("".join(_link(item, item.address(), "") for item in places.places("footer", request)))


@register.simple_tag(takes_context=True)
def side_places(context: Context, where: str, *arguments: object, title: str = "") -> SafeString:
    """The places of one desk or workspace: `{% side_places "edition" edition.slug title=edition.title %}`.

    `counts` in the context may hold a figure per place key.
    """
    request: HttpRequest | None = context.get("request")
    path = request.path if request else ""
    counts: dict[str, object] = context.get("counts") or {}
    shown = [(item, item.address(*arguments)) for item in places.places(where, request)]
    here = max((address for _item, address in shown if path.startswith(address)), key=len, default="")
    groups: dict[str, list[SafeString]] = {}
    for item, address in shown:
        count = counts.get(item.key)
        link = format_html(
            '<a href="{}"{}>{}<span>{}</span>{}</a>',
            address,
            mark_safe(' aria-current="page"') if address == here else "",
            icon_html(item.icon) if item.icon else "",
            item.label,
            format_html('<span class="count">{}</span>', count) if count not in (None, "") else "",
        )
        groups.setdefault(str(item.group), []).append(link)
    parts: list[SafeString] = [format_html("<h2>{}</h2>", title)] if title else []
    for group, links in groups.items():
        if group:
            parts.append(format_html("<h2>{}</h2>", group))
        parts += links
    return mark_safe("".join(parts))


HTMX_SETTINGS = {
    "includeIndicatorStyles": False,
    "allowEval": False,
    "allowScriptTags": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "422", "swap": True},
        {"code": "[45]..", "swap": False, "error": True},
    ],
}


@cache
def _assets() -> SafeString:
    styles = (
        "design/css/fonts.css",
        "design/css/tokens.css",
        "design/css/base.css",
        "design/css/components.css",
    )
    return format_html(
        '<meta name="color-scheme" content="light dark">'
        '<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>{}'
        '<link rel="icon" href="{}" type="image/svg+xml">'
        '<script src="{}"></script>'
        '<meta name="htmx-config" content="{}">'
        '<script src="{}" defer></script><script src="{}" type="module"></script>',
        static("design/fonts/commissioner-latin.woff2"),
        format_html_join("", '<link rel="stylesheet" href="{}">', ((static(style),) for style in styles)),
        static("design/images/mark.svg"),
        static("design/js/theme.js"),
        json.dumps(HTMX_SETTINGS, separators=(",", ":")),
        static("vendor/htmx.min.js"),
        static("design/js/interface.js"),
    )


@register.simple_tag
def page_assets() -> SafeString:
    """Style, scripts and htmx's settings: the same lines in every page, so they are made once."""
    return _assets()


@register.simple_tag(takes_context=True)
def theme_attribute(context: Context) -> SafeString:
    request: HttpRequest | None = context.get("request")
    theme = theme_of(request) if request else "system"
    return SafeString("") if theme == "system" else format_html(' data-theme="{}"', theme)


@register.simple_tag(takes_context=True)
def reader_attribute(context: Context) -> SafeString:
    """Whose page this is, as a mark: what the browser kept for somebody else leaves it."""
    request: HttpRequest | None = context.get("request")
    mark = reader_mark(request) if request else ""
    return format_html(' data-reader="{}"', mark) if mark else SafeString("")


HERE = "here-goes-the-address"


@lru_cache(maxsize=64)
def _theme_links(current: str, language: str | None) -> str:
    names = {"light": _("Light"), "dark": _("Dark"), "system": _("As the system")}
    return format_html_join(
        "",
        '<a href="{}?theme={}&amp;next={}" rel="nofollow" data-theme-choice="{}"{}>{}</a>',
        (
            (reverse("design:theme"), theme, HERE, theme, CURRENT if theme == current else "", name)
            for theme, name in names.items()
        ),
    )


@register.simple_tag(takes_context=True)
def theme_links(context: Context) -> SafeString:
    """Light, dark, or as the system says: links that work without script."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return SafeString("")
    here = quote(request.get_full_path(), safe="")
    return mark_safe(_theme_links(theme_of(request), get_language()).replace(HERE, here))


@lru_cache(maxsize=64)
def _toast_model(language: str | None) -> SafeString:
    return mark_safe(render_to_string("components/toast.html", {"message": ""}))


@register.simple_tag
def toast_model() -> SafeString:
    """The empty toast that the page's script fills: the same in every page of a language."""
    return _toast_model(get_language())


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> SafeString:
    """This page in the other languages."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return SafeString("")
    current = get_language()
    kept = [(key, value) for key, values in request.GET.lists() for value in values if key != "lang"]
    return mark_safe(
        "".join(
            format_html(
                '<a href="?{}" hreflang="{}" lang="{}"{}>{}</a>',
                urlencode([*kept, ("lang", code)]),
                code,
                code,
                CURRENT if code == current else "",
                name,
            )
            for code, name in settings.LANGUAGES
        )
    )
