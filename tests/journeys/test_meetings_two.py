"""Two people want to meet: a round is begun, wished in, planned, published, held in mind and taken along."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.accessibility import violations

EDITION = "/academy/cba-2-torino/"
LONG_MS = 90_000


def begin_round(page: Page, name: str) -> str:
    """A round of the journey's own with six slots and two tables, open; its number."""
    page.goto(f"{EDITION}desk/meetings/new/?lang=en")
    page.locator("[name='title_en']").fill(name)
    page.locator("[name='title_it']").fill(name)
    page.get_by_role("button", name="Begin the round").click()
    page.get_by_label("Day").fill("2023-09-22")
    page.get_by_label("From").fill("16:20")
    page.get_by_label("Until").fill("18:20")
    page.get_by_role("button", name="Add the slots").click()
    page.get_by_label("Number of tables").fill("2")
    page.get_by_role("button", name="Save tables and links").click()
    page.get_by_role("link", name="Plan", exact=True).click()
    page.get_by_role("button", name="Let people in").click()
    expect(page.get_by_role("heading", name="No plan yet")).to_be_visible()
    return page.url.rstrip("/").rpartition("/")[2]


def join(page: Page, number: str, offers: str, needs: str) -> None:
    page.goto(f"{EDITION}meetings/{number}/?lang=en")
    page.get_by_label("What I offer").fill(offers)
    page.get_by_label("What I need").fill(needs)
    page.get_by_role("button", name="Join the meetings").click()
    expect(page.get_by_role("heading", name="Whom do you want to meet?")).to_be_visible()


def test_two_people_meet_by_one_plan_for_all(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None]
) -> None:
    desk, phone, other = open_browser(), open_browser(size="phone"), open_browser(size="phone", theme="dark")
    take_role(desk, "organiser")
    take_role(phone, "participant")
    take_role(other, "facilitator")
    number = begin_round(desk, "Meetings of a journey")

    join(phone, number, "A test bed for ferries", "Investors for batteries")
    join(other, number, "Investors for batteries", "A test bed for ferries")
    expect(other.get_by_text("Offers what you need: ferries.")).to_be_visible()
    other.get_by_role("link", name=re.compile("Wish to meet")).click()
    other.get_by_label("Important").check()
    other.get_by_label("Why").fill("Our fund looks for pilots.")
    other.get_by_role("button", name="Wish to meet").click()
    phone.goto(f"{EDITION}meetings/{number}/?lang=en")
    expect(phone.get_by_text("Our fund looks for pilots.")).to_be_visible()
    phone.get_by_role("button", name=re.compile("Yes, let us meet")).click()
    for page in (phone, other):
        assert violations(page) == []

    desk.get_by_role("link", name="Plan", exact=True).click()
    desk.get_by_role("button", name="Plan all meetings").click()
    expect(desk.get_by_role("button", name="Take this plan")).to_be_visible(timeout=LONG_MS)
    expect(desk.get_by_role("heading", name="How good the plan is")).to_be_visible()
    desk.get_by_role("button", name="Take this plan").click()
    desk.get_by_role("button", name="Publish the meetings").click()
    expect(desk.get_by_role("heading", name="One meeting, published")).to_be_visible()
    assert violations(desk) == []

    phone.goto(f"{EDITION}meetings/{number}/?lang=en")
    expect(phone.get_by_role("heading", name="You have one meeting")).to_be_visible()
    phone.get_by_role("link", name="Sofia Marchetti").first.click()
    phone.get_by_label("My notes").fill("Ask for the size of a pilot.")
    phone.get_by_role("button", name="Save my notes").click()
    expect(phone.get_by_label("My notes")).to_have_value("Ask for the size of a pilot.")
    assert violations(phone) == []
    with phone.expect_download() as download:
        phone.goto(f"{EDITION}meetings/{number}/?lang=en")
        phone.get_by_role("link", name="PDF").click()
    assert download.value.suggested_filename == "meetings.pdf"

    # Somebody falls ill: what is hit is shown, and the change before it is made.
    desk.get_by_role("link", name="People", exact=True).click()
    desk.get_by_role("link", name=re.compile("Times Sofia Marchetti")).click()
    desk.get_by_role("button", name="Away from now on").click()
    expect(desk.get_by_role("heading", name="One meeting cannot be held as it stands")).to_be_visible()
    desk.get_by_role("button", name="Plan again with few moves").click()
    expect(desk.get_by_text("0 stay, 0 move, 1 are given up, 0 are new.")).to_be_visible(timeout=LONG_MS)
    desk.get_by_role("button", name=re.compile("Make this change")).click()
    expect(desk.get_by_role("heading", name="No meetings stand")).to_be_visible()
    phone.goto(f"{EDITION}meetings/{number}/?lang=en")
    expect(phone.get_by_role("heading", name="You have no meetings")).to_be_visible()
