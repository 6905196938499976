"""A dinner is seated by a search, changed by hand and keyboard, published, and eaten by count."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.accessibility import violations
from tests.journeys.dragging import drag

EDITION = "/academy/cba-2-torino"


def fill_panel(page: Page, link: str, button: str = "Save", **fields: str) -> None:
    page.get_by_role("link", name=link, exact=True).first.click()
    panel = page.locator("#side-panel")
    for name, value in fields.items():
        panel.locator(f"[name={name}]").fill(value)
    panel.get_by_role("button", name=button, exact=True).click()
    expect(panel.locator("form")).to_have_count(0)


def table(page: Page, number: int):
    return page.locator(".dinner-table").nth(number - 1)


def test_a_dinner_from_empty_tables_to_place_cards(as_role: Callable[..., Page]) -> None:
    desk = as_role("organiser")
    desk.goto(f"{EDITION}/desk/dinner/new/?lang=en")
    desk.locator("[name=title_en]").fill("Dinner of a journey")
    desk.locator("[name=session]").select_option(
        label="Social dinner with the Sistema Poli di Innovazione Piemonte"
    )
    desk.get_by_role("button", name="Save").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Nobody dines yet")

    desk.get_by_role("button", name="Take in the participants of the day").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("no table yet")
    fill_panel(desk, "Add a guest", name="Anna of the pole")
    expect(desk.locator("#board")).to_contain_text("Anna of the pole")
    fill_panel(desk, "Add tables", count="4", seats="12", least_hosts="1")
    expect(desk.locator(".dinner-table")).to_have_count(4)
    desk.get_by_role("button", name="Propose a seating").click()
    expect(desk.locator(".toast")).to_contain_text("The tables ask for 4 representatives of the host")
    for number in range(3):
        fill_panel(desk, "Add a guest", name=f"Representative {number}")
        expect(desk.locator("#board")).to_contain_text(f"Representative {number}")

    desk.get_by_role("button", name="Propose a seating").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(
        re.compile(r"\d+ guests at 4 tables"), timeout=40_000
    )
    expect(desk.get_by_role("button", name="Publish the plan")).to_be_visible()
    assert violations(desk) == []

    # By hand: a guest is dragged to another table.
    name = table(desk, 1).locator(".dinner-guest:not(.is-host) .dinner-name").first
    words = name.evaluate("element => element.firstChild.textContent.trim()")
    guest = desk.locator(".dinner-guest", has_text=words).first
    drag(guest, table(desk, 2).locator("h3"))
    expect(table(desk, 2)).to_contain_text(words)
    # By keyboard: back again.
    link = desk.locator(".dinner-guest", has_text=words).first.get_by_role("link", name="Move to…")
    link.press("Enter")
    panel = desk.locator("#side-panel")
    first = panel.locator("option", has_text="Table 1:").get_attribute("value")
    panel.locator("select").select_option(first)
    panel.get_by_role("button", name="Move", exact=True).press("Enter")
    expect(table(desk, 1)).to_contain_text(words)

    desk.get_by_role("button", name="Publish the plan").click()
    expect(desk.get_by_role("button", name="Take the plan back")).to_be_visible()
    for printed in ("Table plan (PDF)", "Place cards (PDF)"):
        address = desk.get_by_role("link", name=printed).get_attribute("href")
        assert address is not None
        assert desk.request.get(address).body().startswith(b"%PDF-")
    desk.get_by_role("link", name="Diets by table").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Diets by table")
    assert "Mikael Lindgren" not in desk.content()
    assert violations(desk) == []

    phone = as_role("participant", size="phone", theme="dark")
    phone.goto(f"{EDITION}/dinner/?lang=en")
    expect(phone.locator("section", has_text="Dinner of a journey").locator(".dinner-number")).to_be_visible()
    assert violations(phone) == []


def test_a_guest_is_moved_without_script(as_role: Callable[..., Page]) -> None:
    desk = as_role("organiser", scripts=False)
    desk.goto(f"{EDITION}/desk/dinner/new/?lang=en")
    desk.locator("[name=title_en]").fill("Plain dinner")
    desk.get_by_role("button", name="Save").click()
    desk.get_by_role("link", name="Add tables").click()
    for name, value in {"count": "2", "seats": "4", "least_hosts": "0"}.items():
        desk.locator(f"[name={name}]").fill(value)
    desk.get_by_role("button", name="Save").click()
    desk.get_by_role("link", name="Add a guest").click()
    desk.locator("[name=name]").fill("Plain guest")
    desk.get_by_role("button", name="Save").click()
    desk.get_by_role("link", name="Move to… Plain guest").click()
    desk.locator("select[name=table]").select_option(label="Table 2: 0 of 4")
    desk.get_by_role("button", name="Move", exact=True).click()

    expect(table(desk, 2)).to_contain_text("Plain guest")
