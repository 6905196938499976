"""Trends: put up at the desk, rated on a phone, seen by all when they are closed."""

import re

from playwright.sync_api import expect

from tests.journeys.accessibility import violations

EDITION = "/academy/cba-2-torino/"
# The smallest letters as a share of the screen's height, those of drawings as large as they are drawn.
_SMALLEST = """() => Math.min(...[...document.querySelectorAll("#stage *")]
  .filter(each => [...each.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()))
  .map(each => {
    const drawing = each.ownerSVGElement;
    const scale = drawing ? drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width : 1;
    return parseFloat(getComputedStyle(each).fontSize) * scale;
  })) / innerHeight"""


def test_a_trend_is_put_up_rated_on_a_phone_and_closed(as_role):
    leader, phone = as_role("facilitator"), as_role("participant", size="phone")
    leader.goto(f"{EDITION}desk/trends/new/?lang=en")
    leader.locator("[name=title_en]").fill("Members share machines")
    leader.locator("[name=description_en]").fill("A calendar for test lines.")
    leader.get_by_label("Code").fill("shared-machines")
    leader.get_by_role("button", name="Save the trend").click()
    row = leader.get_by_role("row").filter(has_text="Members share machines")
    row.get_by_role("button", name=re.compile("^Open")).click()
    expect(row.get_by_text("Open for ratings")).to_be_visible()
    assert violations(leader) == []

    phone.goto(f"{EDITION}trends/?lang=en")
    phone.get_by_role("link", name="Members share machines").first.click()
    for question, answer in (
        ("How much would it change", "great"),
        ("How likely is it", "perhaps"),
        ("When does it take effect", "within 2 years"),
        ("How ready is your cluster", "we have begun"),
    ):
        group = phone.get_by_role("group", name=re.compile(question))
        group.get_by_text(answer, exact=True).click()
        expect(phone.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    expect(phone.get_by_text("Saved. All four are said.")).to_be_visible()
    assert violations(phone) == []

    # Loaded again, it is all there.
    phone.reload()
    expect(phone.get_by_role("radio", name="great")).to_be_checked()
    row.get_by_role("button", name=re.compile("^Close")).click()
    phone.reload()
    expect(phone.get_by_text("fewer than five people have rated it")).to_be_visible()
    expect(phone.get_by_role("radio")).to_have_count(0)


def test_what_is_said_without_network_is_saved_when_it_is_back(as_role):
    phone = as_role("participant", size="phone")
    phone.goto(f"{EDITION}trends/?lang=en")
    phone.get_by_role("link", name=re.compile("Members meet on screens")).first.click()
    # With all its scripts: without network none would come any more.
    phone.wait_for_url("**/trends/*/**")
    phone.wait_for_load_state()
    phone.context.set_offline(True)
    phone.get_by_role("group", name=re.compile("How likely")).get_by_text("nearly certain").click()
    expect(phone.get_by_text("No network: it is saved as soon as you are back.")).to_be_visible()

    phone.context.set_offline(False)

    expect(phone.get_by_role("status").filter(has_text="more to say")).to_be_visible(timeout=15_000)
    phone.reload()
    expect(phone.get_by_role("radio", name="nearly certain")).to_be_checked()


def test_results_are_seen_with_their_spread_and_in_parts(as_role):
    reader = as_role("participant")
    reader.goto(f"{EDITION}trends/?lang=en")
    expect(reader.get_by_role("img", name=re.compile("When trends take effect")).first).to_be_visible()
    expect(reader.get_by_role("img", name=re.compile("Likelihood and impact")).first).to_be_visible()
    assert violations(reader) == []

    reader.get_by_role("link", name="Hydrogen beyond the pilot").first.click()
    expect(reader.get_by_role("heading", name=re.compile("people have rated it"))).to_be_visible()
    expect(reader.get_by_text("sees it differently from most").first).to_be_visible()
    reader.get_by_label("By", exact=True).select_option("ecosystem")
    expect(reader.get_by_role("heading", name="In parts")).to_be_visible()
    assert violations(reader) == []


def test_the_hall_sees_the_radar_from_the_back(as_role):
    leader, screen = as_role("facilitator"), as_role("facilitator", size="wall")
    screen.goto(f"{EDITION}stage/trends/radar/?lang=en")
    expect(screen.get_by_role("heading", name="How do you see these trends?")).to_be_visible()
    assert screen.evaluate(_SMALLEST) >= 1 / 30

    leader.goto(f"{EDITION}desk/trends/?lang=en")
    leader.get_by_role("button", name="Close all and show the results").click()
    expect(leader.get_by_role("heading", level=1)).to_have_text("All trends are closed")

    expect(screen.get_by_role("heading", name="When trends take effect")).to_be_visible(timeout=20_000)
    assert screen.evaluate(_SMALLEST) >= 1 / 30
    assert violations(screen) == []
