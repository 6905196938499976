"""Pages of the demonstration as pictures, for people to look at.

    python -m tests.screens.take                          the usual pages
    python -m tests.screens.take /directory/ organiser:/academy/cba-2-torino/desk/

Each page is taken at three widths, in two themes and two languages, into build/screens/; `index.html` and
`contact-sheet.png` there show all of them at once. A word and a colon before an address take that role of
the demonstration first.
"""

import argparse
import html
import itertools
import os
import re
import shutil
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.config.serving import ROOT, Serving, data_folder
from tests.journeys.browser import launch

TARGET = ROOT / "build" / "screens"
WIDTHS = {360: 740, 1280: 900, 1920: 1080}
THEMES = ("light", "dark")
LANGUAGES = {"en": "en-GB", "it": "it-IT"}
# A picture of a page longer than this helps nobody.
TALLEST = 6_000
EDITION = "/academy/cba-2-torino/"
USUAL = (
    "/",
    "/academy/",
    EDITION,
    f"{EDITION}schedule/",
    f"{EDITION}schedule/?view=grid",
    f"{EDITION}schedule/?view=list",
    f"{EDITION}speakers/",
    f"{EDITION}changes/",
    f"{EDITION}apply/",
    "/academy/load-200/schedule/",
    "/directory/",
    "/organisations/mesap/",
    "/accounts/login/",
    "/design/",
    "/nothing-here/",
    "organiser:/",
    f"organiser:{EDITION}desk/",
    f"organiser:{EDITION}desk/programme/",
    f"organiser:{EDITION}desk/sessions/",
    f"organiser:{EDITION}desk/team/",
    f"organiser:{EDITION}desk/speakers/",
    f"organiser:{EDITION}desk/checklist/",
    f"participant:{EDITION}my/",
    "participant:/",
    "company:/",
)


@dataclass(frozen=True)
class Screen:
    """One page as somebody sees it."""

    role: str
    path: str

    @classmethod
    def told(cls, text: str) -> "Screen":
        role, colon, path = text.partition(":")
        return cls(role, path) if colon and "/" not in role else cls("", text)

    @property
    def name(self) -> str:
        words = re.sub(r"[^a-z0-9]+", "-", self.path.lower()).strip("-") or "start"
        return f"{self.role}-{words}" if self.role else words


@dataclass(frozen=True)
class Picture:
    screen: Screen
    language: str
    theme: str
    width: int

    @property
    def file(self) -> Path:
        return Path(self.screen.name) / f"{self.language}-{self.theme}-{self.width}.png"


def take(browser: Browser, address: str, screens: Iterable[Screen]) -> list[Picture]:
    pictures = []
    by_role = itertools.groupby(
        sorted(screens, key=lambda screen: screen.role), key=lambda screen: screen.role
    )
    for role, of_role in by_role:
        wanted = list(of_role)
        for language, theme, width in itertools.product(LANGUAGES, THEMES, WIDTHS):
            context = browser.new_context(
                base_url=address,
                viewport={"width": width, "height": WIDTHS[width]},
                color_scheme="dark" if theme == "dark" else "light",
                locale=LANGUAGES[language],
                timezone_id="Europe/Rome",
                reduced_motion="reduce",
            )
            page = context.new_page()
            if role:
                take_role(page, role)
            for screen in wanted:
                picture = Picture(screen, language, theme, width)
                page.goto(with_language(screen.path, language), wait_until="load")
                page.evaluate("document.fonts.ready")
                photograph(page, TARGET / picture.file)
                pictures.append(picture)
            context.close()
            sys.stderr.write(f"{role or 'visitor'}: {language} {theme} {width} px\n")
    return pictures


def take_role(page: Page, role: str) -> None:
    page.goto("/accounts/login/")
    page.locator(f"form[action$='/accounts/demonstration/{role}/'] button").click()
    page.wait_for_load_state()


def with_language(path: str, language: str) -> str:
    # A signed-in person's own preference comes before the browser's; only the address comes before that.
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


def photograph(page: Page, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    width = page.viewport_size["width"] if page.viewport_size else 1280
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), TALLEST)
    page.screenshot(path=file, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": height})


def write_contact_sheet(browser: Browser, pictures: list[Picture]) -> None:
    sheet = TARGET / "index.html"
    sheet.write_text(contact_sheet(pictures), encoding="utf-8")
    page = browser.new_page(viewport={"width": 2400, "height": 1200})
    page.goto(sheet.as_uri())
    page.screenshot(path=TARGET / "contact-sheet.png", full_page=True)
    page.close()


def contact_sheet(pictures: list[Picture]) -> str:
    rows = []
    for screen, of_screen in itertools.groupby(
        sorted(pictures, key=_order), key=lambda picture: picture.screen
    ):
        shown = "".join(
            f'<a href="{picture.file}"><img src="{picture.file}" alt="" loading="eager">'
            f"<span>{picture.language} {picture.theme} {picture.width}</span></a>"
            for picture in of_screen
        )
        title = html.escape(f"{screen.path} ({screen.role})" if screen.role else screen.path)
        rows.append(f"<h2>{title}</h2><div>{shown}</div>")
    style = (
        "body{font:14px system-ui;margin:24px;background:#ddd}div{display:flex;gap:8px;align-items:start}"
        "a{flex:1 1 0;min-width:0;color:#333;text-decoration:none}"
        "img{width:100%;max-height:460px;object-fit:cover;object-position:top;background:#fff}"
    )
    return f"<!doctype html><meta charset=utf-8><title>Screens</title><style>{style}</style>{''.join(rows)}"


def _order(picture: Picture) -> tuple[str, str, str, str, int]:
    screen = picture.screen
    return screen.role, screen.path, picture.language, picture.theme, picture.width


def main() -> None:
    parser = argparse.ArgumentParser(prog="make screens")
    parser.add_argument("paths", nargs="*", default=list(USUAL))
    parser.add_argument("--at", metavar="ADDRESS", help="a demonstration that already runs")
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "filiera.config.settings")
    shutil.rmtree(TARGET, ignore_errors=True)
    with ExitStack() as stack:
        address = chosen.at
        if address is None:
            serving = Serving(stack.enter_context(data_folder()), what="demo")
            stack.callback(serving.stop)
            address = f"http://localhost:{serving.port}"
        browser = launch(stack.enter_context(sync_playwright()))
        stack.callback(browser.close)
        pictures = take(browser, address, [Screen.told(path) for path in chosen.paths])
        write_contact_sheet(browser, pictures)
    sys.stdout.write(f"{len(pictures)} pictures: {TARGET / 'index.html'}\n")


if __name__ == "__main__":
    main()
