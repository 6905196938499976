"""People who were selected elsewhere: whatever the columns are called, all of them or none."""

import io
import time
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from openpyxl import Workbook

from filiera.academy.models import EditionMember, EditionRole
from filiera.accounts.viewer import SYSTEM
from filiera.admissions.actions import people_imports as actions
from filiera.admissions.actions.participations import NoPlaceLeft
from filiera.admissions.imports import people as reading
from filiera.admissions.models import Participation, PeopleImport
from filiera.ledger.models import Fact
from filiera.mail.models import OutgoingMail
from filiera.reference.models import Country
from filiera.shared.tables import UnreadableTable
from tests.academy.factories import NOW
from tests.academy.viewers import client_of
from tests.accounts.factories import PASSWORD, PersonFactory
from tests.admissions.factories import CallFactory, ParticipationFactory
from tests.organisations.factories import OrganisationFactory

ITALIAN = "Cognome;Nome;Indirizzo e-mail;Ente;Paese\nRossi;Anna;Anna@Example.org;Polo Uno;Italia\n"


@pytest.fixture(autouse=True)
def italy(db):
    Country.objects.get_or_create(
        code="IT", defaults={"alpha3": "ITA", "names": {"en": "Italy", "it": "Italia"}}
    )


def take(edition, text, *, mapping=None, is_confirmed=False, dry_run=False, by=SYSTEM, name="people.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    table = reading.read_people_table(content, name)
    return actions.import_people(
        edition=edition,
        table=table,
        mapping=mapping or reading.guessed_mapping(table.headings),
        is_confirmed=is_confirmed,
        dry_run=dry_run,
        by=by,
        at=NOW,
    )


def everybody():
    return list(
        Participation.objects.order_by("pk").values_list("name", "email", "organisation_name", "state")
    )


def problems_of(edition, text):
    with pytest.raises(actions.PeopleHaveMistakes) as refusal:
        take(edition, text)
    return [(problem.row, problem.column, problem.value) for problem in refusal.value.problems]


@pytest.mark.parametrize(
    ("headings", "mapping"),
    [
        (["Name", "Email"], {"name": "Name", "email": "Email"}),
        (["Nome", "Cognome"], {"first_name": "Nome", "last_name": "Cognome"}),
        (["Nome", "E-Mail"], {"name": "Nome", "email": "E-Mail"}),
        (["Name", "Surname"], {"first_name": "Name", "last_name": "Surname"}),
        (["NOME E COGNOME", "Paese"], {"name": "NOME E COGNOME", "country": "Paese"}),
        (["X", "Y"], {}),
    ],
)
def test_columns_are_guessed_from_their_headings(headings, mapping):
    assert reading.guessed_mapping(headings) == mapping


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_accents_come_through_in_usual_encodings(edition, encoding):
    text = "Nome e cognome\tEnte\nJosé Núñez\tUniversità di Torino\n"

    take(edition, text.encode(encoding))

    assert everybody() == [("José Núñez", "", "Università di Torino", "selected")]


def test_central_europe_is_read_when_it_is_chosen():
    content = "Name,Company\nŁukasz Wójcik,Dolina Lotnicza\n".encode("cp1250")

    table = reading.read_people_table(content, "people.csv", encoding="cp1250")

    assert table.rows == [(2, ["Łukasz Wójcik", "Dolina Lotnicza"])]


def test_an_encoding_that_is_wrong_is_told():
    with pytest.raises(UnreadableTable):
        reading.read_people_table("Name,Ente\nJosé,X\n".encode("cp1252"), "people.csv", encoding="utf-8")


def test_a_title_above_the_headings_and_empty_or_double_headings_do_no_harm():
    content = b"Participants of the academy\n\nName,,Name\nAnna,x,y\n"

    table = reading.read_people_table(content, "people.csv")

    assert (table.headings, table.rows) == (["Name", "Column 2", "Name (3)"], [(4, ["Anna", "x", "y"])])


def test_people_come_in_with_organisation_and_country(edition):
    organisation = OrganisationFactory(name="Polo Uno")

    report = take(edition, ITALIAN)

    place = Participation.objects.get()
    assert (report.new, place.name, place.email) == (["Anna Rossi"], "Anna Rossi", "anna@example.org")
    assert (place.organisation, place.organisation_name, place.country_id) == (organisation, "", "IT")
    assert OutgoingMail.objects.count() == 0


def test_an_organisation_that_ended_gives_way_to_the_one_that_stands(edition):
    OrganisationFactory(name="Polo Uno", closed_on=date(2022, 12, 31))
    standing = OrganisationFactory(name="Polo uno")

    take(edition, ITALIAN)

    assert Participation.objects.get().organisation == standing


def test_a_name_that_two_organisations_have_is_kept_as_it_is_written(edition):
    OrganisationFactory.create_batch(2, name="Polo Uno")

    take(edition, ITALIAN)

    place = Participation.objects.get()
    assert (place.organisation, place.organisation_name) == (None, "Polo Uno")


def test_a_workbook_comes_in(edition):
    book = Workbook()
    for row in (["Partecipante", "Posta elettronica"], ["Anna Rossi", "anna@example.org"]):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)

    take(edition, file.getvalue(), name="people.xlsx")

    assert everybody() == [("Anna Rossi", "anna@example.org", "", "selected")]


