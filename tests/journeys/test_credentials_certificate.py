"""An organiser certifies somebody, the holder takes certificate and badge along, a stranger verifies both."""

import json
import re
from collections.abc import Callable
from io import BytesIO

import pikepdf
from openbadgeslib.ob3 import OB3Verifier
from playwright.sync_api import Page, expect

from tests.config.serving import Serving
from tests.journeys.accessibility import violations

EDITION = "/academy/cba-2-torino/"
DESK = f"{EDITION}desk/certificates/"
OpenBrowser = Callable[..., Page]


def test_a_certificate_is_issued_taken_along_verified_and_revoked(
    open_browser: OpenBrowser, as_role: OpenBrowser, demonstration: Serving
) -> None:
    desk = as_role("organiser")

    desk.goto(f"{DESK}new/?lang=en")
    desk.locator("#id_name_en").fill("Journey through the academy")
    desk.get_by_label("Days present, at least").fill("30")
    desk.get_by_role("button", name="Save, and see who gets it").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("Nobody waits for this certificate")
    someone = desk.locator("tbody tr").first
    expect(someone).to_contain_text("30 days are needed")
    name = someone.locator(".choice span").inner_text()
    assert violations(desk) == []

    someone.get_by_role("checkbox").check()
    desk.get_by_role("button", name="Issue to those ticked").click()
    expect(desk.locator(".error-summary")).to_contain_text("Say why they get the certificate all the same")
    desk.get_by_label("Reason, where a condition is not met").fill("Built the whole programme.")
    desk.get_by_role("button", name="Issue to those ticked").click()
    code_link = desk.locator("tr", has_text=name).locator("a .code")
    code = code_link.inner_text()
    code_link.click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(f"The certificate of {name} is valid")
    assert violations(desk) == []
    certificate_page = desk.url
    badge_address = desk.locator("img.badge-picture").get_attribute("src") or ""

    stranger = open_browser(size="phone", theme="dark")
    stranger.goto("/verify/")
    stranger.get_by_label("Code").fill(code.lower().replace("-", " "))
    stranger.get_by_role("button", name="Verify").click()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This certificate is valid")
    expect(stranger.locator(".holder-name")).to_have_text(name)
    assert violations(stranger) == []

    picture = stranger.request.get(badge_address)
    token = OB3Verifier.extract_token_from_png(picture.body())
    document = stranger.request.get("/.well-known/did.json").json()
    key = key_of(document)
    credential = OB3Verifier(key).verify(token)
    assert credential.achievement.name == "Journey through the academy (demonstration)"
    paper = stranger.request.get(badge_address.replace("badge.png", "certificate-it.pdf"))
    with pikepdf.open(BytesIO(paper.body())) as pages:
        assert len(pages.pages) == 1

    desk.goto(certificate_page)
    desk.get_by_label("Why it is revoked").fill("It was only for the journey.")
    desk.get_by_role("button", name="Revoke this certificate").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(f"The certificate of {name} is revoked")
    stranger.reload()
    expect(stranger.get_by_role("heading", level=1)).to_have_text("This certificate was revoked")
    assert re.search(r"revocation", refused(stranger, token))


def key_of(document: dict[str, object]) -> bytes:
    """The one key of the issuer, in the form that the independent library takes."""
    from openbadgeslib.ob3.did import _jwk_to_pem

    [method] = document["verificationMethod"]  # type: ignore[misc]
    return _jwk_to_pem(json.loads(json.dumps(method["publicKeyJwk"])))  # type: ignore[index]


def refused(stranger: Page, token: str) -> str:
    """What the independent library says of a badge when it reads the public list."""
    from openbadgeslib.ob3.verifier import OB3VerificationError

    def fetch(address: str) -> bytes:
        return stranger.request.get(address).body()

    verifier = OB3Verifier(key_of(stranger.request.get("/.well-known/did.json").json()))
    try:
        verifier.verify(token, check_status=True, download=fetch)
    except OB3VerificationError as error:
        return str(error)
    return ""
