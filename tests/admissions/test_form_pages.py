"""The builder at an edition's desk: built without script, refused to whom it is not for."""

import pytest
from django.urls import reverse

from filiera.academy.models import EditionRole
from filiera.admissions.purposes import REGISTRATION, SURVEY, workspace_of
from filiera.questionnaires.models import Question, Questionnaire
from tests.academy.factories import EditionFactory, EditionMemberFactory
from tests.academy.viewers import client_of
from tests.questionnaires.factories import QuestionFactory, QuestionnaireFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def edition():
    return EditionFactory(public=True)


def client_in(edition, role):
    return client_of(EditionMemberFactory(edition=edition, role=role).person)


@pytest.fixture
def editor_client(edition):
    return client_in(edition, EditionRole.PROGRAMME)


@pytest.fixture
def survey(edition):
    made = QuestionnaireFactory(purpose=SURVEY, workspace=workspace_of(edition.pk))
    QuestionFactory(questionnaire=made, code="useful", scale=True, label={"en": "Useful"})
    return made


def at(edition, name, *arguments):
    return reverse(f"admissions:{name}", args=[edition.slug, *arguments])


def test_a_form_is_made_from_ready_made_questions(edition, editor_client):
    answer = editor_client.post(
        at(edition, "form_new"), {"purpose": REGISTRATION, "start": "registration"}, follow=True
    )

    made = Questionnaire.objects.get()
    assert (made.workspace, made.title["it"]) == (workspace_of(edition.pk), "Dati della registrazione")
    assert "Only the roles named for sensitive answers" in answer.text


def test_a_form_needs_a_title_or_a_start(edition, editor_client):
    answer = editor_client.post(at(edition, "form_new"), {"purpose": SURVEY, "start": ""})

    assert answer.status_code == 422
    assert not Questionnaire.objects.exists()


def test_a_question_with_options_is_added_and_changed(edition, editor_client, survey):
    new = {
        "label_en": "Pace", "step": "1", "audience": "team", "options_1_en": "Too slow", "options_1_code": "",
        "options_2_en": "Right", "options_2_it": "Giusto", "options_2_code": "", "options_3_en": "",
    }  # fmt: skip
    editor_client.post(at(edition, "form_question_new", survey.pk, "choice"), new)

    question = Question.objects.get(code="pace")
    assert question.options == [
        {"code": "too-slow", "label": {"en": "Too slow"}},
        {"code": "right", "label": {"en": "Right", "it": "Giusto"}},
    ]
    changed = {**new, "code": "pace", "options_1_code": "too-slow", "options_1_en": "Slow"}
    editor_client.post(at(edition, "form_question", survey.pk, question.pk), changed)
    question.refresh_from_db()
    assert question.options[0] == {"code": "too-slow", "label": {"en": "Slow"}}


def test_a_condition_is_chosen_by_ticks(edition, editor_client, survey):
    useful = survey.questions.get()
    editor_client.post(
        at(edition, "form_question_new", survey.pk, "long"),
        {"label_en": "Why not?", "step": "1", "audience": "team", "shown_if": [f"{useful.pk}:1"]},
    )

    question = Question.objects.get(code="why-not")
    assert (question.shown_if, question.shown_if_values) == (useful, ["1"])


def test_what_is_wrong_keeps_what_was_typed(edition, editor_client, survey):
    answer = editor_client.post(
        at(edition, "form_question_new", survey.pk, "short"),
        {"label_en": "Diet of all", "step": "1", "audience": "sensitive"},
    )

    assert answer.status_code == 422
    assert "Sensitive answers need a day on which they are deleted." in answer.text
    assert 'value="Diet of all"' in answer.text


def test_questions_move_open_copy_close_and_leave(edition, editor_client, survey):
    second = QuestionFactory(questionnaire=survey, code="second")
    moves = at(edition, "form_question_moves", survey.pk, second.pk)
    editor_client.post(moves, {"direction": "up"})
    assert [row.code for row in survey.questions.in_order()] == ["second", "useful"]
    editor_client.post(moves, {"after": str(survey.questions.get(code="useful").pk)})
    assert [row.code for row in survey.questions.in_order()] == ["useful", "second"]
    editor_client.post(at(edition, "form_question_deletion", survey.pk, second.pk))
    for name, state in (("form_opening", "open"), ("form_closing", "closed")):
        editor_client.post(at(edition, name, survey.pk))
        survey.refresh_from_db()
        assert survey.state == state
    editor_client.post(at(edition, "form_copies", survey.pk))
    copied = Questionnaire.objects.get(copied_from=survey)
    editor_client.post(at(edition, "form_deletion", copied.pk))
    assert list(Questionnaire.objects.all()) == [survey]


def test_the_preview_speaks_the_language_of_the_form(edition, editor_client, survey):
    survey.questions.update(label={"en": "Useful", "it": "Utile"})

    answer = editor_client.get(at(edition, "form_preview", survey.pk), {"language": "it", "step": "1"})

    assert "Utile" in answer.text


PAGES = (
    "form", "form_settings", "form_ready_made", "form_preview", "form_results", "form_results_count",
    "form_results_csv", "form_results_xlsx",
)  # fmt: skip


def statuses(client, edition, survey):
    question = survey.questions.get()
    pages = [
        at(edition, "forms"),
        at(edition, "form_new"),
        *(at(edition, name, survey.pk) for name in PAGES),
        at(edition, "form_question", survey.pk, question.pk),
        at(edition, "form_question_new", survey.pk, "short"),
    ]
    return {client.get(page).status_code for page in pages}


def test_every_page_opens_for_whoever_builds(edition, editor_client, survey):
    assert statuses(editor_client, edition, survey) == {200}


@pytest.mark.parametrize("role", [EditionRole.PARTICIPANT, EditionRole.SPEAKER, EditionRole.KITCHEN])
def test_no_page_opens_for_a_member_without_the_right(edition, survey, role):
    assert statuses(client_in(edition, role), edition, survey) == {403}


def test_a_visitor_is_asked_to_sign_in(edition, survey, client):
    assert statuses(client, edition, survey) == {302}


def test_people_of_another_edition_stay_outside(edition, survey):
    elsewhere = EditionFactory(public=True)
    outsider = client_in(elsewhere, EditionRole.DIRECTOR)

    assert statuses(outsider, edition, survey) == {403}
    # Nor does the form open below their own edition's address.
    assert outsider.get(at(elsewhere, "form", survey.pk)).status_code == 404


def test_a_facilitator_reads_results_and_changes_nothing(edition, survey):
    facilitator = client_in(edition, EditionRole.FACILITATOR)

    read = [facilitator.get(at(edition, name, survey.pk)).status_code for name in ("form", "form_results")]
    write = [
        facilitator.get(at(edition, "form_settings", survey.pk)).status_code,
        facilitator.post(at(edition, "form_opening", survey.pk)).status_code,
        facilitator.post(at(edition, "form_copies", survey.pk)).status_code,
    ]

    assert (read, write) == ([200, 200], [403, 403, 403])


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_the_same_whatever_its_length(edition, editor_client, django_assert_num_queries, count):
    for _ in range(count):
        QuestionnaireFactory(purpose=SURVEY, workspace=workspace_of(edition.pk))
    address = at(edition, "forms")
    editor_client.get(address)

    with django_assert_num_queries(6):
        editor_client.get(address)
