"""Drafts, submission, conditions, and answers without a name."""

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from filiera.accounts.viewer import VISITOR, Viewer
from filiera.files.models import StoredFile
from filiera.questionnaires import wall
from filiera.questionnaires.actions import answering
from filiera.questionnaires.actions.errors import AlreadyAnswered, AnswerDoesNotFit, QuestionnaireNotOpen
from filiera.questionnaires.models import Answer, Answered, QuestionKind, Response
from filiera.questionnaires.permissions import answer_as
from filiera.questionnaires.queries.questions import own_answers
from filiera.questionnaires.queries.responses import has_answered, response_of
from tests.accounts.factories import PersonFactory
from tests.questionnaires.factories import NOW, QuestionFactory, QuestionnaireFactory, answered


def started(questionnaire, by, **more):
    return answering.start_response(questionnaire=questionnaire, by=by, at=NOW, **more)


def test_a_draft_is_kept_and_found_again(questionnaire, member):
    QuestionFactory(questionnaire=questionnaire, code="name")
    response = started(questionnaire, member)

    answering.save_draft(response=response, answers={"name": "Bianca"}, by=member, at=NOW)

    assert started(questionnaire, member) == response
    assert own_answers(response, member).values == {"name": "Bianca"}
    assert response_of(questionnaire, member) == response
    assert not has_answered(questionnaire, member)


def test_an_answer_is_taken_back_with_none(questionnaire, member):
    QuestionFactory(questionnaire=questionnaire, code="name")
    response = started(questionnaire, member)
    answering.save_draft(response=response, answers={"name": "Bianca"}, by=member, at=NOW)

    answering.save_draft(response=response, answers={"name": None}, by=member, at=NOW)

    assert own_answers(response, member).values == {}


def test_a_submission_needs_its_required_answers(questionnaire, member):
    needed = QuestionFactory(questionnaire=questionnaire, code="name", is_required=True)
    response = started(questionnaire, member)

    with pytest.raises(answering.AnswersMissing) as refusal:
        answering.submit_response(response=response, by=member, at=NOW)

    assert refusal.value.questions == (needed,)


def test_a_consent_has_to_be_given(questionnaire, member):
    QuestionFactory(questionnaire=questionnaire, code="ok", kind=QuestionKind.CONSENT, is_required=True)
    response = started(questionnaire, member)

    with pytest.raises(answering.AnswersMissing):
        answering.submit_response(response=response, answers={"ok": False}, by=member, at=NOW)


def test_what_is_not_asked_after_all_is_neither_needed_nor_kept(questionnaire, member):
    mode = QuestionFactory(questionnaire=questionnaire, code="mode", choice=True)
    QuestionFactory(
        questionnaire=questionnaire,
        code="hotel",
        shown_if=mode,
        shown_if_values=["in-person"],
        is_required=True,
    )
    response = started(questionnaire, member)
    answering.save_draft(response=response, answers={"mode": "in-person", "hotel": "Roma"}, by=member, at=NOW)

    answering.submit_response(response=response, answers={"mode": "online"}, by=member, at=NOW)

    assert own_answers(response, member).values == {"mode": "online"}
    assert has_answered(questionnaire, member)


def test_a_submitted_response_changes_while_it_is_open(questionnaire, member):
    QuestionFactory(questionnaire=questionnaire, code="name")
    response = answered(questionnaire, member, name="Bianca")

    answering.submit_response(response=response, answers={"name": "Bianca D."}, by=member, at=NOW)

    assert own_answers(response, member).values == {"name": "Bianca D."}


def test_a_submitted_response_is_no_draft_again(questionnaire, member):
    QuestionFactory(questionnaire=questionnaire, code="name")
    response = answered(questionnaire, member, name="Bianca")

    with pytest.raises(PermissionDenied):
        answering.save_draft(response=response, answers={"name": "x"}, by=member, at=NOW)


def test_nobody_writes_into_the_response_of_another(questionnaire, member, outsider):
    response = started(questionnaire, member)

    with pytest.raises(PermissionDenied):
        answering.save_draft(response=response, answers={}, by=outsider, at=NOW)


def test_what_is_closed_takes_no_answer(member):
    closed = QuestionnaireFactory(closed=True)

    with pytest.raises(QuestionnaireNotOpen):
        started(closed, member)


def test_closing_stops_a_response_that_was_begun(questionnaire, member):
    response = started(questionnaire, member)
    type(questionnaire).objects.update(state="closed", closed_at=NOW)

    with pytest.raises(QuestionnaireNotOpen):
        answering.submit_response(response=response, by=member, at=NOW)


def test_the_purpose_decides_who_answers(questionnaire, member):
    with pytest.raises(PermissionDenied):
        started(questionnaire, member, about="session:closed")


def test_a_visitor_without_a_link_starts_nothing(questionnaire):
    with pytest.raises(PermissionDenied):
        started(questionnaire, VISITOR)


def test_the_holder_of_a_link_answers_without_an_account(questionnaire):
    QuestionFactory(questionnaire=questionnaire, code="name")
    response = started(questionnaire, VISITOR, respondent="participation:31")
    holder = Viewer(person=None, permissions=frozenset({answer_as(response.pk)}))

    answering.submit_response(response=response, answers={"name": "Bianca"}, by=holder, at=NOW)

    assert own_answers(response, holder).values == {"name": "Bianca"}
    assert has_answered(questionnaire, VISITOR, respondent="participation:31")