def test_a_dry_run_tells_all_and_changes_nothing(edition):
    report = take(edition, ITALIAN, dry_run=True, is_confirmed=True)

    assert (report.new, report.confirmed, everybody()) == (["Anna Rossi"], ["Anna Rossi"], [])


def test_every_wrong_cell_is_told_and_nobody_comes_in(edition):
    text = (
        "Name,Email,Country\n"
        "Anna,anna@example.org,Italy\n"
        "Bruno,not an address,Italy\n"
        ",carla@example.org,Atlantis\n"
        "Dora,anna@example.org,\n"
    )

    assert problems_of(edition, text) == [
        (3, "Email", "not an address"),
        (4, "Name", ""),
        (4, "Country", "Atlantis"),
        (5, "Email", "anna@example.org"),
    ]
    assert everybody() == []


def test_one_person_twice_without_an_address_is_told(edition):
    text = "Name,Company,Email\nAnna,X,\nanna,x,\nANNA,X,anna@example.org\n"

    assert problems_of(edition, text) == [(3, "Name", "anna"), (4, "Email", "anna@example.org")]


def test_a_second_file_updates_without_doubling(edition):
    take(edition, "Name,Email,Company\nAnna,anna@example.org,X\nBruno,bruno@example.org,X\nCarla,,X\n")

    report = take(
        edition,
        "Name,Email,Company,Role\nAnna Rossi,ANNA@example.org,X,Manager\n"
        "Carla,carla@example.org,X,\nDora,,Y,\n",
    )

    changes = {change.name: change.fields for change in report.changed}
    assert changes == {
        "Anna Rossi": [("Name", "Anna", "Anna Rossi"), ("Role there", "", "Manager")],
        "Carla": [("E-mail address", "", "carla@example.org")],
    }
    assert (report.new, report.unchanged, report.missing) == (["Dora"], 0, ["Bruno"])
    assert sorted(row[0] for row in everybody()) == ["Anna Rossi", "Bruno", "Carla", "Dora"]


def test_the_same_file_again_changes_nothing(edition):
    take(edition, ITALIAN)

    report = take(edition, ITALIAN)

    assert (report.new, report.changed, report.unchanged, report.missing) == ([], [], 1, [])


def test_an_empty_cell_takes_nothing_away(edition):
    take(edition, "Name,Email,Role\nAnna,anna@example.org,Manager\n")

    take(edition, "Name,Email,Role\nAnna,anna@example.org,\n")

    assert Participation.objects.get().position == "Manager"


def test_a_place_that_was_given_back_stays_so(edition):
    ParticipationFactory(
        edition=edition, name="Anna", email="anna@example.org", state="cancelled", ended_at=NOW
    )

    report = take(edition, "Name,Email\nAnna,anna@example.org\n", is_confirmed=True)

    assert (report.ended, report.confirmed) == (["Anna"], [])


def test_people_who_confirmed_elsewhere_count_and_belong(edition):
    person = PersonFactory(email="anna@example.org", password=PASSWORD)

    take(edition, ITALIAN, is_confirmed=True)

    place = Participation.objects.get()
    member = EditionMember.objects.get(edition=edition, person=person)
    assert (place.state, place.person, member.role) == ("confirmed", person, EditionRole.PARTICIPANT)
    assert Fact.objects.filter(kind="place.confirmed", subject_key=str(place.pk)).count() == 1


def test_more_confirmed_people_than_places_are_refused_together(edition):
    CallFactory(edition=edition, places=1)

    with pytest.raises(NoPlaceLeft):
        take(edition, "Name\nAnna\nBruno\n", is_confirmed=True, dry_run=True)
    with pytest.raises(NoPlaceLeft):
        take(edition, "Name\nAnna\nBruno\n", is_confirmed=True)

    assert everybody() == []


def test_letters_that_nobody_can_read_are_told(edition):
    content = b"Name,Company\nAnna,M\x81ller\n"

    with pytest.raises(actions.PeopleHaveMistakes):
        take(edition, content)


@pytest.mark.parametrize("content", [b"", b"Name\n", b"\n\n\n", b"PK\x03\x04broken"])
def test_a_file_without_people_is_told(content):
    with pytest.raises((reading.NoRows, UnreadableTable)):
        reading.read_people_table(content, "people.csv")


