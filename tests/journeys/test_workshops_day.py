"""A day of work with six browsers at once: from challenges over groups and a plan on stage to the questions.

Organiser, facilitator, three participants' phones and the projector are open all the time, and what one of
them does is seen by the others without loading anything anew. How each looked at the end of each stage is
kept in build/journeys/workshops_day/.
"""

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.config.serving import ROOT, Serving
from tests.journeys.accessibility import violations
from tests.journeys.test_accounts_sign_in import link_in_mail

EDITION = "/academy/cba-2-torino/"
KEPT_IN = ROOT / "build" / "journeys" / "workshops_day"
CHALLENGE = "Members leave after their first project"
GROUPS = "Groups of the long day"
QUESTION = "Who calls the members in summer?"
OTHER_QUESTION = "Will we read this plan again in spring?"
WRITTEN = ("Nine of ten members stay. ", "Each is called twice a year. ", "We look back in May. ")
PASSWORD = "a place of my own in Torino"
SEARCH_MS = 60_000

_OTHERS = """
SELECT person.name, person.email
FROM admissions_participation AS place
JOIN accounts_person AS person ON person.id = place.person_id
JOIN academy_edition AS edition ON edition.id = place.edition_id
WHERE edition.slug = 'cba-2-torino' AND place.state = 'confirmed' AND person.email LIKE 'applicant-%'
ORDER BY person.email LIMIT 2
"""


@dataclass(frozen=True, slots=True)
class Phone:
    """A participant of the edition, and the page in their hand."""

    name: str
    page: Page


@dataclass(frozen=True, slots=True)
class Hall:
    """The six browsers of the day."""

    organiser: Page
    facilitator: Page
    projector: Page
    phones: tuple[Phone, Phone, Phone]

    def keep(self, stage: str) -> None:
        """How each of them looks now, one picture each."""
        pages = {"organiser": self.organiser, "facilitator": self.facilitator, "projector": self.projector}
        pages |= {f"phone-{number}": phone.page for number, phone in enumerate(self.phones, start=1)}
        for who, page in pages.items():
            page.evaluate("window.scrollTo(0, 0)")
            is_wider = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
            # A hidden caret would need a style of Playwright's own, which the page refuses.
            file = KEPT_IN / f"{stage}-{who}.png"
            page.screenshot(path=file, full_page=who != "projector", caret="initial")
            assert not is_wider, f"{stage}: {who} is wider than the screen"


@pytest.fixture
def hall(as_role: Callable[..., Page], open_browser: Callable[..., Page], demonstration: Serving) -> Hall:
    shutil.rmtree(KEPT_IN, ignore_errors=True)
    KEPT_IN.mkdir(parents=True)
    with psycopg.connect(**demonstration.database("owner")) as connection:
        others = connection.execute(_OTHERS).fetchall()
    phones = [Phone("Mikael Lindgren", english(as_role("participant", size="phone")))]
    for (name, email), theme in zip(others, ("dark", "light"), strict=True):
        page = open_browser(size="phone", theme=theme)
        come_by_mail(page, demonstration.folder / "mail", email)
        phones.append(Phone(name, page))
    first, second, third = phones
    return Hall(
        organiser=english(as_role("organiser")),
        facilitator=english(as_role("facilitator")),
        projector=english(as_role("facilitator", size="wall", theme="dark")),
        phones=(first, second, third),
    )


def english(page: Page) -> Page:
    """Whatever language the person prefers."""
    page.goto("/?lang=en")
    return page


def come_by_mail(page: Page, mails: Path, email: str) -> None:
    """A participant who never had a password chooses one by mail, and signs in with it."""
    page.goto("/accounts/password/reset/?lang=en")
    page.get_by_label("Email").fill(email)
    page.keyboard.press("Enter")
    page.wait_for_url("**/password/reset/done/")
    page.goto(link_in_mail(mails, email, leading_to="/password/reset/key/"))
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=password2]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/password/reset/key/done/")
    sign_in(page, email)
    page.wait_for_url("**/accounts/confirm-email/")
    page.goto(link_in_mail(mails, email, leading_to="/confirm-email/"))
    page.get_by_role("button", name="Confirm the address").click()
    page.wait_for_load_state()
    if "/accounts/login/" in page.url:
        sign_in(page, email)
    page.wait_for_url(re.compile(r"^http://localhost:\d+/$"))
    english(page)


def sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")


def test_a_day_from_challenges_to_the_presented_plan_and_the_questions(hall: Hall) -> None:
    share_challenges(hall)
    form_groups(hall)
    address = write_plan(hall)
    present(hall, address)
    ask(hall)


