"""An organiser builds a form and sees it as others will; a participant answers a survey on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.accessibility import violations

EDITION = "/academy/cba-2-torino/"
OpenBrowser = Callable[..., Page]
TakeRole = Callable[[Page, str], None]


def test_an_organiser_builds_a_form_by_mouse_and_key(open_browser: OpenBrowser, take_role: TakeRole) -> None:
    page = open_browser()
    take_role(page, "organiser")
    page.goto(f"{EDITION}desk/forms/new/?lang=en")
    page.get_by_label("Registration", exact=True).check()
    page.get_by_label(re.compile("^Details of the registration")).check()
    page.get_by_role("button", name="Make the form").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Details of the registration")

    page.locator(".kinds").get_by_text("One of several").click()
    panel = page.locator("#side-panel")
    panel.get_by_label("English").first.fill("Which shirt?")
    for number, words in enumerate(("Small", "Large"), start=1):
        panel.get_by_label(f"Option {number}, English").fill(words)
    panel.get_by_role("button", name="Add question").click()
    added = page.locator("[data-question]").filter(has_text="Which shirt?")
    expect(added).to_contain_text("Small · Large")
    expect(panel).to_be_empty()

    rows = page.locator("[data-question]")
    last = rows.count() - 1
    added.get_by_role("button", name="up").press("Enter")
    expect(rows.nth(last - 1)).to_contain_text("Which shirt?")
    added.scroll_into_view_if_needed()
    grip, target = added.locator("[data-grip]").bounding_box(), rows.nth(last - 3).bounding_box()
    assert grip is not None
    assert target is not None
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(target["x"] + 40, target["y"] + 4, steps=8)
    page.mouse.up()
    expect(rows.nth(last - 3)).to_contain_text("Which shirt?")
    assert violations(page) == []

    page.get_by_role("link", name="Preview").click()
    page.get_by_role("link", name="Italiano", exact=True).first.click()
    other = page.get_by_label("Che cosa deve sapere la cucina?")
    expect(other).to_be_hidden()
    page.get_by_label("Altro").check()
    expect(other).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_participant_answers_without_a_name_on_a_phone(
    open_browser: OpenBrowser, take_role: TakeRole, scripts: bool
) -> None:
    page = open_browser(size="phone", language="it", scripts=scripts)
    take_role(page, "participant")
    page.goto(f"{EDITION}surveys/?lang=it")
    page.get_by_role("link", name=re.compile("^Rispondi ora")).first.click()
    expect(page.get_by_text("Le tue risposte non portano a nessuno")).to_be_visible()

    page.get_by_role("button", name="Invia le mie risposte").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.locator(".scale").first.get_by_role("radio").nth(3).check(force=True)
    page.get_by_role("button", name="Invia le mie risposte").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Grazie, le tue risposte sono arrivate")


def test_results_are_read_with_their_tables(open_browser: OpenBrowser, take_role: TakeRole) -> None:
    page = open_browser(theme="dark")
    take_role(page, "organiser")
    page.goto(f"{EDITION}desk/surveys/?lang=en")
    page.get_by_role("link", name="After the online days").first.click()

    expect(page.get_by_text("Net Promoter Score", exact=True)).to_be_visible()
    page.get_by_text("How it is counted").click()
    expect(page.get_by_text("Share of those who gave 9 or 10")).to_be_visible()
    page.get_by_text("The same as a table").first.click()
    expect(page.get_by_role("table").first).to_be_visible()
    assert violations(page) == []
