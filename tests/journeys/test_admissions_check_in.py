"""Check-in in a real browser: helpers' stations with network and without, a camera, the screen, the desk."""

import io
import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
import segno
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.accessibility import faults, faults_at, violations
from tests.journeys.browser import find_chromium

EDITION = "/academy/cba-2-torino/"
DESK = f"{EDITION}desk/"
DAY = "Thursday 21 September 2023"

Open = Callable[..., Page]


@pytest.fixture
def organiser(open_browser: Open, take_role: Callable[[Page, str], None]) -> Page:
    page = open_browser(language="en")
    take_role(page, "organiser")
    page.goto(f"{DESK}presence/?lang=en")
    return page


@pytest.fixture
def own_code(open_browser: Open, take_role: Callable[[Page, str], None]) -> str:
    """The entry code of the demonstration's participant, as the page of their place shows it."""
    page = open_browser(size="phone", language="en")
    take_role(page, "participant")
    page.goto(f"{EDITION}place/?lang=en")
    expect(page.get_by_role("img", name="QR of your entry code").locator("svg")).to_be_visible()
    return page.locator(".entry-code-letters").inner_text().strip()


def make_station(organiser: Page, name: str) -> str:
    """A station for the first day in Torino, as the address of its link."""
    organiser.goto(f"{DESK}presence/stations/")
    organiser.get_by_label("Name of the station").fill(name)
    day = organiser.locator("select[name=where] option", has_text=DAY).first.get_attribute("value")
    organiser.locator("select[name=where]").evaluate(
        "(select, value) => { select.value = value; select.dispatchEvent(new Event('change')); }", day
    )
    organiser.get_by_role("button", name="Make the link").click()
    expect(organiser.get_by_role("heading", name=name, exact=True)).to_be_visible()
    shown = organiser.locator(".station-link code").inner_text()
    return "/" + shown.split("://", 1)[1].split("/", 1)[1]


def open_station(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-station-ready]")


def type_code(page: Page, code: str) -> None:
    page.locator("#id_code").fill(code)
    page.locator("#id_code").press("Enter")


def names_not_in(page: Page, address: str, most: int) -> list[str]:
    """Some who are on the list and not in yet."""
    told = page.request.get(f"{address}people.json").json()
    present = {key for key, _moment, _own in told["present"]}
    return [person["name"] for person in told["people"] if person["key"] not in present][:most]


def tick(page: Page, name: str) -> None:
    page.locator("#station-search").fill(name)
    page.locator("#station-found li", has_text=name).first.get_by_role("button").click()
    expect(page.locator("#answer-name")).to_have_text(name)


def test_somebody_comes_in_at_one_station_and_is_known_at_the_other(organiser, own_code, open_browser):
    first_name = f"Front door {uuid4().hex[:4]}"
    front, garden = make_station(organiser, first_name), make_station(organiser, "Garden gate")
    phone = open_browser(size="phone", language="it")
    other = open_browser(size="phone", theme="dark", language="en")

    open_station(phone, front)
    type_code(phone, own_code)
    expect(phone.locator("#station-answer")).to_have_attribute("data-outcome", re.compile("in|again"))
    expect(phone.locator("#answer-head")).to_have_text(re.compile("Presenza registrata|Già presente"))
    name = phone.locator("#answer-name").inner_text()

    open_station(other, garden)
    type_code(other, own_code.lower().replace("-", " "))
    expect(other.locator("#station-answer")).to_have_attribute("data-outcome", "again")
    expect(other.locator("#answer-name")).to_have_text(name)
    expect(other.locator("#answer-detail")).to_have_text(re.compile(r"In since \d\d:\d\d, seen at"))
    type_code(other, "FILIERA:ABCDEFGHJKMN")
    expect(other.locator("#station-answer")).to_have_attribute("data-outcome", "refused")
    expect(other.locator("#answer-head")).to_have_text("Cannot come in")
    assert violations(phone) == []
    assert violations(other) == []

    # The second scan is no second presence, and the desk knows of it.
    organiser.goto(f"{DESK}presence/")
    organiser.locator("h2 a", has_text=DAY).click()
    line = organiser.locator("tr", has_text=name)
    expect(line).to_have_count(1)
    expect(line).to_contain_text("again at")
    assert violations(organiser) == []


