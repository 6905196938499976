"""Results: counts, medians, the Net Promoter Score, and nothing about fewer than was promised."""

import pytest
from django.core.exceptions import PermissionDenied
from openpyxl import load_workbook

from filiera.accounts.viewer import Viewer
from filiera.questionnaires.actions import answering, states
from filiera.questionnaires.models import QuestionKind
from filiera.questionnaires.queries.display import shown_answers, values_of
from filiera.questionnaires.queries.export import answers_table
from filiera.questionnaires.queries.results import (
    Bar,
    NetPromoterScore,
    promoter_score,
    results_of,
    subjects_of,
)
from filiera.shared.tables import as_xlsx
from tests.accounts.factories import PersonFactory
from tests.questionnaires.factories import NOW, QuestionFactory, QuestionnaireFactory, answered


def somebody():
    return Viewer(person=PersonFactory())


def anonymously(questionnaire, about="", **answers):
    answering.submit_anonymously(
        questionnaire=questionnaire, answers=answers, by=somebody(), at=NOW, about=about
    )


@pytest.mark.parametrize(
    ("grades", "expected"),
    [
        ([], None),
        ([10], NetPromoterScore(100, 1, 0, 0)),
        ([0, 6], NetPromoterScore(-100, 0, 0, 2)),
        ([7, 8], NetPromoterScore(0, 0, 2, 0)),
        ([10, 9, 9, 8, 7, 6, 3], NetPromoterScore(14, 3, 2, 2)),
    ],
)
def test_the_net_promoter_score_by_its_definition(grades, expected):
    assert promoter_score(grades) == expected


def test_results_of_every_kind(questionnaire, editor):
    QuestionFactory(questionnaire=questionnaire, code="mode", choice=True)
    QuestionFactory(questionnaire=questionnaire, code="parts", choices=True)
    QuestionFactory(questionnaire=questionnaire, code="again", yes_no=True)
    QuestionFactory(questionnaire=questionnaire, code="grade", scale=True)
    QuestionFactory(questionnaire=questionnaire, code="nights", kind=QuestionKind.NUMBER)
    QuestionFactory(questionnaire=questionnaire, code="words")
    answered(questionnaire, somebody(), mode="online", parts=["a", "b"], again=True, grade=4, nights=2)
    answered(questionnaire, somebody(), mode="online", parts=["b"], again=False, grade=5, words="Fine")

    results = results_of(questionnaire, editor)
    by_code = {result.question.code: result for result in results.questions}

    assert (results.handed_in, results.counted, results.waiting) == (2, 2, 0)
    assert by_code["mode"].bars == [Bar("Online", 2, 1.0), Bar("In person", 0, 0.0)]
    assert by_code["parts"].bars == [Bar("a", 1, 0.5), Bar("b", 2, 1.0), Bar("c", 0, 0.0)]
    assert by_code["again"].bars == [Bar("Yes", 1, 0.5), Bar("No", 1, 0.5)]
    assert (by_code["grade"].median, [bar.count for bar in by_code["grade"].bars]) == (4.5, [0, 0, 0, 1, 1])
    assert (by_code["nights"].median, by_code["nights"].answered) == (2, 1)
    assert by_code["words"].texts == ["Fine"]


def test_nothing_is_shown_before_five_have_answered_without_a_name(editor):
    questionnaire = QuestionnaireFactory(open=True, anonymous=True)
    QuestionFactory(questionnaire=questionnaire, code="grade", scale=True)
    shown = []
    for number in range(11):
        anonymously(questionnaire, grade=1 + number % 5)
        results = results_of(questionnaire, editor)
        shown.append((results.counted, results.still_needed, len(results.questions)))

    assert shown == [
        (0, 4, 0), (0, 3, 0), (0, 2, 0), (0, 1, 0), (5, 0, 1), (5, 0, 1), (5, 0, 1), (5, 0, 1), (5, 0, 1),
        (10, 0, 1), (10, 0, 1),
    ]  # fmt: skip


def test_closing_lets_in_all_where_nothing_was_shown_before(editor):
    questionnaire = QuestionnaireFactory(open=True, anonymous=True, shows_results_while_open=False)
    QuestionFactory(questionnaire=questionnaire, code="grade", scale=True)
    for _ in range(7):
        anonymously(questionnaire, grade=3)
    before = results_of(questionnaire, editor)

    states.close_questionnaire(questionnaire=questionnaire, by=editor, at=NOW)

    after = results_of(questionnaire, editor)
    assert (before.counted, before.still_needed, after.counted) == (0, 0, 7)


def test_named_answers_do_not_tell_the_anonymous_one_by_difference(editor):
    questionnaire = QuestionnaireFactory(open=True, chosen=True)
    QuestionFactory(questionnaire=questionnaire, code="grade", scale=True)
    for _ in range(5):
        answered(questionnaire, somebody(), grade=5)
    anonymously(questionnaire, grade=1)

    results = results_of(questionnaire, editor)

    assert (results.handed_in, results.counted) == (6, 5)
    assert [bar.count for bar in results.questions[0].bars] == [0, 0, 0, 0, 5]


