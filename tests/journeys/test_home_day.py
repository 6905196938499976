"""A day that runs late, in real browsers: desk, projector, telephones and calendar agree within seconds."""

import re
import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.accessibility import violations

EDITION = "/academy/cba-2-torino/"
DESK = f"{EDITION}desk/"
Open = Callable[..., Page]

WITHIN_MS = 5_000


def english(page: Page) -> Page:
    """Whatever language the person prefers."""
    page.goto("/?lang=en")
    return page


def set_hour(organiser: Page, hour: str) -> None:
    organiser.goto(f"{DESK}day/")
    organiser.get_by_label("It is").fill(hour)
    organiser.get_by_role("button", name="Set the hour").click()
    expect(organiser.locator(".day-rooms .note").first).to_have_text(hour)


def own_calendar(participant: Page) -> str:
    """The secret address of the participant's calendar, as a path."""
    participant.goto(f"{EDITION}my/")
    if not participant.get_by_label("Calendar address").count():
        participant.get_by_role("button", name="Make a calendar address").click()
    address = participant.get_by_label("Calendar address").input_value()
    return "/" + address.split("://", 1)[1].split("/", 1)[1]


def starts_in(calendar: str) -> dict[str, str]:
    """By key of the session, the local hour at which its entry starts."""
    entries = calendar.split("BEGIN:VEVENT")[1:]
    found = {}
    for entry in entries:
        uid, start = re.search(r"UID:(\S+?)@", entry), re.search(r"DTSTART[^:]*:\d{8}T(\d{4})", entry)
        if uid and start:
            found[uid[1]] = start[1]
    return found


def minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[-2:])


def test_a_day_is_delayed_at_ten_past_two_and_everything_agrees(
    as_role: Callable[..., Page], open_browser: Open
):
    organiser = english(as_role("organiser", language="en"))
    phone = english(as_role("participant", size="phone", language="en"))
    facilitator = english(as_role("facilitator", size="phone", theme="dark", language="en"))
    projector = open_browser(size="wall", language="en")
    set_hour(organiser, "14:10")
    feed = own_calendar(phone)
    before = starts_in(phone.request.get(feed).text())
    phone.goto(f"{EDITION}my/")
    facilitator.goto(f"{EDITION}my/")
    projector.goto(f"{EDITION}stage/day/")
    expect(projector.locator(".stage-body article.is-now h3").first).to_be_visible()
    # Each has its stream by now.
    for page in (phone, facilitator, projector):
        page.wait_for_function("document.querySelector('[data-push-started]') !== null")
    projector.wait_for_timeout(1_000)

    organiser.goto(f"{DESK}late/")
    expect(organiser.get_by_role("heading", level=1)).to_have_text("15 minutes later from here")
    expect(organiser.locator(".late-table tbody tr").first).to_be_visible()
    assert violations(organiser) == []
    told = organiser.locator(".late-apply .notice span").first.inner_text()
    assert told.startswith("The programme runs 15 minutes late from 14:10.")
    moved = [
        (row.locator("th").inner_text().split("\n")[0], row.locator("td").nth(1).inner_text()[:5])
        for row in organiser.locator(".late-table tbody tr").all()
    ]
    organiser.get_by_role("button", name="Move the day and tell everybody").click()
    expect(organiser.locator(".toast.success")).to_contain_text("is published, and everybody reads it now")
    began = time.monotonic()

    expect(projector.locator(".stage-told")).to_contain_text("15 minutes late from 14:10", timeout=WITHIN_MS)
    for page in (phone, facilitator):
        expect(page.locator(".my-told").first).to_contain_text(
            "15 minutes late from 14:10", timeout=WITHIN_MS
        )
    assert time.monotonic() - began < WITHIN_MS / 1000

    # What the desk announced stands on the telephone, on the screen and in the calendar.
    title, start = next((title, start) for title, start in moved if minutes(start) > minutes("14:10"))
    expect(phone.locator(".my-line", has_text=title).locator(".clock").first).to_contain_text(start)
    expect(projector.locator(".stage-body article", has_text=title).first).to_contain_text(start)
    after = starts_in(phone.request.get(feed).text())
    later = {key: minutes(after[key]) - minutes(before[key]) for key in before if key in after}
    # Rounds of groups share the longer session among themselves; all else keeps its length.
    assert {by for key, by in later.items() if not key.startswith("group")} <= {0, 15}
    assert all(0 <= by <= 15 for by in later.values())
    assert 15 in later.values()
    programme = open_browser(language="en")
    programme.goto(f"{EDITION}changes/")
    expect(programme.locator("main")).to_contain_text("The programme runs 15 minutes late from 14:10.")
    # Told once: one message, also on a page that is opened anew.
    phone.reload()
    expect(phone.locator(".my-told", has_text="15 minutes late from 14:10")).to_have_count(1)
    assert violations(phone) == []
    assert violations(projector) == []
    set_hour(organiser, "13:42")


def test_the_desk_of_the_day_speaks_and_lets_a_clock_run(as_role: Callable[..., Page], open_browser: Open):
    facilitator = english(as_role("facilitator", language="en"))
    phone = english(as_role("participant", size="phone", language="en"))
    projector = open_browser(size="wall", theme="dark", language="en")
    phone.goto(f"{EDITION}my/")
    projector.goto(f"{EDITION}stage/day/")
    for page in (phone, projector):
        page.wait_for_function("document.querySelector('[data-push-started]') !== null")
    projector.wait_for_timeout(1_000)
    facilitator.goto(f"{DESK}day/")
    assert violations(facilitator) == []

    facilitator.get_by_label("To", exact=True).select_option("everybody")
    facilitator.get_by_label("Message").fill("Please come back to the hall.")
    facilitator.get_by_role("button", name="Put it on their pages").click()
    facilitator.get_by_label("Minutes", exact=True).fill("20")
    facilitator.get_by_label("What for").fill("Group work")
    facilitator.get_by_role("button", name="Start the clock").click()

    expect(phone.locator(".my-told", has_text="Please come back to the hall.")).to_be_visible(
        timeout=WITHIN_MS
    )
    expect(phone.locator(".my-clock b")).to_have_text(re.compile(r"^(20:00|19:\d\d)$"), timeout=WITHIN_MS)
    expect(projector.locator(".stage-countdown b")).to_have_text(
        re.compile(r"^(20:00|19:\d\d)$"), timeout=WITHIN_MS
    )
    heights = projector.evaluate(
        """() => [...document.querySelectorAll("#stage h1, #stage h2, #stage h3, #stage p, #stage b")]
             .filter((each) => each.textContent.trim())
             .map((each) => parseFloat(getComputedStyle(each).fontSize) / innerHeight)"""
    )
    assert min(heights) >= 1 / 30
    facilitator.get_by_role("button", name="Stop").click()
    expect(projector.locator(".stage-countdown")).to_have_count(0, timeout=WITHIN_MS)
    facilitator.locator("li", has_text="Please come back").get_by_role(
        "button", name="Take it off"
    ).first.click()
    expect(projector.locator(".stage-told", has_text="Please come back")).to_have_count(0, timeout=WITHIN_MS)


def test_the_day_folder_is_downloaded(as_role: Callable[..., Page]):
    organiser = english(as_role("organiser", language="en"))
    organiser.goto(f"{DESK}day/")
    organiser.locator("summary", has_text="Day folder").click()

    with organiser.expect_download() as waiting:
        organiser.get_by_role("link", name="PDF, to print").click()

    assert waiting.value.suggested_filename == "cba-2-torino-2023-09-21.pdf"