def test_a_table_without_a_name_column_is_told(edition):
    with pytest.raises(reading.NameColumnMissing):
        take(edition, "Email,Company\nanna@example.org,X\n", mapping={"email": "Email"})


def test_a_column_that_is_not_in_the_file_is_told(edition):
    with pytest.raises(reading.ColumnUnknown):
        take(edition, "Name,Company\nAnna,X\n", mapping={"name": "Nome"})


def test_who_only_reads_imports_nobody(edition, in_role):
    with pytest.raises(PermissionDenied):
        take(edition, ITALIAN, by=in_role(EditionRole.FACILITATOR))


def test_ten_thousand_rows_come_in_and_again(edition):
    lines = [
        f"Person {number},person-{number}@example.org,Company {number % 300}" for number in range(10_000)
    ]
    text = "Name,Email,Company\n" + "\n".join(lines)

    started = time.monotonic()
    report = take(edition, text, is_confirmed=True)
    again = take(edition, text.replace("Person 9999,", "Person Last,"), is_confirmed=True)
    seconds = time.monotonic() - started

    assert (len(report.new), again.unchanged, len(again.changed)) == (10_000, 9_999, 1)
    assert seconds < 60


def test_an_upload_nobody_imports_is_forgotten_after_a_day(edition):
    actions.upload_people(edition=edition, content=ITALIAN.encode(), name="a.csv", by=SYSTEM, at=NOW)

    counts = [actions.forget_uploads(at=NOW + timedelta(hours=hours)) for hours in (23, 25)]

    assert counts == [0, 1]


def desk_address(edition, name, *keys):
    return reverse(f"admissions:{name}", args=[edition.slug, *keys])


def upload(client, edition, text=ITALIAN, name="people.csv"):
    file = io.BytesIO(text.encode())
    file.name = name
    return client.post(desk_address(edition, "desk_people_import"), {"file": file, "encoding": ""})


def test_the_desk_uploads_looks_and_imports(edition, desk_client):
    columns = upload(desk_client, edition)["Location"]
    chosen = {"first_name": "Nome", "last_name": "Cognome", "email": "Indirizzo e-mail", "confirmed": "no"}

    looked = desk_client.post(columns, {**chosen, "step": "look"})
    before = everybody()
    imported = desk_client.post(columns, {**chosen, "step": "import"})
    twice = desk_client.post(columns, {**chosen, "step": "import"})

    assert looked.context["report"].new == ["Anna Rossi"]
    assert f'href="{desk_address(edition, "desk_participants")}">Go to' in imported.content.decode()
    assert (before, [row[0] for row in everybody()]) == ([], ["Anna Rossi"])
    assert (imported.status_code, twice.status_code) == (200, 422)
    assert PeopleImport.objects.get().rows == []


def test_the_columns_are_remembered_for_the_next_file(edition, desk_client):
    columns = upload(desk_client, edition, "A,B\nAnna,anna@example.org\n")["Location"]
    desk_client.post(columns, {"name": "A", "email": "B", "confirmed": "no", "step": "import"})

    again = upload(desk_client, edition, "B,A,C\nbruno@example.org,Bruno,x\n")["Location"]

    assert PeopleImport.objects.order_by("-pk").first().mapping == {"name": "A", "email": "B"}
    assert desk_client.get(again).status_code == 200


def test_mistakes_stand_on_the_page(edition, desk_client):
    columns = upload(desk_client, edition, "Name,Email\nAnna,nowhere\n")["Location"]

    answer = desk_client.post(
        columns, {"name": "Name", "email": "Email", "confirmed": "no", "step": "import"}
    )

    assert answer.status_code == 422
    assert "one e-mail address" in answer.content.decode()


def test_the_upload_of_another_edition_is_not_there(edition, desk_client):
    other = actions.upload_people(
        edition=ParticipationFactory().edition, content=ITALIAN.encode(), name="a.csv", by=SYSTEM, at=NOW
    )

    assert desk_client.get(desk_address(edition, "desk_people_import_columns", other.pk)).status_code == 404


@pytest.mark.parametrize("role", [EditionRole.FACILITATOR, EditionRole.PARTICIPANT, EditionRole.KITCHEN])
def test_only_the_desk_opens_the_import(edition, in_role, role):
    assert client_of(in_role(role).person).get(desk_address(edition, "desk_people_import")).status_code == 403


def test_imported_people_are_offered_their_places_together(edition, desk_client):
    take(edition, "Name,Email\nAnna,anna@example.org\nBruno,bruno@example.org\nCarla,\n")

    desk_client.post(desk_address(edition, "desk_offers_to_all"))

    assert [row[3] for row in everybody()] == ["offered", "offered", "selected"]
    assert OutgoingMail.objects.count() == 2
