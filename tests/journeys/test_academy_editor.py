"""An organiser builds a day with the mouse, with the keyboard and without script, and publishes it."""

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.accessibility import faults_at

FIRST_DAY = "2031-09-08"
SECOND_DAY = "2031-11-24"
"""The second part of the packaged academy begins eleven weeks after the first."""


@pytest.fixture
def organiser(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None]
) -> Callable[..., Page]:
    def open_window(**wishes: object) -> Page:
        page = open_browser(**wishes)
        take_role(page, "organiser")
        return page

    return open_window


def make_edition(page: Page) -> str:
    """An edition of the journey's own, from the packaged four-day academy."""
    slug = f"journey-{uuid4().hex[:8]}"
    page.goto("/academy/new/edition/?lang=en")
    page.locator("[name='name_en']").fill("Edition of a journey")
    page.locator("[name='slug']").fill(slug)
    page.locator("[name='number']").fill(str(int(slug[8:11], 16) % 900 + 50))
    page.locator("[name='first_day']").fill(FIRST_DAY)
    page.get_by_role("button", name="Make the edition").click()
    expect(page).to_have_url(re.compile(f"/academy/{slug}/desk/"))
    return slug


def open_day(page: Page, slug: str, day: str = SECOND_DAY) -> None:
    page.goto(f"/academy/{slug}/desk/programme/?day={day}")


def block(page: Page, title: str) -> Locator:
    return page.locator("#board [data-session]").filter(has=page.get_by_role("link", name=title, exact=True))


def expect_time(page: Page, title: str, time: str) -> None:
    """The session stands in the grid from then to then."""
    expect(block(page, title).locator(".clock")).to_have_text(time)


def corner(place: Locator) -> tuple[float, float]:
    # Between the look and the measure the board may be drawn anew.
    for _attempt in range(20):
        expect(place).to_be_visible()
        box = place.bounding_box()
        if box is not None:
            return box["x"], box["y"]
    raise AssertionError("the place is drawn anew without end")


def drag(page: Page, origin: Locator, to: tuple[float, float]) -> None:
    # A change before brings the draft twice, by its answer and by push; a hand waits for a still board.
    page.wait_for_timeout(1_000)
    origin.scroll_into_view_if_needed()
    left, top = corner(origin)
    page.mouse.move(left + 20, top + 4)
    page.mouse.down()
    page.mouse.move(*to, steps=8)
    page.mouse.up()


def into_tray(page: Page) -> tuple[float, float]:
    left, top = corner(page.locator("#tray"))
    return left + 40, top + 10


def test_with_the_mouse(organiser: Callable[..., Page]) -> None:
    page = organiser(size="wall")
    slug = make_edition(page)
    open_day(page, slug)

    drag(page, block(page, "Welcome by the host"), into_tray(page))
    expect(page.locator("#tray")).to_contain_text("Welcome by the host")
    page.wait_for_timeout(1_000)
    room, _top = corner(page.locator(".room", has_text="Group room 1"))
    _left, nine = corner(page.locator(".hour.t-12"))
    drag(page, block(page, "Welcome by the host"), (room + 40, nine + 1))

    expect(page.locator("#tray")).to_contain_text("Every session has its time.")
    expect_time(page, "Welcome by the host", "09:00–09:30")
    page.get_by_role("button", name=re.compile("^Undo: Move")).click()
    expect(page.locator("#tray")).to_contain_text("Welcome by the host")
    page.get_by_role("button", name=re.compile("^Undo: Put into the tray")).click()
    expect(page.locator("#tray")).to_contain_text("Every session has its time.")
    expect_time(page, "Welcome by the host", "09:00–09:30")