def test_a_question_that_few_were_asked_is_withheld(editor):
    questionnaire = QuestionnaireFactory(open=True, anonymous=True)
    mode = QuestionFactory(questionnaire=questionnaire, code="mode", choice=True)
    QuestionFactory(questionnaire=questionnaire, code="why", shown_if=mode, shown_if_values=["online"])
    anonymously(questionnaire, mode="online", why="a secret")
    for _ in range(4):
        anonymously(questionnaire, mode="in-person")

    why = results_of(questionnaire, editor).questions[1]

    assert (why.is_withheld, why.answered, why.texts) == (True, 0, ())
    assert "a secret" not in str(answers_table(questionnaire, editor).rows)


def test_results_about_one_session_have_their_own_group(editor):
    questionnaire = QuestionnaireFactory(open=True, anonymous=True)
    QuestionFactory(questionnaire=questionnaire, code="grade", scale=True)
    for _ in range(5):
        anonymously(questionnaire, about="session:1", grade=5)
    for _ in range(4):
        anonymously(questionnaire, about="session:2", grade=1)

    counted = {
        about: results_of(questionnaire, editor, about=about).counted
        for about in (None, "session:1", "session:2")
    }

    assert counted == {None: 5, "session:1": 5, "session:2": 0}
    assert subjects_of(questionnaire) == {"session:1": 5, "session:2": 4}


def test_results_leave_out_what_one_may_not_read(questionnaire, editor, named):
    QuestionFactory(questionnaire=questionnaire, code="name")
    QuestionFactory(questionnaire=questionnaire, code="diet", sensitive=True)
    answered(questionnaire, somebody(), name="Bianca", diet="vegan")

    seen = {
        role: [result.question.code for result in results_of(questionnaire, viewer).questions]
        for role, viewer in (("editor", editor), ("named", named))
    }

    assert seen == {"editor": ["name"], "named": ["name", "diet"]}


def test_results_are_for_the_team(questionnaire, member, outsider):
    for viewer in (member, outsider):
        with pytest.raises(PermissionDenied):
            results_of(questionnaire, viewer)
        with pytest.raises(PermissionDenied):
            answers_table(questionnaire, viewer)


def test_the_table_has_a_row_for_each_response_with_a_name(questionnaire, editor):
    QuestionFactory(questionnaire=questionnaire, code="mode", choice=True, label={"en": "Mode"})
    QuestionFactory(questionnaire=questionnaire, code="nights", kind="number", label={"en": "Nights"})
    QuestionFactory(questionnaire=questionnaire, code="diet", sensitive=True, label={"en": "Diet"})
    person = PersonFactory(name="Bianca Dragomir")
    answered(questionnaire, Viewer(person=person), mode="online", nights=2, diet="vegan")

    table = answers_table(questionnaire, editor)

    assert table.header == ["Handed in on", "Who", "About", "Mode", "Nights"]
    assert table.rows == [[NOW.date(), person.shown_name, "", "Online", 2]]


def test_a_formula_stays_a_text_in_the_table(questionnaire, editor, tmp_path):
    QuestionFactory(questionnaire=questionnaire, code="name")
    answered(questionnaire, somebody(), name="=1+1")
    table = answers_table(questionnaire, editor)

    file = tmp_path / "answers.xlsx"
    file.write_bytes(as_xlsx("Answers", table.header, table.rows))

    cell = load_workbook(file).worksheets[0].cell(2, 4)
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_the_table_without_names_keeps_no_responses_together(editor):
    questionnaire = QuestionnaireFactory(open=True, anonymous=True)
    QuestionFactory(questionnaire=questionnaire, code="mode", choice=True, label={"en": "Mode"})
    for _ in range(5):
        anonymously(questionnaire, mode="online")

    table = answers_table(questionnaire, editor)

    assert table.header == ["Code", "Question", "Answer", "Count"]
    assert table.rows == [["mode", "Mode", "Online", 5], ["mode", "Mode", "In person", 0]]


def test_a_response_is_shown_in_words_and_blind_where_asked(questionnaire, reviewer, member):
    QuestionFactory(
        questionnaire=questionnaire, code="mode", choice=True, audience="reviewers", label={"en": "Mode"}
    )
    QuestionFactory(
        questionnaire=questionnaire, code="cluster", audience="reviewers", is_hidden_in_blind_review=True
    )
    response = answered(questionnaire, member, mode="in-person", cluster="MESAP")

    open_eyes = [(answer.label, answer.text) for answer in shown_answers(response, reviewer)]
    blind = [answer.text for answer in shown_answers(response, reviewer, is_blind=True)]

    assert open_eyes == [("Mode", "In person"), ("Label of cluster", "MESAP")]
    assert blind == ["In person"]


def test_values_of_many_responses_in_one_look(questionnaire, editor, django_assert_num_queries):
    QuestionFactory(questionnaire=questionnaire, code="mode", choice=True)
    responses = [answered(questionnaire, somebody(), mode="online") for _ in range(3)]

    with django_assert_num_queries(1):
        values = values_of(questionnaire, [response.pk for response in responses], editor, ["mode"])

    assert values == {response.pk: {"mode": "online"} for response in responses}
