"""`filiera indicators`: the same numbers by either engine, sorted, with all their digits."""

import json
from contextlib import nullcontext

import pytest

from filiera.config import indicators as command
from filiera.config.errors import CannotRun
from filiera.config.indicators import FiguresRequest, run_indicators
from filiera.indicators.actions.refreshing import refresh_all
from tests.indicators.factories import load_all, made_fact
from tests.organisations.factories import MembershipFactory, OrganisationFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ask(monkeypatch, capsys):
    load_all()
    cluster = OrganisationFactory(slug="north")
    member = MembershipFactory(cluster=cluster).member
    made_fact("meeting.held", member, "2023-05-01", counterpart=OrganisationFactory(company=True))
    monkeypatch.setattr(command, "running_database", lambda installation: nullcontext())
    monkeypatch.setattr("django.setup", lambda: None)

    def run(what="compute", **asked) -> str:
        run_indicators(None, FiguresRequest(what=what, **asked))
        return capsys.readouterr().out

    return run


def test_engines_print_the_same(ask):
    live = ask(organisation="north", period="2023")
    assert ask(organisation="north", period="2023", engine="duckdb") == live
    rows = json.loads(live)["values"]
    assert rows == sorted(rows, key=lambda row: row["indicator"])
    held = next(row for row in rows if row["indicator"] == "meetings_held")
    assert held == {
        "indicator": "meetings_held",
        "organisation": "north",
        "period": "2023",
        "breakdown": "",
        "value": 1,
        "unit": "count",
        "definition_version": 2,
    }


def test_a_table_a_file_and_the_tables_themselves(ask, tmp_path):
    told = ask(organisation="north", period="2023", format="csv", indicators=("meetings_held",))
    assert told.splitlines()[1] == "meetings_held,north,2023,,1,count,2"
    file = tmp_path / "figures.json"
    assert ask("export", organisation="north", period="2023", to=file) == ""
    assert json.loads(file.read_text())["values"]
    folder = tmp_path / "tables"
    assert ask("export", format="parquet", to=folder) == f"1 facts in {folder}\n"
    again = ask(organisation="north", period="2023", engine="duckdb", tables=folder)
    assert again == ask(organisation="north", period="2023")


def test_explaining_tells_the_three_doors(ask):
    refresh_all()
    told = json.loads(ask("explain", organisation="north", period="2023", indicators=("meetings_held",)))
    assert told["figures"][0]["records"]["facts"] == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"organisation": "nowhere"},
        {"period": "soon"},
        {"indicators": ("no_such",)},
        {"what": "explain"},
        {"what": "export", "format": "parquet"},
    ],
)
def test_what_cannot_be_done_is_said(ask, asked):
    with pytest.raises(CannotRun):
        ask(**asked)
