"""A round for seven poles and six hundred firms in a real browser, from its opening to its frozen report."""

import csv
import http.cookiejar
import io
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.config.serving import Serving
from tests.journeys.accessibility import faults_at, violations

NETWORK = "/o/sistema-poli-di-innovazione-piemonte/indicators/rounds/"
MESAP = "/o/mesap/indicators/rounds/"
FIRMS = 600
SILENT = 60  # so many never answer
# Of each row what stands under poles, and the first word under address.
_CELLS = """rows => rows.map(row => [...row.querySelectorAll("td")].slice(0, 2).map(cell => cell.innerText))
  .map(([poles, address]) => [poles, address.split(/\\s/)[0]])"""
_LINK = re.compile(r"https?://\S+/indicators/rounds/\S+")
_FIGURE_LINK = re.compile(r"https?://\S+/indicators/declarations/\S+")


def links_in_mails(
    folder: Path,
    wanted: int,
    *,
    to: str = "@firm.example",
    link: re.Pattern[str] = _LINK,
    within_s: float = 300,
) -> dict[str, str]:
    """The link of each addressee, as the outbox's job wrote the mails to the folder."""
    found: dict[str, str] = {}
    # A file that was read while it was being written has grown since.
    read: dict[Path, int] = {}
    give_up_at = time.monotonic() + within_s
    while len(found) < wanted and time.monotonic() < give_up_at:
        for path in folder.glob("*.log"):
            size = path.stat().st_size
            if read.get(path) == size:
                continue
            read[path] = size
            for written in path.read_bytes()[:size].split(b"\n" + b"-" * 79 + b"\n"):
                mail = message_from_bytes(written.lstrip(), policy=policy.default)
                body = mail.get_body(("plain",))
                told = link.search(body.get_content()) if body is not None else None
                if told and to in str(mail["To"]):
                    found[str(mail["To"])] = told[0]
        time.sleep(0.5)
    assert len(found) == wanted
    return found


class _Stays(urllib.request.HTTPRedirectHandler):
    """An answer that leads to another page is looked at as it is."""

    def redirect_request(self, *_asked: object) -> None:
        return None


