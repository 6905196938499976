"""Four browsers write one plan at once; two lose the net for a while, and one is closed without it."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.accessibility import violations

WORKSPACE = "/o/mesap/plans/"
WRITING_S = 60.0
CUT_AFTER_S, CUT_FOR_S = 20.0, 10.0
# Each of them types five strokes in a second, as people do who type fast.
STROKE_S = 0.2
# Each stroke is a character that nobody else types, so that each can be looked for at the end.
FIRST_MARK = 0x4E00


@pytest.fixture
def begun(as_role: Callable[..., Page]) -> tuple[Page, str]:
    """A plan of the journey's own with one measure, and the page on which it is written."""
    page = as_role("organiser")
    page.goto(f"{WORKSPACE}?lang=en")
    page.get_by_role("button", name="Begin a plan").click()
    expect(page.get_by_label("Aim")).to_be_visible()
    address = page.url.split("?")[0]
    page.locator("html.has-canvas").wait_for()
    page.get_by_role("button", name="Add a measure").click()
    expect(page.get_by_label("What is to be done")).to_be_focused()
    return page, address


def join(as_role: Callable[..., Page], address: str) -> Page:
    page = as_role("organiser")
    page.goto(f"{address}?lang=en")
    expect(page.get_by_label("What is to be done")).to_be_visible()
    return page


def text_of(page: Page, label: str) -> str:
    return page.get_by_label(label, exact=True).input_value()


def test_four_write_for_a_minute_and_nothing_is_lost(begun, as_role):
    first, address = begun
    pages = [first, *(join(as_role, address) for _each in range(3))]
    own = ["What is to be done", "Partners", "Resources", "Risk"]
    typed: dict[str, list[str]] = {label: [] for label in ("Aim", *own)}
    cut = pages[2:]
    started, count = time.monotonic(), 0
    is_cut = was_cut = False
    while (passed := time.monotonic() - started) < WRITING_S:
        should_be_cut = CUT_AFTER_S <= passed < CUT_AFTER_S + CUT_FOR_S
        if should_be_cut != is_cut:
            for page in cut:
                page.context.set_offline(should_be_cut)
            is_cut, was_cut = should_be_cut, was_cut or should_be_cut
        for page, label in zip(pages, own, strict=True):
            field = "Aim" if count % 8 < 4 else label
            mark = chr(FIRST_MARK + count)
            page.get_by_label(field, exact=True).press_sequentially(f"{mark}🙂" if count % 5 == 0 else mark)
            typed[field].append(mark)
            count += 1
        rest_s = started + count / len(pages) * STROKE_S - time.monotonic()
        first.wait_for_timeout(max(0.0, rest_s) * 1000)
    assert was_cut
    for page in pages:
        expect(page.locator("[data-writing-state]")).to_have_attribute(
            "data-writing-state", "saved", timeout=40_000
        )

    def marks(page: Page, label: str) -> list[str]:
        return sorted(each for each in text_of(page, label) if ord(each) >= FIRST_MARK and ord(each) < 0xAC00)

    # Whoever is told by asking instead of by the stream is at most ten seconds behind.
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        shown = {label: {text_of(page, label) for page in pages} for label in typed}
        if all(len(texts) == 1 for texts in shown.values()):
            break
        first.wait_for_timeout(500)
    assert {label: len({text_of(page, label) for page in pages}) for label in typed} == dict.fromkeys(
        typed, 1
    )
    assert {label: marks(first, label) for label in typed} == {
        label: sorted(each) for label, each in typed.items()
    }
    kept = {label: text_of(first, label) for label in typed}
    first.reload()
    assert {label: text_of(first, label) for label in typed} == kept


def test_what_was_typed_without_net_in_a_page_that_was_closed_arrives_later(begun, as_role):
    page, address = begun
    other = join(as_role, address)
    page.get_by_label("Aim").press_sequentially("Before. ")
    expect(other.get_by_label("Aim")).to_have_value("Before. ")
    page.context.set_offline(True)
    page.get_by_label("Aim").press_sequentially("In the tunnel 🙂.")
    expect(page.get_by_text("No connection. What you write stays in this browser")).to_be_visible()
    # The browser's own database is a moment behind the fingers.
    page.wait_for_timeout(500)
    context = page.context
    page.close()
    # At the beginning: what two write at one place stands in the order in which it comes.
    other.get_by_label("Aim").press("Control+Home")
    other.get_by_label("Aim").press_sequentially("Meanwhile. ")
    context.set_offline(False)

    back = context.new_page()
    back.goto(f"{address}?lang=en")

    expect(other.get_by_label("Aim")).to_have_value("Meanwhile. Before. In the tunnel 🙂.", timeout=20_000)
    expect(back.get_by_label("Aim")).to_have_value("Meanwhile. Before. In the tunnel 🙂.")


def test_one_sees_who_is_there_and_the_page_is_open_to_all(begun, as_role):
    page, address = begun
    join(as_role, address)

    expect(page.locator("[data-writers]")).to_contain_text("Here with you")
    assert violations(page) == []


def test_what_is_removed_goes_everywhere_and_is_said_to_who_removed_it(begun, as_role):
    page, address = begun
    other = join(as_role, address)

    page.get_by_role("button", name="Remove measure 1").press("Enter")

    expect(other.locator(".measure")).to_have_count(0)
    expect(page.locator(".measure")).to_have_count(0)
    expect(page.get_by_role("button", name="Add a measure")).to_be_focused()
    expect(page.locator("#toasts")).to_contain_text("Its words stay in the history.")


def test_without_scripts_a_part_is_kept_with_its_button(begun, open_browser, take_role):
    page, address = begun
    plain = open_browser(scripts=False)
    take_role(plain, "organiser")
    plain.goto(f"{address}?lang=en")
    page.get_by_label("What is to be done").press_sequentially("Call each member.")
    expect(page.locator("[data-writing-state]")).to_have_attribute("data-writing-state", "saved")

    plain.get_by_label("What is to be done").fill("Twice a year.")
    plain.get_by_role("button", name="Keep this measure").click()

    expect(plain.get_by_label("What is to be done")).to_have_value("Call each member.Twice a year.")
    expect(page.get_by_label("What is to be done")).to_have_value("Call each member.Twice a year.")
