"""A real browser before the real platform: `filiera demo` on a folder of its own, Chromium beside it.

`demonstration` is one running platform for all journeys of a worker: a journey changes only what it
made itself, or what no other journey reads.
"""

import re
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Response,
    expect,
    sync_playwright,
)

from tests.config.serving import Serving, data_folder
from tests.journeys.browser import SIZES, Size, launch

# A machine that runs three of these at once is slow; what must be quick is measured where nothing else runs.
expect.set_options(timeout=15_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "journeys" in item.path.parts:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def demonstration() -> Iterator[Serving]:
    with data_folder(prepared="demo") as folder:
        serving = Serving(folder, what="demo")
        yield serving
        serving.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    # Not longer than a module: Playwright's event loop stays in this thread, where Django then refuses its
    # database to every test that comes after.
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def open_browser(browser: Browser, demonstration: Serving) -> Iterator[Callable[..., Page]]:
    """A fresh visitor's window: `open_browser(size="phone", theme="dark", language="it", scripts=False)`.

    Whatever the page says in its console as an error, a refusal of the content policy included, fails the
    journey at its end.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(
        *,
        size: Size = "desk",
        theme: Literal["light", "dark"] = "light",
        language: str = "en",
        scripts: bool = True,
    ) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            base_url=f"http://localhost:{demonstration.port}",
            viewport={"width": width, "height": height},
            color_scheme=theme,
            locale={"en": "en-GB", "it": "it-IT"}.get(language, language),
            timezone_id="Europe/Rome",
            reduced_motion="reduce",
            java_script_enabled=scripts,
            accept_downloads=True,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.extend(complaint_of(said)))
        page.on("response", lambda answer: complaints.extend(failure_of(answer)))
        return page

    yield open_window
    for context in contexts:
        context.close()
    assert complaints == []


def complaint_of(said: ConsoleMessage) -> list[str]:
    """What the page calls an error; answers that failed are looked at as answers."""
    is_answer = said.text.startswith("Failed to load resource")
    return [] if said.type != "error" or is_answer else [f"{said.text} ({said.location['url']})"]


def failure_of(answer: Response) -> list[str]:
    """Something a page needs and did not get; a page itself may be missing, a refused form says 422.

    Where the machine has too much to do a stroke is sent again, as the page does when it is asked to.
    """
    is_expected = answer.ok or answer.status in (204, 301, 302, 303, 304, 307, 308, 422)
    is_expected |= answer.status == 503 and "/texts/" in answer.url
    if is_expected or answer.request.is_navigation_request():
        return []
    return [f"{answer.status} for {answer.url}"]


@pytest.fixture
def take_role() -> Callable[[Page, str], None]:
    """Sign a window in as somebody of the demonstration, without the two pages that a person would see.

    Whoever it is reads the language of the window then, whatever another journey had chosen for them.
    That the button of the demonstration signs in as well is shown where sign-in is tested.
    """

    def take(page: Page, role: str) -> None:
        language = page.evaluate("navigator.language.split('-')[0]")
        offered = page.request.get(f"/accounts/demonstration/?lang={language}").text()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', offered)
        assert token, "no form on the page of roles"
        answer = page.request.post(
            f"/accounts/demonstration/{role}/",
            form={"csrfmiddlewaretoken": token[1]},
        )
        assert answer.ok, f"{role}: {answer.status}"

    return take


@pytest.fixture
def as_role(open_browser: Callable[..., Page], take_role: Callable[[Page, str], None]) -> Callable[..., Page]:
    """A window in which somebody of the demonstration is signed in: `as_role("organiser", size="phone")`."""

    def open_window(role: str, **wishes: object) -> Page:
        page = open_browser(**wishes)
        take_role(page, role)
        return page

    return open_window
