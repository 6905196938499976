"""The official tables arrive whole, once, and say where they come from."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied

from filiera.accounts.viewer import SYSTEM, Viewer
from filiera.reference.load import (
    TableHasMistakes,
    TableSource,
    UnknownReferenceTable,
    load_reference,
    load_table,
    packaged_sources,
)
from filiera.reference.models import (
    Activity,
    Country,
    Ecosystem,
    EcosystemActivity,
    EcosystemMappingVersion,
    Language,
    Region,
    S3Priority,
    SourceTable,
)
from filiera.shared.tables import RowProblem

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, tzinfo=UTC)
OFFICIAL = TableSource(source="Official office", source_date=date(2030, 1, 1), licence="CC0")


def test_the_packaged_tables_are_loaded_whole():
    loaded = load_reference(NOW)

    assert loaded == list(packaged_sources())
    assert {
        "countries": Country.objects.count(),
        "members of the EU": Country.objects.filter(in_eu=True).count(),
        "languages": Language.objects.count(),
        "regions by level": [Region.objects.filter(level=level).count() for level in range(3)],
        "activities": [Activity.objects.filter(level=level).count() for level in Activity.Level.values],
        "ecosystems": Ecosystem.objects.count(),
        "mapping": EcosystemActivity.objects.count(),
        "priorities": [S3Priority.objects.filter(kind=kind).count() for kind in S3Priority.Kind.values],
    } == {
        "countries": 250,
        "members of the EU": 27,
        "languages": 24,
        "regions by level": [39, 115, 299],
        "activities": [21, 88],
        "ecosystems": 14,
        "mapping": 50,
        "priorities": [6, 3, 1],
    }


def test_every_table_says_source_date_and_licence():
    load_reference(NOW)

    unsaid = SourceTable.objects.filter(source="") | SourceTable.objects.filter(licence="")
    assert (SourceTable.objects.count(), list(unsaid)) == (8, [])


def test_loading_again_changes_nothing():
    load_reference(NOW)

    assert load_reference(datetime(2027, 1, 1, tzinfo=UTC)) == []
    assert set(SourceTable.objects.values_list("loaded_at", flat=True)) == {NOW}


def test_the_mapping_is_marked_unverified_and_has_no_weights():
    load_reference(NOW)

    version = EcosystemMappingVersion.objects.get(is_current=True)
    assert (version.status, EcosystemActivity.objects.filter(weight__isnull=False).count()) == (
        EcosystemMappingVersion.Status.UNVERIFIED,
        0,
    )


def test_both_names_of_the_proximity_ecosystem_are_known():
    load_reference(NOW)

    ecosystem = Ecosystem.objects.get(code="PROX")
    assert [ecosystem.names["en"], ecosystem.aliases[0]] == [
        "Proximity, social economy and civil security",
        "Proximity, social economy and civil society",
    ]


def test_a_newer_file_of_the_operator_stays_at_the_next_start():
    load_reference(NOW)
    file = b"code,native_name,is_official_in_eu,name_en\nuk,\xd0\xa3,no,Ukrainian\n"
    load_table("languages", file, "languages.csv", source=OFFICIAL, by=SYSTEM, at=NOW)

    assert load_reference(NOW) == []
    assert SourceTable.objects.get(name="languages").source == "Official office"
    assert Language.objects.get(code="uk").names == {"en": "Ukrainian"}


def test_one_wrong_row_loads_nothing_and_names_every_mistake():
    file = (
        b"code,alpha3,eurostat_code,in_eu,in_efta,is_candidate,name_en\n"
        b"IT,ITA,IT,yes,no,no,Italy\n"
        b"fr,FRA,FR,perhaps,no,no,\n"
        b"IT,ITA,IT,yes,no,no,Italy\n"
    )

    with pytest.raises(TableHasMistakes) as refusal:
        load_table("countries", file, "countries.csv", source=OFFICIAL, by=SYSTEM, at=NOW)

    assert refusal.value.problems == (
        RowProblem(3, "code", "fr", "2 capital letters"),
        RowProblem(3, "in_eu", "perhaps", "one of: yes, no"),
        RowProblem(3, "name_en", "", "a name in English"),
        RowProblem(4, "code", "IT", "each row once"),
    )
    assert (Country.objects.count(), SourceTable.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("name", "file", "column"),
    [
        (
            "regions",
            b"code,level,country,parent,name,name_latin,nuts_version\nXX1,1,XX,XX,A,A,2027\n",
            "parent",
        ),
        ("activities", b"code,revision,level,parent,name_en\n01,R3,division,Z,Crops\n", "parent"),
        ("ecosystems", b"code,position,name_en,aliases\nLONGCODE,1,Space,\n", "code"),
        (
            "ecosystem_activities",
            b"version,ecosystem,activity,revision,weight,note\nv,A,01,R,2,\n",
            "activity",
        ),
        (
            "s3_priorities",
            b"code,strategy,kind,region,from_year,until_year,position,name_en,source_url\n"
            b"a,S,system,Q,2021,2027,1,A,u\n",
            "region",
        ),
        ("languages", b"code,native_name,is_official_in_eu,name_en\n", ""),
        (
            "ecosystem_mappings",
            b"code,status,title_en,note_en,source,made_on,is_current\na,new,T,N,S,2024-01-01,yes\n",
            "status",
        ),
    ],
)
def test_each_table_refuses_what_it_cannot_mean(name, file, column):
    with pytest.raises(TableHasMistakes) as refusal:
        load_table(name, file, f"{name}.csv", source=OFFICIAL, by=SYSTEM, at=NOW)

    assert refusal.value.problems[0].column == column


@pytest.mark.parametrize("years", ["2027,2021", ",", "21,27", "2021,9999"])
def test_a_strategy_has_a_period_of_programming(years):
    load_reference(NOW)
    file = (
        "code,strategy,kind,region,from_year,until_year,position,name_en,source_url\n"
        f"a,S,system,ITC1,{years},1,A,u\n"
    )

    with pytest.raises(TableHasMistakes) as refusal:
        load_table("s3_priorities", file.encode(), "s3_priorities.csv", source=OFFICIAL, by=SYSTEM, at=NOW)

    assert {problem.column for problem in refusal.value.problems} <= {"from_year", "until_year"}


def test_a_table_of_another_name_is_refused():
    with pytest.raises(UnknownReferenceTable):
        load_table("planets", b"code\nE\n", "planets.csv", source=OFFICIAL, by=SYSTEM, at=NOW)


def test_a_new_current_mapping_takes_the_place_of_the_former():
    load_reference(NOW)
    file = (
        b"code,status,title_en,note_en,source,made_on,is_current\n"
        b"official-2027,official,Official,From the Commission,SWD,2027-01-01,yes\n"
    )

    load_table("ecosystem_mappings", file, "ecosystem_mappings.csv", source=OFFICIAL, by=SYSTEM, at=NOW)

    assert list(EcosystemMappingVersion.objects.order_by("code").values_list("code", "is_current")) == [
        ("official-2027", True),
        ("titles-2026-unverified", False),
    ]


def test_a_trial_says_what_is_wrong_and_changes_nothing():
    file = "code,native_name,is_official_in_eu,name_en\nuk,українська,no,Ukrainian\n".encode()

    table = load_table("languages", file, "languages.csv", source=OFFICIAL, by=SYSTEM, at=NOW, dry_run=True)

    assert (table.row_count, Language.objects.count(), SourceTable.objects.count()) == (1, 0, 0)


def test_only_an_administrator_loads_a_table():
    with pytest.raises(PermissionDenied):
        load_table("languages", b"", "languages.csv", source=OFFICIAL, by=Viewer(person=None), at=NOW)
