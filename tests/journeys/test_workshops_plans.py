"""A plan on the screen of the hall, cards from a phone, and what came of promises, in real browsers."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.accessibility import faults, faults_at, violations

EDITION = "/academy/cba-2-torino/"
TITLE = "Two services that firms order again"
# No text on the screen of a hall is smaller than a thirtieth of its height.
SMALLEST = """() => {
  const least = window.innerHeight / 30;
  const walker = document.createTreeWalker(document.querySelector("#stage"), NodeFilter.SHOW_TEXT);
  const small = [];
  while (walker.nextNode()) {
    const parent = walker.currentNode.parentElement;
    if (!walker.currentNode.textContent.trim() || parent.closest("svg, script")) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (size < least - 0.01) small.push(walker.currentNode.textContent);
  }
  return small;
}"""


@pytest.fixture
def leader(as_role: Callable[..., Page]) -> Page:
    page = as_role("facilitator")
    page.goto(f"{EDITION}plans/?lang=en")
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
    return page


def test_a_plan_comes_on_stage_and_gets_a_card_from_a_phone(leader, as_role):
    screen, phone = as_role("organiser", size="wall"), as_role("participant", size="phone")
    screen.goto(f"{EDITION}stage/plans/now/?lang=en")
    expect(screen.get_by_role("heading", name="The next plan comes on stage here")).to_be_visible()
    assert screen.evaluate(SMALLEST) == []

    leader.get_by_role("button", name=re.compile("Put it on stage")).click()
    expect(screen.get_by_role("heading", name=TITLE)).to_be_visible()
    expect(screen.locator("[data-time]")).to_have_text(re.compile(r"^\d:\d\d$"))
    assert screen.evaluate(SMALLEST) == []
    assert violations(screen) == []

    phone.goto(f"{EDITION}plans/now/?lang=en")
    phone.get_by_text("An idea", exact=True).first.click()
    phone.get_by_label("Your words").fill("Ask the firms that order already.")
    phone.get_by_role("button", name="Give this card").click()
    expect(phone.get_by_text("Your card is with the group")).to_be_visible()
    assert violations(phone) == []
    expect(leader.get_by_text("On stage now.")).to_be_visible()
    leader.get_by_role("button", name="Take it off stage").click()
    expect(screen.get_by_role("heading", name="The next plan comes on stage here")).to_be_visible()


def test_pages_of_plans_are_open_to_all(as_role):
    page = as_role("facilitator")
    found = faults_at(page, [f"{EDITION}plans/?lang=en"])
    page.get_by_role("link", name=TITLE).click()
    found["plan"] = faults(page)
    page.get_by_role("link", name="How far is it?").first.click()
    found["measure"] = faults(page)
    found |= faults_at(page, [f"{EDITION}desk/follow-up/?lang=it", f"{EDITION}my/dossier/?lang=it"])

    assert {path: what for path, what in found.items() if what} == {}


def test_what_came_of_promises_is_told_and_taken_along(as_role):
    page = as_role("organiser")
    page.goto(f"{EDITION}desk/follow-up/?lang=en")

    expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile(r"^\d+ of \d+ promised measures are done$")
    )
    with page.expect_download() as download:
        page.get_by_role("link", name="Measures (XLSX)").click()

    assert download.value.suggested_filename == "follow-up-cba-2-torino.xlsx"
