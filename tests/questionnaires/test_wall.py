"""Sensitive answers: every way to them tried with every role, and gone from a dump after their day."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connection, transaction

from filiera.accounts.actions import erase_person
from filiera.accounts.viewer import SYSTEM, VISITOR
from filiera.files import policies as files
from filiera.files.models import StoredFile
from filiera.questionnaires import wall
from filiera.questionnaires.actions import leaving
from filiera.questionnaires.file_policies import can_read_answer
from filiera.questionnaires.models import Answer, Audience, QuestionKind, Response
from filiera.questionnaires.queries.questions import own_answers
from filiera.questionnaires.receivers import own_responses
from tests.dumps import dump
from tests.questionnaires.factories import NOW, QuestionFactory, answered

SECRET = "coeliac-7f3a91"


@pytest.fixture
def response(questionnaire, member):
    QuestionFactory(questionnaire=questionnaire, code="name", audience=Audience.TEAM)
    QuestionFactory(questionnaire=questionnaire, code="challenge", audience=Audience.PARTICIPANTS)
    QuestionFactory(questionnaire=questionnaire, code="motive", audience=Audience.REVIEWERS)
    QuestionFactory(questionnaire=questionnaire, code="diet", sensitive=True)
    return answered(questionnaire, member, name="Bianca", challenge="growth", motive="to learn", diet=SECRET)


def read_by(viewer, questionnaire):
    with wall.opened_for_readers_who_may(questionnaire=questionnaire, by=viewer):
        seen = Answer.objects.visible_to(viewer).select_related("question")
        return {answer.question.code for answer in seen}


def test_each_audience_reads_its_answers_and_no_others(
    questionnaire, response, editor, reviewer, named, outsider
):
    readers = {
        "editor": editor, "reviewer": reviewer, "named": named, "outsider": outsider, "visitor": VISITOR,
        "administrator": SYSTEM,
    }  # fmt: skip

    seen = {role: read_by(viewer, questionnaire) for role, viewer in readers.items()}

    assert seen == {
        "editor": {"name", "challenge", "motive"},
        "reviewer": {"challenge", "motive"},
        "named": {"name", "challenge", "motive", "diet"},
        "outsider": set(),
        "visitor": set(),
        "administrator": {"name", "challenge", "motive"},
    }


@pytest.mark.usefixtures("response")
def test_the_database_shows_none_of_them_whatever_is_asked(as_app):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM questionnaires_answer WHERE audience = 'sensitive'")
        before = cursor.fetchone()
        cursor.execute("UPDATE questionnaires_answer SET value = '1' WHERE audience = 'sensitive'")
        updated = cursor.rowcount
        cursor.execute("DELETE FROM questionnaires_answer WHERE audience = 'sensitive'")
        deleted = cursor.rowcount

    assert (before, updated, deleted) == ((0,), 0, 0)


@pytest.mark.usefixtures("as_app")
def test_the_database_takes_none_past_the_wall(questionnaire, response):
    question = QuestionFactory(questionnaire=questionnaire, sensitive=True)

    with pytest.raises(ProgrammingError), transaction.atomic():
        Answer.objects.create(response=response, question=question, value="x")


@pytest.mark.usefixtures("response")
def test_nobody_else_opens_the_wall(questionnaire, editor, outsider):
    for viewer in (editor, outsider, VISITOR, SYSTEM):
        with (
            pytest.raises(PermissionDenied),
            wall.opened_for_readers(questionnaire=questionnaire, by=viewer),
        ):
            pass


def test_a_respondent_reads_their_own_and_nobody_elses(response, member, outsider):
    assert own_answers(response, member).values["diet"] == SECRET
    with pytest.raises(PermissionDenied):
        own_answers(response, outsider)


def test_the_wall_opens_for_one_questionnaire_only(questionnaire, response, named):
    other = QuestionFactory(sensitive=True)
    answered(other.questionnaire, named, **{other.code.replace("-", "_"): "another"})

    with wall.opened_for_readers(questionnaire=questionnaire, by=named):
        seen = list(Answer.objects.filter(audience=Audience.SENSITIVE).values_list("value", flat=True))

    assert seen == [SECRET]


def test_the_wall_is_shut_after_an_error(questionnaire, response, named):
    with pytest.raises(ZeroDivisionError), wall.opened_for_readers(questionnaire=questionnaire, by=named):
        _nothing = 1 / 0

    assert not Answer.objects.filter(audience=Audience.SENSITIVE).exists()


def test_a_sensitive_file_is_read_by_named_roles_and_its_sender(
    questionnaire, member, editor, named, outsider
):
    QuestionFactory(questionnaire=questionnaire, code="proof", kind=QuestionKind.FILE, sensitive=True)
    answered(questionnaire, member, proof=SimpleUploadedFile("proof.pdf", b"%PDF-1.7 secret"))
    stored = StoredFile.objects.get()

    readers = (member, named, editor, outsider, VISITOR, SYSTEM)

    assert [files.can_read(viewer, stored) for viewer in readers] == [True, True, False, False, False, False]
    assert can_read_answer(named, stored)


def test_the_own_archive_holds_them_and_an_erasure_removes_them(questionnaire, response, member):
    QuestionFactory(questionnaire=questionnaire, code="grade", scale=True)
    person = member.person
    with wall.opened_for_jobs():
        Answer.objects.create(response=response, question=questionnaire.questions.get(code="grade"), value=4)
    assert SECRET in str(own_responses(person))

    erase_person(person=person, by=member, at=NOW)

    with wall.opened_for_jobs():
        left = list(Answer.objects.values_list("question__code", "value"))
    assert left == [("grade", 4)]
    row = Response.objects.get()
    assert (row.person_id, row.respondent) == (None, f"forgotten:{row.pk}")


@pytest.mark.parametrize(
    ("rule", "days", "count"),
    [
        ({"delete_answers_on": date(2026, 6, 30)}, 119, 0),
        ({"delete_answers_on": date(2026, 6, 30)}, 120, 1),
        ({"keep_answers_days": 30}, 29, 0),
        ({"keep_answers_days": 30}, 30, 1),
    ],
)
def test_answers_leave_on_their_day(questionnaire, member, rule, days, count):
    QuestionFactory(questionnaire=questionnaire, code="diet", audience=Audience.SENSITIVE, **rule)
    QuestionFactory(questionnaire=questionnaire, code="name")
    answered(questionnaire, member, diet=SECRET, name="Bianca")

    deleted = leaving.delete_expired_answers(by=SYSTEM, at=NOW + timedelta(days=days))

    with wall.opened_for_jobs():
        left = Answer.objects.count()
    assert (deleted, left) == (count, 2 - count)


def test_the_day_of_a_questionnaire_holds_for_all_its_answers(questionnaire, member):
    QuestionFactory(questionnaire=questionnaire, code="name")
    answered(questionnaire, member, name="Bianca")
    type(questionnaire).objects.update(delete_answers_on=NOW.date())

    assert leaving.delete_expired_answers(by=SYSTEM, at=NOW) == 1


def test_only_the_platform_itself_runs_the_deletion(editor):
    with pytest.raises(PermissionDenied):
        leaving.delete_expired_answers(by=editor, at=NOW)


@pytest.mark.django_db(transaction=True)
def test_after_their_day_the_bytes_are_gone_from_a_dump_and_from_the_files(
    questionnaire, member, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    QuestionFactory(questionnaire=questionnaire, code="diet", sensitive=True)
    QuestionFactory(questionnaire=questionnaire, code="proof", kind=QuestionKind.FILE, sensitive=True)
    upload = SimpleUploadedFile(f"{SECRET}.pdf", b"%PDF-1.7 " + SECRET.encode())
    answered(questionnaire, member, diet=SECRET, proof=upload)
    path = StoredFile.objects.get().path
    assert SECRET in dump()
    assert default_storage.exists(path)

    leaving.delete_expired_answers(by=SYSTEM, at=NOW + timedelta(days=120))

    assert SECRET not in dump()
    assert not default_storage.exists(path)
