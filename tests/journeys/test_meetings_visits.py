"""Laboratory visits: planned at the desk, ranked on a phone, drawn so that a stranger can check it."""

import hashlib
import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.accessibility import faults_at, violations
from tests.meetings import redraw

EDITION = "/academy/cba-2-torino"
DRAWN = "Laboratories at Environment Park"


def add_in_panel(page: Page, link: str, fields: dict[str, str]) -> None:
    page.get_by_role("link", name=link, exact=True).last.click()
    panel = page.locator("#side-panel")
    for name, value in fields.items():
        panel.locator(f"[name={name}]").fill(value)
    panel.get_by_role("button", name="Save").click()
    expect(panel.locator("form")).to_have_count(0)


def open_round(page: Page, title: str) -> None:
    """A round of the journey's own with three laboratories, open for wishes."""
    page.goto(f"{EDITION}/desk/visits/new/?lang=en")
    page.locator("[name=title_en]").fill(title)
    page.locator("[name=closes_on]").fill("2023-09-21T14:30")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Being prepared: nobody sees it yet")
    for number, laboratory in enumerate(("Laser", "Optics", "Robots"), start=1):
        add_in_panel(page, "Add a laboratory", {"title_en": laboratory})
        expect(page.locator(".visit-head")).to_have_count(number)
        times = {"starts_on": "2023-09-22T09:00", "ends_on": "2023-09-22T10:00", "places": "2"}
        add_in_panel(page, "Add a time", times)
        expect(page.locator(".visit-slots tbody tr")).to_have_count(2 * number)
    page.get_by_role("button", name="Open the wishes").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("have wished so far")


def order_in(section) -> list[str]:
    """The ranked laboratories, the best first."""
    rows = section.locator(".ranking-row.is-ranked .visit-name b")
    return rows.all_inner_texts()


def test_visits_are_planned_and_ranked_by_menu_arrow_hand_and_without_script(
    as_role: Callable[..., Page],
) -> None:
    open_round(as_role("organiser"), "Visits of a journey")
    phone = as_role("participant", size="phone")
    phone.goto(f"{EDITION}/visits/?lang=en")
    section = phone.locator(".visit-round", has_text="Visits of a journey")
    rows = section.locator(".ranking-row")

    rows.filter(has_text="Optics").locator("select").select_option("1")
    rows.filter(has_text="Robots").get_by_role("button", name="Up: Robots").press("Enter")
    assert order_in(section) == ["Optics", "Robots"]
    rows.filter(has_text="Robots").get_by_role("button", name="Up: Robots").press("Enter")
    assert order_in(section) == ["Robots", "Optics"]
    expect(section.locator("[data-said]")).to_have_text("Robots: number 1")
    grip = rows.filter(has_text="Laser").locator("[data-grip]")
    grip.scroll_into_view_if_needed()
    box, first = grip.bounding_box(), rows.first.bounding_box()
    assert box is not None
    assert first is not None
    phone.mouse.move(box["x"] + 5, box["y"] + 10)
    phone.mouse.down()
    phone.mouse.move(box["x"] + 5, first["y"] + 2, steps=8)
    phone.mouse.up()
    assert order_in(section) == ["Laser", "Robots", "Optics"]
    section.get_by_role("button", name="Keep my wishes").click()
    section = phone.locator(".visit-round", has_text="Visits of a journey")
    expect(section).to_contain_text("Your wishes are kept.")
    assert order_in(section) == ["Laser", "Robots", "Optics"]
    assert violations(phone) == []
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")

    plain = as_role("participant", scripts=False)
    plain.goto(f"{EDITION}/visits/?lang=en")
    section = plain.locator(".visit-round", has_text="Visits of a journey")
    rows = section.locator(".ranking-row")
    rows.filter(has_text="Laser").locator("select").select_option("")
    rows.filter(has_text="Robots").locator("select").select_option("1")
    section.get_by_role("button", name="Keep the changed wishes").click()
    expect(section).to_contain_text("Your wishes are kept.")
    chosen = [row.locator("select").input_value() for row in section.locator(".ranking-row").all()]
    assert chosen == ["1", "2", ""]


def test_a_stranger_draws_again_and_finds_no_name(as_role: Callable[..., Page], open_browser) -> None:
    phone = as_role("participant", size="phone")
    phone.goto(f"{EDITION}/visits/?lang=en")
    section = phone.locator(".visit-round", has_text=DRAWN)
    expect(section.locator("dd", has_text=re.compile(r"number \d+"))).to_be_visible()
    code = section.locator(".visit-proof b").inner_text()
    section.get_by_role("link", name="The draw, for anybody to check").click()
    expect(phone.locator("tr.is-chosen")).to_contain_text(code)

    stranger = open_browser()
    stranger.goto(phone.url)
    expect(stranger.get_by_role("heading", name="The seed is what was promised")).to_be_visible()
    told = stranger.request.get(phone.url.replace("/draw/", "/draw.json").partition("?")[0]).json()
    assert hashlib.sha256(told["seed"].encode()).hexdigest() == told["seed_sha256"]
    assert redraw.check(told)
    assert code in told["allocation"]
    assert "Mikael Lindgren" not in stranger.content()
    for page in (phone, stranger):
        assert violations(page) == []


def test_the_host_gets_a_list(as_role: Callable[..., Page]) -> None:
    desk = as_role("organiser")
    desk.goto(f"{EDITION}/desk/visits/?lang=en")
    desk.get_by_role("link", name=DRAWN).click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("places are taken")
    assert violations(desk) == []
    desk.get_by_role("link", name="Who comes C").click()
    desk.get_by_role("button", name=re.compile("Make")).click()
    link = desk.get_by_role("link", name="List for the host (PDF)")
    address = link.get_attribute("href")
    assert address is not None
    assert desk.request.get(address).body().startswith(b"%PDF-")
    assert violations(desk) == []


def test_the_pages_are_accessible_and_fit(as_role: Callable[..., Page]) -> None:
    found = {}
    pages = {
        "participant": ("visits/", "dinner/"),
        "organiser": ("desk/visits/", "desk/visits/new/", "desk/dinner/"),
    }
    for role, addresses in pages.items():
        page = as_role(role, language="it")
        found |= faults_at(page, [f"{EDITION}/{address}?lang=it" for address in addresses])

    assert found == {}
