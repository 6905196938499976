"""Somebody makes an account, confirms it, adds a passkey and comes back with it alone."""

import re
import time
from collections.abc import Callable
from email import message_from_bytes, policy
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.config.serving import Serving
from tests.journeys.accessibility import faults_at, violations

PASSWORD = "correct horse battery staple"
OWN_PAGES = (
    "/accounts/profile/",
    "/accounts/preferences/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/accounts/tokens/",
    "/accounts/consents/",
    "/accounts/mails/",
    "/accounts/data/",
)


def link_in_mail(folder: Path, address: str, within_s: float = 20, leading_to: str = "") -> str:
    """The first such link in the newest mail to an address, as the outbox's job wrote it to the folder."""
    give_up_at = time.monotonic() + within_s
    while time.monotonic() < give_up_at:
        for path in sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True):
            for written in path.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
                mail = message_from_bytes(written.lstrip(), policy=policy.default)
                body = mail.get_body(("plain",))
                if mail["To"] == address and body is not None:
                    found = re.search(rf"https?://\S+{leading_to}\S+", body.get_content())
                    if found:
                        return found[0]
        time.sleep(0.2)
    raise AssertionError(f"No mail to {address} came within {within_s} s.")


def add_virtual_key(page: Page) -> None:
    """A key that lives in the browser and answers at once, as a phone does after a fingerprint."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_sign_up_confirm_add_a_passkey_and_come_back_with_it(
    open_browser: Callable[..., Page], demonstration: Serving
) -> None:
    page = open_browser()
    add_virtual_key(page)

    page.goto("/accounts/signup/")
    page.get_by_label("Name").fill("Ada Rossi")
    page.get_by_label("Email").fill("Ada.Rossi@Example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="One mail to go")).to_be_visible()

    page.goto(link_in_mail(demonstration.folder / "mail", "ada.rossi@example.org"))
    confirming = page.url
    page.get_by_role("button", name="Confirm the address").click()
    page.wait_for_url(lambda address: address != confirming)
    if "/accounts/login/" in page.url:
        page.get_by_label("Email").fill("ada.rossi@example.org")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Add a key").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("Name of the key").fill("Phone")
    page.get_by_role("button", name="Add the key").click()
    # The browser asks the key first and sends the form after that.
    page.wait_for_url(lambda address: not address.endswith("/webauthn/add/"))
    page.goto("/accounts/2fa/webauthn/")
    expect(page.get_by_role("row", name="Phone")).to_contain_text("passkey")

    page.goto("/accounts/logout/")
    page.get_by_role("button", name="Sign out").click()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(re.compile(r"^http://localhost:\d+/$"))
    page.goto("/accounts/profile/")
    expect(page.get_by_role("heading", name="Ada Rossi")).to_be_visible()


def test_pages_of_the_account_are_accessible(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None]
) -> None:
    page = open_browser(language="it")
    take_role(page, "participant")

    assert faults_at(page, OWN_PAGES) == {}


def test_profile_is_edited_without_scripts(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None]
) -> None:
    page = open_browser(scripts=False, size="phone")
    take_role(page, "reviewer")
    page.goto("/accounts/profile/")

    page.get_by_role("textbox", name="Links").fill("not an address")
    page.get_by_role("button", name="Save the profile").click()
    expect(page.get_by_text("is not an address such as").first).to_be_visible()
    page.get_by_role("textbox", name="Links").fill("https://example.org/reviewer")
    page.get_by_role("button", name="Save the profile").click()

    expect(page.get_by_text("Your profile is saved.").first).to_be_visible()
    expect(page.get_by_role("textbox", name="Links")).to_have_value("https://example.org/reviewer")


def test_another_role_is_taken_by_one_click(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None]
) -> None:
    page = open_browser()
    take_role(page, "organiser")
    take_role(page, "company")
    page.goto("/accounts/profile/")

    expect(page.get_by_text("company@demonstration.invalid")).to_be_visible()


def test_administrator_opens_the_hour_and_invites_another(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None], demonstration: Serving
) -> None:
    page = open_browser(theme="dark", language="it")
    take_role(page, "administrator")
    page.goto("/accounts/administration/")
    found = violations(page)
    page.get_by_role("textbox", name="Motivo").fill("A second pair of eyes")
    page.get_by_role("button", name="Apri la sessione").click()
    expect(page.get_by_role("complementary", name="Amministrazione")).to_contain_text(
        "Tutto ciò che fai viene registrato"
    )
    page.get_by_role("textbox", name="Indirizzo e-mail").fill("second@example.org")
    page.get_by_role("button", name="Invia l’invito").click()
    expect(page.get_by_text("L’invito è partito").first).to_be_visible()
    found += violations(page)
    page.get_by_role("main").get_by_role("button", name="Chiudi la sessione").click()
    expect(page.get_by_role("complementary", name="Amministrazione")).to_have_count(0)

    guest = open_browser(size="phone")
    link = link_in_mail(demonstration.folder / "mail", "second@example.org")
    guest.goto(link)
    found += violations(guest)
    guest.get_by_role("textbox", name="Name").fill("Second One")
    guest.get_by_label("Password").fill(PASSWORD)
    guest.get_by_role("button", name="Make the account and accept").click()
    expect(guest.get_by_text("Welcome, Second One.").first).to_be_visible()
    guest.goto("/accounts/administration/")
    expect(guest.get_by_role("heading", name="Administration", level=1)).to_be_visible()

    late = open_browser()
    answer = late.goto(link)
    found += violations(late)

    assert answer is not None
    assert (answer.status, found) == (410, [])


def test_one_click_becomes_somebody_of_the_demonstration(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.goto("/accounts/demonstration/?lang=en")

    page.locator("form[action$='/accounts/demonstration/organiser/'] button").click()

    expect(page.get_by_text("You look around as Giulia Ferrero")).to_be_visible()


def test_pages_beside_the_account_are_accessible(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None]
) -> None:
    page = open_browser()
    take_role(page, "facilitator")
    addresses = (
        "/accounts/demonstration/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/add/",
        "/accounts/2fa/webauthn/",
        "/accounts/logout/",
    )

    assert faults_at(page, addresses) == {}
