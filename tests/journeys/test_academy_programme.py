"""A visitor reads and filters the programme on a phone; a participant makes and subscribes to an agenda."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.accessibility import faults_at, violations

EDITION = "/academy/cba-2-torino/"
SCHEDULE = f"{EDITION}schedule/"
OpenBrowser = Callable[..., Page]


@pytest.mark.parametrize("scripts", [True, False])
def test_a_visitor_reads_and_filters_the_programme_on_a_phone(
    open_browser: OpenBrowser, scripts: bool
) -> None:
    page = open_browser(size="phone", language="it", scripts=scripts)

    page.goto("/academy/")
    page.get_by_role("link", name="Cluster Booster Academy, seconda edizione").click()
    page.get_by_role("link", name="Vedi il programma").click()

    days = page.locator("section.day h2")
    expect(days).to_have_text(
        [
            re.compile("Martedì 6 giugno 2023.*Online"),
            re.compile("Mercoledì 7 giugno 2023.*Online"),
            re.compile("Giovedì 21 settembre 2023.*Torino"),
            re.compile("Venerdì 22 settembre 2023.*Torino"),
        ]
    )
    expect(page.locator("article.session")).to_have_count(24)
    expect(page.locator("article.session").filter(has=page.locator("a.source"))).to_have_count(24)

    page.get_by_text("Filtra e cerca").click()
    page.get_by_label("Tipo").select_option(label="Visita ai laboratori")
    if not scripts:
        page.get_by_role("button", name="Mostra").click()
    expect(page.locator("article.session h3")).to_have_text(
        ["Laboratori di plasma e nanotech", "Laboratori delle tecnologie a idrogeno"]
    )

    page.get_by_role("link", name="Laboratori delle tecnologie a idrogeno").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Laboratori delle tecnologie a idrogeno")
    expect(page.get_by_text("ora: dimostrazione")).to_be_visible()
    expect(page.get_by_role("link", name="mesap.it")).to_be_visible()


def test_a_visitor_sees_what_is_on_as_at_another_day(open_browser: OpenBrowser) -> None:
    page = open_browser()
    page.goto(SCHEDULE)

    page.get_by_label("See this edition as at").select_option("day-3")
    page.get_by_role("button", name="Look").click()

    expect(page.locator("article.is-now h3")).to_have_text(["Groups develop solutions"])
    expect(page.locator("#now-marker")).to_have_text("Now 14:45")


def test_a_participant_makes_an_agenda_and_subscribes_to_it(
    open_browser: OpenBrowser, take_role: Callable[[Page, str], None]
) -> None:
    page = open_browser()
    take_role(page, "participant")
    page.goto(SCHEDULE)
    star = page.locator("#s-final-questions .star")

    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    page.get_by_role("link", name="My agenda").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My academy")
    expect(page.locator("#s-final-questions")).to_be_visible()
    assert violations(page) == []

    page.get_by_role("button", name="Make a calendar address").click()
    address = page.get_by_label("Calendar address").input_value()
    calendar = page.request.get(address)
    page.get_by_role("button", name="Revoke this address").click()
    gone = page.request.get(address)
    star.click()
    expect(star).to_have_attribute("aria-pressed", "false")
    page.reload()

    assert (calendar.status, "SUMMARY;LANGUAGE=en:Final Q&A" in calendar.text()) == (200, True)
    assert gone.status == 404
    expect(page.locator("#s-final-questions")).to_have_count(0)


def test_stars_work_without_script(open_browser: OpenBrowser, take_role: Callable[[Page, str], None]) -> None:
    page = open_browser(scripts=False)
    take_role(page, "company")
    page.goto(SCHEDULE)

    page.locator("#s-social-dinner .star").click()

    expect(page.locator("#s-social-dinner .star")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("It is in your agenda.")).to_be_visible()


def test_all_views_are_accessible_and_fit(open_browser: OpenBrowser) -> None:
    page = open_browser()
    queries = ("?view=grid&as_of=day-3", "?view=list", "?q=nothing+at+all", "?zone=Asia/Tokyo")

    assert faults_at(page, [f"{SCHEDULE}{query}" for query in queries], ["phone", "desk", "wall"]) == {}
