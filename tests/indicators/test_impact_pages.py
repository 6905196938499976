"""Pages of studies and of the logic model: the way through them, and who is turned away."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from filiera.indicators.actions import impact as actions
from filiera.indicators.actions.refreshing import refresh_figures
from filiera.indicators.models import ImpactPanel, ImpactStudy, SubjectEdition
from filiera.organisations.models import Role
from tests.academy.factories import EditionFactory
from tests.indicators.factories import load_all, made_fact
from tests.indicators.test_impact_studies import (
    FEW,
    asked,
    cluster,
    editor,
    estimated,
    manager,
    read,
    uploaded,
)
from tests.organisations.conftest import signed_in
from tests.organisations.factories import OrganisationFactory, PositionFactory

pytestmark = pytest.mark.django_db
__all__ = ["cluster", "editor", "manager"]


@pytest.fixture
def staff(cluster):
    return signed_in(PositionFactory(organisation=cluster, role=Role.STAFF).person)


@pytest.fixture
def contact(cluster):
    return signed_in(PositionFactory(organisation=cluster, role=Role.CONTACT).person)


@pytest.fixture
def outsider(db):
    return signed_in(PositionFactory(role=Role.MANAGER).person)


def test_from_a_file_to_a_study(cluster, editor):
    new = reverse("indicators:impact_panel_new", args=["north"])
    form = {"title": "Firms", "source": "Register", "keep_until": "2026-12-31"}
    assert "Upload a panel" in editor.get(new).content.decode()
    assert editor.post(new, form).status_code == 422

    answer = editor.post(new, {**form, "file": SimpleUploadedFile("p.csv", FEW.encode())})

    panel = ImpactPanel.objects.get()
    columns = reverse("indicators:impact_panel_columns", args=["north", panel.pk])
    assert answer["Location"] == columns
    page = editor.get(columns).content.decode()
    assert '<option value="joined" selected>' in page
    told = {"firm": "firm", "year": "year", "joined": "joined"}
    assert editor.post(columns, told).status_code == 422

    answer = editor.post(columns, {**told, "outcomes": ["turnover"]})

    address = reverse("indicators:impact_panel", args=["north", panel.pk])
    assert answer["Location"] == address
    choices = {
        "outcome": "turnover",
        "scale": "level",
        "method": "propensity",
        "neighbours": 3,
        "years_before": 3,
        "years_after": 3,
    }
    assert editor.post(address, {**choices, "neighbours": 7}).status_code == 422
    answer = editor.post(address, choices)
    study = ImpactStudy.objects.get()
    assert answer["Location"] == reverse("indicators:impact_study", args=["north", study.pk])
    assert "The comparison is under way" in editor.get(answer["Location"]).content.decode()


def test_mistakes_are_told_with_their_places(cluster, manager, editor):
    panel = uploaded(cluster, manager, "firm,year,joined,turnover\nA,2018,2019,<b>much\n")
    address = reverse("indicators:impact_panel_columns", args=["north", panel.pk])

    answer = editor.post(
        address, {"firm": "firm", "year": "year", "joined": "joined", "outcomes": ["turnover"]}
    )

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "One mistake; nothing was taken over." in page
    assert "&lt;b&gt;much" in page


def test_a_study_tells_estimate_checks_and_charts_with_their_tables(cluster, manager, editor):
    study = estimated(cluster, manager)

    page = editor.get(reverse("indicators:impact_study", args=["north", study.pk])).content.decode()

    assert "Members stand higher than firms like them" in page
    assert page.count('<figure class="chart">') == 2
    assert page.count("The same as a table") == 2
    assert "Placebo: joining pretended 2 years earlier" in page
    assert study.inputs_digest in page
    assert "does not hold" not in page


def test_a_refusal_is_the_answer_and_says_what_to_do(cluster, manager, editor):
    study = estimated(cluster, manager, different_trend=0.8)

    page = editor.get(reverse("indicators:impact_study", args=["north", study.pk])).content.decode()

    assert "The data do not carry an estimate" in page
    assert "moved apart already before joining" in page
    assert "does not hold" in page


def test_a_study_is_shown_and_stands_in_the_logic_model(cluster, manager, editor, staff, contact, outsider):
    study = estimated(cluster, manager)
    model = reverse("indicators:logic_model", args=["north"])
    own = reverse("indicators:impact_study", args=["north", study.pk])
    assert staff.get(own).status_code == 404
    assert "No estimate stands here yet" in staff.get(model).content.decode()

    editor.post(reverse("indicators:impact_study_showing", args=["north", study.pk]), {"shown": "yes"})

    page = staff.get(model).content.decode()
    assert own in page
    assert "95 % interval" in page
    assert staff.get(own).status_code == 200
    assert (
        reverse("indicators:impact_panel", args=["north", study.panel_id])
        not in staff.get(own).content.decode()
    )
    assert [one.get(own).status_code for one in (contact, outsider)] == [403, 403]


def test_pages_of_studies_are_for_those_who_study_impact(
    cluster, manager, editor, staff, contact, outsider, client
):
    panel = read(cluster, manager)
    study = asked(panel, manager)
    pages = [
        reverse("indicators:impact", args=["north"]),
        reverse("indicators:impact_panel_new", args=["north"]),
        reverse("indicators:impact_panel", args=["north", panel.pk]),
        reverse("indicators:impact_panel_columns", args=["north", panel.pk]),
    ]
    posts = [
        reverse("indicators:impact_panel_deletion", args=["north", panel.pk]),
        reverse("indicators:impact_study_deletion", args=["north", study.pk]),
        reverse("indicators:impact_study_showing", args=["north", study.pk]),
    ]

    for page in pages:
        assert editor.get(page).status_code == 200
        assert [one.get(page).status_code for one in (staff, contact, outsider, client)] == [
            403,
            403,
            403,
            302,
        ]
    for page in posts:
        assert [one.post(page).status_code for one in (staff, contact, outsider, client)] == [
            403,
            403,
            403,
            302,
        ]


def test_panels_of_others_are_not_there(cluster, manager, outsider):
    panel = read(cluster, manager)
    study = asked(panel, manager)
    position = PositionFactory(role=Role.MANAGER, organisation=OrganisationFactory(slug="south"))
    south = signed_in(position.person)

    for name, key in (
        ("impact_panel", panel.pk),
        ("impact_panel_columns", panel.pk),
        ("impact_study", study.pk),
    ):
        assert south.get(reverse(f"indicators:{name}", args=["south", key])).status_code == 404


def test_panels_and_studies_are_deleted(cluster, manager, editor):
    study = estimated(cluster, manager)

    editor.post(reverse("indicators:impact_panel_deletion", args=["north", study.panel_id]))
    page = editor.get(reverse("indicators:impact_panel", args=["north", study.panel_id])).content.decode()
    assert "What studies found stays" in page
    assert "Compare members" not in page

    editor.post(reverse("indicators:impact_study_deletion", args=["north", study.pk]))
    assert not ImpactStudy.objects.exists()


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_asks_as_often_for_many(cluster, manager, editor, count, django_assert_max_num_queries):
    for _number in range(count):
        asked(read(cluster, manager), manager)
    address = reverse("indicators:impact", args=["north"])
    editor.get(address)

    with django_assert_max_num_queries(9):
        editor.get(address)


def test_the_logic_model_tells_figures_by_stage_and_what_is_assumed(cluster, editor):
    load_all()
    for day in (1, 2, 3):
        firm = OrganisationFactory(company=True)
        made_fact("meeting.held", cluster, f"2023-05-0{day}", counterpart=firm)
    refresh_figures()

    page = editor.get(reverse("indicators:logic_model", args=["north"]) + "?period=2023").content.decode()

    assert page.count('class="logic-stage"') == 5
    assert "Meetings held" in page
    assert "What leads on:" in page


def test_a_programme_has_a_logic_model_of_its_own(cluster, editor, outsider):
    load_all()
    edition = EditionFactory(public=True, organiser=cluster)
    address = reverse("indicators:logic_model", args=["north"])
    assert edition.slug not in editor.get(address).content.decode()
    SubjectEdition.objects.create(subject=1, subject_type="academy.edition", subject_key="1", edition=edition)
    made_fact("meeting.held", cluster, "2023-05-01", counterpart=OrganisationFactory(company=True))
    refresh_figures()

    page = editor.get(f"{address}?period=2023&programme={edition.slug}").content.decode()

    assert page.count('class="logic-stage"') == 5
    assert "Meetings held" not in page
    assert editor.get(f"{address}?programme=no-such").status_code == 404


def test_the_logic_model_is_for_those_who_see_figures(cluster, contact, outsider, client):
    address = reverse("indicators:logic_model", args=["north"])

    assert [one.get(address).status_code for one in (contact, outsider, client)] == [403, 403, 302]


def test_a_study_under_way_tells_how_far_it_is(cluster, manager, editor):
    study = asked(read(cluster, manager), manager)
    ImpactStudy.objects.filter(pk=study.pk).update(share=0.4)

    page = editor.get(
        reverse("indicators:impact_study", args=["north", study.pk]), headers={"HX-Request": "true"}
    ).content.decode()

    assert "40 % is done" in page
    actions.run_study(study.pk)
    assert (
        "The data do not carry an estimate"
        in editor.get(reverse("indicators:impact_study", args=["north", study.pk])).content.decode()
    )
