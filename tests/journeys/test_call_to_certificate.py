"""The whole way of one manager, from the call to the certificate that a stranger verifies."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from openbadgeslib.ob3 import OB3Verifier
from playwright.sync_api import Page, expect

from tests.journeys.accessibility import violations
from tests.journeys.test_admissions_apply import apply_in_italian, open_call
from tests.journeys.test_admissions_check_in import open_station, type_code
from tests.journeys.test_credentials_certificate import key_of

AsRole = Callable[..., Page]
# The second part of the packaged academy begins eleven weeks after the first.
UNTIL_SECOND_PART = timedelta(weeks=11)
NAME = "Chiara Galli"


def test_from_the_call_to_a_certificate_that_a_stranger_verifies(
    as_role: AsRole, open_browser: Callable[..., Page]
) -> None:
    today = date.today()
    tomorrow = today + timedelta(days=1)
    desk = as_role("organiser")
    # A day that is over takes no more changes: both days in person are to come, at any hour.
    slug = open_call(desk, first_day=tomorrow - UNTIL_SECOND_PART, closes_on=tomorrow)

    phone = as_role("officer", size="phone", language="it")
    apply_in_italian(phone, slug)
    review(as_role("reviewer"), desk, slug)
    select(desk, slug)
    confirm_and_say_how(phone, slug)
    check_in_at_two_stations(phone, desk, open_browser, slug)
    answer_the_survey(phone, desk, slug, today)
    certify(desk, slug)
    take_along_and_verify(phone, open_browser, slug)


def review(reviewer: Page, desk: Page, slug: str) -> None:
    desk.goto(f"/academy/{slug}/desk/reviews/")
    desk.locator("[name='reviews_per_application']").fill("1")
    desk.get_by_role("button", name="Save rules").click()
    desk.get_by_role("button", name="Assign reviews").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("0 of 1 reviews are given")
    reviewer.goto(f"/academy/{slug}/reviews/?lang=en")
    reviewer.get_by_role("link", name="Review the first").click()
    reviewer.wait_for_url(re.compile(r"/reviews/\d+/"))
    reviewer.wait_for_load_state()
    for digit in "5434":
        reviewer.keyboard.press(digit)
    reviewer.keyboard.press("Control+Enter")
    expect(reviewer.get_by_role("heading", level=1)).to_have_text("You have reviewed everything")


def select(desk: Page, slug: str) -> None:
    """One application, one place: selected with its reason, told after the mails were looked at."""
    desk.goto(f"/academy/{slug}/desk/call/")
    desk.get_by_role("button", name="Close call").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("The call is closed")
    desk.goto(f"/academy/{slug}/desk/selection/")
    desk.get_by_role("button", name="Begin the selection").click()
    desk.get_by_role("button", name="Propose the best cohort").click()
    expect(desk.locator("#board tbody tr", has_text=NAME)).to_contain_text("In on score: first of 1.")
    desk.goto(f"/academy/{slug}/desk/selection/mails/")
    desk.get_by_role("link", name="Send 1 mail").click()
    desk.get_by_role("button", name="Send 1 mail").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Sent on")


def confirm_and_say_how(phone: Page, slug: str) -> None:
    phone.goto(f"/academy/{slug}/place/")
    phone.get_by_role("button", name="Prendo il posto").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(f"{NAME}, il tuo posto è confermato")
    days = phone.locator("#days .modes")
    days.nth(-2).get_by_text("In presenza", exact=True).click()
    days.nth(-1).get_by_text("Online", exact=True).click()
    phone.get_by_role("button", name="Salva i miei giorni").click()
    expect(phone.locator("#toasts")).to_contain_text("I tuoi giorni sono salvati")
    assert violations(phone) == []


def check_in_at_two_stations(phone: Page, desk: Page, open_browser: Callable[..., Page], slug: str) -> None:
    """In at the first door; the second door knows since when."""
    phone.goto(f"/academy/{slug}/place/")
    code = phone.locator(".entry-code-letters").inner_text().strip()
    front, garden = (make_session_station(desk, slug, name) for name in ("Front door", "Garden gate"))
    helper, other = open_browser(size="phone"), open_browser(size="phone", theme="dark")
    open_station(helper, front)
    type_code(helper, code)
    expect(helper.locator("#station-answer")).to_have_attribute("data-outcome", "in")
    expect(helper.locator("#answer-name")).to_have_text(NAME)
    open_station(other, garden)
    type_code(other, code)
    expect(other.locator("#station-answer")).to_have_attribute("data-outcome", "again")


def make_session_station(desk: Page, slug: str, name: str) -> str:
    desk.goto(f"/academy/{slug}/desk/presence/stations/")
    desk.get_by_label("Name of the station").fill(name)
    session = desk.locator("select[name=where] option[value^='session']").first.get_attribute("value")
    desk.locator("select[name=where]").evaluate(
        "(select, value) => { select.value = value; select.dispatchEvent(new Event('change')); }", session
    )
    desk.get_by_role("button", name="Make the link").click()
    expect(desk.get_by_role("heading", name=name, exact=True)).to_be_visible()
    shown = desk.locator(".station-link code").inner_text()
    return "/" + shown.split("://", 1)[1].split("/", 1)[1]


def answer_the_survey(phone: Page, desk: Page, slug: str, today: date) -> None:
    desk.goto(f"/academy/{slug}/desk/forms/new/?lang=en")
    desk.get_by_label("Survey", exact=True).check()
    desk.get_by_label(re.compile("^Looking back on the academy")).check()
    desk.get_by_role("button", name="Make the form").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text("Looking back on the academy")
    desk.goto(f"/academy/{slug}/desk/surveys/new/")
    desk.locator("[name='subject'][value='edition']").check()
    desk.locator("[name='opens_at']").fill(f"{today.isoformat()}T00:00")
    with desk.expect_response(re.compile("/desk/surveys/new/")):
        desk.get_by_role("button", name="Save survey").click()
    phone.goto(f"/academy/{slug}/surveys/")
    phone.get_by_role("link", name=re.compile("^Rispondi ora")).first.click()
    expect(phone.locator(".scale").first).to_be_visible()
    for scale in phone.locator(".scale").all():
        scale.get_by_role("radio").nth(3).check(force=True)
    phone.get_by_role("button", name="Invia le mie risposte").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Grazie")


def certify(desk: Page, slug: str) -> None:
    desk.goto(f"/academy/{slug}/desk/certificates/new/")
    desk.locator("#id_name_en").fill("A day of the academy")
    desk.get_by_label("Days present, at least").fill("1")
    desk.get_by_role("button", name="Save, and see who gets it").click()
    desk.get_by_role("button", name=re.compile("^Issue")).first.click()
    expect(desk.locator("tr", has_text=NAME).locator("a .code")).to_be_visible()


def take_along_and_verify(phone: Page, open_browser: Callable[..., Page], slug: str) -> None:
    """As the holder has them; a stranger verifies the certificate by its code, a library the badge."""
    phone.goto(f"/academy/{slug}/my/certificate/")
    code = phone.locator(".code").first.inner_text()
    paper = phone.locator("a[href$='certificate-it.pdf']").first.get_attribute("href") or ""
    assert phone.request.get(paper).body().startswith(b"%PDF-")
    picture = phone.locator("a[href$='badge.png']").first.get_attribute("href") or ""
    stranger = open_browser(size="phone")
    stranger.goto("/verify/?lang=en")
    stranger.get_by_label("Code").fill(code)
    stranger.get_by_role("button", name="Verify").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This certificate is valid")
    expect(stranger.locator(".holder-name")).to_have_text(NAME)
    token = OB3Verifier.extract_token_from_png(stranger.request.get(picture).body())
    document = stranger.request.get("/.well-known/did.json").json()
    assert OB3Verifier(key_of(document)).verify(token).achievement.name.startswith("A day of the academy")
