"""A cluster beside published values and peers in a real browser."""

from playwright.sync_api import expect

from tests.journeys.accessibility import faults

PEERS = "/o/mesap/indicators/peers/"


def test_the_page_of_peers_is_open_to_all_and_tells_its_sources(as_role):
    page = as_role("organiser")
    page.goto(f"{PEERS}?lang=en")

    expect(page.get_by_role("heading", name="Published values")).to_be_visible()
    expect(page.get_by_role("heading", name="You take part")).to_be_visible()
    # Giulia works there without managing it: the decision is the manager's.
    expect(page.get_by_role("button", name="Stop taking part")).to_have_count(0)
    assert faults(page) == []


def test_nobody_of_another_organisation_comes_in(as_role):
    page = as_role("company")

    assert page.goto(f"{PEERS}?lang=en").status == 403
