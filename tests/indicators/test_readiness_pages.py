"""The pages of the preparation for the label: who comes in, what they change, and what stays hidden."""

import io
import zipfile

import pytest
from django.urls import reverse

from filiera.indicators.models import EvidenceKind, InterviewNote, LabelEvidence, LabelTarget
from filiera.organisations.models import Role
from tests.indicators.factories import load_all
from tests.indicators.readiness_factories import NOW, browser_of, colleague, evidence, paper
from tests.organisations.factories import OrganisationFactory

pytestmark = pytest.mark.django_db
CODE = "1.1.2"


@pytest.fixture
def cluster():
    load_all()
    return OrganisationFactory(slug="cluster")


@pytest.fixture
def manager(cluster):
    return colleague(cluster)


@pytest.fixture
def editor(manager):
    return browser_of(manager.person)


def address(name, *arguments):
    return reverse(f"indicators:{name}", args=["cluster", *arguments])


def addresses(row):
    """Every address of the preparation, with how it is asked."""
    return [
        ("get", address("readiness")),
        ("get", address("readiness_gaps")),
        ("get", address("readiness_interview")),
        ("get", address("readiness_pdf")),
        ("get", address("readiness_zip")),
        ("get", address("label_indicator", CODE)),
        ("post", address("label_target_edit", CODE, "members_total")),
        ("post", address("evidence_create", CODE)),
        ("post", address("evidence_confirm", CODE, row.pk)),
        ("post", address("evidence_remove", CODE, row.pk)),
        ("post", address("interview_note_edit", CODE)),
    ]


def test_a_visitor_signs_in_and_strangers_are_refused(cluster, manager):
    row = evidence(cluster, manager, title="Secret statute")
    contact = browser_of(colleague(cluster, Role.CONTACT).person)
    stranger = browser_of(colleague(OrganisationFactory()).person)

    for verb, path in addresses(row):
        visitor = getattr(browser_of(None), verb)(path)
        assert (visitor.status_code, "/accounts/" in visitor["Location"]) == (302, True), path
        for client in (contact, stranger):
            assert getattr(client, verb)(path).status_code == 403, path
    assert LabelEvidence.objects.get().confirmed_at is None


def test_evidence_of_another_cluster_is_not_found(cluster, editor):
    other = OrganisationFactory()
    row = evidence(other, colleague(other), title="Secret statute")

    answers = [
        editor.post(address("evidence_confirm", CODE, row.pk)).status_code,
        editor.post(address("evidence_remove", CODE, row.pk)).status_code,
        editor.get(address("label_indicator", "9.9")).status_code,
        editor.post(address("label_target_edit", CODE, "members_joined")).status_code,
    ]

    assert answers == [404, 404, 404, 404]
    row.refresh_from_db()
    assert (row.confirmed_at, row.removed_at) == (None, None)
    pages = [editor.get(address(name)).text for name in ("readiness", "readiness_gaps")]
    assert not any("Secret" in page for page in pages)


def test_the_list_says_what_it_is_not_and_how_far_one_is(cluster, editor):
    page = editor.get(address("readiness")).text

    assert "0 of 31 indicators are without gaps" in page
    assert "This is a preparation, not the label, and no score of the label" in page


def test_a_file_is_added_seen_by_the_team_and_by_nobody_else(cluster, manager, editor):
    answer = editor.post(
        address("evidence_create", CODE),
        {"kind": "file", "title": "Statute of 2024", "upload": paper()},
    )

    row = LabelEvidence.objects.get()
    at_file = reverse("files:file", args=[row.file.uuid])
    stranger = browser_of(colleague(OrganisationFactory()).person)
    assert (answer.status_code, row.title, row.added_by) == (302, "Statute of 2024", manager.person)
    assert "Statute of 2024" in editor.get(address("label_indicator", CODE)).text
    assert b"".join(editor.get(at_file).streaming_content) == b"%PDF-1.4 statute"
    assert (stranger.get(at_file).status_code, browser_of(None).get(at_file).status_code) == (404, 404)


def test_a_form_keeps_what_was_typed_and_says_what_is_missing(cluster, editor):
    evidence_answer = editor.post(address("evidence_create", CODE), {"kind": "link", "title": "Our statute"})
    target_answer = editor.post(address("label_target_edit", CODE, "members_total"), {"value": "many"})

    assert (evidence_answer.status_code, target_answer.status_code) == (422, 422)
    assert "Add it here, or choose another kind of evidence." in evidence_answer.text
    assert 'value="Our statute"' in evidence_answer.text
    assert 'value="many"' in target_answer.text


def test_a_second_person_confirms_and_the_binder_gives_up_what_is_taken_out(cluster, manager, editor):
    row = evidence(cluster, manager)
    second = browser_of(colleague(cluster, Role.STAFF).person)

    editor.post(address("evidence_confirm", CODE, row.pk))
    row.refresh_from_db()
    alone = row.confirmed_at
    second.post(address("evidence_confirm", CODE, row.pk))
    row.refresh_from_db()
    both = row.confirmed_at
    second.post(address("evidence_remove", CODE, row.pk))

    assert alone is None
    assert both is not None
    assert not LabelEvidence.objects.kept().exists()


def test_target_and_words_are_kept(cluster, editor):
    editor.post(
        address("label_target_edit", CODE, "members_total"), {"value": "120", "reach_on": "2027-12-31"}
    )
    editor.post(address("interview_note_edit", CODE), {"text": "We are 120."})

    target = LabelTarget.objects.get()
    assert (target.code, target.value, str(target.reach_on)) == ("members_total", 120, "2027-12-31")
    assert InterviewNote.objects.get().text == "We are 120."
    assert "We are 120." in editor.get(address("readiness_interview")).text


def test_the_archive_comes_with_its_annexes(cluster, manager, editor):
    evidence(cluster, manager, kind=EvidenceKind.FILE, upload=paper(), url="")

    answer = editor.get(address("readiness_zip") + "?year=2025")
    content = b"".join(answer.streaming_content)

    assert answer["Content-Disposition"] == 'attachment; filename="cluster-readiness-2025.zip"'
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == [
        "readiness.pdf",
        "annexes.csv",
        "annexes/A01-1.1.2-statute.pdf",
    ]


@pytest.mark.parametrize("row_count", [1, 4])
@pytest.mark.parametrize("name", ["readiness", "readiness_gaps", "readiness_interview"])
def test_the_query_count_does_not_grow(cluster, manager, editor, django_assert_num_queries, name, row_count):
    for number in range(row_count):
        evidence(cluster, manager, code=CODE, title=f"Sheet {number}")
        InterviewNote.objects.create(
            organisation=cluster, code=f"4.1.{number + 1}", text="Said.", written_at=NOW
        )
    editor.get(address(name))

    with django_assert_num_queries(10):
        editor.get(address(name))