@pytest.mark.parametrize(
    ("traits", "value"),
    [
        ({"choice": True}, "elsewhere"),
        ({"choices": True}, ["a", "z"]),
        ({"scale": True}, 6),
        ({"scale": True}, True),
        ({"yes_no": True}, "yes"),
        ({"kind": "date"}, "tomorrow"),
        ({"kind": "number"}, "12"),
        ({"kind": "short"}, 3),
        ({"kind": "text"}, "anything"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(questionnaire, member, traits, value):
    QuestionFactory(questionnaire=questionnaire, code="it", **traits)
    response = started(questionnaire, member)

    with pytest.raises(AnswerDoesNotFit):
        answering.save_draft(response=response, answers={"it": value}, by=member, at=NOW)


def test_a_file_is_kept_and_replaced(questionnaire, member):
    QuestionFactory(questionnaire=questionnaire, code="plan", kind=QuestionKind.FILE)
    response = started(questionnaire, member)
    for name in ("first.pdf", "second.pdf"):
        upload = SimpleUploadedFile(name, b"%PDF-1.7 " + name.encode())
        answering.save_draft(response=response, answers={"plan": upload}, by=member, at=NOW)

    assert own_answers(response, member).files["plan"].name == "second.pdf"
    assert StoredFile.objects.count() == 1


def anonymously(questionnaire, by, answers, **more):
    answering.submit_anonymously(questionnaire=questionnaire, answers=answers, by=by, at=NOW, **more)


def test_an_anonymous_response_leads_to_nobody(member):
    questionnaire = QuestionnaireFactory(open=True, anonymous=True)
    QuestionFactory(questionnaire=questionnaire, code="name")

    anonymously(questionnaire, member, {"name": "fine"})

    row = Response.objects.values().get()
    assert {key: row[key] for key in row if key not in {"id", "questionnaire_id"}} == {
        "about": "",
        "person_id": None,
        "respondent": "",
        "is_anonymous": True,
        "is_released": False,
        "state": "submitted",
        "language": "",
        "created_at": None,
        "submitted_at": None,
        "submitted_on": NOW.date(),
        "changed_at": None,
    }
    assert Answer.objects.get().value == "fine"
    assert has_answered(questionnaire, member)


def test_who_answered_is_kept_sorted_and_not_in_order_of_answers(member):
    questionnaire = QuestionnaireFactory(open=True, anonymous=True)
    people = sorted((Viewer(person=PersonFactory()) for _ in range(3)), key=lambda viewer: -viewer.person_id)
    for viewer in people:
        anonymously(questionnaire, viewer, {})

    kept = Answered.objects.get().respondents

    assert kept == sorted(f"person:{viewer.person_id}" for viewer in people)


def test_nobody_answers_twice_without_a_name(member):
    questionnaire = QuestionnaireFactory(open=True, chosen=True)
    anonymously(questionnaire, member, {})

    with pytest.raises(AlreadyAnswered):
        anonymously(questionnaire, member, {})
    with pytest.raises(AlreadyAnswered):
        started(questionnaire, member)


def test_nobody_answers_with_a_name_and_then_without(member):
    questionnaire = QuestionnaireFactory(open=True, chosen=True)
    answered(questionnaire, member)

    with pytest.raises(AlreadyAnswered):
        anonymously(questionnaire, member, {})


def test_one_questionnaire_is_answered_for_each_session(member):
    questionnaire = QuestionnaireFactory(open=True, anonymous=True)

    anonymously(questionnaire, member, {}, about="session:1")
    anonymously(questionnaire, member, {}, about="session:2")

    assert Response.objects.count() == 2


def test_names_are_refused_where_none_are_asked_and_asked_where_needed(questionnaire, member):
    with pytest.raises(answering.NamesNotAsked):
        started(QuestionnaireFactory(open=True, anonymous=True), member)
    with pytest.raises(answering.NamesNeeded):
        anonymously(questionnaire, member, {})


def test_anonymous_responses_are_released_in_groups(db):
    questionnaire = QuestionnaireFactory(open=True, anonymous=True)
    released = []
    for _ in range(11):
        anonymously(questionnaire, Viewer(person=PersonFactory()), {})
        released.append(Response.objects.filter(is_released=True).count())

    assert released == [0, 0, 0, 0, 5, 5, 5, 5, 5, 10, 10]


@pytest.mark.parametrize(
    "change", [{"respondent": "person:1"}, {"created_at": NOW}, {"submitted_at": NOW}, {"language": "it"}]
)
def test_the_database_keeps_anonymous_responses_bare(member, change):
    questionnaire = QuestionnaireFactory(open=True, anonymous=True)
    anonymously(questionnaire, member, {})

    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.update(**change)


def test_the_database_refuses_an_answer_to_another_questionnaires_question(questionnaire, member):
    response = started(questionnaire, member)
    elsewhere = QuestionFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Answer.objects.create(response=response, question=elsewhere, value="x")


def test_one_response_per_person_and_respondent(questionnaire, member):
    started(questionnaire, member)
    started(questionnaire, VISITOR, respondent="participation:1")

    for who in ({"person": member.person}, {"respondent": "participation:1"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Response.objects.create(questionnaire=questionnaire, created_at=NOW, **who)


def test_the_wall_shuts_again_after_use(questionnaire, member):
    QuestionFactory(questionnaire=questionnaire, code="diet", sensitive=True)
    response = answered(questionnaire, member, diet="no nuts")

    with wall.opened_for_respondent(response=response, by=member):
        inside = Answer.objects.count()

    assert (inside, Answer.objects.count()) == (1, 0)
