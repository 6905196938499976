"""Shared sets in a real browser: what is open to all, and a change proposed without a script."""

import pytest
from playwright.sync_api import expect

from tests.journeys.accessibility import faults, violations

MESAP = "/o/mesap/indicators/sets/"
NETWORK = "/o/sistema-poli-di-innovazione-piemonte/indicators/sets/"
NAME = "Figures of the seven poles"


def sets_at(page, address):
    page.goto(f"{address}?lang=en")
    page.get_by_role("link", name=NAME).first.click()


def test_pages_of_a_set_are_open_to_all(as_role):
    page = as_role("organiser")
    page.goto(f"{MESAP}?lang=en")
    found = faults(page)
    page.get_by_role("link", name=NAME).first.click()
    expect(page.get_by_text("You use version 1; version 2 is there")).to_be_visible()
    expect(page.get_by_role("heading", name="What version 2 changes against your version 1")).to_be_visible()
    found += faults(page)
    for link in ("Version 2, since", "instead of", "Propose a change"):
        here = page.url
        page.get_by_role("link", name=link).first.click()
        found += faults(page)
        page.goto(here)
    page.goto("/o/mesap/indicators/?lang=en")
    expect(page.get_by_role("heading", name=NAME)).to_be_visible()
    found += faults(page)

    assert found == []


@pytest.mark.parametrize(
    ("scripts", "theme", "size"), [(True, "dark", "desk"), (True, "light", "phone"), (False, "light", "desk")]
)
def test_a_set_is_made_with_and_without_scripts(as_role, scripts, theme, size):
    page = as_role("officer", theme=theme, size=size, scripts=scripts)
    name, found = f"A draft in {theme} {size} {scripts}", []

    def look():
        if scripts:
            found.extend(violations(page))

    page.goto(f"{NETWORK}new/?lang=en")
    page.get_by_role("button", name="Keep the draft").click()
    expect(page.get_by_text("This field is required").first).to_be_visible()
    look()
    page.get_by_label("English").first.fill(name)
    page.locator("details.stage-figures summary").first.click()
    page.locator("details.stage-figures input").first.check()
    page.get_by_role("button", name="Keep the draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Version 1, not published")
    page.get_by_label("Indicator", exact=True).select_option("meetings_held")
    page.get_by_role("button", name="Add it at the end").click()
    page.get_by_role("button", name="Move up").first.click()
    expect(page.locator(".set-items tbody tr").first).to_contain_text("Meetings")
    look()
    page.get_by_role("link", name="Version and note").first.click()
    look()
    page.get_by_role("button", name="Keep the changes").click()
    page.get_by_role("link", name="Name and purpose").click()
    look()
    page.get_by_role("button", name="Keep the changes").click()
    page.get_by_text("Drop this draft").click()
    page.get_by_role("button", name="Drop the draft").click()
    expect(page.get_by_role("link", name=NAME).first).to_be_visible()
    expect(page.get_by_role("link", name=name)).to_have_count(0)
    assert found == []


def test_the_page_on_which_one_decides_is_open_to_all(as_role):
    page = as_role("officer")
    sets_at(page, NETWORK)
    found = faults(page)
    page.get_by_role("link", name="instead of").first.click()
    expect(page.get_by_role("heading", name="You decide")).to_be_visible()

    assert found + faults(page) == []


def test_a_change_is_proposed_and_withdrawn_without_a_script(as_role):
    page = as_role("organiser", scripts=False)
    sets_at(page, MESAP)
    page.get_by_role("link", name="Propose a change").click()
    page.get_by_label("Take an indicator out").check()
    page.get_by_label("Why").fill("It tells us nothing new.")
    page.get_by_role("button", name="Propose this change").click()
    expect(page.get_by_text("Say which indicator leaves the set.", exact=True)).to_be_visible()
    expect(page.get_by_label("Why")).to_have_value("It tells us nothing new.")
    page.get_by_label("Indicator of the set").select_option("members_left")
    page.get_by_role("button", name="Propose this change").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Take out")
    page.get_by_role("button", name="Withdraw the proposal").click()
    expect(page.get_by_text("Withdrawn", exact=True)).to_be_visible()


def test_nobody_of_another_organisation_comes_in(as_role):
    page = as_role("company")

    assert page.goto(f"{MESAP}?lang=en").status == 403
