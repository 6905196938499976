"""My academy on a telephone: with network, without, and gone with whoever signs out."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.accessibility import violations

MY = "/academy/cba-2-torino/my/"
KEPT = """async () => (await caches.keys()).filter((name) => name.startsWith("filiera-own-"))"""


def until(page: Page, script: str) -> None:
    """Ask again until the page answers with yes: what a worker does is told by no event."""
    for _attempt in range(100):
        if page.evaluate(script):
            return
        page.wait_for_timeout(100)
    raise AssertionError(script)


def open_kept(page: Page) -> None:
    """The page, once the telephone has laid it aside with all it is made of."""
    page.goto("/?lang=en")
    page.goto(MY)
    page.wait_for_selector("html[data-kept]")
    until(
        page,
        """async () => {
             for (const name of await caches.keys()) {
               const kept = (await (await caches.open(name)).keys()).map((request) => request.url);
               const has = (part) => kept.some((url) => url.includes(part));
               if (kept.some((url) => url.endsWith("/my/")) && has("own_page")) return true;
             }
             return false;
           }""",
    )


def test_ones_own_day_opens_without_network(as_role: Callable[..., Page]):
    phone = as_role("participant", size="phone", language="en")
    open_kept(phone)
    expect(phone.get_by_role("heading", level=1)).to_have_text("My academy")
    shown = phone.locator(".my-now").inner_text()
    assert violations(phone) == []

    phone.context.set_offline(True)
    phone.goto("about:blank")
    phone.goto(MY)

    expect(phone.locator("#my-kept")).to_be_visible()
    assert phone.locator(".my-now").inner_text() == shown
    # It looks as it did: its styles were kept too.
    assert (
        phone.locator(".my-card").first.evaluate("(card) => getComputedStyle(card).borderInlineStartWidth")
        == "4px"
    )
    phone.context.set_offline(False)
    phone.reload()
    expect(phone.locator("#my-kept")).to_be_hidden()


def test_nothing_is_kept_after_signing_out(as_role: Callable[..., Page]):
    phone = as_role("participant", size="phone", language="en")
    open_kept(phone)
    assert len(phone.evaluate(KEPT)) == 1

    phone.goto("/accounts/logout/")
    phone.get_by_role("button", name="Sign out").click()
    phone.wait_for_load_state()
    until(phone, f"async () => (await ({KEPT})()).length === 0")

    phone.goto(MY)
    expect(phone).not_to_have_url(MY)


def test_whoever_signs_in_next_finds_nothing_of_the_one_before(
    as_role: Callable[..., Page], take_role: Callable[[Page, str], None]
):
    phone = as_role("participant", size="phone", language="en")
    open_kept(phone)
    mark = phone.evaluate(KEPT)

    take_role(phone, "facilitator")
    phone.goto("/")
    until(phone, f"async () => (await ({KEPT})()).length === 0")
    open_kept(phone)

    assert phone.evaluate(KEPT) != mark
    assert len(phone.evaluate(KEPT)) == 1
    phone.context.set_offline(True)
    phone.reload()
    expect(phone.locator("main")).to_contain_text("Facilitator")


def test_without_script_the_page_tells_the_same(as_role: Callable[..., Page]):
    phone = as_role("participant", size="phone", language="en", scripts=False)

    phone.goto(MY)

    expect(phone.locator(".my-now")).to_be_visible()
    expect(phone.locator("details[open] .my-line").first).to_be_visible()
