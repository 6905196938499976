"""Reports in a real browser: written and moved by keyboard, a form filled, every page open to all."""

import re

from playwright.sync_api import expect

from tests.journeys.accessibility import faults, faults_at

REPORTS = "/o/mesap/reports/"
FIGURE = "/indicators/of/mesap/members_total/"


def opened(page, name):
    page.goto(f"{REPORTS}?lang=en")
    page.get_by_role("link", name=name).first.click()


def test_a_report_is_written_moved_by_keyboard_and_kept(as_role):
    page = as_role("organiser")
    page.goto(f"{REPORTS}new/?lang=en")
    page.get_by_label("An empty report").check()
    page.get_by_label("English", exact=True).fill("For the board")
    page.get_by_role("button", name="Begin the report").click()

    page.get_by_role("link", name="Text, with figures inside").click()
    panel = page.locator("#side-panel")
    panel.get_by_label("English").last.fill("We are {members_total}.")
    panel.get_by_role("button", name="Add the section").click()
    expect(page.locator("#draft .figure-inside")).to_be_visible()
    page.get_by_role("link", name="Heading", exact=True).click()
    panel.get_by_label("English").fill("Who we are")
    panel.get_by_role("button", name="Add the section").click()
    expect(page.get_by_role("heading", name="Who we are")).to_be_visible()

    page.get_by_role("button", name="Move section 2 up").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".draft-section").first.get_by_role("heading", name="Who we are")).to_be_visible()
    page.get_by_role("button", name="Take out section 1").click()
    page.get_by_role("button", name="Put back Who we are").click()
    page.get_by_role("button", name="Keep a version").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("version 1")
    expect(page.locator(".draft-section")).to_have_count(2)


def test_a_cell_is_chosen_by_arrow_keys_and_tied(as_role):
    page = as_role("organiser")
    page.goto(f"{REPORTS}forms/?lang=en")
    page.get_by_role("link", name="Scheda annuale di monitoraggio").click()
    page.locator("[data-sheet] a").first.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)

    expect(page.get_by_label("Cell", exact=True)).to_have_value("Scheda!B4")
    with page.expect_download() as download:
        page.get_by_role("button", name="Fill and take along").click()
    assert re.fullmatch(r"mesap-form-\d+-\d{4}\.xlsx", download.value.suggested_filename)


def test_pages_of_reports_are_open_to_all(as_role):
    page = as_role("organiser")
    opened(page, "Yearly report of the cluster")
    address = page.url.partition("?")[0]
    parts = ("", "preview/", "schedule/", "title/", "sections/new/text/", "sections/new/chart/")
    found = faults_at(page, [f"{address}{part}?lang=en" for part in parts])
    italian = (REPORTS, f"{REPORTS}new/", f"{REPORTS}forms/", f"{REPORTS}forms/new/")
    found |= faults_at(page, [f"{path}?lang=it" for path in italian])
    page.get_by_role("link", name="Moduli dei finanziatori").first.click()
    page.locator("main li.split a").first.click()
    found["form"] = faults(page)
    embedded = [f"{FIGURE}embed/?language=it&theme={theme}" for theme in ("light", "dark")]
    found |= faults_at(page, embedded, ["desk"])

    assert {path: what for path, what in found.items() if what} == {}
