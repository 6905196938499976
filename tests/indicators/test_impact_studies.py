"""Panels and studies of impact: read, compared, shown, deleted; seen by nobody without the right."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.urls import reverse

from filiera.accounts.signals import person_erased
from filiera.files.models import StoredFile
from filiera.files.rules import FileContentDiffers
from filiera.indicators.actions import impact as actions
from filiera.indicators.impact.simulation import as_table, simulated
from filiera.indicators.impact_receivers import part_in_studies
from filiera.indicators.models import ImpactPanel, ImpactStudy, StudyState
from filiera.indicators.panel_files import (
    ColumnsOfPanelWrong,
    PanelColumns,
    PanelHasMistakes,
    guessed_columns,
    read_panel,
)
from filiera.organisations.models import Role
from tests.organisations.conftest import signed_in
from tests.organisations.factories import OrganisationFactory, PositionFactory
from tests.organisations.viewers import in_workspace

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
COLUMNS = PanelColumns(
    firm="firm",
    year="year",
    joined="joined",
    outcomes=("turnover",),
    covariates=("employees", "productivity"),
    classes=("sector", "size_class", "region"),
)
CHOICES = {
    "method": "propensity",
    "neighbours": 3,
    "years_before": 3,
    "years_after": 3,
    "scale": "level",
    "covariates": ["employees", "productivity"],
    "classes": ["sector", "size_class", "region"],
}
FEW = "firm,year,joined,turnover\nA,2018,2019,1.5\nA,2019,2019,2\nB,2018,,\nB,2019,,3\n"
FEW_COLUMNS = PanelColumns(firm="firm", year="year", joined="joined", outcomes=("turnover",))


@pytest.fixture
def cluster(db):
    return OrganisationFactory(slug="north", name="North")


@pytest.fixture
def manager(cluster):
    return in_workspace(PositionFactory(organisation=cluster, role=Role.MANAGER))


@pytest.fixture
def editor(manager):
    return signed_in(manager.person)


def uploaded(cluster, by, content=FEW, name="panel.csv", **values):
    told = {"title": "Firms", "source": "Register", "keep_until": date(2027, 1, 1), **values}
    body = content if isinstance(content, bytes) else content.encode()
    return actions.upload_panel(
        organisation=cluster, upload=ContentFile(body, name=name), by=by, at=NOW, **told
    )


def read(cluster, by, content=FEW, columns=FEW_COLUMNS):
    panel = uploaded(cluster, by, content)
    return actions.read_columns(panel=panel, columns=columns, by=by, at=NOW)


def asked(panel, by, outcome="turnover", **choices):
    told = {**CHOICES, "covariates": [], "classes": [], **choices}
    return actions.ask_for_study(panel=panel, outcome=outcome, unit="", choices=told, by=by, at=NOW)


def estimated(cluster, by, **values):
    panel = read(cluster, by, as_table(simulated(2, **values)), COLUMNS)
    study = asked(panel, by, **CHOICES)
    actions.run_study(study.pk)
    study.refresh_from_db()
    return study


def test_a_panel_is_read_whole(cluster, manager):
    panel = read(cluster, manager)

    assert panel.summary == {"rows": 4, "firms": 2, "members": 1, "first_year": 2018, "last_year": 2019}
    assert panel.digest == panel.file.sha256
    assert panel.checked_at == NOW


def test_a_panel_comes_as_parquet_too(cluster, manager):
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(
        {
            "firm": ["A", "A", "B", "B"],
            "year": [2018, 2019, 2018, 2019],
            "joined": [2019.0, 2019.0, None, None],
            "turnover": [1.5, 2.0, float("nan"), 3.0],
        }
    )
    file = io.BytesIO()
    pq.write_table(table, file)
    panel = uploaded(cluster, manager, file.getvalue(), "panel.parquet")

    panel = actions.read_columns(panel=panel, columns=FEW_COLUMNS, by=manager, at=NOW)

    assert panel.summary == {"rows": 4, "firms": 2, "members": 1, "first_year": 2018, "last_year": 2019}


@pytest.mark.parametrize(
    ("content", "row", "column"),
    [
        ("firm,year,joined,turnover\nA,2018,2019,much\n", 2, "turnover"),
        ("firm,year,joined,turnover\nA,2018,2019,nan\n", 2, "turnover"),
        ("firm,year,joined,turnover\nA,2018,2019,1\nA,2018,2019,2\n", 3, "year"),
        ("firm,year,joined,turnover\nA,2018,2019,1\nA,2019,2018,2\n", 3, "joined"),
        ("firm,year,joined,turnover\nA,20188,2019,1\n", 2, "year"),
        ("firm,year,joined,turnover\n,2018,2019,1\n", 2, "firm"),
        ("firm,year,joined,turnover\nA,2018,yes,1\n", 2, "joined"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_nothing_is_taken_over(cluster, manager, content, row, column):
    panel = uploaded(cluster, manager, content)

    with pytest.raises(PanelHasMistakes) as refusal:
        actions.read_columns(panel=panel, columns=FEW_COLUMNS, by=manager, at=NOW)

    assert [(problem.row, problem.column) for problem in refusal.value.problems] == [(row, column)]
    panel.refresh_from_db()
    assert panel.checked_at is None


def test_a_decimal_comma_is_understood():
    rows = read_panel(b"firm;year;joined;turnover\nA;2018;;1234,5\n", "p.csv", FEW_COLUMNS)

    assert rows.numbers["turnover"] == [1234.5]


def test_columns_need_names_of_their_own(cluster, manager):
    with pytest.raises(ColumnsOfPanelWrong):
        uploaded(cluster, manager, "firm,firm\n1,2\n")


def test_a_refused_file_leaves_nothing_behind(cluster, manager):
    with pytest.raises(FileContentDiffers):
        uploaded(cluster, manager, b"\x00\x01", "panel.parquet")

    assert not StoredFile.objects.exists()


def test_columns_are_guessed_by_their_names():
    guess = guessed_columns(["Azienda", "Anno", "anno_adesione", "settore", "fatturato"])

    assert guess == {"firm": "Azienda", "year": "Anno", "joined": "anno_adesione", "classes": ["settore"]}


@pytest.mark.parametrize(
    ("columns", "error"),
    [
        (PanelColumns("firm", "year", "since", ("turnover",)), actions.ColumnUnknown),
        (PanelColumns("firm", "firm", "joined", ("turnover",)), actions.ColumnTwice),
        (PanelColumns("firm", "year", "joined", ("year",)), actions.ColumnTwice),
        (PanelColumns("firm", "year", "joined", ()), actions.ColumnTwice),
    ],
)
def test_columns_that_cannot_be_are_refused(cluster, manager, columns, error):
    panel = uploaded(cluster, manager)

    with pytest.raises(error):
        actions.read_columns(panel=panel, columns=columns, by=manager, at=NOW)


@pytest.mark.parametrize("keep_until", [date(2026, 3, 2), date(2036, 1, 1)])
def test_a_panel_is_kept_for_a_time_that_is_possible(cluster, manager, keep_until):
    with pytest.raises(actions.KeptTooLong):
        uploaded(cluster, manager, keep_until=keep_until)


@pytest.mark.parametrize("role", [Role.STAFF, Role.CONTACT])
def test_who_has_no_right_uploads_nothing(cluster, role):
    viewer = in_workspace(PositionFactory(organisation=cluster, role=role))

    with pytest.raises(PermissionDenied):
        uploaded(cluster, viewer)


def test_another_organisation_does_nothing_with_a_panel(cluster, manager):
    panel, other = read(cluster, manager), in_workspace(PositionFactory(role=Role.MANAGER))
    study = asked(panel, manager)

    for forbidden in (
        lambda: actions.read_columns(panel=panel, columns=FEW_COLUMNS, by=other, at=NOW),
        lambda: actions.delete_panel(panel=panel, by=other, at=NOW),
        lambda: asked(panel, other),
        lambda: actions.delete_study(study=study, by=other),
        lambda: actions.show_study(study=study, is_shown=True, by=other),
    ):
        with pytest.raises(PermissionDenied):
            forbidden()


def test_a_study_finds_a_known_effect_and_keeps_what_it_was_made_from(cluster, manager):
    study = estimated(cluster, manager)

    assert study.state == StudyState.ESTIMATED
    assert study.result["overall"]["low"] > 0
    assert (study.method_version, study.share) == ("1", 1.0)
    assert study.inputs_digest == actions.inputs_digest(study, "1")


def test_a_study_run_twice_stays_as_it_was(cluster, manager):
    study = estimated(cluster, manager)

    actions.run_study(study.pk)

    again = ImpactStudy.objects.get(pk=study.pk)
    assert (again.finished_at, again.result) == (study.finished_at, study.result)


def test_a_study_of_too_few_is_refused_with_its_reason(cluster, manager):
    study = asked(read(cluster, manager), manager)

    actions.run_study(study.pk)

    study.refresh_from_db()
    assert (study.state, study.result["reason"]) == (StudyState.REFUSED, "too_few_years")


def test_no_result_holds_a_single_firm(cluster, manager):
    study = estimated(cluster, manager)

    assert "F0001" not in str(study.result)
    assert all(each["members"] >= 10 for each in study.result["effects"])


def test_one_study_of_a_panel_at_a_time(cluster, manager):
    panel = read(cluster, manager)
    asked(panel, manager)

    with pytest.raises(actions.StudyUnderWay):
        asked(panel, manager)
    with pytest.raises(actions.StudyUnderWay):
        actions.read_columns(panel=panel, columns=FEW_COLUMNS, by=manager, at=NOW)


def test_a_study_asks_for_columns_of_the_panel(cluster, manager):
    panel = read(cluster, manager)

    with pytest.raises(actions.ColumnUnknown):
        asked(panel, manager, outcome="patents")
    with pytest.raises(actions.ColumnUnknown):
        asked(panel, manager, covariates=["age"])
    with pytest.raises(actions.PanelIsNotRead):
        asked(uploaded(cluster, manager), manager)


def test_a_deleted_panel_loses_its_file_and_keeps_what_was_found(
    cluster, manager, django_capture_on_commit_callbacks
):
    study = estimated(cluster, manager)
    path = study.panel.file.path

    with django_capture_on_commit_callbacks(execute=True):
        panel = actions.delete_panel(panel=study.panel, by=manager, at=NOW)

    assert not default_storage.exists(path)
    assert not StoredFile.objects.exists()
    assert ImpactStudy.objects.get(pk=study.pk).result == study.result
    with pytest.raises(actions.PanelIsDeleted):
        asked(panel, manager)


def test_a_study_whose_file_left_meanwhile_says_so(cluster, manager):
    panel = read(cluster, manager)
    study = asked(panel, manager)
    actions.delete_panel(panel=panel, by=manager, at=NOW)

    actions.run_study(study.pk)

    study.refresh_from_db()
    assert study.state == StudyState.FAILED


def test_files_leave_when_their_time_is_over(cluster, manager):
    over = read(cluster, manager)
    unread = uploaded(cluster, manager, keep_until=date(2028, 1, 1))
    kept = read(cluster, manager)
    ImpactPanel.objects.filter(pk=kept.pk).update(keep_until=date(2028, 1, 1))

    count = actions.delete_old_panels(at=datetime(2027, 1, 1, 3, tzinfo=UTC))

    assert count == 2
    assert list(ImpactPanel.objects.kept()) == [kept]
    assert {over.pk, unread.pk} == set(
        ImpactPanel.objects.exclude(deleted_at=None).values_list("pk", flat=True)
    )
    assert actions.delete_old_panels(at=NOW + timedelta(days=1)) == 0


def test_one_study_stands_in_the_logic_model(cluster, manager):
    one = estimated(cluster, manager)
    two = asked(one.panel, manager, **CHOICES)
    with pytest.raises(actions.StudyWithoutEstimate):
        actions.show_study(study=two, is_shown=True, by=manager)
    actions.run_study(two.pk)

    actions.show_study(study=one, is_shown=True, by=manager)
    actions.show_study(study=two, is_shown=True, by=manager)

    assert list(ImpactStudy.objects.filter(is_shown=True)) == [two]


def test_an_estimate_may_stand_there_at_once(cluster, manager):
    panel = read(cluster, manager, as_table(simulated(2)), COLUMNS)
    study = asked(panel, manager, **CHOICES, is_shown=True)
    assert not ImpactStudy.objects.filter(is_shown=True).exists()

    actions.run_study(study.pk)

    assert list(ImpactStudy.objects.filter(is_shown=True)) == [study]


def test_those_who_see_figures_see_the_shown_study_and_no_other(cluster, manager):
    study = estimated(cluster, manager)
    staff = in_workspace(PositionFactory(organisation=cluster, role=Role.STAFF))
    contact = in_workspace(PositionFactory(organisation=cluster, role=Role.CONTACT))
    other = in_workspace(PositionFactory(role=Role.MANAGER))
    assert not ImpactStudy.objects.visible_to(staff).exists()

    actions.show_study(study=study, is_shown=True, by=manager)

    assert list(ImpactStudy.objects.visible_to(staff)) == [study]
    for viewer in (contact, other):
        assert not ImpactStudy.objects.visible_to(viewer).exists()
    for viewer in (staff, contact, other):
        assert not ImpactPanel.objects.visible_to(viewer).exists()


def test_a_file_opens_only_for_those_who_study_impact(cluster, manager, editor, client):
    panel = read(cluster, manager)
    address = reverse("files:file", args=[panel.file.uuid])
    staff = signed_in(PositionFactory(organisation=cluster, role=Role.STAFF).person)
    other = signed_in(PositionFactory(role=Role.MANAGER).person)
    former = signed_in(
        PositionFactory(organisation=cluster, role=Role.MANAGER, until_date=date(2023, 2, 1)).person
    )

    answers = [one.get(address) for one in (editor, staff, other, former, client)]
    statuses = [answer.status_code for answer in answers]
    answers[0].close()

    assert statuses == [200, 404, 404, 404, 404]


def test_a_person_leaves_and_the_study_stays(cluster, manager):
    study = estimated(cluster, manager)
    told = part_in_studies(manager.person)
    assert (len(told["panels uploaded"]), len(told["studies asked for"])) == (1, 1)

    person_erased.send(sender=None, person=manager.person, at=NOW)

    study.refresh_from_db()
    assert (study.asked_by, study.panel.uploaded_by) == (None, None)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"deleted_at": NOW}, "impact_panel_file_leaves"),
        ({"mapping": {}}, "impact_panel_checked_is_mapped"),
        ({"source": ""}, "impact_panel_has_source"),
    ],
)
def test_the_database_guards_panels(cluster, manager, change, name):
    panel = read(cluster, manager)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ImpactPanel.objects.filter(pk=panel.pk).update(**change)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"finished_at": NOW}, "impact_study_finished_matches_state"),
        ({"state": StudyState.ESTIMATED, "finished_at": NOW}, "impact_study_result_has_inputs"),
        ({"is_shown": True}, "impact_study_shown_is_estimated"),
    ],
)
def test_the_database_guards_studies(cluster, manager, change, name):
    study = asked(read(cluster, manager), manager)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ImpactStudy.objects.filter(pk=study.pk).update(**change)


def test_the_database_lets_one_study_stand(cluster, manager):
    one = estimated(cluster, manager)
    two = asked(one.panel, manager, **CHOICES)
    actions.run_study(two.pk)
    actions.show_study(study=one, is_shown=True, by=manager)

    with pytest.raises(IntegrityError, match="impact_study_one_is_shown"), transaction.atomic():
        ImpactStudy.objects.filter(pk=two.pk).update(is_shown=True)
