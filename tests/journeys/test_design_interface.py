"""What every page is worked with: menus, dialogs, themes and long choices, by keyboard and without script."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.accessibility import faults_at


def test_phone_finds_the_places_without_script(open_browser: Callable[..., Page]) -> None:
    page = open_browser(size="phone", scripts=False)
    page.goto("/academy/")

    page.get_by_role("button", name="Menu", exact=True).click()
    page.get_by_role("navigation", name="Main places").get_by_role("link", name="Directory").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Directory")


def test_theme_is_chosen_without_script_and_kept(open_browser: Callable[..., Page]) -> None:
    page = open_browser(scripts=False)
    page.goto("/academy/")

    page.get_by_role("link", name="Dark").click()

    assert page.url.endswith("/academy/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_theme_changes_in_place_and_outlives_the_page(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.goto("/design/")

    page.get_by_role("link", name="Dark").click()
    page.goto("/academy/")

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("link", name="Dark")).to_have_attribute("aria-current", "true")


def test_language_is_changed_on_the_same_page(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.goto("/directory/?kind=cluster")

    page.get_by_role("link", name="Italiano").click()

    expect(page.locator("html")).to_have_attribute("lang", "it")
    assert "kind=cluster" in page.url


def test_menu_is_walked_and_left_by_keyboard(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.goto("/design/")
    menu = page.locator("#overlays details.menu")

    menu.locator("summary").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("button", name="Thu 21, 11:45, Volta")).to_be_focused()
    page.keyboard.press("Escape")

    expect(menu.locator("summary")).to_be_focused()
    expect(menu).not_to_have_attribute("open", "")


def test_dialog_gives_the_focus_back(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.goto("/design/")
    opener = page.get_by_role("button", name="Open a dialog")

    opener.press("Enter")
    expect(page.get_by_role("dialog", name="Publish version 4")).to_be_visible()
    page.keyboard.press("Escape")

    expect(opener).to_be_focused()


def test_long_choice_is_found_by_typing(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.goto("/design/")
    field = page.get_by_role("combobox", name="Spoken in the session")

    field.fill("ελλην")
    field.press("Enter")
    field.fill("pols")
    field.press("Enter")
    page.get_by_role("button", name="Ελληνικά: take out").click()

    chosen = page.locator("#id_spoken-select").evaluate(
        "select => [...select.selectedOptions].map(option => option.value)"
    )
    assert chosen == ["pl"]


def test_long_choice_is_a_plain_select_without_script(open_browser: Callable[..., Page]) -> None:
    page = open_browser(scripts=False)
    page.goto("/design/")

    page.get_by_label("Spoken in the session").select_option(["it", "bg"])

    expect(page.get_by_label("Spoken in the session")).to_have_values(["it", "bg"])


def test_side_panel_is_left_by_escape(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.goto("/design/desk/")
    panel = page.locator("#side-panel")

    panel.get_by_label("Title").focus()
    page.keyboard.press("Escape")

    assert panel.inner_html() == ""


def test_empty_answer_closes_the_side_panel(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.route("**/design/nothing/", lambda route: route.fulfill(body="\n", content_type="text/html"))
    page.goto("/design/desk/")

    page.evaluate("htmx.ajax('GET', '/design/nothing/', '#side-panel')")

    expect(page.locator("#side-panel")).to_be_hidden()


@pytest.mark.parametrize("language", ["en", "it"])
def test_desk_is_accessible(open_browser: Callable[..., Page], language: str) -> None:
    page = open_browser(language=language)

    assert faults_at(page, ["/design/desk/"]) == {}
