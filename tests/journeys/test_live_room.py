"""A hall asks by telephone: moderator, two phones and the screen, each in a browser of its own."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.accessibility import violations

EDITION = "/academy/cba-2-torino/"


@pytest.fixture
def moderator(open_browser: Callable[..., Page], take_role: Callable[[Page, str], None]) -> Page:
    page = open_browser()
    take_role(page, "facilitator")
    return page


def make_channel(page: Page) -> str:
    """A channel of the journey's own, open; its code."""
    page.goto(f"{EDITION}desk/live/new/?lang=en")
    page.locator("[name='title_en']").fill("Questions of a journey")
    page.locator("[name='title_it']").fill("Domande di un viaggio")
    page.get_by_role("button", name="Make the channel").click()
    page.get_by_role("button", name="Open the channel").click()
    expect(page.get_by_role("button", name="Close the channel")).to_be_visible()
    return page.url.rstrip("/").rpartition("/")[2]


def join(page: Page, code: str) -> None:
    page.goto("/live/?lang=en")
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Go in").click()
    expect(page).to_have_url(re.compile(f"/live/{code}/"))


def test_a_question_goes_from_a_phone_to_the_screen_and_is_answered(moderator, open_browser):
    code = make_channel(moderator)
    asker, voter, screen = open_browser(size="phone"), open_browser(size="phone"), open_browser(size="wall")
    join(asker, code)
    join(voter, code)
    screen.goto(f"{EDITION}stage/{code}/?lang=en")
    expect(screen.get_by_role("heading", name="Ask from your phone")).to_be_visible()

    asker.get_by_label("Your question").fill("Who pays for it afterwards?")
    asker.get_by_role("button", name="Ask this").click()
    expect(asker.get_by_role("heading", name="Yours, with the moderator")).to_be_visible()

    moderator.get_by_role("button", name="Publish", exact=True).click()
    expect(voter.locator(".live-text")).to_have_text("Who pays for it afterwards?")
    voter.get_by_role("button", name=re.compile("Who pays for it afterwards")).click()
    expect(voter.locator(".live-vote")).to_have_attribute("aria-pressed", "true")
    expect(asker.locator(".live-vote b")).to_have_text("1")

    moderator.get_by_role("button", name="On stage", exact=True).first.click()
    expect(screen.get_by_role("heading", name="Who pays for it afterwards?")).to_be_visible()
    expect(voter.get_by_text("On stage now")).to_be_visible()

    moderator.get_by_role("button", name="Answered", exact=True).first.click()
    expect(asker.locator(".live-state.is-answered")).to_be_visible()
    for page in (asker, screen, moderator):
        assert violations(page) == []


def test_a_poll_is_answered_on_a_phone_and_shown_when_revealed(moderator, open_browser):
    code = make_channel(moderator)
    phone, screen = open_browser(size="phone", theme="dark"), open_browser(size="wall", theme="dark")
    join(phone, code)
    screen.goto(f"{EDITION}stage/{code}/?lang=en")

    moderator.get_by_role("link", name="Add a poll").click()
    moderator.get_by_label("What do you ask the room?").fill("What comes first?")
    moderator.get_by_label("Answers").fill("People\nMoney")
    moderator.get_by_role("button", name="Keep this poll").click()
    moderator.get_by_role("button", name="Open", exact=True).click()

    phone.get_by_label("People").check()
    phone.get_by_role("button", name="Send my answer").click()
    expect(phone.get_by_role("button", name="Change my answer")).to_be_visible()
    expect(screen.get_by_text("answer so far")).to_be_visible()
    expect(screen.get_by_role("rowheader", name="People")).to_have_count(0)

    moderator.get_by_role("button", name="Reveal the results").click()
    expect(screen.get_by_role("rowheader", name="People")).to_be_visible()
    for page in (phone, screen):
        assert violations(page) == []


def test_the_screen_is_read_from_the_back(moderator, open_browser):
    screen = open_browser(size="wall")
    screen.goto(f"{EDITION}stage/tqrnq2/?lang=en")

    smallest = screen.evaluate(
        """() => Math.min(...[...document.querySelectorAll("main *")]
        .filter((each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
        .filter((each) => each.getClientRects().length && !each.classList.contains("unseen"))
        .map((each) => parseFloat(getComputedStyle(each).fontSize))) / window.innerHeight"""
    )

    assert smallest >= 1 / 30


def test_without_script_a_visitor_asks_and_votes(moderator, open_browser):
    code = make_channel(moderator)
    phone = open_browser(size="phone", scripts=False)
    join(phone, code)

    phone.get_by_label("Your question").fill("Does this work without script?")
    phone.get_by_role("button", name="Ask this").click()

    expect(phone.get_by_text("Does this work without script?")).to_be_visible()
