"""Many organisations at once: all or none, and every mistake with its place."""

import io
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from openpyxl import Workbook

from filiera.accounts.viewer import SYSTEM
from filiera.ledger.models import Fact
from filiera.organisations import actions
from filiera.organisations.models import Membership, Organisation
from filiera.shared.tables import RowProblem, UnreadableTable
from tests.accounts.factories import NOW
from tests.organisations.factories import OrganisationFactory, PositionFactory
from tests.organisations.viewers import in_workspace
from tests.reference.factories import CountryFactory, EcosystemFactory, RegionFactory, S3PriorityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _reference():
    RegionFactory(code="ITC1", country=CountryFactory(code="IT", names={"en": "Italy", "it": "Italia"}))
    EcosystemFactory(code="TEXT", names={"en": "Textiles", "it": "Tessile"}, aliases=["Textile"])


def run(text: str, **values):
    return actions.import_organisations(
        **{"content": text.encode(), "filename": "table.csv", "by": SYSTEM, "at": NOW, **values}
    )


TABLE = (
    "Name;Kind;Country;Region;City;Website;VAT_number;Size_class;Founded_on;Ecosystems;Description_it\n"
    "Tessitura Bianchi;company;Italia;ITC1;Biella;bianchi.example;00743110157;small;1990-05-01;textile;T\n"
    "Polo Uno;Cluster;IT;;;;;;;;\n"
)


def test_a_right_table_is_taken_over_whole():
    report = run(TABLE)

    assert (report.created, report.updated, report.memberships, report.is_dry_run) == (
        ("Tessitura Bianchi", "Polo Uno"),
        (),
        0,
        False,
    )
    firm = Organisation.objects.get(name="Tessitura Bianchi")
    told = ("kind", "country_id", "region_id", "city", "website", "vat_number", "size_class", "founded_on")
    assert [getattr(firm, name) for name in told] == [
        "company", "IT", "ITC1", "Biella", "https://bianchi.example", "IT00743110157", "small",
        date(1990, 5, 1),
    ]  # fmt: skip
    assert (firm.description, list(firm.ecosystems.values_list("code", flat=True))) == (
        {"it": "T"},
        ["TEXT"],
    )


def test_a_dry_run_says_the_same_and_changes_nothing():
    report = run(TABLE, dry_run=True)

    assert (report.created, report.is_dry_run) == (("Tessitura Bianchi", "Polo Uno"), True)
    assert Organisation.objects.count() == 0


def test_a_workbook_is_read_like_a_table():
    workbook = Workbook()
    workbook.active.append(["name", "kind", "founded_on"])
    workbook.active.append(["Polo Due", "cluster", date(2009, 3, 31)])
    file = io.BytesIO()
    workbook.save(file)

    run("", content=file.getvalue(), filename="table.xlsx")

    assert Organisation.objects.get().founded_on == date(2009, 3, 31)


def test_one_wrong_row_imports_nothing_and_names_every_mistake():
    table = (
        "name,kind,country,region,vat_number,size_class,founded_on,ecosystems,website,activity\n"
        "Right,company,IT,ITC1,,,,,,\n"
        ",castle,Atlantis,XX99,,huge,31 May,mining,not an address,99\n"
    )

    with pytest.raises(actions.ImportHasMistakes) as refusal:
        run(table)

    assert [(problem.row, problem.column, problem.value) for problem in refusal.value.problems] == [
        (3, "country", "Atlantis"),
        (3, "kind", "castle"),
        (3, "name", ""),
        (3, "region", "XX99"),
        (3, "website", "not an address"),
        (3, "size_class", "huge"),
        (3, "founded_on", "31 May"),
        (3, "activity", "99"),
        (3, "ecosystems", "mining"),
    ]
    assert refusal.value.problems[6].expected == "a date such as 2024-01-31"
    assert Organisation.objects.count() == 0


def test_what_the_profile_refuses_is_told_at_its_column():
    OrganisationFactory(name="Officina Rossi")
    table = (
        "name,kind,country,vat_number,size_class\n"
        "Alpha,cluster,IT,IT00743110158,small\n"
        "Officina Rosi,company,IT,,\n"
    )

    with pytest.raises(actions.ImportHasMistakes) as refusal:
        run(table)

    assert [(problem.row, problem.column) for problem in refusal.value.problems] == [
        (2, "size_class"),
        (2, "vat_number"),
        (3, "name"),
    ]
    assert refusal.value.problems[2].expected == (
        "an organisation that is not known yet; similar: Officina Rossi"
    )


