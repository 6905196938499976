"""The starter set: a spreadsheet read whichever way its years run, declared whole, confirmed whole."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from filiera.indicators import queries
from filiera.indicators.actions.declaring import AlreadyConfirmed, ConfirmedByTheSame, confirm_declaration
from filiera.indicators.actions.history import (
    HistoryAlreadyDeclared,
    HistoryIsProof,
    NothingChosen,
    SeriesTwice,
    SeriesUnknown,
    confirm_history,
    declare_history,
    delete_history,
    upload_history,
)
from filiera.indicators.actions.refreshing import refresh_figures
from filiera.indicators.definition import read_packaged
from filiera.indicators.history_files import (
    HistoryHasMistakes,
    HistoryUnreadable,
    figures_in,
    number_in,
    read_history,
)
from filiera.indicators.models import Declaration, HistoryUpload
from filiera.indicators.periods import parse_period
from filiera.indicators.starter import STARTER_CODES, guessed_series
from filiera.organisations.models import Role
from tests.indicators.factories import NOW, load_all
from tests.organisations.factories import OrganisationFactory, PositionFactory
from tests.organisations.viewers import in_workspace

ACROSS = (
    "Soci di North;;;\n"
    ";2019;2020;2021\n"
    "Totale soci;1.234;1.250;\n"
    "di cui PMI;980;990;1000\n"
    "Fatturato;10;11;12\n"
)  # fmt: skip
DOWN = "year,members,smes,turnover\n2019,1234,980,10\n2020,1250,990,11\n2021,,1000,12\n"


@pytest.fixture
def north(db):
    load_all()
    return OrganisationFactory(slug="north")


@pytest.fixture
def manager(north):
    return PositionFactory(organisation=north, role=Role.MANAGER)


@pytest.fixture
def colleague(north):
    return PositionFactory(organisation=north, role=Role.STAFF)


def uploaded(north, position, text=ACROSS):
    file = SimpleUploadedFile("soci.csv", text.encode())
    return upload_history(organisation=north, upload=file, by=in_workspace(position), at=NOW)


@pytest.mark.parametrize("text", [ACROSS, DOWN])
def test_years_stand_above_the_columns_or_before_the_rows(text):
    table = read_history(text.encode(), "soci.csv")
    chosen = guessed_series(table.series, read_packaged())

    told = figures_in(table, chosen, read_packaged(), NOW)

    assert table.years == [2019, 2020, 2021]
    assert sorted((each.code, each.period.code, each.value) for each in told) == [
        ("members_sme", "2019", 980),
        ("members_sme", "2020", 990),
        ("members_sme", "2021", 1000),
        ("members_total", "2019", 1234),
        ("members_total", "2020", 1250),
    ]


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ("1.234", "1234"), ("1,234", "1234"), ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("1 234", "1234"),
        ("12,5", "12.5"), ("12.50", "12.50"), ("0.125", "0.125"), ("77 %", "77"), ("1.234.567", "1234567"),
        ("-3", "-3"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(told, number):
    assert number_in(told) == Decimal(number)


@pytest.mark.parametrize("told", ["", "many", "1e999999", "NaN", "Infinity"])
def test_what_is_no_number_is_none(told):
    assert number_in(told) is None


def test_every_mistake_is_told_with_its_row_and_column():
    text = "Members;2019;2020;2021;2099\nmembers;-1;many;3.55;4\n"
    table = read_history(text.encode(), "soci.csv")

    with pytest.raises(HistoryHasMistakes) as refusal:
        figures_in(table, {"members_total": "members"}, read_packaged(), NOW)

    assert [(each.row, each.column, each.value) for each in refusal.value.problems] == [
        (2, "2019", "-1"), (2, "2020", "many"), (2, "2021", "3.55"), (2, "2099", "4"),
    ]  # fmt: skip


def test_a_year_that_stands_twice_is_a_mistake():
    table = read_history(b"year,members\n2019,1\n2019,2\n", "soci.csv")
    with pytest.raises(HistoryHasMistakes):
        figures_in(table, {"members_total": "members"}, read_packaged(), NOW)


@pytest.mark.parametrize("text", ["a,b\n1,2\n", "2019\n", ";2019;2020\n", "members\n"])
def test_a_table_without_years_or_names_is_refused(text):
    with pytest.raises(HistoryUnreadable):
        read_history(text.encode(), "soci.csv")


def test_the_eight_are_there():
    assert len(STARTER_CODES) == 8
    assert set(STARTER_CODES) <= set(read_packaged())


def test_what_is_declared_counts_once_a_second_person_has_confirmed(north, manager, colleague):
    history = uploaded(north, manager)
    assert history.chosen == {"members_total": "Totale soci", "members_sme": "di cui PMI"}
    by, second = in_workspace(manager), in_workspace(colleague)
    year = parse_period("2019")

    assert declare_history(history=history, chosen=history.chosen, by=by, at=NOW, dry_run=True) == 5
    assert not Declaration.objects.exists()
    assert declare_history(history=history, chosen=history.chosen, by=by, at=NOW) == 5
    refresh_figures()
    assert queries.figure(by, "members_total", north, year).value is None
    with pytest.raises(ConfirmedByTheSame):
        confirm_history(history=history, by=by, at=NOW)
    with pytest.raises(HistoryAlreadyDeclared):
        declare_history(history=history, chosen=history.chosen, by=by, at=NOW)

    assert confirm_history(history=history, by=second, at=NOW) == 5
    refresh_figures()

    figure = queries.figure(by, "members_total", north, year)
    assert (figure.value, figure.is_declared) == (1234, True)
    share = queries.figure(by, "members_sme_share", north, year)
    assert share.value == Decimal("79.4")
    with pytest.raises(AlreadyConfirmed):
        confirm_history(history=history, by=second, at=NOW)
    with pytest.raises(AlreadyConfirmed):
        delete_history(history=history, by=second, at=NOW)


def test_nothing_is_declared_by_halves(north, manager):
    history, by = uploaded(north, manager, ACROSS.replace("990", "none")), in_workspace(manager)

    with pytest.raises(HistoryHasMistakes):
        declare_history(history=history, chosen=history.chosen, by=by, at=NOW)
    for chosen, refusal in (
        ({}, NothingChosen),
        ({"members_total": "no such line"}, SeriesUnknown),
        ({"no_such": "Totale soci"}, SeriesUnknown),
        ({"members_total": "Totale soci", "members_sme": "Totale soci"}, SeriesTwice),
    ):
        with pytest.raises(refusal):
            declare_history(history=history, chosen=chosen, by=by, at=NOW)

    assert not Declaration.objects.exists()


def test_a_table_is_thrown_away_with_what_was_declared_from_it(north, manager):
    history, by = uploaded(north, manager), in_workspace(manager)
    declare_history(history=history, chosen=history.chosen, by=by, at=NOW)

    delete_history(history=history, by=by, at=NOW)

    assert not Declaration.objects.exists()
    assert not HistoryUpload.objects.exists()


def test_a_table_stays_while_it_proves_a_figure_that_was_confirmed_alone(north, manager, colleague):
    history, by = uploaded(north, manager), in_workspace(manager)
    declare_history(history=history, chosen=history.chosen, by=by, at=NOW)
    first = Declaration.objects.order_by("pk").first()
    confirm_declaration(declaration=first, by=in_workspace(colleague), at=NOW)
    told = Declaration.objects.count()

    with pytest.raises(HistoryIsProof):
        delete_history(history=history, by=by, at=NOW)

    assert Declaration.objects.count() == told
    assert confirm_history(history=history, by=in_workspace(colleague), at=NOW) == told - 1


def test_strangers_do_nothing_and_see_nothing(north, manager):
    history = uploaded(north, manager)
    stranger = in_workspace(PositionFactory(manager=True))
    for act in (
        lambda: uploaded(north, PositionFactory(manager=True)),
        lambda: declare_history(history=history, chosen=history.chosen, by=stranger, at=NOW),
        lambda: confirm_history(history=history, by=stranger, at=NOW),
        lambda: delete_history(history=history, by=stranger, at=NOW),
    ):
        with pytest.raises(PermissionDenied):
            act()
    assert not HistoryUpload.objects.visible_to(stranger).exists()


def test_what_is_confirmed_was_declared(north, manager):
    history = uploaded(north, manager)
    history.confirmed_at = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(IntegrityError), transaction.atomic():
        history.save()


def test_the_pages_lead_from_the_spreadsheet_to_the_figures(client, north, manager, colleague):
    client.force_login(manager.person)
    address = reverse("indicators:starter", args=["north"])
    assert address in client.get("/o/north/indicators/").content.decode()
    assert client.post(address, {"file": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")}).status_code == 422

    at = client.post(address, {"file": SimpleUploadedFile("soci.csv", ACROSS.encode())})["Location"]
    assert '<option value="di cui PMI" selected>' in client.get(at).content.decode()
    chosen = {"members_total": "Totale soci", "members_sme": "di cui PMI"}
    assert "All 5 figures are right" in client.post(at, {**chosen, "check": "1"}).content.decode()
    assert client.post(at, {}).status_code == 422
    client.post(at, chosen)
    waiting = client.get(at).content.decode()
    assert "5 figures wait for a second person" in waiting
    assert f"{at}confirmation/" not in waiting

    client.force_login(colleague.person)
    client.post(f"{at}confirmation/")
    assert "5 figures of the past stand" in client.get(at).content.decode()
    assert "confirmed" in client.get(address).content.decode()
    file = HistoryUpload.objects.get().file
    answer = client.get(reverse("files:file", args=[file.uuid]))
    assert b"".join(answer.streaming_content) == ACROSS.encode()
    client.force_login(PositionFactory(manager=True).person)
    assert client.get(reverse("files:file", args=[file.uuid])).status_code == 404
    assert [client.get(page).status_code for page in (address, at)] == [403, 403]
    client.logout()
    assert [client.get(page).status_code for page in (address, at)] == [302, 302]
