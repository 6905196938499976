"""The preparation for the label in a real browser: a binder is filled, gaps close, nothing says score."""

import re

from playwright.sync_api import expect

from tests.journeys.accessibility import faults_at

READINESS = "/o/mesap/indicators/readiness/"


def test_evidence_is_added_and_waits_for_a_second_person(as_role):
    page = as_role("organiser")
    page.goto(f"{READINESS}?lang=en")
    expect(page.get_by_role("heading", level=1)).to_have_text(
        re.compile(r"^\d+ of 31 indicators (is|are) without gaps$")
    )
    page.get_by_role("link", name="2.4 Clarity of roles in decisions").click()

    page.get_by_text("Add evidence", exact=True).click()
    page.get_by_label("What is it?").select_option("link")
    page.get_by_label("What it proves").fill("Statute of the association")
    page.get_by_label("Address").fill("https://example.org/statute")
    page.get_by_role("button", name="Put it into the binder").click()

    expect(page.get_by_text("It is in the binder.", exact=False).first).to_be_visible()
    expect(page.get_by_role("link", name="Statute of the association")).to_be_visible()
    expect(page.get_by_text("waits for a second person", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Take it out Statute of the association").click()
    expect(page.get_by_role("heading", name="The binder is empty")).to_be_visible()


def test_the_preparation_is_taken_along_on_paper(as_role):
    page = as_role("organiser")
    page.goto(f"{READINESS}?lang=it")

    with page.expect_download() as download:
        page.get_by_role("link", name="Tutto (ZIP)").click()

    assert re.fullmatch(r"mesap-readiness-\d{4}\.zip", download.value.suggested_filename)


def test_pages_of_the_preparation_are_open_to_all(as_role):
    page = as_role("organiser")
    parts = ("", "gaps/", "interview/", "1.1.2/", "1.1.0/")

    assert faults_at(page, [f"{READINESS}{part}?lang=en" for part in parts]) == {}