def share_challenges(hall: Hall) -> None:
    """One brings a challenge, one offers help, one writes; the wall in the hall shows it."""
    owner, helper, third = (phone.page for phone in hall.phones)
    hall.projector.goto(f"{EDITION}stage/challenges/wall/")
    hall.organiser.goto(f"{EDITION}challenges/")
    hall.facilitator.goto(f"{EDITION}desk/challenges/")

    owner.goto(f"{EDITION}challenges/new/")
    owner.get_by_label("In one line").fill(CHALLENGE)
    owner.get_by_label("What it is about").fill(
        "Every third member joins for one funded project and is never seen again afterwards."
    )
    owner.get_by_label("What was tried").fill("A newsletter, and a dinner in autumn.")
    owner.get_by_label("Show my name on the card").check()
    owner.get_by_role("button", name="Put it on the wall").click()
    expect(owner.get_by_role("heading", name=CHALLENGE)).to_be_visible()
    expect(hall.projector.locator(".hall-cards")).to_contain_text(CHALLENGE)
    expect(hall.organiser.get_by_role("link", name=CHALLENGE)).to_be_visible()

    for page in (helper, third):
        page.goto(f"{EDITION}challenges/?q=first+project")
        page.get_by_role("link", name=CHALLENGE).click()
    helper.get_by_label("How you would help").fill("We ring every member twice a year; I bring our list.")
    helper.get_by_role("button", name="Offer my help").click()
    third.get_by_label("Write into the thread").fill("Do they leave when the money ends, or before?")
    third.get_by_role("button", name="Write", exact=True).click()
    # The owner's phone hears of both.
    expect(owner.get_by_text("I bring our list.")).to_be_visible()
    expect(owner.get_by_text("when the money ends")).to_be_visible()
    hall.keep("1-challenges")


def form_groups(hall: Hall) -> None:
    """The three are kept together; each phone learns its group while it lies on the table."""
    desk = hall.organiser
    for phone in hall.phones:
        phone.page.goto(f"{EDITION}groups/")
    hall.facilitator.goto(f"{EDITION}desk/day/")
    hall.projector.goto(f"{EDITION}stage/day/")
    desk.goto(f"{EDITION}desk/groups/")
    desk.get_by_role("link", name="Form new groups").first.click()
    desk.locator("[name='title_en']").fill(GROUPS)
    desk.locator("[name='title_it']").fill("Gruppi della lunga giornata")
    desk.locator("[name='round_count']").fill("1")
    desk.locator("[name='sized_by']").select_option("number")
    desk.locator("[name='size']").fill("5")
    desk.locator("[name='themes']").fill(
        f"{CHALLENGE}\nServices that firms pay for\nClusters abroad\nSkills for two transitions\nMore money"
    )
    desk.get_by_role("button", name="Make the groups").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(GROUPS)
    first, second, third = (phone.name for phone in hall.phones)
    keep_together(desk, first, second)
    keep_together(desk, first, third)
    desk.get_by_role("button", name="Propose groups").click()
    theirs = desk.locator("#board .group-card").filter(has=desk.get_by_role("link", name=first))
    expect(theirs.get_by_role("link", name=third)).to_be_visible(timeout=SEARCH_MS)
    expect(theirs.get_by_role("link", name=second)).to_be_visible()
    lead_group(desk, theirs)

    desk.get_by_role("button", name="Publish the groups").click()

    expect(desk.get_by_role("button", name="Open them again")).to_be_visible()
    for phone in hall.phones:
        own = section(phone.page, GROUPS).locator(".own-group")
        expect(own).to_contain_text("Sofia Marchetti")
        for name in (first, second, third):
            if name != phone.name:
                expect(own.locator(".with-you", has_text=name)).to_be_visible()
    hall.keep("2-groups")


def keep_together(desk: Page, name: str, other: str) -> None:
    desk.locator("section[aria-labelledby=rules-title]").get_by_role("link", name="Add").click()
    panel = desk.locator("#side-panel")
    panel.locator("[name=kind]").select_option("together")
    for label, chosen in (("Whom", name), ("And whom", other)):
        # The list that can be searched, not the plain one that it takes the place of.
        panel.locator("input").and_(panel.get_by_role("combobox", name=label, exact=True)).fill(chosen)
        panel.get_by_role("option", name=chosen, exact=True).click()
    panel.get_by_role("button", name="Add", exact=True).click()
    expect(desk.locator("section[aria-labelledby=rules-title]")).to_contain_text(other)
    expect(panel.locator("form")).to_have_count(0)


def lead_group(desk: Page, card: Locator) -> None:
    """A room and a facilitator for one group."""
    card.get_by_role("link", name=re.compile("^Theme, room and facilitator of")).click()
    panel = desk.locator("#side-panel")
    panel.locator("[name=facilitator]").select_option(label="Sofia Marchetti (Facilitator)")
    panel.locator("[name=room]").select_option(index=1)
    panel.get_by_role("button", name="Save").click()
    expect(card).to_contain_text("Sofia Marchetti")
    expect(panel.locator("form")).to_have_count(0)


