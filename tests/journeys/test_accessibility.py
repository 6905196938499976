"""Every public page, both themes, two widths: nothing for axe to report, nothing wider than the screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.journeys.accessibility import violations

EDITION = "/academy/cba-2-torino/"
PUBLIC = (
    "/",
    "/academy/",
    EDITION,
    f"{EDITION}schedule/",
    f"{EDITION}speakers/",
    f"{EDITION}changes/",
    f"{EDITION}apply/",
    f"{EDITION}groups/",
    "/academy/load-200/schedule/",
    "/directory/",
    "/organisations/mesap/",
    "/accounts/login/",
    "/accounts/signup/",
    "/accounts/password/reset/",
    "/design/",
    "/api/docs",
    "/nothing-here/",
)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desk"])
def test_public_pages_are_accessible(open_browser: Callable[..., Page], size: str, theme: str) -> None:
    page = open_browser(size=size, theme=theme)
    found = {}

    for address in PUBLIC:
        page.goto(address)
        reported = violations(page)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            reported.append("wider than the screen")
        if reported:
            found[address] = reported

    assert found == {}
