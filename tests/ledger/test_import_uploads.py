"""Importing the past in a workspace: columns named and kept, rows checked, an import taken back whole."""

import csv
import io
import tracemalloc
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from filiera.accounts.viewer import SYSTEM
from filiera.ledger.actions import (
    FactsHaveMistakes,
    ImportAlreadyReversed,
    ReversalCannotBeReversed,
    import_facts,
    reverse_import,
)
from filiera.ledger.actions import reverse as reverse_fact
from filiera.ledger.actions.uploads import (
    ColumnMissing,
    TableIsEmpty,
    UploadIsGone,
    delete_upload,
    record_upload,
    upload_facts,
)
from filiera.ledger.fact_columns import FactColumns
from filiera.ledger.models import Fact, FactMapping, FactTable, FactUpload
from filiera.organisations.models import Role
from filiera.shared.tables import UnreadableTable
from tests.ledger.factories import NOW
from tests.organisations.factories import MembershipFactory, OrganisationFactory, PositionFactory
from tests.organisations.viewers import in_workspace

pytestmark = pytest.mark.django_db

TABLE = (
    "Tipo;Giorno;Socio;Ore;Nr\n"
    "meeting.held;14/05/2021;firm;2;a1\n"
    "meeting.held;2022-06-01;former;1,5;a2\n"
)  # fmt: skip
COLUMNS = FactColumns(
    {"kind": "tipo", "happened_on": "giorno", "counterpart": "socio", "quantity": "ore", "key": "nr"},
    {"organisation": "north"},
)


@pytest.fixture
def north():
    cluster = OrganisationFactory(slug="north")
    MembershipFactory(cluster=cluster, member=OrganisationFactory(slug="firm", company=True))
    MembershipFactory(
        cluster=cluster,
        member=OrganisationFactory(slug="former", company=True),
        start_on=date(2010, 1, 1),
        end_on=date(2019, 1, 1),
    )
    OrganisationFactory(slug="stranger", company=True)
    return cluster


@pytest.fixture
def manager(north):
    return PositionFactory(organisation=north, role=Role.MANAGER)


def file(text=TABLE, name="past.csv"):
    return SimpleUploadedFile(name, text.encode())


def uploaded(north, manager, text=TABLE):
    return upload_facts(organisation=north, upload=file(text), by=in_workspace(manager), at=NOW)


def run(north, text=TABLE, columns=COLUMNS, **values):
    return import_facts(
        **{
            "content": text.encode(),
            "filename": "past.csv",
            "by": SYSTEM,
            "at": NOW,
            "organisation": north,
            "columns": columns,
            **values,
        }
    )


def test_columns_are_named_and_kept_and_the_file_is_gone_then(north, manager):
    upload, by = uploaded(north, manager), in_workspace(manager)
    checked = record_upload(upload=upload, columns=COLUMNS, by=by, at=NOW, dry_run=True, keep_as="Ours")
    assert (checked.recorded, checked.rows, checked.table, Fact.objects.count()) == (2, 2, None, 0)

    report = record_upload(upload=upload, columns=COLUMNS, by=by, at=NOW)

    assert report.table == FactTable.objects.get(organisation=north)
    assert list(
        Fact.objects.order_by("happened_at").values_list(
            "kind", "happened_at__date", "organisation__slug", "counterpart__slug", "source"
        )
    ) == [
        ("meeting.held", date(2021, 5, 14), "north", "firm", "imported"),
        ("meeting.held", date(2022, 6, 1), "north", "former", "imported"),
    ]
    assert not FactUpload.objects.exists()
    assert FactMapping.objects.get(organisation=north).columns["of"]["counterpart"] == "socio"


def test_a_workspace_speaks_of_itself_and_its_members_alone(north):
    strange = "kind,happened_on,organisation,counterpart\nmeeting.held,2021-05-14,stranger,north\n"
    by = in_workspace(PositionFactory(organisation=north, role=Role.MANAGER))

    with pytest.raises(FactsHaveMistakes) as refusal:
        run(north, strange, None, by=by)

    assert [(problem.row, problem.column) for problem in refusal.value.problems] == [(2, "organisation")]


