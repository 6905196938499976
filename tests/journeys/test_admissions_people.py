"""People of an edition in a real browser: found, met, written to, and at work between the parts."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from tests.journeys.accessibility import faults_at

EDITION = "/academy/cba-2-torino"
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def test_a_participant_joins_the_list_on_a_phone_and_leaves_it_again(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None]
) -> None:
    page = open_browser(size="phone", language="it")
    take_role(page, "participant")
    page.goto(f"{EDITION}/people/me/?lang=it")

    page.get_by_label("Che cosa porto e che cosa cerco").fill("Soci che tacciono")
    page.locator("form[action$='/me/listing/'] button").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gli altri dell’edizione ti trovano")
    page.goto(f"{EDITION}/people/?q=tacciono")
    expect(page.get_by_role("link", name="Mikael Lindgren")).to_be_visible()

    page.goto(f"{EDITION}/people/me/")
    page.get_by_role("button", name="Toglimi dall’elenco").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Non sei nell’elenco dei partecipanti")
    page.get_by_label("Che cosa porto e che cosa cerco").fill("Soci che tacciono")
    page.get_by_role("button", name="Mettimi nell’elenco").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gli altri dell’edizione ti trovano")


def test_a_scanned_code_exchanges_contacts_at_once(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None]
) -> None:
    shown = open_browser(size="phone")
    take_role(shown, "facilitator")
    shown.goto(f"{EDITION}/people/me/code/?lang=en")
    expect(shown.get_by_role("img", name="Code with my contact address")).to_be_visible()
    address = shown.get_by_label("Address of my code").input_value()

    scanner = open_browser(size="phone")
    take_role(scanner, "participant")
    scanner.goto(re.sub(r"^https?://[^/]+", "", address) + "?lang=en")
    expect(scanner.get_by_role("heading", level=1)).to_have_text("Sofia Marchetti offers contact")
    scanner.get_by_role("button", name="Exchange contacts").click()

    contact = scanner.locator(".contact-list > li", has_text="Sofia Marchetti")
    expect(contact).to_contain_text("facilitator@demonstration.invalid")
    with scanner.expect_download() as taken:
        scanner.get_by_role("link", name="vCard", exact=True).click()
    assert "FN:Sofia Marchetti" in taken.value.path().read_text()
    shown.goto(f"{EDITION}/people/contacts/")
    theirs = shown.locator(".contact-list > li", has_text="Mikael Lindgren")
    theirs.locator("summary").click()
    theirs.get_by_role("button", name="End the exchange").click()
    expect(shown.locator(".contact-list > li", has_text="Mikael Lindgren")).to_have_count(0)
    scanner.goto(f"{EDITION}/people/contacts/")
    expect(scanner.locator(".contact-list > li", has_text="Sofia Marchetti")).to_have_count(0)


def test_the_organiser_writes_to_many_looks_twice_and_schedules_it(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None]
) -> None:
    page = open_browser()
    take_role(page, "organiser")
    page.goto(f"{EDITION}/desk/mails/?lang=en")

    page.locator(".chosen").get_by_role("link", name="Practical information").press("Enter")
    page.locator("[name=subject_en]").fill("Before Torino, {nmae}")
    page.get_by_role("button", name="Save draft and look at it").click()
    expect(page.locator(".error").first).to_contain_text("{nmae} means nothing here")
    page.locator("[name=subject_en]").fill("Before Torino, {name}")
    page.get_by_role("button", name="Save draft and look at it").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("would get it")
    page.get_by_label("Through the eyes of").select_option(label="Mikael Lindgren")
    expect(page.locator(".mail-preview h3")).to_have_text("Before Torino, Mikael Lindgren")
    page.get_by_role("button", name="Words and recipients are right").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("nothing is sent yet")
    page.get_by_text("Send it later").click()
    page.get_by_label("Day", exact=True).fill((date.today() + timedelta(days=30)).isoformat())
    page.get_by_role("button", name="Schedule").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Leaves on")
    page.get_by_role("button", name="Do not send it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cancelled, not sent")


def test_a_task_is_set_handed_in_and_answered(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None]
) -> None:
    desk = open_browser()
    take_role(desk, "facilitator")
    desk.goto(f"{EDITION}/desk/tasks/?lang=en")
    desk.get_by_role("link", name="Set a task").first.click()
    panel = desk.locator("#side-panel")
    panel.locator("[name=title_en]").fill("Write down one obstacle")
    panel.get_by_label("Due on").fill("2023-10-01")
    panel.get_by_role("checkbox", name="Text").check()
    panel.get_by_role("button", name="Save task").click()
    expect(desk.locator("#tasks")).to_contain_text("Write down one obstacle")

    page = open_browser(size="phone")
    take_role(page, "participant")
    page.goto(f"{EDITION}/tasks/?lang=en")
    page.get_by_role("link", name="Write down one obstacle").click()
    page.get_by_label("My text").fill("Nobody answers our mails")
    page.get_by_role("button", name="Hand in").click()
    done = page.locator(".task-list li", has_text="Write down one obstacle")
    expect(done).to_contain_text("Handed in")

    desk.get_by_role("link", name="Write down one obstacle", exact=True).click()
    line = desk.locator(".debrief > li", has_text="Nobody answers our mails")
    line.get_by_role("link", name="Comment").click()
    desk.locator("#side-panel").get_by_label("To be discussed").check()
    desk.locator("#side-panel").get_by_label("Comment for the participant").fill("Tell it in Torino")
    desk.locator("#side-panel").get_by_role("button", name="Save comment").click()
    expect(desk.locator("#lines")).to_contain_text("Tell it in Torino")
    page.reload()
    expect(page.locator(".task-list li", has_text="Write down one obstacle")).to_contain_text(
        "To be discussed"
    )


def test_the_pages_are_accessible_and_fit(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None]
) -> None:
    found = {}
    pages = {
        "participant": (
            "people/", "people/me/", "people/me/code/", "people/contacts/", "tasks/", "self-assessment/",
            "practical/",
        ),
        "organiser": (
            "desk/mails/", "desk/mails/new/?template=practical", "desk/mails/templates/", "desk/tasks/",
            "desk/tasks/new/", "desk/self-assessment/", "desk/practical/",
        ),
    }  # fmt: skip

    for language, (role, names) in zip(("en", "it"), pages.items(), strict=True):
        page = open_browser(language=language)
        take_role(page, role)
        found |= faults_at(page, [f"{EDITION}/{name}" for name in names])

    assert found == {}