def section(page: Page, title: str) -> Locator:
    return page.locator("section", has=page.get_by_role("heading", name=title, exact=True))


def write_plan(hall: Hall) -> str:
    """Three write one aim at the same time; each measure gets its person and cluster. The plan's address."""
    first, second, third = (phone.page for phone in hall.phones)
    first.goto(f"{EDITION}plans/")
    first.locator("li", has_text=GROUPS).get_by_role("button", name="Begin the plan").click()
    expect(first.get_by_label("Aim")).to_be_visible()
    address = first.url.split("?")[0]
    for page in (second, third, hall.facilitator):
        page.goto(address)
        expect(page.get_by_label("Aim")).to_be_visible()
    hall.organiser.goto(f"{EDITION}plans/")
    path = address.partition("/academy/")[2].removesuffix("writing/")
    expect(hall.organiser.locator(f"a[href$='{path}']")).to_be_visible()
    hall.projector.goto(f"{EDITION}stage/plans/now/")

    # One stroke each in turn, so that nobody's words are whole before the others begin.
    for strokes in zip(*(words.ljust(max(map(len, WRITTEN)), "\0") for words in WRITTEN), strict=True):
        for page, stroke in zip((first, second, third), strokes, strict=True):
            if stroke != "\0":
                page.get_by_label("Aim").press_sequentially(stroke)
    for page in (first, second, third, hall.facilitator):
        for words in WRITTEN:
            expect(page.get_by_label("Aim")).to_have_value(re.compile(re.escape(words.strip())))
        expect(page.locator("[data-writing-state]")).to_have_attribute("data-writing-state", "saved")
    assert len({page.get_by_label("Aim").input_value() for page in (first, second, third)}) == 1
    expect(first.locator("[data-writers]")).to_contain_text("Here with you")

    worked_on = first.get_by_label("Challenge", exact=True)
    worked_on.select_option(label=CHALLENGE)
    for page in (second, third, hall.facilitator):
        expect(page.get_by_label("Challenge", exact=True)).to_have_value(worked_on.input_value())
    promise(
        first, hall.phones[1], "Ring each member twice a year, and write down what they need.", "2030-05-31"
    )
    first.get_by_role("button", name="Add a measure").click()
    idea = second.locator(".measure").nth(1)
    expect(idea).to_be_visible()
    idea.get_by_label("What is to be done").press_sequentially("A day on which members show each other.")
    idea.get_by_label("Idea only: nobody promises it").check()
    for page in (first, third, hall.facilitator):
        expect(page.locator(".measure").nth(1).get_by_label("What is to be done")).to_have_value(
            "A day on which members show each other."
        )
        expect(page.locator(".measure").first.get_by_label("Done by")).to_have_value("2030-05-31")
        # Nothing is missing any more.
        expect(page.locator(".measure-said li")).to_have_count(0)
    hall.keep("3-plan")
    return address.removesuffix("writing/")


def promise(page: Page, owner: Phone, words: str, day: str) -> None:
    """Begin a measure on one phone; its owner takes it on their own."""
    page.get_by_role("button", name="Add a measure").click()
    page.get_by_label("What is to be done").press_sequentially(words)
    measure = owner.page.locator(".measure").first
    expect(measure.get_by_label("What is to be done")).to_have_value(words)
    expect(measure.locator(".measure-said")).to_contain_text("Name the one person who does it")
    who = measure.get_by_label("Person who does it")
    who.select_option(value=who.locator("option", has_text=owner.name).get_attribute("value"))
    expect(measure.locator(".measure-said li")).to_have_count(0)
    measure.get_by_label("Done by").fill(day)