def answer_by_forms(links: list[str]) -> None:
    """Send the form behind each link filled in, as a browser would that has it open."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    with urllib.request.build_opener(jar).open(links[0]) as page:
        text = page.read().decode()
    names = dict.fromkeys(re.findall(r'name="(q-[a-z_0-9]+)"', text))
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    assert token is not None
    opener = urllib.request.build_opener(jar, _Stays)
    for number, link in enumerate(links):
        given = {"csrfmiddlewaretoken": token[1]}
        for name in names:
            given[name] = {"q-joint_project": "yes" if number % 3 else "no", "q-use_of_pole": "4"}.get(
                name, "10"
            )
        form = urllib.parse.urlencode(given).encode()
        request = urllib.request.Request(link, form, headers={"Referer": link})
        with pytest.raises(urllib.error.HTTPError) as answered:
            opener.open(request)
        with answered.value:
            assert answered.value.status == 302


def open_round(page: Page) -> str:
    """The officer prepares and opens it; the address of its page."""
    page.goto(f"{NETWORK}?lang=en")
    page.get_by_role("link", name="Prepare a round").first.click()
    page.locator("[name=title_en]").fill("Figures of the system, the journey")
    page.locator("[name=title_it]").fill("Dati del sistema, il viaggio")
    page.get_by_label("Deadline").fill("2099-12-31")
    page.get_by_label("Firms that are asked").fill(str(FIRMS))
    assert page.get_by_label("Ask firms the same as in").input_value() != ""
    assert violations(page) == []
    page.get_by_role("button", name="Prepare this round").click()
    expect(page.get_by_role("heading", name="4 questions to firms")).to_be_visible()
    expect(page.get_by_role("heading", name="7 poles are asked")).to_be_visible()
    page.get_by_text("Write a question", exact=True).click()
    page.locator("[name=label_en]").fill("How many patents did you file?")
    page.locator("[name=label_it]").fill("Quanti brevetti avete depositato?")
    page.get_by_role("button", name="Add this question").click()
    expect(page.get_by_role("heading", name="5 questions to firms")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("button", name="Open the round").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("7 of 7 poles are missing")
    return urllib.parse.urlsplit(page.url).path


def give_addresses(page: Page, at_round: str) -> None:
    """The table of firms goes out and comes back with an address for each."""
    page.goto(f"{at_round}firms/?lang=en")
    with page.expect_download() as download:
        page.get_by_role("link", name="Table of the firms (CSV)").click()
    told = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(told)))
    assert len(rows) == FIRMS
    filled = "key,email,language\n" + "".join(
        f"{row['key']},{row['key'][:60]}@firm.example,en\n" for row in rows
    )
    page.get_by_label("Table with addresses").set_input_files(
        {"name": "firms.csv", "mimeType": "text/csv", "buffer": filled.encode()}
    )
    page.get_by_role("button", name="Take these addresses").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"0 of {FIRMS} firms have answered")


def firms_in_two_poles(page: Page, at_round: str) -> list[str]:
    """Addresses of firms that the list shows in more than one pole."""
    found: list[str] = []
    address = f"{at_round}firms/?lang=en"
    while address:
        page.goto(address)
        rows = page.locator("table.data tbody tr").evaluate_all(_CELLS)
        found += [address for poles, address in rows if "," in poles]
        onward = page.locator("a[rel=next]")
        href = onward.get_attribute("href") if onward.count() else None
        address = f"{at_round}firms/{href}" if href else ""
    return found


def answer_in_browser(page: Page, link: str) -> str:
    """A firm of two poles answers once; what its page said of that."""
    page.goto(f"{link}?lang=en")
    said = page.locator(".notice").first.inner_text()
    people = page.get_by_label("How many people worked in your firm")
    people.fill("eleven" if people.get_attribute("type") != "number" else "11")
    people.fill("11")
    page.get_by_label("What did you spend on research").fill("10")
    page.get_by_label("How many patents").fill("10")
    page.locator("[name=q-joint_project][value=yes]").check()
    page.locator("[name=q-use_of_pole][value='4']").check()
    assert violations(page) == []
    page.get_by_role("button", name="Send the answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your answers have arrived")
    return said


def submit_parts_of_others(page: Page, at_round: str) -> None:
    """Poles whose teams are not of the demonstration: the administrator's hour stands in for them."""
    page.goto("/accounts/administration/?lang=it")
    page.get_by_role("textbox", name="Motivo").fill("Poles without a team here")
    page.get_by_role("button", name="Apri la sessione").click()
    key = at_round.rstrip("/").rpartition("/")[2]
    for slug in ("agrifood", "biopmed", "cgreen", "clever", "pointex", "polo-ict"):
        page.goto(f"/o/{slug}/indicators/rounds/{key}/?lang=en")
        page.get_by_role("button", name="Submit these figures").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Your figures are submitted")


