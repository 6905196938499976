"""A method in the room: a facilitator at the desk, two phones, the projector."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.accessibility import violations

EDITION = "/academy/cba-2-torino/"
# The smallest letters as a share of the screen's height.
_SMALLEST = """() => Math.min(...[...document.querySelectorAll("#stage *")]
  .filter(each => !each.closest("svg") && !each.matches(".unseen"))
  .filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
  .map(each => parseFloat(getComputedStyle(each).fontSize))) / innerHeight"""
SOON = 8_000


def prepare(leader: Page, method: str, title: str) -> str:
    """Prepare a method for everybody and start it; the number in its addresses."""
    leader.goto(f"{EDITION}desk/methods/prepare/{method}/?lang=en")
    leader.get_by_label("Who works with it").select_option("everybody")
    leader.get_by_label("Its own name").fill(title)
    leader.get_by_label("What they work on").fill("Members who stay silent")
    leader.get_by_role("button", name="Prepare it").click()
    leader.get_by_role("button", name="Start").click()
    expect(leader.get_by_text("Going on", exact=True)).to_be_visible()
    return re.search(r"/runs/(\d+)/", leader.url).group(1)


def sit_down(phone: Page, run: str) -> None:
    phone.goto(f"{EDITION}methods/{run}/?lang=en")
    phone.get_by_role("button", name="Join").click()
    expect(phone.get_by_label("Your card", exact=True)).to_be_visible()
    # With all its scripts: without network none would come any more.
    phone.wait_for_load_state()


def write(phone: Page, text: str) -> None:
    phone.get_by_label("Your card", exact=True).fill(text)
    phone.get_by_role("button", name="Add the card").click()


def card(page: Page, text: str):
    return page.locator(".method-card, .method-targets > li, .method-hall-cards > li").filter(has_text=text)


def test_written_in_silence_shown_grouped_and_voted(as_role):
    leader, screen = as_role("facilitator"), as_role("facilitator", size="wall")
    first, second = as_role("participant", size="phone"), as_role("organiser", size="phone")
    run = prepare(leader, "how-might-we", "How might we, in the journey")
    screen.goto(f"{EDITION}stage/methods/{run}/?lang=en")
    expect(screen.get_by_role("heading", name="The problem, in one sentence")).to_be_visible()
    assert screen.evaluate(_SMALLEST) >= 1 / 30
    for phone in (first, second):
        phone.goto(f"{EDITION}methods/{run}/?lang=en")
        phone.get_by_role("button", name="Join").click()
        expect(phone.get_by_text("Members who stay silent").first).to_be_visible()

    # The facilitator goes on: phones and screen follow by themselves.
    leader.get_by_role("button", name="Next: What we see").click()
    for page in (first, second, screen):
        expect(page.get_by_role("heading", name="What we see")).to_be_visible(timeout=SOON)
    leader.get_by_role("button", name="Next: Our questions").click()
    for page in (first, second, screen):
        expect(page.get_by_role("heading", name="Our questions")).to_be_visible(timeout=SOON)

    # Written in silence: each sees only their own, the screen only how many.
    expect(first.get_by_label("Your card", exact=True)).to_have_value("How might we ")
    write(first, "How might we visit thirty firms?")
    write(first, "How might we ask one question a year?")
    write(second, "How might we visit firms that are silent?")
    expect(card(first, "visit thirty firms")).to_have_count(1)
    expect(card(second, "firms that are silent")).to_have_count(1)
    expect(screen.get_by_text("from 2 of 2 people")).to_be_visible(timeout=SOON)
    expect(card(second, "visit thirty firms")).to_have_count(0)
    expect(card(screen, "visit thirty firms")).to_have_count(0)
    assert violations(first) == []

    # More time, seen on the phone's clock.
    before = first.locator("[data-countdown]").get_attribute("data-countdown")
    leader.get_by_role("button", name="+5 min").click()
    expect(first.locator("#method-clock [data-countdown]")).not_to_have_attribute(
        "data-countdown", before, timeout=SOON
    )

    # What is being typed when it is shown, or when the step goes on, is not lost.
    first.get_by_label("Your card", exact=True).fill("How might we end in the mid")
    leader.get_by_role("button", name="Show to all now").click()
    expect(card(second, "visit thirty firms")).to_be_visible(timeout=SOON)
    expect(card(screen, "firms that are silent")).to_be_visible(timeout=SOON)
    expect(first.get_by_label("Your card", exact=True)).to_have_value("How might we end in the mid")
    leader.get_by_role("button", name="Next: Questions that belong together").click()
    expect(card(second, "end in the mid")).to_be_visible(timeout=SOON)

    # Piles.
    for text in ("visit thirty firms", "firms that are silent"):
        one = card(first, text)
        one.get_by_text("Move to…").click()
        if text == "visit thirty firms":
            one.get_by_label("Name of the new pile").fill("Going there")
            one.get_by_role("button", name="New pile").click()
        else:
            one.get_by_role("button", name="Going there").click()
    pile = second.locator(".method-pile").filter(has=second.get_by_role("heading", name="Going there"))
    expect(pile.locator(".method-card")).to_have_count(2, timeout=SOON)
    assert violations(second) == []

    # Going back and on again.
    leader.get_by_role("button", name="Back one step").click()
    expect(first.get_by_role("heading", name="Our questions")).to_be_visible(timeout=SOON)
    leader.get_by_role("button", name="Next: Questions that belong together").click()
    expect(pile.locator(".method-card")).to_have_count(2, timeout=SOON)

    # Three dots each, one on a thing at most; others' are hidden.
    leader.get_by_role("button", name="Next: Which question do we take on?").click()
    put = first.get_by_role("button", name="Put a dot on Going there")
    put.click(timeout=SOON)
    expect(first.get_by_text("You have 2 dots left")).to_be_visible()
    expect(put).to_have_attribute("aria-disabled", "true")
    second.get_by_role("button", name="Put a dot on Going there").click()
    second.get_by_role("button", name=re.compile("Put a dot on How might we ask one")).click()
    expect(second.get_by_text("You have one dot left")).to_be_visible()
    expect(first.locator(".method-count")).to_have_count(0)
    expect(screen.get_by_text("from 2 of 2 people")).to_be_visible(timeout=SOON)
    leader.get_by_role("button", name="Next: The three strongest").click()
    expect(first.locator(".method-talk li").first).to_contain_text("Going there", timeout=SOON)
    expect(first.locator(".method-talk li").first).to_contain_text("2 dots")
    expect(card(screen, "Going there")).to_be_visible(timeout=SOON)
    assert screen.evaluate(_SMALLEST) >= 1 / 30
    assert violations(screen) == []

    # To its end, and what came out.
    assert violations(leader) == []
    leader.get_by_role("button", name="End the method").click()
    expect(first.get_by_role("heading", name="This method is over")).to_be_visible(timeout=SOON)
    first.get_by_role("link", name="See what came out").click()
    expect(first.get_by_text("Held to its end")).to_be_visible()
    expect(card(first, "firms that are silent")).to_contain_text("Make it a measure")
    assert violations(first) == []


def test_what_is_written_without_network_is_sent_when_it_is_back(as_role):
    leader, phone = as_role("facilitator"), as_role("participant", size="phone")
    run = prepare(leader, "dot-voting", "Written in a lift")
    sit_down(phone, run)
    phone.context.set_offline(True)
    write(phone, "Written in a lift")
    expect(phone.get_by_text("No network: it is sent as soon as you are back.")).to_be_visible()

    # The facilitator goes on meanwhile, and the page of the phone is opened anew.
    leader.get_by_role("button", name="Next: Five dots each").click()
    expect(leader.get_by_role("heading", name="Five dots each")).to_be_visible()
    phone.context.set_offline(False)

    expect(phone.locator(".method-targets > li").filter(has_text="Written in a lift")).to_be_visible(
        timeout=15_000
    )
    expect(phone.locator("#method-unsent .method-card")).to_have_count(0)
    phone.reload()
    expect(phone.locator(".method-targets > li").filter(has_text="Written in a lift")).to_have_count(1)


def test_a_page_that_was_closed_offline_sends_its_cards_when_it_is_opened(as_role):
    leader, phone = as_role("facilitator"), as_role("participant", size="phone")
    run = prepare(leader, "canvas", "Closed too early")
    phone.goto(f"{EDITION}methods/{run}/?lang=en")
    phone.get_by_role("button", name="Join").click()
    area = phone.get_by_role("textbox", name="For whom")
    expect(area).to_be_visible()
    phone.wait_for_load_state()
    phone.context.set_offline(True)
    area.fill("For the silent half")
    area.press("Enter")
    expect(phone.get_by_text("No network: it is sent as soon as you are back.")).to_be_visible()
    address = phone.url
    phone.close()

    again = phone.context.new_page()
    phone.context.set_offline(False)
    again.goto(address)

    expect(again.locator(".method-area").filter(has_text="For the silent half")).to_be_visible(timeout=15_000)
    expect(again.locator("#method-unsent .method-card")).to_have_count(0)
    assert violations(again) == []


def test_a_facilitator_writes_a_method_without_code(as_role):
    leader = as_role("facilitator")
    leader.goto(f"{EDITION}desk/methods/?lang=en")
    assert violations(leader) == []
    leader.get_by_role("link", name="Write a method").click()
    leader.locator("[name=title_en]").fill("Two questions")
    leader.get_by_role("button", name="Save the method").click()
    leader.get_by_role("link", name="Fill a canvas").click()
    leader.locator("[name=title_en]").fill("Two fields")
    leader.get_by_label("Areas", exact=False).first.fill("Keep: what works\nStop")
    leader.get_by_role("button", name="Add the step").click()
    expect(leader.get_by_text("Two fields").first).to_be_visible()
    assert violations(leader) == []
    leader.get_by_role("link", name="Prepare").click()
    leader.get_by_role("button", name="Prepare it").click()
    leader.get_by_role("button", name="Start").click()
    leader.get_by_role("link", name="Open the board").click()
    expect(leader.get_by_role("heading", name="Keep")).to_be_visible()
    assert violations(leader) == []


def test_the_demonstration_shows_a_matrix_and_a_chain(as_role):
    reader = as_role("participant")
    reader.goto(f"{EDITION}methods/?lang=en")
    assert violations(reader) == []
    reader.get_by_role("link", name="Impact-effort matrix").click()
    expect(reader.get_by_role("img", name=re.compile("Effort from left to right"))).to_be_visible()
    assert violations(reader) == []
    reader.goto(f"{EDITION}methods/?lang=en")
    reader.get_by_role("link", name="Five whys").click()
    expect(card(reader, "We hear of a call when it opens.")).to_be_visible()
