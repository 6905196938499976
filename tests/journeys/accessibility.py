"""What axe-core finds on a page, in words that name the element."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

from tests.journeys.browser import SIZES, Size

_SOURCE = Path(__file__).parent / "vendor" / "axe.min.js"
# Every rule of WCAG 2.2 A and AA and the good practices; nothing is switched off.
_RUN = """async (options) => {
  const {violations} = await axe.run(document, {resultTypes: ["violations"], ...options});
  return violations.flatMap(({id, nodes}) =>
    nodes.map(node => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}"""
# All that another theme can change.
_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
_IS_TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@cache
def _axe() -> str:
    return _SOURCE.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Empty on a page without violations; the page must stand still, so wait for it first."""
    page.evaluate(_axe())
    found: list[str] = page.evaluate(_RUN, {})
    return found


def faults(page: Page, sizes: Sequence[Size] = ("phone", "desk")) -> list[str]:
    """Violations of an open page in both themes and in each size, and whether it is wider than the screen.

    It is changed as a reader changes it, who makes the window smaller or turns the system dark; it stays so.
    """
    page.evaluate(_axe())
    found = []
    for size in sizes:
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        if page.evaluate(_IS_TOO_WIDE):
            found.append(f"{size}: wider than the screen")
        for theme, options in (("light", {}), ("dark", _COLOURS)):
            page.emulate_media(color_scheme=theme)
            found += [f"{size} {theme}: {fault}" for fault in page.evaluate(_RUN, options)]
    return found


def faults_at(
    page: Page, addresses: Iterable[str], sizes: Sequence[Size] = ("phone", "desk"), status: int = 200
) -> dict[str, list[str]]:
    """The faults of each page that has some, by its address."""
    found = {}
    for address in addresses:
        answer = page.goto(address)
        told = [] if answer and answer.status == status else [f"answered {answer and answer.status}"]
        if told := told + faults(page, sizes):
            found[address] = told
    return found
