"""The directory in a real browser: found on a phone, kept by a cluster's staff, with and without script."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.accessibility import faults_at


def test_a_visitor_finds_a_cluster_on_a_phone(open_browser: Callable[..., Page]) -> None:
    page = open_browser(size="phone")
    page.goto("/directory/")
    everything = page.locator(".directory-count").inner_text()

    page.get_by_label("Name or city").fill("clevr")
    expect(page.locator(".directory-count")).not_to_have_text(everything)
    page.get_by_role("link", name="CLEVER", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("CLEVER")
    expect(page.get_by_role("link", name="Polight merged into it")).to_be_visible()


def test_the_directory_filters_without_script(open_browser: Callable[..., Page]) -> None:
    page = open_browser(scripts=False, language="it")
    page.goto("/directory/?lang=it")

    page.get_by_label("Tipo").select_option("meta_cluster")
    page.get_by_role("button", name="Mostra").click()

    expect(page.locator(".directory-count")).to_have_text("Un’organizzazione")
    expect(page.locator(".organisation-row h3")).to_have_text("Sistema Poli di Innovazione Piemonte")


def test_from_a_figure_by_priority_to_a_firm_and_back(open_browser: Callable[..., Page]) -> None:
    page = open_browser()
    page.goto("/indicators/of/sistema-poli-di-innovazione-piemonte/members_total/2023/?by=s3_priority")

    page.locator("#parts").get_by_role("link", name="Food", exact=True).click()
    page.get_by_role("link", name="Cantina Modello Srl").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cantina Modello Srl")
    page.get_by_role("link", name="Digital transition").click()

    expect(page.get_by_label("S3 priority")).to_have_value("piemonte-2021-digital-transition")
    expect(page.get_by_role("link", name="Polo ICT")).to_be_visible()


def test_staff_add_a_member_and_end_it_by_keyboard(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None]
) -> None:
    page = open_browser()
    take_role(page, "organiser")
    page.goto("/o/mesap/members/?lang=it")

    page.get_by_text("Aggiungi un’organizzazione dell’elenco").press("Enter")
    page.get_by_label("Organizzazione", exact=True).fill("diagnostica-saggio")
    page.get_by_label("Socio dal").fill("2024-03")
    page.get_by_label("Socio dal").press("Enter")
    row = page.locator("tr", has_text="Diagnostica Saggio")
    expect(row).to_contain_text("marzo 2024")

    row.get_by_role("link").filter(has_text="Termina").press("Enter")
    panel = page.locator("#side-panel")
    expect(panel.get_by_role("heading", name="Termina l’appartenenza")).to_be_visible()
    panel.get_by_label("Finita il").fill("2024-02")
    panel.get_by_label("Finita il").press("Enter")
    expect(
        page.get_by_text("Un’appartenenza finisce dopo il giorno in cui è iniziata.").first
    ).to_be_visible()
    page.get_by_label("Finita il").fill("2024-09-30")
    page.get_by_label("Finita il").press("Enter")

    expect(page.locator("tr", has_text="Diagnostica Saggio")).to_contain_text("30 settembre 2024")


def test_a_profile_is_saved_without_script_and_nothing_typed_is_lost(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None]
) -> None:
    page = open_browser(scripts=False)
    take_role(page, "company")
    page.goto("/o/officina-demo/profile/?lang=it")

    page.get_by_label("Città").fill("Moncalieri")
    page.get_by_label("Partita IVA").fill("123")
    page.get_by_role("button", name="Salva il profilo").click()
    expect(page.get_by_label("Città")).to_have_value("Moncalieri")
    page.get_by_label("Partita IVA").fill("")
    page.get_by_role("button", name="Salva il profilo").click()
    page.goto("/o/officina-demo/history/")

    expect(page.locator(".timeline > li").first).to_contain_text("Città: Torino → Moncalieri")


def test_workspaces_are_accessible(
    open_browser: Callable[..., Page], take_role: Callable[[Page, str], None]
) -> None:
    pages = ("", "profile/", "members/", "members/new/", "members/import/", "memberships/", "team/",
             "history/", "ledger/")  # fmt: skip

    page = open_browser()
    take_role(page, "organiser")

    assert faults_at(page, [f"/o/mesap/{name}" for name in pages]) == {}