def test_a_row_whose_key_stands_counts_once_in_whatever_table(north):
    run(north)

    again = run(north, TABLE + "meeting.held;2023-01-01;firm;1;a3\n")

    assert (again.rows, again.recorded, again.there_already) == (3, 1, 2)
    assert Fact.objects.count() == 3


def test_a_key_that_stands_twice_in_a_table_is_a_mistake(north):
    with pytest.raises(FactsHaveMistakes) as refusal:
        run(north, TABLE + "meeting.held;2023-01-01;firm;1;a1\n")

    assert [(each.row, each.column, each.value) for each in refusal.value.problems] == [(4, "nr", "a1")]


def test_an_import_is_taken_back_whole_and_once(north):
    table = run(north).table
    reverse_fact(Fact.objects.first(), by=SYSTEM, at=NOW)

    assert reverse_import(table=table, by=SYSTEM, at=NOW) == 1

    assert Fact.objects.standing().count() == 0
    assert Fact.objects.count() == 4
    with pytest.raises(ImportAlreadyReversed):
        reverse_import(table=table, by=SYSTEM, at=NOW)
    with pytest.raises(ReversalCannotBeReversed):
        reverse_fact(Fact.objects.get(reverses__isnull=False, happened_at__year=2022), by=SYSTEM, at=NOW)


def test_what_was_taken_back_can_come_again(north):
    reverse_import(table=run(north).table, by=SYSTEM, at=NOW)
    for _time in range(2):
        again = run(north)
        assert again.recorded in (2, 0)
        assert Fact.objects.standing().count() == 2
    reverse_import(table=FactTable.objects.get(reversed_at=None), by=SYSTEM, at=NOW)

    assert run(north).recorded == 2
    assert Fact.objects.standing().count() == 2


def test_the_same_table_stands_once(north):
    table = run(north).table
    with pytest.raises(IntegrityError), transaction.atomic():
        FactTable.objects.create(
            name="again", sha256=table.sha256, organisation=north, row_count=1, imported_at=NOW
        )


def test_many_rows_with_one_wrong_are_refused_with_it_in_little_memory(north):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["kind", "happened_on", "organisation", "counterpart", "key"])
    for number in range(60_000):
        day = "2021-13-01" if number == 51_234 else "2021-05-14"
        writer.writerow(["meeting.held", day, "north", "firm", f"k{number}"])
    content = text.getvalue().encode()

    tracemalloc.start()
    with pytest.raises(FactsHaveMistakes) as refusal:
        import_facts(content=content, filename="many.csv", by=SYSTEM, at=NOW)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert [(each.row, each.column, each.value) for each in refusal.value.problems] == [
        (51_236, "happened_on", "2021-13-01")
    ]
    assert not Fact.objects.exists()
    assert most < 40_000_000


def test_an_empty_table_and_missing_columns_are_refused(north, manager):
    with pytest.raises(TableIsEmpty):
        uploaded(north, manager, "kind;day\n")
    upload = uploaded(north, manager)
    with pytest.raises(ColumnMissing):
        record_upload(upload=upload, columns=FactColumns({}), by=in_workspace(manager), at=NOW)


def test_a_table_that_somebody_recorded_meanwhile_is_gone(client, north, manager):
    upload = uploaded(north, manager)
    by = in_workspace(manager)
    record_upload(upload=FactUpload.objects.get(), columns=COLUMNS, by=by, at=NOW)

    for act in (
        lambda: record_upload(upload=upload, columns=COLUMNS, by=by, at=NOW),
        lambda: delete_upload(upload=upload, by=by, at=NOW),
    ):
        with pytest.raises(UploadIsGone):
            act()
    assert Fact.objects.count() == 2


