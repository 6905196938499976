"""The binder, targets and words: who may, what is refused, and which gaps are left."""

import csv
import io
import zipfile
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import override

from filiera.accounts.signals import person_erased
from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.files.policies import can_read
from filiera.indicators.actions import binder, readiness
from filiera.indicators.actions.refreshing import refresh_all
from filiera.indicators.documents.readiness import readiness_pdf, readiness_zip
from filiera.indicators.label import label_catalogue
from filiera.indicators.models import EvidenceKind, InterviewNote, LabelEvidence, LabelTarget
from filiera.indicators.periods import parse_period
from filiera.indicators.queries.readiness import Status, readiness_of, records_to_choose
from filiera.indicators.readiness_receivers import part_in_preparation
from filiera.organisations.models import Role
from tests.indicators.factories import load_all, made_fact
from tests.indicators.readiness_factories import NOW, colleague, confirmed, evidence, paper
from tests.organisations.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
YEAR = parse_period("2025")
TODAY = NOW.date()


@pytest.fixture
def cluster():
    return OrganisationFactory()


@pytest.fixture
def manager(cluster):
    return colleague(cluster)


def line_of(viewer, cluster, code="1.1.2", period=YEAR):
    found = readiness_of(viewer, cluster, period, TODAY)
    return next(line for line in found.lines if line.indicator.code == code)


def member_of(cluster, on="2024-03-01"):
    return made_fact("membership.started", cluster, on, counterpart=OrganisationFactory(company=True))


def test_the_catalogue_has_all_of_the_label_with_questions_in_both_languages():
    found = label_catalogue().indicators

    assert len(found) == 31
    assert [code for code, told in found.items() if told.is_recalled] == ["5.2", "5.3"]
    assert all(set(question) == {"en", "it"} for told in found.values() for question in told.questions)
    assert all(len(told.questions) >= 2 and set(told.names) == {"en", "it"} for told in found.values())


def test_evidence_counts_when_a_second_person_confirms_it(cluster, manager):
    row = evidence(cluster, manager)
    before = line_of(manager, cluster)
    other = colleague(cluster, Role.STAFF)

    binder.confirm_evidence(evidence=row, by=other, at=NOW)

    after = line_of(manager, cluster)
    assert (before.proving_count, after.proving_count) == (0, 1)
    assert "One piece of evidence waits for a second person." in before.gaps
    assert "One piece of evidence waits for a second person." not in after.gaps


def test_who_added_evidence_does_not_confirm_it(cluster, manager):
    row = evidence(cluster, manager)

    with pytest.raises(binder.SecondPersonNeeded):
        binder.confirm_evidence(evidence=row, by=manager, at=NOW)


def test_evidence_is_confirmed_once(cluster, manager):
    row = confirmed(evidence(cluster, manager))

    with pytest.raises(binder.EvidenceAlreadyConfirmed):
        confirmed(row)


def test_what_was_taken_out_is_gone_with_its_file_and_cannot_be_confirmed(
    cluster, manager, django_capture_on_commit_callbacks
):
    row = evidence(cluster, manager, kind=EvidenceKind.FILE, upload=paper(), url="")
    path = row.file.path

    with django_capture_on_commit_callbacks(execute=True):
        binder.remove_evidence(evidence=row, by=manager, at=NOW)

    assert not default_storage.exists(path)
    assert line_of(manager, cluster).evidence == []
    with pytest.raises(binder.EvidenceNotThere):
        confirmed(row)
    with pytest.raises(binder.EvidenceNotThere):
        binder.remove_evidence(evidence=row, by=manager, at=NOW)


def test_only_who_declares_figures_fills_the_binder(cluster, manager):
    row = evidence(cluster, manager)
    contact, stranger = colleague(cluster, Role.CONTACT), colleague(OrganisationFactory())

    for viewer in (contact, stranger, VISITOR):
        with pytest.raises(PermissionDenied):
            evidence(cluster, viewer)
        with pytest.raises(PermissionDenied):
            binder.confirm_evidence(evidence=row, by=viewer, at=NOW)
        with pytest.raises(PermissionDenied):
            binder.remove_evidence(evidence=row, by=viewer, at=NOW)
        with pytest.raises(PermissionDenied):
            readiness.set_label_target(
                organisation=cluster, code="members_total", value=Decimal(9), by=viewer, at=NOW
            )
        with pytest.raises(PermissionDenied):
            readiness.write_interview_note(organisation=cluster, code="1.1.2", text="Us", by=viewer, at=NOW)