def test_a_round_from_its_opening_to_the_frozen_report(as_role, open_browser, demonstration: Serving):
    officer = as_role("officer")
    at_round = open_round(officer)
    key = at_round.rstrip("/").rpartition("/")[2]
    give_addresses(officer, at_round)
    links = links_in_mails(demonstration.folder / "mail", FIRMS)

    twice = firms_in_two_poles(officer, at_round)
    assert twice
    by_hand = twice[:2]
    visitor = open_browser()
    for address in by_hand:
        assert "you are asked once" in answer_in_browser(visitor, links[address])
    others = sorted(set(links) - set(by_hand))[: FIRMS - SILENT - len(by_hand)]
    answer_by_forms([f"{links[address]}?lang=en" for address in others])
    answered = FIRMS - SILENT

    mesap = as_role("organiser")
    mesap.goto(f"{MESAP}{key}/?lang=en")
    expect(mesap.get_by_role("heading", level=1)).to_contain_text("figures to submit")
    assert violations(mesap) == []
    mesap.get_by_role("button", name="Submit these figures").click()
    expect(mesap.get_by_role("heading", level=1)).to_have_text("Your figures are submitted")

    officer.goto(f"{at_round}?lang=en")
    officer.get_by_role("link", name="MESAP").click()
    officer.get_by_text("Ask about it", exact=False).first.click()
    officer.get_by_label(re.compile("^Question at")).first.fill("Those who left in December too?")
    officer.get_by_role("button", name="Send the question").first.click()
    expect(officer.get_by_text("Those who left in December too?")).to_be_visible()

    mesap.goto(f"{MESAP}{key}/?lang=en")
    expect(mesap.get_by_role("heading", level=1)).to_have_text("One question at your figures")
    mesap.get_by_label(re.compile("^Answer at")).first.fill("Yes, they count until the last day.")
    mesap.get_by_role("button", name="Write it at the figure").first.click()
    mesap.get_by_role("button", name="Submit the figures again").click()
    submit_parts_of_others(as_role("administrator"), at_round)

    officer.goto(f"{at_round}?lang=en&state=submitted")
    assert violations(officer) == []
    parts = [row.get_attribute("href") for row in officer.locator("table.data tbody th a").all()]
    assert len(parts) == 7
    for part in parts:
        officer.goto(f"{part}?lang=en")
        officer.get_by_role("button", name="Accept these figures").click()
    officer.goto(f"{at_round}?lang=en")
    expect(officer.get_by_role("heading", level=1)).to_have_text("The figures of all poles are accepted")
    expect(officer.get_by_text(f"Firms that answered: {answered} of {FIRMS}")).to_be_visible()
    officer.get_by_role("button", name="Freeze it now").click()

    expect(officer.get_by_text("what stands here no longer changes")).to_be_visible()
    expect(officer.get_by_text(f"{answered} of {FIRMS} firms answered, each once.")).to_be_visible()
    assert violations(officer) == []
    with officer.expect_download() as download:
        officer.get_by_role("link", name="CSV").click()
    told = Path(download.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(told)))
    whole = {row["Code"]: row for row in rows if row["Of"] == "all poles together"}
    of_poles = [row for row in rows if row["Of"] != "all poles together"]

    people = whole["people"]
    assert (people["Firms that answered"], people["Firms asked"]) == (str(answered), str(FIRMS))
    # Those by form say ten, the two in the browser eleven: each counts once.
    assert float(people["Value"]) == answered * 10 + len(by_hand)
    summed = sum(float(row["Value"]) for row in of_poles if row["Code"] == "people")
    assert summed > float(people["Value"])
    members = sum(float(row["Value"]) for row in of_poles if row["Code"] == "members_total")
    assert float(whole["members_total"]["Value"]) < members

    visitor.goto(f"{links[by_hand[0]]}?lang=en")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("This round is over")


def test_pages_of_rounds_and_declared_figures_are_open_to_all(as_role):
    page = as_role("organiser")
    paths = (
        "rounds/",
        "declarations/",
        "declarations/funding_secured/2025/",
        "alerts/",
        "targets/members_total/",
        "members_total/2025/",
        "members_total/2025/notes/",
    )

    assert faults_at(page, [f"/o/mesap/indicators/{path}?lang=en" for path in paths]) == {}


def test_somebody_outside_tells_a_figure_by_the_link_of_the_mail(
    as_role, open_browser, demonstration: Serving
):
    team = as_role("organiser")
    team.goto("/o/mesap/indicators/declarations/?lang=en")
    expect(team.get_by_label("E-mail address")).to_be_hidden()
    team.get_by_label("Who tells it").select_option("outside")
    assert violations(team) == []
    figure = "/".join(team.locator(f"select[name={name}]").input_value() for name in ("code", "period"))
    team.get_by_role("textbox", name="Name").fill("Carla Rossi")
    team.get_by_label("E-mail address").fill("rossi@studio.example")
    team.get_by_label("Due by").fill("2099-12-31")
    team.get_by_role("button", name="Ask for it by mail").click()
    expect(team.get_by_role("cell", name="Carla Rossi")).to_be_visible()
    links = links_in_mails(demonstration.folder / "mail", 1, to="rossi@studio.example", link=_FIGURE_LINK)

    phone = open_browser(size="phone", theme="dark")
    phone.goto(f"{links['rossi@studio.example']}?lang=en")
    assert violations(phone) == []
    phone.get_by_role("button", name="Send this figure").click()
    expect(phone.get_by_text("This field is required").first).to_be_visible()
    assert violations(phone) == []
    phone.locator("[name=value]").fill("3")
    phone.get_by_label("What it rests on").fill("From the accounts.")
    phone.get_by_label("File that proves it").set_input_files(
        {"name": "accounts.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 accounts"}
    )
    phone.get_by_role("button", name="Send this figure").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Your figure has arrived")
    assert violations(phone) == []

    team.goto(f"/o/mesap/indicators/declarations/{figure}/?lang=en")
    expect(team.get_by_text("declared by Carla Rossi")).to_be_visible()
    team.get_by_role("button", name="Confirm this figure").click()
    expect(team.get_by_text("confirmed by Giulia Ferrero")).to_be_visible()
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_have_text("This link does not work")
    assert violations(phone) == []