def test_two_rows_for_one_firm_are_a_mistake_of_the_second():
    table = "name,kind\nOfficina Rossi,company\nOfficina Rossi srl,company\n"

    with pytest.raises(actions.ImportHasMistakes) as refusal:
        run(table)

    assert [(problem.row, problem.column) for problem in refusal.value.problems] == [(3, "name")]


@pytest.mark.parametrize(
    ("table", "problems"),
    [
        ("name,city\nAlpha,Torino\n", (RowProblem(1, "name, kind", "name, city", "these two columns"),)),
        ("name,kind\n", (RowProblem(1, "name, kind", "", "these two columns"),)),
    ],
)
def test_a_table_without_the_needed_columns_is_refused(table, problems):
    with pytest.raises(actions.ImportHasMistakes) as refusal:
        run(table)

    assert refusal.value.problems == problems


def test_an_unknown_column_is_named():
    with pytest.raises(actions.ImportHasMistakes) as refusal:
        run("name,kind,colour\nAlpha,company,red\n")

    assert [(problem.row, problem.column) for problem in refusal.value.problems] == [(1, "colour")]


def test_a_file_that_is_no_table_is_refused():
    with pytest.raises(UnreadableTable):
        run("", content=b"\x00\x01", filename="table.csv")


def test_a_known_number_updates_its_organisation():
    known = OrganisationFactory(company=True, name="Old name", vat_number="IT00743110157")

    report = run("name,kind,vat_number,country\nNew name,company,00743110157,IT\n")

    known.refresh_from_db()
    assert (report.updated, known.name, Organisation.objects.count()) == (("New name",), "New name", 1)


def test_a_cluster_imports_its_members(manager, cluster):
    known = OrganisationFactory(company=True, name="Known", vat_number="IT00743110157")
    table = (
        "name,kind,country,vat_number,member_since\n"
        "Renamed,company,IT,IT00743110157,2020-01-01\n"
        "Zeta,company,IT,,2021-02-03\n"
    )

    report = run(table, by=in_workspace(manager), cluster=cluster)

    known.refresh_from_db()
    assert (report.created, report.updated, report.memberships, known.name) == (("Zeta",), (), 2, "Known")
    assert list(
        Membership.objects.order_by("start_on").values_list("member__name", "cluster", "start_on")
    ) == [("Known", cluster.pk, date(2020, 1, 1)), ("Zeta", cluster.pk, date(2021, 2, 3))]
    assert Fact.objects.filter(kind="membership.started").count() == 2


def test_a_cluster_cannot_write_members_of_another(manager, cluster):
    OrganisationFactory(slug="other-cluster")

    with pytest.raises(actions.ImportHasMistakes) as refusal:
        run("name,kind,cluster\nZeta,company,other-cluster\n", by=in_workspace(manager), cluster=cluster)

    assert [(problem.row, problem.column) for problem in refusal.value.problems] == [(2, "cluster")]


def test_who_keeps_no_members_imports_nothing(cluster):
    contact = in_workspace(PositionFactory(organisation=cluster, contact=True))

    with pytest.raises(PermissionDenied):
        run("name,kind\nZeta,company\n", by=contact, cluster=cluster)
    with pytest.raises(PermissionDenied):
        run("name,kind\nZeta,company\n", by=in_workspace(PositionFactory(manager=True)))


def test_priorities_are_told_by_their_codes():
    S3PriorityFactory(code="food-2021", names={"en": "Food"})
    S3PriorityFactory(code="skills-2021", kind="criterion")
    head = "name,kind,country,region,s3_priorities\n"

    run(head + "Right,company,IT,ITC1,food-2021\n")
    for told in ("food-2021|Food", "skills-2021"):
        with pytest.raises(actions.ImportHasMistakes) as refusal:
            run(head + f"Other,company,IT,ITC1,{told}\n")
        assert [problem.column for problem in refusal.value.problems] == ["s3_priorities"]

    firm = Organisation.objects.get()
    assert (firm.name, list(firm.s3_priorities.values_list("code", flat=True))) == ("Right", ["food-2021"])