def test_a_company_prepares_no_label():
    company = OrganisationFactory(company=True)

    with pytest.raises(PermissionDenied):
        evidence(company, colleague(company))


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"code": "9.9"}, binder.UnknownLabelIndicator),
        ({"url": ""}, binder.EvidenceIncomplete),
        ({"kind": EvidenceKind.FILE, "url": ""}, binder.EvidenceIncomplete),
        ({"kind": EvidenceKind.RECORD, "url": ""}, binder.EvidenceIncomplete),
        ({"valid_until": TODAY - timedelta(days=1)}, binder.EvidenceHasRunOut),
    ],
)
def test_evidence_that_is_none_is_refused(cluster, manager, values, refusal):
    with pytest.raises(refusal):
        evidence(cluster, manager, **values)


def test_a_record_is_of_the_own_ledger_and_once_in_a_binder(cluster, manager):
    fact = member_of(cluster)
    foreign = member_of(OrganisationFactory())
    of_record = {"kind": EvidenceKind.RECORD, "url": ""}

    evidence(cluster, manager, record=(fact.year, fact.id), **of_record)

    with pytest.raises(binder.RecordAlreadyInBinder):
        evidence(cluster, manager, record=(fact.year, fact.id), **of_record)
    with pytest.raises(binder.RecordNotFound):
        evidence(cluster, manager, record=(foreign.year, foreign.id), **of_record)


def test_what_ran_out_is_a_gap_and_what_soon_will_is_a_warning(cluster, manager):
    row = confirmed(evidence(cluster, manager, valid_until=TODAY + timedelta(days=30)))
    soon = line_of(manager, cluster)
    LabelEvidence.objects.filter(pk=row.pk).update(valid_until=TODAY - timedelta(days=1))

    late = line_of(manager, cluster)

    assert soon.warnings == ["“Statute” runs out on 1 July 2026."]
    assert "One piece of evidence has run out." in late.gaps
    assert late.proving_count == 0


def test_an_indicator_with_everything_is_without_gaps(cluster, manager):
    load_all()
    for _number in range(3):
        member_of(cluster)
    refresh_all()
    empty = line_of(manager, cluster)
    readiness.set_label_target(
        organisation=cluster, code="members_total", value=Decimal(5), by=manager, at=NOW
    )
    confirmed(evidence(cluster, manager))
    readiness.write_interview_note(organisation=cluster, code="1.1.2", text="Three.", by=manager, at=NOW)
    short = line_of(manager, cluster)

    readiness.set_label_target(
        organisation=cluster, code="members_total", value=Decimal(3), by=manager, at=NOW
    )

    whole = line_of(manager, cluster)
    assert empty.gaps == [
        "Members: no target set.",
        "No evidence in the binder.",
        "Nothing written for the interview.",
    ]
    assert (empty.status, short.status, whole.status) == (
        Status.IN_WORK,
        Status.IN_WORK,
        Status.WITHOUT_GAPS,
    )
    assert short.gaps == ["Members: the target of 5\N{NO-BREAK SPACE}organisations is not reached."]


def test_records_to_choose_are_those_behind_the_figure_and_not_in_the_binder(cluster, manager):
    load_all()
    one, two = member_of(cluster), member_of(cluster)
    member_of(OrganisationFactory())
    refresh_all()
    evidence(cluster, manager, kind=EvidenceKind.RECORD, url="", record=(one.year, one.id))

    found = records_to_choose(manager, line_of(manager, cluster))

    assert [fact.id for fact in found] == [two.id]


def test_a_target_and_words_can_be_taken_away(cluster, manager):
    load_all()
    about = {"organisation": cluster, "by": manager, "at": NOW}
    readiness.set_label_target(code="members_total", value=Decimal(5), **about)
    readiness.write_interview_note(code="1.1.2", text="Us.", **about)

    readiness.set_label_target(code="members_total", value=None, **about)
    readiness.write_interview_note(code="1.1.2", text="  ", **about)

    assert (LabelTarget.objects.count(), InterviewNote.objects.count()) == (0, 0)
    with pytest.raises(readiness.NotOfTheLabel):
        readiness.set_label_target(code="members_joined", value=Decimal(5), **about)
    with pytest.raises(binder.UnknownLabelIndicator):
        readiness.write_interview_note(code="7.7", text="Us.", **about)


