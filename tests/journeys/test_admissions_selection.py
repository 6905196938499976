"""An organiser chooses thirty of eighty-four, changes the choice by hand, and tells everybody once."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.journeys.accessibility import violations

# A generated edition whose selection nobody has made yet; no other journey touches it.
SELECTION = "/academy/load-200/desk/selection/"
OpenBrowser = Callable[..., Page]
TakeRole = Callable[[Page, str], None]


def row(page: Page, decision: str, number: int) -> Locator:
    """The so-many-eth row of the board that is decided like this."""
    return page.locator("#board tbody tr").filter(has=page.locator(f".said .{decision}")).nth(number)


def name_in(line: Locator) -> str:
    return line.locator("th a").inner_text()


def add_limit(page: Page, group: str, **figures: str) -> None:
    page.locator("#limits").get_by_role("link", name="Add").click()
    panel = page.locator("#side-panel")
    panel.locator("[name='group']").select_option(group)
    for field, figure in figures.items():
        panel.locator(f"[name='{field}']").fill(figure)
    panel.get_by_role("button", name="Add").click()
    expect(panel).to_be_empty()


def propose(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Propose")).click()
    expect(page.locator("#board .notice.warn")).to_have_count(0)


def test_a_selection_from_the_first_limit_to_the_mails(
    open_browser: OpenBrowser, take_role: TakeRole
) -> None:
    page = open_browser()
    take_role(page, "organiser")

    # Begin, and let the scores decide.
    page.goto(f"{SELECTION}?lang=en")
    expect(page.get_by_role("heading", level=1)).to_have_text("Eighty-four applications, nobody chosen")
    assert violations(page) == []
    page.get_by_role("button", name="Begin the selection").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("None of eighty-four")
    page.get_by_role("button", name="Propose the best cohort").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thirty of eighty-four")
    expect(page.locator("#board")).to_contain_text("No other cohort scores more under these limits")
    expect(row(page, "in", 0)).to_contain_text("In on score: first of 84.")

    # A limit changes the balance at once, the decisions with the next proposal.
    add_limit(page, "country|", most="2")
    expect(page.locator("#board .notice.warn")).to_contain_text("The limits have changed since the proposal")
    expect(page.locator(".balance .over").first).to_contain_text("too many")
    propose(page)
    expect(page.locator(".balance .over")).to_have_count(0)
    expect(page.locator("#board")).to_contain_text("by score; the limit is two.")
    assert violations(page) == []

    # What a change costs is seen before it is made; and it can be taken back.
    line = row(page, "out", 0)
    name = name_in(line)
    line.locator("th a").click()
    panel = page.locator("#side-panel")
    expect(panel.get_by_role("heading", name="What pinning in would cost")).to_be_visible()
    expect(panel.locator(".cost")).to_have_text(re.compile(r"^[\d.]+ points?$"))
    assert violations(page) == []
    panel.get_by_label("Why").fill("The host region asked for it.")
    panel.get_by_role("button", name="Pin in and choose the others anew").click()
    pinned = page.locator("#board tbody tr", has_text=name)
    expect(pinned.locator(".said")).to_have_text(re.compile(r"^in\s*pinned$"))
    expect(pinned).to_contain_text("In: pinned by hand. The host region asked for it.")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thirty of eighty-four")
    page.get_by_role("button", name="Undo the pin").click()
    expect(page.locator("#board tbody tr", has_text=name).locator(".said")).to_have_text("out")

    # Limits that contradict each other are named where they stand.
    add_limit(page, "newcomer|new", most="14")
    add_limit(page, "newcomer|returning", most="10")
    page.get_by_role("button", name="Propose again").click()
    expect(page.locator("#conflict")).to_contain_text("At most fourteen of newcomers")
    expect(page.locator("#conflict")).to_contain_text("At most ten of people who return")
    expect(page.locator("#limits .in-conflict")).to_have_count(2)
    assert violations(page) == []
    page.get_by_role("link", name="Change: At most fourteen of newcomers").click()
    panel.get_by_role("button", name="Remove").click()
    expect(page.locator("#conflict")).to_have_count(0)
    propose(page)
    expect(page.locator("#board")).to_contain_text("No other cohort scores more under these limits")

    # A version is kept and compared.
    page.locator("#board").get_by_role("link", name="Versions").click()
    page.locator("#main").get_by_label("Name of this version").fill("two of each country")
    page.get_by_role("button", name="Keep this version").click()
    expect(page.locator(".eyebrow").first).to_contain_text("Selection, version 2, not sent")
    row(page, "in", 0).locator("th a").click()
    panel.get_by_role("button", name="Leave out and choose the others anew").click()
    expect(panel).to_be_empty()
    page.goto(f"{SELECTION}versions/")
    expect(page.get_by_role("heading", name="From version 1 to version 2")).to_be_visible()
    expect(page.locator(".decisions tbody tr").first).to_be_visible()
    assert violations(page) == []

    # Nothing is told before the mails were looked at.
    page.goto(f"{SELECTION}mails/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Eighty-four mails, not sent")
    page.locator("main .list a").first.click()
    expect(panel.locator(".letter")).to_contain_text("We are glad to offer you a place")
    assert violations(page) == []
    page.get_by_role("link", name="Send 84 mails").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tell 84 candidates now?")
    page.get_by_role("button", name="Send 84 mails").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sent on")
    page.goto(SELECTION)
    expect(page.locator(".eyebrow").first).to_contain_text("Selection, version 2, sent on")


def test_without_script_the_board_answers_as_well(open_browser: OpenBrowser, take_role: TakeRole) -> None:
    page = open_browser(scripts=False, size="phone")
    take_role(page, "organiser")
    page.goto("/academy/cba-2-torino/desk/selection/?lang=it&show=rejected")
    expect(page.get_by_role("heading", level=1)).to_have_text("Trenta su ottantaquattro")

    page.locator("#board tbody th a").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("heading", name="Quanto costerebbe fissarla dentro")).to_be_visible()
    page.goto("/academy/cba-2-torino/desk/selection/rules/new/")
    page.locator("[name='least']").fill("31")
    page.locator("main form .button.primary").click()
    expect(page.locator("[aria-invalid='true']").first).to_be_visible()
    expect(page.locator("[name='least']")).to_have_value("31")


def test_who_only_takes_part_does_not_see_the_selection(
    open_browser: OpenBrowser, take_role: TakeRole
) -> None:
    page = open_browser()
    take_role(page, "participant")

    answer = page.goto(SELECTION)

    assert answer is not None
    assert answer.status == 403
