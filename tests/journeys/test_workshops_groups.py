"""An organiser forms groups, moves somebody, publishes; a participant finds the own group on the phone."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.journeys.accessibility import violations
from tests.journeys.dragging import drag

EDITION = "/academy/cba-2-torino/"
DESK = f"{EDITION}desk/groups/"
TITLE = "Trend groups"
OpenBrowser = Callable[..., Page]
TakeRole = Callable[[Page, str], None]


def card(page: Page, number: int) -> Locator:
    return page.locator("#board .group-card").nth(number - 1)


def people(page: Page, number: int) -> Locator:
    return card(page, number).locator(".group-people > li")


def names(page: Page, number: int) -> list[str]:
    return card(page, number).locator(".group-people > li p > a").all_inner_texts()


def renew(page: Page) -> None:
    """Let the page hear of a change; the board that stood there is marked until it is replaced."""
    page.locator("#board").evaluate("(board) => board.setAttribute('data-was-here', '')")
    page.evaluate("window.htmx.trigger(document.body, 'filiera:draft')")


def make_groups(page: Page) -> None:
    page.goto(f"{DESK}?lang=en")
    page.get_by_role("link", name="Form new groups").first.click()
    page.locator("[name='title_en']").fill(TITLE)
    page.locator("[name='round_count']").fill("2")
    page.locator("[name='sized_by']").select_option("size")
    page.locator("[name='size']").fill("6")
    page.locator("[name='themes']").fill("Artificial intelligence\nHydrogen\nSkills")
    assert violations(page) == []
    page.get_by_role("button", name="Make the groups").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def test_groups_from_the_first_word_to_the_participants_phone(
    open_browser: OpenBrowser, take_role: TakeRole
) -> None:
    page = open_browser()
    take_role(page, "organiser")
    make_groups(page)

    # A search in the background fills five groups; the page hears of it by itself.
    expect(page.locator("#board .group-card")).to_have_count(5)
    page.get_by_role("button", name="Propose groups").click()
    expect(people(page, 1)).to_have_count(6, timeout=60_000)
    expect(people(page, 5)).to_have_count(6)
    expect(page.locator("#board .why").first).to_contain_text(re.compile("exchange|rules"))
    assert violations(page) == []
    page.locator("summary", has_text="Where the points are lost").click()
    page.locator("summary", has_text="Balance of each group").click()
    expect(page.locator(".group-charts figure").first).to_be_visible()
    assert violations(page) == []
    before = page.locator("#points").inner_text()

    # "Move to…" says what each place would cost before anything is moved.
    mover = names(page, 1)[0]
    card(page, 1).get_by_role("link", name=mover).click()
    panel = page.locator("#side-panel")
    expect(panel.get_by_role("heading", name="Move to…")).to_be_visible()
    expect(panel.locator("[name='target']").first).to_be_attached()
    assert violations(page) == []
    panel.locator("label", has_text=re.compile(r"^\s*Group 2: Hydrogen: ")).click()
    panel.get_by_role("button", name="Move", exact=True).click()
    expect(people(page, 2)).to_have_count(7)
    expect(card(page, 2).get_by_role("link", name=mover)).to_be_visible()
    page.get_by_role("button", name="Undo the move").click()
    expect(people(page, 2)).to_have_count(6)
    expect(page.locator("#points")).to_have_text(before)

    # The keyboard does the same: lifted with m, one group further, put down with Enter. News that renew the
    # board do not take the focus away.
    card(page, 1).get_by_role("link", name=mover).focus()
    renew(page)
    expect(page.locator("#board[data-was-here]")).to_have_count(0)
    expect(card(page, 1).get_by_role("link", name=mover)).to_be_focused()
    page.keyboard.press("m")
    expect(page.locator("#group-says")).to_contain_text(f"{mover} is lifted")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(people(page, 2)).to_have_count(7)
    page.get_by_role("button", name="Undo the move").click()
    expect(people(page, 2)).to_have_count(6)

    # Under a hand that holds somebody the board is not renewed before it lets go.
    other = names(page, 3)[0]
    renew(page)
    expect(page.locator("#board[data-was-here]")).to_have_count(0)
    card(page, 1).locator("li", has_text=mover).locator(".why").hover()
    page.mouse.down()
    with page.expect_response(re.compile(f"{DESK}[0-9]+/$")):
        renew(page)
    page.wait_for_timeout(300)
    expect(page.locator("#board[data-was-here]")).to_have_count(1)
    page.mouse.up()
    expect(page.locator("#board[data-was-here]")).to_have_count(0)

    # Dragged onto somebody, two change places.
    drag(card(page, 1).locator("li", has_text=mover), card(page, 3).locator("li", has_text=other))
    expect(card(page, 3).get_by_role("link", name=mover)).to_be_visible()
    expect(card(page, 1).get_by_role("link", name=other)).to_be_visible()

    page.get_by_role("button", name="Publish the groups").click()
    expect(page.locator("#board .eyebrow").first).to_contain_text("Groups, published on")
    expect(page.get_by_role("button", name="Open them again")).to_be_visible()
    expect(page.get_by_role("button", name="Propose again")).to_have_count(0)

    # The participant's phone shows the own group big, in Italian and dark too.
    phone = open_browser(size="phone", theme="dark", language="it")
    take_role(phone, "participant")
    phone.goto(f"{EDITION}groups/?lang=it")
    expect(phone.locator(".own-group .big").first).to_have_text(re.compile(r"^\d+$"))
    expect(phone.locator(".own-group").first).to_contain_text("Il tuo gruppo")
    assert violations(phone) == []
    overflow = phone.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0

    # It hears that the groups are open again, without being loaded anew.
    phone.get_by_role("heading", name=TITLE).wait_for()
    page.get_by_role("button", name="Open them again").click()
    expect(page.get_by_role("button", name="Propose again")).to_be_visible()
    expect(phone.get_by_role("heading", name=TITLE)).to_have_count(0, timeout=20_000)


def test_the_board_works_without_scripts(open_browser: OpenBrowser, take_role: TakeRole) -> None:
    page = open_browser(scripts=False)
    take_role(page, "facilitator")
    page.goto(f"{DESK}?lang=en")
    page.get_by_role("link", name="Groups of the first day").click()
    expect(page.locator(".group-card")).to_have_count(5)

    page.get_by_role("link", name="Round 3").click()
    page.locator(".group-card .group-people a").first.click()

    expect(page.get_by_role("heading", name="There or away")).to_be_visible()
    expect(page.get_by_role("heading", name="Move to…")).to_have_count(0)