def present(hall: Hall, address: str) -> None:
    """The plan comes on stage with its clock; the phones give a card each; then it is a promise."""
    leader, screen = hall.facilitator, hall.projector
    expect(screen.get_by_role("heading", name="The next plan comes on stage here")).to_be_visible()
    leader.goto(address)
    title = leader.get_by_role("heading", level=1).inner_text()
    leader.get_by_role("button", name=re.compile("Put it on stage")).click()
    expect(screen.get_by_role("heading", name=title)).to_be_visible()
    expect(screen.locator("[data-time]")).to_have_text(re.compile(r"^[45]:\d\d$"))
    expect(screen.locator(".plan-stage-measures li").first).to_contain_text(hall.phones[1].name)

    cards = (
        ("Keep this", "The list of calls is short. Keep that."),
        ("A question", "Who rings when you are ill?"),
        ("An idea", "Ring those who left, too."),
    )
    for phone, (kind, words) in zip(hall.phones, cards, strict=True):
        phone.page.goto(f"{EDITION}plans/now/")
        phone.page.get_by_text(kind, exact=True).first.click()
        phone.page.get_by_label("Your words").fill(words)
        phone.page.get_by_role("button", name="Give this card").click()
        expect(phone.page.locator("blockquote", has_text=words)).to_be_visible()
    expect(screen.locator(".plan-stage-count b")).to_have_text("3")
    hall.organiser.goto(address)
    # What others gave comes to the phones, and to whoever reads the plan.
    for page in (leader, *(phone.page for phone in hall.phones)):
        for _kind, words in cards:
            expect(page.locator("blockquote", has_text=words)).to_be_visible()
    hall.keep("4-on-stage")

    leader.get_by_role("button", name="It was presented").click()
    expect(leader.get_by_text(re.compile("^Presented on"))).to_be_visible()
    expect(screen.get_by_role("heading", name="The next plan comes on stage here")).to_be_visible()
    expect(hall.organiser.get_by_text(re.compile("^Presented on"))).to_be_visible()
    hall.keep("5-presented")


def ask(hall: Hall) -> None:
    """Joined by code; asked, voted, moderated by two, answered aloud and in writing."""
    desk, helper, screen = hall.facilitator, hall.organiser, hall.projector
    desk.goto(f"{EDITION}desk/live/new/")
    desk.locator("[name='title_en']").fill("Questions at the end of the day")
    desk.locator("[name='title_it']").fill("Domande di fine giornata")
    desk.get_by_role("button", name="Make the channel").click()
    desk.get_by_role("button", name="Open the channel").click()
    expect(desk.get_by_role("button", name="Close the channel")).to_be_visible()
    code = desk.url.rstrip("/").rpartition("/")[2]
    helper.goto(desk.url)
    screen.goto(f"{EDITION}stage/{code}/")
    expect(screen.get_by_role("heading", name="Ask from your phone")).to_be_visible()
    asker, voter, other = (phone.page for phone in hall.phones)
    for page in (asker, voter, other):
        page.goto("/live/")
        page.get_by_label("Code").fill(code)
        page.get_by_role("button", name="Go in").click()
        page.wait_for_url(re.compile(f"/live/{code}/"))
    put_question(asker, QUESTION)
    put_question(other, OTHER_QUESTION)

    # The one publishes what the other sees come in.
    expect(desk.get_by_role("heading", name="2 questions wait for you")).to_be_visible()
    expect(helper.get_by_role("heading", name="2 questions wait for you")).to_be_visible()
    moderated(desk, QUESTION).get_by_role("button", name="Publish", exact=True).click()
    expect(helper.get_by_role("heading", name="One question waits for you")).to_be_visible()
    moderated(helper, OTHER_QUESTION).get_by_role("button", name="Publish", exact=True).click()
    for page in (voter, other):
        page.get_by_role("button", name=re.compile(re.escape(QUESTION))).click()
    expect(asker.locator(".live-question", has_text=QUESTION).locator("[data-votes]")).to_have_text("2")
    expect(screen.locator(".stage-list li").first).to_contain_text(QUESTION)
    hall.keep("6-asked")

    moderated(desk, QUESTION).get_by_role("button", name="On stage", exact=True).click()
    expect(screen.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(voter.get_by_text("On stage now")).to_be_visible()
    hall.keep("7-question-on-stage")
    moderated(desk, QUESTION).get_by_role("button", name="Answered", exact=True).click()
    expect(asker.locator(".live-state.is-answered")).to_be_visible()
    moderated(helper, OTHER_QUESTION).get_by_role("link", name=re.compile("^Answer in writing")).click()
    helper.get_by_label("Answer", exact=True).fill("Yes: the platform asks after 30, 90 and 180 days.")
    helper.get_by_label("Who answers").fill("Giulia Ferrero")
    helper.get_by_role("button", name="Publish the answer").click()
    expect(other.locator(".live-answer")).to_contain_text("after 30, 90 and 180 days")
    desk.get_by_role("button", name="Close the channel").click()
    expect(screen.get_by_role("heading", name=re.compile("^Thank you"))).to_be_visible()
    expect(helper.get_by_role("button", name="Open it again")).to_be_visible()
    hall.keep("8-answered")
    found = {page.url: violations(page) for page in (desk, helper, screen, asker, voter, other)}
    assert {url: reported for url, reported in found.items() if reported} == {}


def put_question(page: Page, words: str) -> None:
    page.get_by_label("Your question").fill(words)
    page.get_by_role("button", name="Ask this").click()
    expect(page.get_by_role("heading", name="Yours, with the moderator")).to_be_visible()


def moderated(page: Page, question: str) -> Locator:
    return page.locator(".live-moderated", has_text=question)
