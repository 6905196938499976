"""People selected elsewhere come in from a table, confirm by link on a phone and say how they attend."""

import email
import re
import time
from collections.abc import Callable
from email import policy
from uuid import uuid4

from playwright.sync_api import Page, expect

from tests.config.serving import Serving
from tests.journeys.accessibility import violations

TABLE = (
    "Elenco dei selezionati;;;\n"
    "Cognome;Nome;Posta elettronica;Ente\n"
    "Rossi;Anna;{address};Polo Uno\n"
    "Verdi;Bruno;{second};Università di Torino\n"
)


def make_edition(page: Page) -> str:
    """An edition of the journey's own, years ahead, with its four days."""
    slug = f"places-{uuid4().hex[:8]}"
    page.goto("/academy/new/edition/?lang=en")
    page.locator("[name='name_en']").fill("Edition of a journey")
    page.locator("[name='slug']").fill(slug)
    page.locator("[name='first_day']").fill("2031-09-08")
    page.get_by_role("button", name="Make the edition").click()
    expect(page).to_have_url(re.compile(f"/academy/{slug}/desk/"))
    return slug


def upload(page: Page, slug: str, table: str) -> None:
    page.goto(f"/academy/{slug}/desk/participants/import/?lang=en")
    file = {"name": "selezionati.csv", "mimeType": "text/csv", "buffer": table.encode("cp1252")}
    page.locator("[name='file']").set_input_files(files=[file])
    page.get_by_role("button", name="Read the file").click()


def link_for(demonstration: Serving, address: str) -> str:
    """The address in the mail that the platform wrote to somebody."""
    for _attempt in range(120):
        for file in (demonstration.folder / "mail").glob("*.log"):
            for written in file.read_text("utf-8").split("-" * 79):
                message = email.message_from_string(written.strip(), policy=policy.default)
                if message["To"] != address:
                    continue
                body = message.get_body(("plain",))
                found = re.search(r"/place/[\w-]+/", body.get_content() if body else "")
                if found:
                    return found[0]
        time.sleep(0.5)
    raise AssertionError(f"no mail came for {address}")


def test_people_are_imported_confirm_on_a_phone_and_say_how_they_attend(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None], demonstration: Serving
) -> None:
    address, second = (f"{name}-{uuid4().hex[:8]}@example.org" for name in ("anna", "bruno"))
    desk = open_browser()
    take_role(desk, "organiser")
    slug = make_edition(desk)

    upload(desk, slug, TABLE.format(address="no address", second=second))
    desk.get_by_role("button", name="Look what would happen").click()
    wrong = desk.get_by_role("table", name="What is wrong in the file")
    expect(wrong.get_by_role("row")).to_have_count(2)
    expect(wrong).to_contain_text("one e-mail address")
    assert violations(desk) == []

    upload(desk, slug, TABLE.format(address=address, second=second))
    expect(desk.get_by_label("First name")).to_have_value("Nome")
    desk.get_by_role("button", name="Look what would happen").click()
    expect(desk.get_by_text("Nothing was changed yet")).to_be_visible()
    desk.get_by_role("button", name="Import the people").click()
    desk.get_by_role("link", name="Go to the participants").click()
    expect(desk.get_by_role("link", name="Bruno Verdi")).to_be_visible()
    assert violations(desk) == []
    desk.get_by_role("button", name="Offer 2 places").click()

    phone = open_browser(size="phone", language="it")
    phone.goto(link_for(demonstration, address))
    expect(phone.get_by_role("heading", level=1)).to_have_text("Anna Rossi, c’è un posto per te")
    phone.get_by_role("button", name="Prendo il posto").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Anna Rossi, il tuo posto è confermato")
    days = phone.locator("#days .modes")
    days.nth(0).get_by_text("Online", exact=True).click()
    days.nth(1).get_by_text("Assente", exact=True).click()
    days.last.get_by_text("In presenza", exact=True).click()
    phone.get_by_role("button", name="Salva i miei giorni").click()
    expect(phone.locator("#toasts")).to_contain_text("I tuoi giorni sono salvati")
    expect(days.nth(1).get_by_label("Assente")).to_be_checked()
    assert violations(phone) == []

    desk.goto(f"/academy/{slug}/desk/attendance/")
    first = desk.get_by_role("table", name="Attendance by day").get_by_role("row").nth(1)
    expect(first.get_by_role("cell")).to_have_text(["0", "1", "0", "0"])
    assert violations(desk) == []


def test_a_place_is_confirmed_and_given_back_without_script(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None], demonstration: Serving
) -> None:
    address = f"carla-{uuid4().hex[:8]}@example.org"
    desk = open_browser()
    take_role(desk, "organiser")
    slug = make_edition(desk)
    desk.goto(f"/academy/{slug}/desk/participants/new/?lang=en")
    desk.get_by_label("Name", exact=True).fill("Carla Neri")
    desk.get_by_label("E-mail address").fill(address)
    desk.get_by_role("button", name="Add to the participants").click()
    expect(desk.get_by_role("link", name="Carla Neri")).to_be_visible()

    plain = open_browser(size="phone", scripts=False)
    plain.goto(f"{link_for(demonstration, address)}?lang=en")
    plain.get_by_role("button", name="Take the place").click()
    plain.get_by_role("link", name="Give the place back").click()
    plain.get_by_role("button", name="Give the place back").click()

    expect(plain.get_by_role("heading", level=1)).to_have_text("This place was given back")
