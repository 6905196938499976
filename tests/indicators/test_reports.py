"""Building reports: sections in order, undo, versions, figures with their sources, and only one's own."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from filiera.indicators.actions import reports as actions
from filiera.indicators.actions.refreshing import refresh_figures
from filiera.indicators.actions.report_mail import viewer_of
from filiera.indicators.definition.sets import read_packaged
from filiera.indicators.documents.report import report_pdf
from filiera.indicators.exports import FORMATS
from filiera.indicators.models import ReportSection, ReportVersion, SectionKind, Value
from filiera.indicators.periods import parse_period
from filiera.indicators.reports.content import content_of
from filiera.indicators.reports.packaged import packaged_reports
from filiera.indicators.reports.plans import SectionPlan, plan_of, plans_of
from filiera.organisations.models import Organisation, OrganisationKind, Role
from tests.academy.factories import DayFactory, EditionFactory, SessionFactory
from tests.admissions.factories import ParticipationFactory
from tests.indicators.factories import made_fact, person
from tests.indicators.readiness_factories import colleague
from tests.indicators.report_factories import NOW, cluster_with_figures, report_of, section
from tests.organisations.factories import MembershipFactory, OrganisationFactory
from tests.reference.factories import CountryFactory, S3PriorityFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def cluster():
    return cluster_with_figures()


@pytest.fixture
def manager(cluster):
    return colleague(cluster)


def told_of(report, period="2025", plans=None):
    return content_of(
        viewer_of(report.organisation),
        report.organisation,
        title=report.title,
        plans=plans or [plan_of(each) for each in report.sections.standing()],
        period=parse_period(period),
        edition=report.edition,
        at=timezone.now(),
    )


def kinds_in(report):
    return [each.kind for each in report.sections.standing()]


def words_in(told):
    return ["".join(piece.words for piece in line) for part in told.sections for line in part.paragraphs]


def test_every_packaged_report_names_figures_that_there_are_in_both_languages():
    known = read_packaged()
    for packaged in packaged_reports().values():
        assert set(packaged.names) == set(packaged.descriptions) == {"en", "it"}
        for plan in packaged.sections:
            assert plan.all_codes <= set(known), packaged.code
            assert set(plan.title) in ({"en", "it"}, set())
            assert set(plan.text) in ({"en", "it"}, set())
            if plan.breakdown:
                assert plan.breakdown in known[plan.codes[0]].breakdowns


@pytest.mark.parametrize("template", ["cluster_year", "network_year", "one_pager"])
def test_a_packaged_report_is_begun_and_set_as_accessible_pdf(cluster, manager, template):
    report = report_of(cluster, manager, template=template)

    content = report_pdf(lambda: told_of(report), language="it", version=1)

    assert content.startswith(b"%PDF")
    assert b"pdfuaid" in content
    assert len(kinds_in(report)) == len(packaged_reports()[template].sections)


def test_an_edition_report_needs_an_edition_of_ones_own(cluster, manager):
    with pytest.raises(actions.EditionNeeded):
        report_of(cluster, manager, template="edition")
    with pytest.raises(actions.UnknownTemplate):
        report_of(cluster, manager, template="nothing")
    with pytest.raises(actions.TitleMissing):
        report_of(cluster, manager, title={})


def test_sections_move_leave_and_come_back(cluster, manager):
    report = report_of(cluster, manager)
    first, second, third = (
        section(report, manager, kind)
        for kind in (SectionKind.HEADING, SectionKind.TEXT, SectionKind.FIGURES)
    )

    actions.move_section(section=third, up=True, by=manager, at=NOW)
    assert kinds_in(report) == ["heading", "figures", "text"]
    actions.move_section(section=first, up=True, by=manager, at=NOW)
    assert kinds_in(report) == ["heading", "figures", "text"]
    actions.remove_section(section=third, by=manager, at=NOW)
    assert kinds_in(report) == ["heading", "text"]
    actions.put_section_back(section=third, by=manager, at=NOW)
    assert kinds_in(report) == ["heading", "figures", "text"]
    assert second.report_id == report.pk


def test_a_section_that_is_written_stays_where_it_was_moved_meanwhile(cluster, manager):
    report = report_of(cluster, manager)
    first, second = (
        section(report, manager, SectionKind.HEADING, title={"en": name}) for name in ("First", "Second")
    )
    details = actions.SectionDetails(kind=SectionKind.HEADING, title={"en": "Written"})
    actions.move_section(section=first, up=False, by=manager, at=NOW)

    actions.save_section(report=report, section=first, details=details, by=manager, at=NOW)

    assert [each.title["en"] for each in report.sections.standing()] == ["Second", "Written"]
    actions.remove_section(section=first, by=manager, at=NOW)
    actions.save_section(report=report, section=first, details=details, by=manager, at=NOW)
    assert [each.pk for each in report.sections.standing()] == [second.pk]
    actions.save_version(report=report, by=manager, at=NOW)
    with pytest.raises(actions.SectionIsGone):
        actions.save_section(report=report, section=first, details=details, by=manager, at=NOW)
    with pytest.raises(actions.SectionIsGone):
        actions.put_section_back(section=first, by=manager, at=NOW)
    assert [each.pk for each in report.sections.all()] == [second.pk]


def test_the_doors_of_a_source_are_of_its_page_also_where_a_chart_shows_parts(cluster, manager):
    report = report_of(cluster, manager)
    plan = SectionPlan(kind=SectionKind.CHART, codes=("members_total",), breakdown="size_class")

    told = told_of(report, plans=[plan])

    assert [source.address.partition("?")[2] for source in told.sources] == [""]
    assert all("?by=size_class#parts" in row.cells[0].address for row in told.sections[0].rows)
    assert told.sections[0].rows


def test_what_a_figure_is_formed_from_is_told_by_its_name(cluster, manager):
    report = report_of(cluster, manager)
    plan = SectionPlan(kind=SectionKind.FIGURES, codes=("members_sme_share",))

    (source,) = told_of(report, plans=[plan]).sources

    assert source.measured == "The first figure by the second: “Member SMEs”, “Members”."


def test_versions_stay_and_the_draft_goes_back_to_one(cluster, manager):
    report = report_of(cluster, manager)
    text = section(report, manager)
    first = actions.save_version(report=report, by=manager, at=NOW)
    with pytest.raises(actions.NothingNew):
        actions.save_version(report=report, by=manager, at=NOW)

    actions.remove_section(section=text, by=manager, at=NOW)
    section(report, manager, SectionKind.HEADING)
    second = actions.save_version(report=report, by=manager, at=NOW)
    assert (first.number, second.number) == (1, 2)
    assert not ReportSection.objects.filter(pk=text.pk).exists()

    actions.return_to_version(version=first, by=manager, at=NOW)
    assert kinds_in(report) == ["text"]
    assert [plan.told() for plan in plans_of(first.sections)] == first.sections
    assert ReportVersion.objects.filter(report=report).count() == 2


@pytest.mark.parametrize(
    ("kind", "details", "refusal"),
    [
        (SectionKind.HEADING, {"title": {}}, actions.TitleMissing),
        (SectionKind.TEXT, {"text": {}}, actions.TextMissing),
        (SectionKind.TEXT, {"text": {"en": "We are {no_such_figure}."}}, actions.NoSuchFigure),
        (SectionKind.FIGURES, {"codes": []}, actions.FiguresMissing),
        (SectionKind.FIGURES, {"codes": ["no_such_figure"]}, actions.NoSuchFigure),
        (SectionKind.CHART, {"codes": ["meetings_held", "members_total"]}, actions.OneFigureOnly),
        (SectionKind.CHART, {"codes": ["meetings_held"], "breakdown": "edition"}, actions.NotBrokenDown),
    ],
)
def test_a_section_says_what_it_lacks(cluster, manager, kind, details, refusal):
    report = report_of(cluster, manager)

    with pytest.raises(refusal):
        section(report, manager, kind, **details)


def test_a_report_without_sections_is_no_version(cluster, manager):
    with pytest.raises(actions.NothingToKeep):
        actions.save_version(report=report_of(cluster, manager), by=manager, at=NOW)


def test_a_report_that_was_put_away_is_not_changed_until_it_is_back(cluster, manager):
    report = report_of(cluster, manager)
    actions.put_report_away(report=report, by=manager, at=NOW)
    with pytest.raises(actions.ReportIsPutAway):
        section(report, manager)

    actions.bring_report_back(report=report, by=manager, at=NOW)
    section(report, manager)
    assert kinds_in(report) == ["text"]


def test_who_has_no_right_in_the_organisation_changes_nothing(cluster, manager):
    report = report_of(cluster, manager)
    own = section(report, manager)
    strangers = (colleague(OrganisationFactory()), colleague(cluster, Role.CONTACT))

    for stranger in strangers:
        for act in (
            lambda by: report_of(cluster, by),
            lambda by: section(report, by),
            lambda by: actions.move_section(section=own, up=True, by=by, at=NOW),
            lambda by: actions.remove_section(section=own, by=by, at=NOW),
            lambda by: actions.put_section_back(section=own, by=by, at=NOW),
            lambda by: actions.save_version(report=report, by=by, at=NOW),
            lambda by: actions.rename_report(report=report, title={"en": "Mine"}, by=by, at=NOW),
            lambda by: actions.put_report_away(report=report, by=by, at=NOW),
            lambda by: actions.bring_report_back(report=report, by=by, at=NOW),
        ):
            with pytest.raises(PermissionDenied):
                act(stranger)


def test_texts_hold_figures_with_the_number_of_their_source(cluster, manager):
    report = report_of(cluster, manager)
    text = "{organisation} held {meetings_held} in {period}, {meetings_held@before} before."
    text += "\n\nMembers: {members_total}."
    section(report, manager, text={"en": text})

    told = told_of(report)

    assert words_in(told) == [
        f"{cluster.name} held 3 in 2025, 2 before.",
        "Members: 1\N{NO-BREAK SPACE}organisation.",
    ]
    assert [(source.number, source.definition.code) for source in told.sources] == [
        (1, "meetings_held"),
        (2, "members_total"),
    ]
    assert all(source.address.endswith(f"/{source.definition.code}/2025/") for source in told.sources)
    assert [(row.definition.code, row.period.code, row.number) for row in told.rows] == [
        ("meetings_held", "2024", 2),
        ("meetings_held", "2025", 3),
        ("members_total", "2025", 1),
    ]


def test_tables_and_charts_tell_periods_side_by_side(cluster, manager):
    report = report_of(cluster, manager)
    section(report, manager, SectionKind.FIGURES, codes=["meetings_held", "management_staff"], span=3)
    section(report, manager, SectionKind.CHART, span=5)
    section(report, manager, SectionKind.CHART, codes=["members_total"], breakdown="size_class")

    table, chart, parts = told_of(report).sections

    assert table.columns == ["2023", "2024", "2025"]
    assert [[cell.words for cell in row.cells] for row in table.rows] == [
        ["1", "2", "3"],
        ["not declared"] * 3,
    ]
    assert [cell.is_missing for cell in table.rows[1].cells] == [True] * 3
    assert [(bar.label, bar.size) for bar in chart.bars] == [("2023", 1.0), ("2024", 2.0), ("2025", 3.0)]
    assert sum(bar.size for bar in parts.bars) == 1


def test_quarters_and_months_are_told_too(cluster, manager):
    report = report_of(cluster, manager)
    section(report, manager, SectionKind.FIGURES, span=2)

    quarter, month = told_of(report, "2025-Q1"), told_of(report, "2025-02")

    assert [[cell.words for cell in row.cells] for row in quarter.sections[0].rows] == [["0", "3"]]
    assert [[cell.words for cell in row.cells] for row in month.sections[0].rows] == [["1", "1"]]


def test_of_other_clusters_a_report_holds_what_is_public_alone(cluster, manager):
    network = OrganisationFactory(slug="network", kind=OrganisationKind.META_CLUSTER)
    MembershipFactory(cluster=network, member=cluster)
    unlisted = cluster_with_figures("hidden", is_listed=False)
    MembershipFactory(cluster=network, member=unlisted)
    public, private = "meetings_held", "management_staff"
    assert read_packaged()[public].is_public
    Value.objects.filter(organisation=cluster, code="members_total").update(
        is_public=False, value=Decimal(777)
    )
    report = report_of(network)
    codes = [public, private, "members_total"]
    section(report, kind=SectionKind.CLUSTERS, codes=codes)

    told = told_of(report)

    assert [row.name for row in told.sections[0].rows] == [cluster.name]
    assert [cell.words for cell in told.sections[0].rows[0].cells] == ["3", "–", "–"]
    assert {(row.body, row.definition.code) for row in told.rows} == {("north", public)}
    for file_format in FORMATS.values():
        assert b"777" not in file_format.write(told.rows) or file_format.extension == "xlsx"


def test_what_a_report_names_that_is_not_defined_any_more_breaks_nothing(cluster, manager):
    plans = [
        SectionPlan("figures", codes=("gone", "meetings_held")),
        SectionPlan("chart", codes=("gone",)),
        SectionPlan("text", text={"en": "So many: {gone}"}),
        SectionPlan("clusters", codes=("gone",)),
    ]

    told = told_of(report_of(cluster, manager), plans=plans)

    assert [row.name for row in told.sections[0].rows] == ["Meetings held"]
    assert words_in(told) == ["So many: {gone}"]
    assert told.sections[1].note
    assert report_pdf(lambda: told, language="en", version=None).startswith(b"%PDF")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "heading", "title": {}},
        {"kind": "text", "text": {}},
        {"kind": "chart", "codes": ["a", "b"]},
        {"kind": "figures", "codes": []},
        {"kind": "figures", "codes": ["a"], "span": 0},
        {"kind": "figures", "codes": ["a"], "span": 13},
        {"kind": "figures", "codes": ["a"], "breakdown": "country"},
    ],
)
def test_the_database_knows_what_a_section_is(cluster, manager, wrong):
    report = report_of(cluster, manager)

    with pytest.raises(IntegrityError), transaction.atomic():
        ReportSection.objects.create(report=report, position=1, **wrong)


def test_the_database_keeps_a_version_once(cluster, manager):
    report = report_of(cluster, manager)
    section(report, manager)
    actions.save_version(report=report, by=manager, at=NOW)

    for number in (1, 0):
        with pytest.raises(IntegrityError), transaction.atomic():
            ReportVersion.objects.create(report=report, number=number, title={}, sections=[], saved_at=NOW)


def test_an_edition_report_tells_its_whole_life_and_of_no_other(cluster):
    edition = EditionFactory(public=True)
    place = ParticipationFactory(edition=edition)
    about = {"subject_type": place._meta.label_lower, "subject_key": place.pk}
    made_fact(
        "place.confirmed", cluster, "2022-11-01", counterpart=edition.organiser, person=person(), **about
    )
    DayFactory(part__edition=edition, date=date(2023, 6, 7))
    session_row = SessionFactory(edition=edition, part__edition=edition)
    about = {"subject_type": session_row._meta.label_lower, "subject_key": session_row.pk}
    made_fact("session.held", edition.organiser, "2023-06-07", quantity=4, **about)
    refresh_figures()
    report = report_of(edition.organiser, template="edition", edition=edition)

    told = told_of(report, "2025")

    values = {row.definition.code: row.number for row in told.rows}
    words = {row.name: row.cells[0].words for part in told.sections for row in part.rows}
    assert words["Materials shared"] == "nothing recorded so far"
    assert (told.period.code, values["academy_participants"], values["session_hours_held"]) == ("2023", 1, 4)
    addresses = {row.address.removeprefix("http://localhost:8000") for row in told.rows}
    assert all(each.startswith(f"/academy/{edition.slug}/desk/figures/") for each in addresses)
    assert report_pdf(lambda: told, language="it", version=1).startswith(b"%PDF")
    assert not told.is_made_up
    report.edition.is_demonstration = True
    assert told_of(report, "2025").is_made_up
    with pytest.raises(actions.EditionNotOurs):
        report_of(cluster, template="edition", edition=edition)


def test_an_edition_report_shows_its_figures_by_part_and_not_by_edition(cluster):
    edition = EditionFactory(public=True)
    for code in ("IT", "IT", "FI"):
        place = ParticipationFactory(edition=edition)
        made_fact(
            "place.confirmed",
            OrganisationFactory(country=CountryFactory(code=code)),
            "2022-11-01",
            counterpart=edition.organiser,
            person=person(),
            subject_type=place._meta.label_lower,
            subject_key=place.pk,
        )
    refresh_figures()
    by = colleague(edition.organiser)
    report = report_of(edition.organiser, by, template="edition", edition=edition)
    section(report, by, SectionKind.CHART, codes=["academy_participants"], breakdown="country")
    with pytest.raises(actions.NotBrokenDown):
        section(report, by, SectionKind.CHART, codes=["academy_participants"], breakdown="edition")

    told = told_of(report, "2025")

    charts = [each for each in told.sections if each.kind == SectionKind.CHART]
    assert [[(bar.label, bar.size) for bar in each.bars] for each in charts] == [
        [("Country IT", 2), ("Country FI", 1)],
        [("Country IT", 2), ("Country FI", 1)],
    ]
    page = f"/academy/{edition.slug}/desk/figures/academy_participants/?by=country#parts"
    assert charts[0].rows[0].cells[0].address == f"http://localhost:8000{page}"
    assert {(row.dimension, row.part, row.number) for row in told.rows if row.dimension} == {
        ("country", "IT", 2),
        ("country", "FI", 1),
    }
    other = replace_edition(report, EditionFactory(public=True))
    assert all(not each.bars for each in told_of(other).sections)


def replace_edition(report, edition):
    """The same report, as if it were of an edition that somebody else runs."""
    report.edition = edition
    return report


def test_parts_that_overlap_are_said_to(cluster, manager):
    plan = SectionPlan(kind=SectionKind.CHART, codes=("members_total",), breakdown="s3_priority")
    firm = Organisation.objects.filter(memberships__cluster=cluster).first()
    firm.s3_priorities.set([S3PriorityFactory(code="food"), S3PriorityFactory(code="green")])

    told = told_of(report_of(cluster, manager), plans=[plan])

    [chart] = told.sections
    assert {row.name for row in chart.rows} == {"Priority food", "Priority green"}
    assert chart.note.startswith("Whoever works on several priorities counts in each")