def test_a_conflict_is_told_and_allowed_by_name(organiser: Callable[..., Page]) -> None:
    page = organiser(size="wall")
    slug = make_edition(page)
    open_day(page, slug)

    left, top = corner(block(page, "Challenges in our clusters"))
    drag(page, block(page, "Welcome by the host"), (left + 40, top + 12))
    panel = page.locator("#side-panel")
    expect(panel).to_contain_text("“Challenges in our clusters” is in this room from 09:30 to 10:30.")
    panel.get_by_label("Why may they overlap?").fill("The host stays for the plenary")
    panel.get_by_role("button", name="Allow and move").click()

    expect(page.locator("#board")).to_contain_text("The host stays for the plenary")
    expect(panel).to_be_empty()


def test_with_the_keyboard(organiser: Callable[..., Page]) -> None:
    page = organiser()
    slug = make_edition(page)
    open_day(page, slug)

    block(page, "Keynote").locator("[data-grip]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#editor-says")).to_contain_text("Keynote lifted: 14:45, Main hall")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#editor-says")).to_contain_text("15:05, Group room 1")
    page.keyboard.press("Enter")

    expect_time(page, "Keynote", "15:05–15:50")
    expect(block(page, "Keynote").locator("[data-grip]")).to_be_focused()
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator("#editor-says")).to_have_text("Keynote stays where it was.")


def test_without_script(organiser: Callable[..., Page]) -> None:
    page = organiser(scripts=False)
    slug = make_edition(page)
    open_day(page, slug)

    page.get_by_role("link", name="Add a session").click()
    page.locator("[name='title_en']").fill("A quiet walk")
    page.locator("[name='kind']").select_option("networking")
    page.locator("[name='part']").select_option(label="Part in person")
    page.locator("[name='minutes']").fill("30")
    page.get_by_role("button", name="Put into the tray").click()
    expect(page.locator("#tray")).to_contain_text("A quiet walk")
    block(page, "A quiet walk").get_by_role("link", name="Move A quiet walk to…").click()
    page.locator("[name='day']").select_option(index=3)
    page.locator("[name='time']").fill("17:00")
    page.locator("[name='room']").select_option(label="Main hall")
    page.get_by_role("button", name="Move the session").click()

    expect(page).to_have_url(re.compile(f"day={SECOND_DAY}"))
    expect_time(page, "A quiet walk", "17:00–17:30")
    page.get_by_role("button", name=re.compile("^Undo: Move")).click()
    expect(page.locator("#tray")).to_contain_text("A quiet walk")
    page.get_by_role("link", name="Publish programme").click()
    page.locator("[name='note_en']").fill("First programme")
    page.get_by_role("button", name="Publish programme").click()
    expect(page.get_by_role("heading", name="1 version")).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text("First programme")


def test_somebody_elses_change_appears_by_itself(organiser: Callable[..., Page]) -> None:
    first = organiser(size="wall")
    slug = make_edition(first)
    open_day(first, slug)
    second = organiser(size="wall")
    open_day(second, slug)
    first.wait_for_timeout(1_500)

    drag(second, block(second, "Welcome by the host"), into_tray(second))
    expect(second.locator("#tray")).to_contain_text("Welcome by the host")

    expect(first.locator("#tray")).to_contain_text("Welcome by the host", timeout=15_000)


def test_a_touch_moves_by_the_menu(organiser: Callable[..., Page]) -> None:
    page = organiser(size="phone")
    slug = make_edition(page)
    open_day(page, slug)

    block(page, "Keynote").get_by_role("link", name="Move Keynote to…").click()
    page.locator("#side-panel [name='time']").fill("17:00")
    page.locator("#side-panel").get_by_role("button", name="Move the session").click()

    expect_time(page, "Keynote", "17:00–17:45")


def test_every_page_of_the_desk_is_accessible(organiser: Callable[..., Page]) -> None:
    page = organiser()
    desk = "/academy/cba-2-torino/desk"
    places = ("", "programme/?day=2023-09-21", "sessions/", "speakers/", "team/", "checklist/", "parts/")
    more = ("rooms/", "edition/", "publication/", "versions/", "sessions/new/", "parts/new/", "speakers/new/")

    assert faults_at(page, [f"{desk}/{place}" for place in (*places, *more)]) == {}