def test_a_station_works_without_network_and_loses_nothing(organiser, open_browser):
    address = make_station(organiser, "Back door")
    phone = open_browser(size="phone", language="en")
    open_station(phone, address)
    mistaken, first, second = names_not_in(phone, address, 3)
    is_in = int(phone.locator("#station-in").inner_text())
    phone.wait_for_function("navigator.serviceWorker.controller !== null")
    # The worker needs a moment to lay aside what the page is made of.
    phone.wait_for_function(
        """async () => (await (await caches.open("filiera-station-1")).keys())
             .some((request) => request.url.endsWith("station/station.js"))"""
    )

    phone.context.set_offline(True)
    tick(phone, mistaken)
    phone.get_by_role("button", name="Undo").click()
    tick(phone, first)
    expect(phone.locator("#station-answer")).to_have_attribute("data-outcome", "in")
    tick(phone, second)
    type_code(phone, "ABCD-EFGH-JKMN")
    expect(phone.locator("#answer-head")).to_have_text("Kept until there is network")
    expect(phone.locator("#station-network")).to_have_attribute("data-state", "offline")
    expect(phone.locator("#network-words")).to_have_text("No network. 3 scans are kept here and sent later.")

    # Even a page that is opened anew knows its list and its scans.
    phone.reload()
    phone.wait_for_selector("html[data-station-ready]")
    expect(phone.locator("#station-in")).to_have_text(str(is_in + 2))
    expect(phone.locator("#station-network")).to_have_attribute("data-waiting", "3")
    tick_again = phone.locator("#station-search")
    tick_again.fill(first)
    expect(phone.locator("#station-found li", has_text=first).first).to_contain_text("in since")
    assert violations(phone) == []

    phone.context.set_offline(False)
    expect(phone.locator("#station-network")).to_have_attribute("data-waiting", "0", timeout=30_000)
    expect(phone.locator("#station-network")).to_have_attribute("data-state", "online")
    expect(phone.locator("#station-refused-box")).to_contain_text("This code is not known")
    told = phone.request.get(f"{address}people.json").json()
    names = {person["key"]: person["name"] for person in told["people"]}
    mine = {names[key] for key, _moment, is_own in told["present"] if is_own}
    assert mine == {first, second}


def test_a_station_that_has_ended_forgets_its_list(organiser, open_browser):
    address = make_station(organiser, "Side door")
    phone = open_browser(size="phone", language="en")
    open_station(phone, address)
    name = names_not_in(phone, address, 1)[0]

    organiser.get_by_role("button", name="End the link").click()
    tick_after_the_end(phone, name)

    expect(phone.locator("#station-over")).to_be_visible()
    kept = phone.evaluate(
        """() => new Promise((resolve) => {
             const opening = indexedDB.open("filiera-station");
             opening.onsuccess = () => {
               const asked = opening.result.transaction("lists").objectStore("lists").count();
               asked.onsuccess = () => resolve(asked.result);
             };
           })"""
    )
    assert kept == 0
    phone.goto(address)
    expect(phone.get_by_role("heading", name="This station has ended")).to_be_visible()
    assert violations(phone) == []


def test_what_waits_when_the_link_ends_is_sent_all_the_same(organiser, open_browser):
    address = make_station(organiser, "Late door")
    phone = open_browser(size="phone", language="en")
    open_station(phone, address)
    name = names_not_in(phone, address, 1)[0]
    phone.context.set_offline(True)
    tick(phone, name)

    # The phone is put away; meanwhile the desk ends the link.
    phone.goto("about:blank")
    organiser.get_by_role("button", name="End the link").click()
    phone.context.set_offline(False)
    phone.goto(address)

    expect(phone.locator("#station-waiting")).to_contain_text("1")
    organiser.goto(f"{DESK}presence/")
    organiser.locator("h2 a", has_text=DAY).click()
    expect(organiser.locator("tr", has_text=name)).to_contain_text("Late door")


