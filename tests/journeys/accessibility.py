"""What axe-core finds on a page, in words that name the element."""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

_SOURCE = Path(__file__).parent / "vendor" / "axe.min.js"
# Every rule of WCAG 2.2 A and AA and the good practices; nothing is switched off.
_RUN = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.flatMap(
  ({id, nodes}) => nodes.map(node => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`)
)"""


@cache
def _axe() -> str:
    return _SOURCE.read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """Empty on a page without violations; the page must stand still, so wait for it first."""
    page.evaluate(_axe())
    found: list[str] = page.evaluate(_RUN)
    return found
