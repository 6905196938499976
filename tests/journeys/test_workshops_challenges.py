"""A challenge goes from the wall through its thread to whoever helped, by mouse, keyboard and phone."""

import re

from playwright.sync_api import expect

from tests.journeys.accessibility import violations
from tests.journeys.dragging import drag

WALL = "/academy/cba-2-torino/challenges/"
TITLE = "Nobody answers our survey"


def bring(page, title):
    """A challenge of the journey's own, with its address."""
    page.goto(f"{WALL}new/?lang=en")
    page.get_by_label("In one line").fill(title)
    page.get_by_label("What it is about").fill("Eleven answers from three hundred members.")
    page.get_by_label("Show my name on the card").check()
    page.get_by_role("button", name="Put it on the wall").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    return page.url


def test_a_challenge_is_brought_helped_with_and_solved(as_role):
    owner, helper = as_role("participant"), as_role("facilitator", size="phone")
    address = bring(owner, TITLE)

    helper.goto(f"{WALL}?lang=en&q=survey")
    helper.get_by_role("link", name=TITLE).click()
    helper.get_by_label("Write into the thread").fill("Ask by telephone.")
    helper.get_by_role("button", name="Write", exact=True).click()
    expect(helper.get_by_role("paragraph").filter(has_text="Ask by telephone.")).to_be_visible()
    helper.get_by_label("How you would help").fill("We have a short form.")
    helper.get_by_role("button", name="Offer my help").click()
    expect(helper.get_by_role("heading", name="One offer of help")).to_be_visible()
    assert violations(helper) == []

    # The owner's open page hears of both.
    said = owner.get_by_role("paragraph").filter(has_text="Ask by telephone.")
    expect(said).to_be_visible(timeout=15_000)
    expect(owner.get_by_text("We have a short form.")).to_be_visible()
    owner.get_by_role("link", name="Mark as solved").click()
    owner.get_by_label("How it was solved").fill("Ten calls a week, and a form with three questions.")
    owner.get_by_role("group", name=re.compile("Who helped")).get_by_role("checkbox").first.check()
    owner.get_by_role("button", name="It is solved").click()
    expect(owner.get_by_role("heading", name=re.compile("Solved on"))).to_be_visible()
    expect(owner.get_by_text("With the help of")).to_be_visible()
    assert violations(owner) == []

    owner.get_by_role("button", name="It is not solved after all").click()
    expect(owner.get_by_role("heading", name=re.compile("Solved on"))).to_be_hidden()
    assert owner.url == address


def test_a_wording_is_kept_when_another_comes(as_role):
    owner = as_role("participant")
    bring(owner, "Our letter is not read")

    owner.get_by_role("link", name="Edit", exact=True).click()
    owner.get_by_label("What it is about").fill("Twelve answers from three hundred members.")
    owner.get_by_role("button", name="Save the wording").click()
    owner.get_by_role("link", name="Earlier wordings").click()

    expect(owner.get_by_role("heading", name="2 wordings")).to_be_visible()
    expect(owner.locator("ins").first).to_have_text("Twelve")
    expect(owner.locator("del").first).to_have_text("Eleven")
    assert violations(owner) == []


def test_a_card_moves_by_keyboard_and_the_focus_stays_with_it(as_role):
    owner = as_role("participant")
    bring(owner, "Too many meetings")
    owner.goto(f"{WALL}?lang=en&view=board&by=state&whose=mine")
    card = owner.get_by_role("article").filter(has_text="Too many meetings")

    card.locator("summary").focus()
    owner.keyboard.press("Enter")
    owner.keyboard.press("Tab")
    expect(card.get_by_role("button", name="Being worked on")).to_be_focused()
    owner.keyboard.press("Enter")

    worked_on = owner.locator("[data-column=worked_on]")
    expect(worked_on.get_by_role("link", name="Too many meetings")).to_be_focused()
    assert violations(owner) == []


def test_a_card_is_dragged_to_another_column(as_role):
    owner = as_role("participant")
    bring(owner, "The calendar is full")
    owner.goto(f"{WALL}?lang=en&view=board&by=state&whose=mine&q=calendar")

    drag(
        owner.get_by_role("article").filter(has_text="The calendar is full"),
        owner.locator("[data-column=worked_on]"),
    )

    expect(
        owner.locator("[data-column=worked_on]").get_by_role("link", name="The calendar is full")
    ).to_be_visible()


def test_alike_ones_are_merged_at_the_desk_and_taken_apart_again(as_role):
    owner, leader = as_role("participant"), as_role("facilitator")
    bring(owner, "Young firms do not find us anywhere")
    bring(owner, "Young firms do not find us anywhere at all")

    leader.goto("/academy/cba-2-torino/desk/challenges/?lang=en")
    pair = leader.get_by_role("listitem").filter(has_text="Young firms do not find us anywhere at all").first
    assert violations(leader) == []
    pair.get_by_role("button", name="Both go on here").first.click()
    expect(leader.get_by_text("You can take it out again there.")).to_be_visible()

    leader.goto(f"{WALL}?lang=en&state=merged&q=young")
    leader.get_by_role("article").get_by_role("link").first.click()
    leader.get_by_role("button", name="Take it out again").click()
    expect(leader.get_by_text("The challenge stands by itself again.")).to_be_visible()


def test_the_wall_is_printed_and_shown_in_the_hall(as_role):
    leader, screen = as_role("facilitator"), as_role("facilitator", size="wall")

    leader.goto(f"{WALL}print/?lang=en")
    expect(leader.get_by_role("button", name="Print")).to_be_visible()
    assert violations(leader) == []
    screen.goto("/academy/cba-2-torino/stage/challenges/wall/?lang=en")
    expect(screen.get_by_role("heading", name=re.compile("challenges are open"))).to_be_visible()
    assert violations(screen) == []
    smallest = screen.evaluate(
        "Math.min(...[...document.querySelectorAll('#stage *')]"
        ".filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))"
        ".map(each => parseFloat(getComputedStyle(each).fontSize))) / innerHeight"
    )
    assert smallest >= 1 / 30
