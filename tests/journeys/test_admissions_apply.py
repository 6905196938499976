"""A manager applies in Italian on a phone, with the draft kept; a reviewer scores by keyboard."""

import re
from collections.abc import Callable
from datetime import date
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.journeys.accessibility import violations


def open_call(page: Page, *, first_day: date = date(2031, 9, 8), closes_on: date = date(2031, 5, 1)) -> str:
    """An edition of the journey's own with an open call, its questions, criteria and a reviewer."""
    slug = f"journey-{uuid4().hex[:8]}"
    page.goto("/academy/new/edition/?lang=en")
    page.locator("[name='name_en']").fill("Edition of a call")
    page.locator("[name='slug']").fill(slug)
    page.locator("[name='number']").fill(str(int(slug[8:11], 16) % 900 + 50))
    page.locator("[name='first_day']").fill(first_day.isoformat())
    page.get_by_role("button", name="Make the edition").click()
    expect(page).to_have_url(re.compile(f"/academy/{slug}/desk/"))
    page.goto(f"/academy/{slug}/desk/edition/")
    page.locator("[name='state'][value='unlisted']").check()
    page.get_by_role("button", name="Change who sees it").click()
    page.goto(f"/academy/{slug}/desk/call/")
    page.locator("[name='title_en']").fill("Thirty places for cluster managers")
    page.locator("[name='title_it']").fill("Trenta posti per cluster manager")
    page.locator("[name='text_en']").fill("For people who run a cluster.")
    page.locator("[name='opens_on']").fill("2024-01-10T09:00")
    page.locator("[name='closes_on']").fill(f"{closes_on.isoformat()}T18:00")
    page.get_by_role("button", name="Save call").click()
    page.get_by_role("button", name="Take the ready-made questions").click()
    page.get_by_role("button", name="Publish call").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The call is open")
    page.goto(f"/academy/{slug}/desk/team/")
    page.locator("[name='email']").fill("reviewer@demonstration.invalid")
    page.locator("[name='role']").select_option("reviewer")
    page.get_by_role("button", name="Invite", exact=True).click()
    page.goto(f"/academy/{slug}/desk/reviews/")
    page.get_by_role("button", name="Take the usual criteria").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No reviews are assigned yet")
    return slug


def go_on(page: Page) -> None:
    page.get_by_role("button", name="Salva e continua").click()


def expect_step(page: Page, slug: str) -> None:
    expect(page).to_have_url(re.compile(f"/{slug}/$"))


def expect_to_fit(page: Page) -> None:
    """Nothing is wider than the phone."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def apply_in_italian(phone: Page, slug: str) -> None:
    """All steps of an application, with the draft kept on the way."""
    # In whose name: an own organisation is offered, another is found by typing.
    phone.goto(f"/academy/{slug}/apply/?lang=it")
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Il bando è aperto")
    phone.get_by_role("link", name="Inizia una candidatura").click()
    phone.locator("[name='find']").press_sequentially("mesap")
    expect(phone.locator("#found").get_by_text("MESAP").first).to_be_visible()
    phone.get_by_role("radio", name=re.compile("Sistema Poli")).check()
    expect_to_fit(phone)
    assert violations(phone) == []
    go_on(phone)

    expect_step(phone, "candidate")
    go_on(phone)
    expect_step(phone, "profile")
    phone.get_by_role("combobox", name="Lingue in cui lavora la persona candidata").fill("ital")
    phone.get_by_role("option", name="Italiano").click()
    phone.get_by_role("radio", name=re.compile("^Matura")).check()
    go_on(phone)

    # What is typed is kept by itself: a page that is lost comes back with it.
    expect_step(phone, "challenge")
    phone.locator("[name='challenge_title']").press_sequentially("Soci che tacciono")
    expect(phone.locator("#saved")).to_contain_text("Salvato alle")
    phone.locator("[name='challenge']").press_sequentially("Un terzo non risponde mai.")
    with phone.expect_response(re.compile("/challenge/draft/$")):
        pass
    phone.reload()
    expect(phone.locator("[name='challenge']")).to_have_value("Un terzo non risponde mai.")
    expect_to_fit(phone)
    go_on(phone)

    # The call's own questions; one appears with the answer it hangs on.
    expect_step(phone, "questions-1")
    phone.get_by_role("radio", name="Da 100 a 299").check()
    phone.locator("[name='q-experience'][value='4']").check(force=True)
    go_on(phone)
    expect_step(phone, "questions-2")
    phone.locator("[name='q-expectations']").fill("Un piano per i prossimi dodici mesi.")
    expect(phone.locator("[name='q-practice-story']")).to_be_hidden()
    phone.locator("[name='q-practice'][value='yes']").check()
    phone.locator("[name='q-practice-story']").fill("Visite fra soci, due all'anno.")
    phone.locator("[name='q-days'][value='yes']").check()
    phone.locator("[name='q-consent']").check()
    go_on(phone)

    expect_step(phone, "sending")
    expect(phone.get_by_role("heading", level=1)).to_have_text("Pronta da inviare")
    assert violations(phone) == []
    phone.get_by_role("button", name="Invia la candidatura").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("La candidatura 1 è inviata")
    expect(phone.locator(".stages [aria-current='step']")).to_contain_text("Inviata")
    expect_to_fit(phone)
    assert violations(phone) == []


def test_a_manager_applies_in_italian_on_a_phone_and_is_reviewed(as_role: Callable[..., Page]) -> None:
    desk = as_role("organiser")
    slug = open_call(desk)
    apply_in_italian(as_role("officer", size="phone", language="it"), slug)

    # The desk hands it out, the reviewer scores with four digits.
    desk.goto(f"/academy/{slug}/desk/reviews/")
    desk.locator("[name='reviews_per_application']").fill("1")
    desk.get_by_role("button", name="Save rules").click()
    desk.get_by_role("button", name="Assign reviews").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("0 of 1 reviews are given")
    reviewer = as_role("reviewer")
    reviewer.goto(f"/academy/{slug}/reviews/?lang=en")
    reviewer.get_by_role("link", name="Review the first").click()
    expect(reviewer.get_by_text("Un terzo non risponde mai.")).to_be_visible()
    assert violations(reviewer) == []
    for digit in "5434":
        reviewer.keyboard.press(digit)
    reviewer.keyboard.press("Control+Enter")
    expect(reviewer.get_by_role("heading", level=1)).to_have_text("You have reviewed everything")

    desk.goto(f"/academy/{slug}/desk/applications/")
    expect(desk.get_by_role("row", name=re.compile("Sistema Poli"))).to_contain_text("77.5")
    assert violations(desk) == []
    desk.get_by_role("link", name=re.compile("Sistema Poli")).click()
    expect(desk.get_by_text("Visite fra soci, due all'anno.")).to_be_visible()
    assert violations(desk) == []


def test_applying_needs_no_script(as_role: Callable[..., Page]) -> None:
    slug = open_call(as_role("organiser"))
    page = as_role("officer", scripts=False)

    page.goto(f"/academy/{slug}/apply/new/?lang=en")
    page.locator("[name='find']").fill("mesap")
    page.get_by_role("button", name="Search", exact=True).click()
    page.get_by_role("radio", name=re.compile("MESAP")).first.check()
    page.get_by_role("button", name="Save and continue").click()
    page.get_by_role("button", name="Save and continue").click()
    page.locator("[name='languages']").select_option("it")
    page.get_by_role("button", name="Save and stay").click()

    expect(page.locator("[name='languages']")).to_have_values(["it"])
    expect(page.locator("#toasts")).to_contain_text("Saved at")