def test_nobody_sees_the_preparation_of_another(cluster, manager):
    load_all()
    row = evidence(cluster, manager, kind=EvidenceKind.FILE, upload=paper(), url="")
    readiness.set_label_target(
        organisation=cluster, code="members_total", value=Decimal(5), by=manager, at=NOW
    )
    readiness.write_interview_note(organisation=cluster, code="1.1.2", text="Us.", by=manager, at=NOW)
    stranger = colleague(OrganisationFactory())
    contact = colleague(cluster, Role.CONTACT)

    for viewer in (stranger, contact, VISITOR):
        seen = [model.objects.visible_to(viewer).count() for model in (LabelEvidence, LabelTarget)]
        assert [*seen, InterviewNote.objects.visible_to(viewer).count()] == [0, 0, 0]
        assert not can_read(viewer, row.file)
    assert can_read(manager, row.file)
    assert can_read(SYSTEM, row.file)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"url": ""}, "label_evidence_is_of_its_kind"),
        ({"kind": EvidenceKind.FILE}, "label_evidence_is_of_its_kind"),
        ({"kind": EvidenceKind.RECORD, "url": ""}, "label_evidence_is_of_its_kind"),
        ({"confirmed_by": "same"}, "label_evidence_confirmed_by_another"),
    ],
)
def test_the_database_keeps_evidence_whole(cluster, manager, values, name):
    row = evidence(cluster, manager)
    for field, value in values.items():
        setattr(row, field, manager.person if value == "same" else value)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row.save()


def test_the_database_keeps_one_target_one_note_and_one_record(cluster, manager):
    record = {"kind": EvidenceKind.RECORD, "fact_year": 2025, "fact_id": "7" * 32}
    rows = {
        "label_target_once": LabelTarget(code="members_total", value=1, set_at=NOW),
        "interview_note_once": InterviewNote(code="1.1.2", text="Us.", written_at=NOW),
        "label_evidence_record_once": LabelEvidence(code="1.1.2", title="One", added_at=NOW, **record),
    }

    for name, row in rows.items():
        row.organisation = cluster
        row.save()
        row.pk = None
        with pytest.raises(IntegrityError, match=name), transaction.atomic():
            row.save(force_insert=True)
    with pytest.raises(IntegrityError, match="interview_note_says_something"), transaction.atomic():
        InterviewNote.objects.create(organisation=cluster, code="1.2", text="", written_at=NOW)


def test_who_leaves_is_forgotten_and_the_binder_stays(cluster, manager):
    row = confirmed(evidence(cluster, manager))
    told = part_in_preparation(manager.person)

    person_erased.send(sender=None, person=manager.person, at=NOW)

    row.refresh_from_db()
    assert [each["title"] for each in told["evidence"]] == ["Statute"]
    assert (row.added_by, row.is_confirmed) == (None, True)


@pytest.mark.parametrize("language", ["en", "it"])
def test_the_paper_and_the_archive_hold_the_annexes(cluster, manager, language):
    load_all()
    confirmed(evidence(cluster, manager, kind=EvidenceKind.FILE, upload=paper("../statute.pdf"), url=""))
    evidence(cluster, manager, code="2.1", valid_until=date(2027, 1, 1))
    with override(language):
        told = readiness_of(manager, cluster, YEAR, TODAY)

    written = readiness_pdf(told, language=language, at=NOW)
    with readiness_zip(told, language=language, at=NOW) as file, zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        content = archive.read("annexes/A01-1.1.2-statute.pdf")
        rows = list(csv.DictReader(io.StringIO(archive.read("annexes.csv").decode("utf-8-sig"))))

    assert written.startswith(b"%PDF-")
    assert names == ["readiness.pdf", "annexes.csv", "annexes/A01-1.1.2-statute.pdf"]
    assert content == b"%PDF-1.4 statute"
    assert [(row["annex"], row["indicator"], row["valid_until"]) for row in rows] == [
        ("A01", "1.1.2", ""),
        ("A02", "2.1", "2027-01-01"),
    ]