def tick_after_the_end(page: Page, name: str) -> None:
    page.locator("#station-search").fill(name)
    page.locator("#station-found li", has_text=name).first.get_by_role("button").click()


def test_a_station_without_script_answers_too(organiser, open_browser):
    address = make_station(organiser, "Old phone")
    phone = open_browser(size="phone", language="en", scripts=False)
    phone.goto(address)
    phone.get_by_label("Code on the badge").fill("nonsense")
    phone.get_by_role("button", name="Check in").first.click()

    expect(phone.locator("#answer-head")).to_have_text("Cannot come in")
    expect(phone.locator("#answer-detail")).to_contain_text("This code is not known")


def test_the_camera_reads_a_badge(organiser, own_code, demonstration, tmp_path: Path):
    address = make_station(organiser, "Camera")
    film = tmp_path / "badge.mjpeg"
    film.write_bytes(picture_of(f"FILIERA:{own_code.replace('-', '')}") * 30)

    # A browser of its own: what its camera sees is said when it starts.
    with_camera = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
        "--no-sandbox",
    ]
    browser = organiser.context.browser.browser_type.launch(executable_path=find_chromium(), args=with_camera)
    try:
        page = browser.new_page(
            base_url=f"http://localhost:{demonstration.port}",
            locale="en-GB",
            viewport={"width": 360, "height": 740},
        )
        open_station(page, address)
        page.get_by_role("button", name="Scan with the camera").click()
        expect(page.locator("#station-answer")).to_have_attribute(
            "data-outcome", re.compile("^(in|again)$"), timeout=20_000
        )
        page.get_by_role("button", name="Stop the camera").click()
        expect(page.locator("#station-camera")).to_be_hidden()

        # A camera that is pulled out, or taken by another program.
        page.get_by_role("button", name="Scan with the camera").click()
        expect(page.locator("#station-camera")).to_be_visible()
        page.locator("#station-video").evaluate(
            "(video) => video.srcObject.getVideoTracks()[0].dispatchEvent(new Event('ended'))"
        )
        expect(page.locator("#camera-says")).to_contain_text("The camera was lost")
    finally:
        browser.close()


def test_without_camera_the_station_says_what_to_do(organiser, open_browser):
    address = make_station(organiser, "No camera")
    phone = open_browser(size="phone", language="en")
    open_station(phone, address)

    phone.get_by_role("button", name="Scan with the camera").click()

    expect(phone.locator("#camera-says")).to_contain_text("type the code", ignore_case=True)
    assert violations(phone) == []


def picture_of(text: str) -> bytes:
    """A frame of a film in which somebody holds a badge before the camera."""
    drawn = io.BytesIO()
    segno.make(text, error="m").save(drawn, kind="png", scale=10, border=4)
    badge = Image.open(drawn).convert("RGB")
    frame = Image.new("RGB", (640, 480), (90, 95, 105))
    frame.paste(badge.resize((320, 320)), (160, 80))
    written = io.BytesIO()
    frame.save(written, "JPEG", quality=92)
    return written.getvalue()


def test_pages_of_check_in_stand_still_for_every_reader(open_browser, take_role):
    page = open_browser(language="en")
    take_role(page, "organiser")

    page.goto(f"{DESK}?lang=en")

    pages = ("presence/stations/", "presence/badges/", "presence/")
    found = faults_at(page, [f"{DESK}{path}" for path in pages])
    page.locator("tbody a").first.click()
    found["session"] = faults(page)
    page.get_by_role("link", name="Code for the screen").click()
    expect(page.locator("#screen")).to_be_visible()
    found["screen"] = faults(page)
    found |= faults_at(page, [f"{EDITION}here/"])

    assert {path: what for path, what in found.items() if what} == {}