def test_a_sign_that_no_database_keeps_is_refused(north):
    with pytest.raises(UnreadableTable):
        run(north, TABLE + "meeting.held;2022-06-01;fi\x00rm;1;a3\n")
    assert not Fact.objects.exists()


def test_a_year_with_a_wrong_digit_is_a_mistake(north):
    with pytest.raises(FactsHaveMistakes) as refused:
        run(north, TABLE.replace("2022", "0202"))
    (problem,) = refused.value.problems
    assert (problem.row, problem.column, problem.expected) == (3, "giorno", "a day from 1900 on")


def test_who_may_not_import_is_refused(north, manager):
    upload = uploaded(north, manager)
    table = run(north).table
    staff = in_workspace(PositionFactory(organisation=north, role=Role.STAFF))
    stranger = in_workspace(PositionFactory(role=Role.MANAGER))

    for by in (staff, stranger):
        with pytest.raises(PermissionDenied):
            upload_facts(organisation=north, upload=file(), by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            record_upload(upload=upload, columns=COLUMNS, by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            reverse_import(table=table, by=by, at=NOW)
        assert not FactUpload.objects.visible_to(by).exists()
        assert not FactMapping.objects.visible_to(by).exists()


def test_the_pages_lead_from_the_table_to_its_facts_and_back(client, north, manager):
    client.force_login(manager.person)
    address = reverse("ledger:imports", args=["north"])
    assert address in client.get("/o/north/ledger/").content.decode()

    uploaded_at = client.post(address, {"file": file()})["Location"]
    page = client.get(uploaded_at).content.decode()
    assert '<option value="tipo" selected>' in page
    chosen = {
        "of_kind": "tipo", "of_happened_on": "giorno", "of_counterpart": "socio", "of_quantity": "ore",
        "of_key": "nr", "fixed_organisation": "on", "keep_as": "Ours",
    }  # fmt: skip
    assert client.post(uploaded_at, {"of_kind": "tipo"}).status_code == 422
    checked = client.post(uploaded_at, {**chosen, "check": "1"})
    assert (checked.status_code, "All 2 rows are right" in checked.content.decode()) == (200, True)
    wrong = client.post(uploaded_at, {**chosen, "of_happened_on": "ore"})
    assert (wrong.status_code, "2 mistakes" in wrong.content.decode()) == (422, True)

    imported_at = client.post(uploaded_at, chosen)["Location"]
    assert "2 rows of this table count" in client.get(imported_at).content.decode()
    client.post(f"{imported_at}reversal/")
    assert "This import is taken back" in client.get(imported_at).content.decode()
    assert Fact.objects.standing().count() == 0
    assert "taken back" in client.get(address).content.decode()


def test_an_upload_is_thrown_away(client, north, manager):
    client.force_login(manager.person)
    upload = uploaded(north, manager)

    client.post(reverse("ledger:upload_deletion", args=["north", upload.pk]))

    assert not FactUpload.objects.exists()


def test_strangers_staff_and_visitors_are_turned_away(client, north, manager):
    upload = uploaded(north, manager)
    addresses = [
        reverse("ledger:imports", args=["north"]),
        reverse("ledger:upload", args=["north", upload.pk]),
        reverse("ledger:import", args=["north", run(north).table.pk]),
    ]
    assert [client.get(address).status_code for address in addresses] == [302, 302, 302]
    for role in (Role.STAFF, None):
        person = PositionFactory(
            **({"organisation": north, "role": role} if role else {"manager": True})
        ).person
        client.force_login(person)
        assert [client.get(address).status_code for address in addresses] == [403, 403, 403]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_number_of_questions(
    client, north, manager, django_assert_max_num_queries, count
):
    for number in range(count):
        run(north, f"{TABLE}meeting.held;2023-01-01;firm;1;n{number}\n")
    client.force_login(manager.person)
    with django_assert_max_num_queries(16):
        client.get(reverse("ledger:imports", args=["north"]))
