"""Building: order, conditions, options, and what stays once somebody has answered."""

from dataclasses import asdict, replace
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from filiera.questionnaires import wall
from filiera.questionnaires.actions import building, ready_made, states
from filiera.questionnaires.actions.building import QuestionDetails, QuestionnaireDetails
from filiera.questionnaires.models import Anonymity, Answer, Audience, Question, QuestionKind, Questionnaire
from filiera.questionnaires.sets import all_sets
from tests.questionnaires.factories import (
    NOW,
    PURPOSE,
    WORKSPACE,
    QuestionFactory,
    QuestionnaireFactory,
    answered,
)

SHORT = QuestionDetails(code="name", kind=QuestionKind.SHORT, label={"en": "Name"})
CHOICE = QuestionDetails(
    code="mode",
    kind=QuestionKind.CHOICE,
    label={"en": "Mode"},
    options=[{"code": "a", "label": {"en": "A"}}, {"code": "b", "label": {"en": "B"}}],
)


def save(questionnaire, editor, details, question=None):
    return building.save_question(
        questionnaire=questionnaire, question=question, details=details, by=editor, at=NOW
    )


def codes(questionnaire):
    return [(row.code, row.step) for row in questionnaire.questions.in_order()]


@pytest.fixture
def draft(db):
    return QuestionnaireFactory()


def test_a_questionnaire_begins_as_a_draft(editor):
    made = building.create_questionnaire(
        purpose=PURPOSE,
        workspace=WORKSPACE,
        details=QuestionnaireDetails(title={"en": "Survey"}, anonymity=Anonymity.ANONYMOUS),
        by=editor,
        at=NOW,
    )

    assert (made.state, made.minimum_group, made.may_be_anonymous) == ("draft", 5, True)


@pytest.mark.parametrize(("purpose", "workspace"), [(PURPOSE, "tests:2"), ("unknown", WORKSPACE)])
def test_nobody_builds_for_another_workspace_or_purpose(editor, purpose, workspace):
    with pytest.raises(PermissionDenied):
        building.create_questionnaire(
            purpose=purpose, workspace=workspace, details=QuestionnaireDetails(title={}), by=editor, at=NOW
        )


def test_only_editors_change_questions(draft, member):
    with pytest.raises(PermissionDenied):
        save(draft, member, SHORT)


@pytest.mark.parametrize(
    ("details", "refusal"),
    [
        (replace(CHOICE, options=[]), building.OptionsMissing),
        (replace(CHOICE, options=[CHOICE.options[0], CHOICE.options[0]]), building.OptionCodesTwice),
        (replace(SHORT, audience=Audience.SENSITIVE), building.SensitiveNeedsEnd),
        (replace(SHORT, kind=QuestionKind.SCALE), building.ScaleNeedsEnds),
        (replace(SHORT, kind=QuestionKind.SCALE, minimum=1, maximum=50), building.ScaleNeedsEnds),
        (replace(SHORT, code="taken"), building.CodeTaken),
    ],
)
def test_a_question_that_cannot_be_is_refused(draft, editor, details, refusal):
    QuestionFactory(questionnaire=draft, code="taken")

    with pytest.raises(refusal):
        save(draft, editor, details)


def test_an_anonymous_questionnaire_asks_for_no_file(editor):
    anonymous = QuestionnaireFactory(anonymous=True)

    with pytest.raises(building.AnonymousAsksNoFiles):
        save(anonymous, editor, replace(SHORT, kind=QuestionKind.FILE))


def test_a_questionnaire_with_files_stays_with_names(draft, editor):
    QuestionFactory(questionnaire=draft, kind=QuestionKind.FILE)

    with pytest.raises(building.AnonymousAsksNoFiles):
        building.change_questionnaire(
            questionnaire=draft,
            details=QuestionnaireDetails(title={}, anonymity=Anonymity.CHOSEN),
            by=editor,
            at=NOW,
        )


def test_a_condition_names_an_earlier_question_and_answers_it_has(draft, editor):
    first = save(draft, editor, CHOICE)
    later = save(draft, editor, replace(SHORT, shown_if=first, shown_if_values=["b"]))

    with pytest.raises(building.ConditionNotBefore):
        save(draft, editor, replace(CHOICE, shown_if=later, shown_if_values=["x"]), first)
    with pytest.raises(building.ConditionUnknownValue):
        save(draft, editor, replace(SHORT, code="other", shown_if=first, shown_if_values=["z"]))
    with pytest.raises(building.ConditionHangsOnIt):
        building.delete_question(question=first, by=editor, at=NOW)
    with pytest.raises(building.ConditionNotBefore):
        building.move_question(question=later, up=True, by=editor, at=NOW)


def test_questions_move_within_and_across_pages(draft, editor):
    a = save(draft, editor, replace(SHORT, code="a"))
    save(draft, editor, replace(SHORT, code="b"))
    c = save(draft, editor, replace(SHORT, code="c", step=2))

    building.move_question(question=a, up=False, by=editor, at=NOW)
    assert codes(draft) == [("b", 1), ("a", 1), ("c", 2)]
    building.move_question(question=c, up=True, by=editor, at=NOW)
    assert codes(draft) == [("b", 1), ("a", 1), ("c", 1)]
    building.move_question(question=draft.questions.get(code="b"), up=True, by=editor, at=NOW)
    assert codes(draft) == [("b", 1), ("a", 1), ("c", 1)]
    building.place_question(question=c, after=None, by=editor, at=NOW)
    assert codes(draft) == [("c", 1), ("b", 1), ("a", 1)]
    building.place_question(question=c, after=a, by=editor, at=NOW)
    assert codes(draft) == [("b", 1), ("a", 1), ("c", 1)]


@pytest.fixture
def in_use(questionnaire, member):
    QuestionFactory(
        questionnaire=questionnaire, code="mode", kind="choice", label=CHOICE.label,
        options=list(CHOICE.options), audience=Audience.TEAM, delete_answers_on=date(2026, 6, 30),
    )  # fmt: skip
    answered(questionnaire, member, mode="a")
    return questionnaire


ANSWERED = replace(CHOICE, delete_answers_on=date(2026, 6, 30))


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"code": "other"}, building.Locked),
        ({"kind": QuestionKind.CHOICES}, building.Locked),
        ({"is_required": True}, building.Locked),
        ({"options": [*CHOICE.options[:1], {"code": "c", "label": {"en": "C"}}]}, building.OptionIsAnswered),
        ({"audience": Audience.PARTICIPANTS}, building.AudienceOnlyNarrower),
        ({"delete_answers_on": None}, building.RetentionOnlyShorter),
        ({"delete_answers_on": date(2026, 7, 1)}, building.RetentionOnlyShorter),
    ],
)
def test_what_gives_answers_their_meaning_stays(in_use, editor, change, refusal):
    with pytest.raises(refusal):
        save(in_use, editor, replace(ANSWERED, **change), in_use.questions.get())


def test_words_order_and_stricter_rules_may_change(in_use, editor):
    stricter = replace(
        ANSWERED,
        label={"en": "How"},
        options=[*CHOICE.options, {"code": "c", "label": {"en": "C"}}],
        audience=Audience.SENSITIVE,
        delete_answers_on=date(2026, 5, 1),
    )

    save(in_use, editor, stricter, in_use.questions.get())

    assert not Answer.objects.exists()
    with wall.opened_for_jobs():
        assert Answer.objects.get().audience == Audience.SENSITIVE


def test_an_answered_question_is_not_deleted_and_its_questionnaire_neither(in_use, editor):
    with pytest.raises(building.Locked):
        building.delete_question(question=in_use.questions.get(), by=editor, at=NOW)
    with pytest.raises(states.HasResponses):
        states.delete_questionnaire(questionnaire=in_use, by=editor, at=NOW)


def test_the_promise_of_names_stays(in_use, editor):
    with pytest.raises(building.Locked):
        building.change_questionnaire(
            questionnaire=in_use,
            details=QuestionnaireDetails(title={}, anonymity=Anonymity.ANONYMOUS),
            by=editor,
            at=NOW,
        )


def test_open_close_and_open_again(draft, editor):
    with pytest.raises(states.NothingAsked):
        states.open_questionnaire(questionnaire=draft, by=editor, at=NOW)
    with pytest.raises(states.NotOpen):
        states.close_questionnaire(questionnaire=draft, by=editor, at=NOW)
    save(draft, editor, SHORT)

    opened = states.open_questionnaire(questionnaire=draft, by=editor, at=NOW)
    with pytest.raises(states.AlreadyOpen):
        states.open_questionnaire(questionnaire=opened, by=editor, at=NOW)
    closed = states.close_questionnaire(questionnaire=opened, by=editor, at=NOW)
    again = states.open_questionnaire(questionnaire=closed, by=editor, at=NOW)

    assert (closed.state, again.state, again.closed_at) == ("closed", "open", None)


def test_a_copy_asks_the_same_and_has_no_answers(in_use, editor):
    mode = in_use.questions.get()
    QuestionFactory(questionnaire=in_use, code="why", shown_if=mode, shown_if_values=["a"])

    copied = states.copy_questionnaire(questionnaire=in_use, by=editor, at=NOW, is_next_version=True)

    assert (copied.state, copied.version, copied.copied_from_id) == ("draft", 2, in_use.pk)
    assert copied.questions.get(code="why").shown_if == copied.questions.get(code="mode")
    assert not copied.responses.exists()


def test_an_unanswered_questionnaire_is_deleted_with_its_conditions(draft, editor):
    first = save(draft, editor, CHOICE)
    save(draft, editor, replace(SHORT, shown_if=first, shown_if_values=["a"]))

    states.delete_questionnaire(questionnaire=draft, by=editor, at=NOW)

    assert not Questionnaire.objects.exists()


@pytest.mark.parametrize("chosen", all_sets(), ids=lambda chosen: chosen.code)
def test_every_ready_made_set_can_be_added_once(editor, chosen):
    target = QuestionnaireFactory(anonymity=chosen.anonymity)

    count = ready_made.add_question_set(questionnaire=target, chosen=chosen, by=editor, at=NOW)
    again = ready_made.add_question_set(questionnaire=target, chosen=chosen, by=editor, at=NOW)

    assert (count, again) == (len(chosen.questions), 0)
    assert {"en", "it"} == {language for row in target.questions.all() for language in row.label}


@pytest.mark.parametrize(
    "broken",
    [
        {"code": "taken"},
        {"step": 0},
        {"shown_if_values": ["a"]},
        {"kind": "choice"},
        {"kind": "scale"},
        {"minimum": 5, "maximum": 5},
        {"audience": "sensitive"},
    ],
)
def test_the_database_refuses_questions_that_cannot_be(draft, broken):
    QuestionFactory(questionnaire=draft, code="taken")

    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionFactory(questionnaire=draft, **broken)


@pytest.mark.parametrize(
    "broken",
    [{"minimum_group": 4}, {"purpose": ""}, {"state": "open"}, {"state": "closed", "opened_at": NOW}],
)
def test_the_database_refuses_questionnaires_that_cannot_be(db, broken):
    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionnaireFactory(**broken)


def test_two_questions_never_share_a_place(draft):
    QuestionFactory(questionnaire=draft, position=1)

    # Checked at once, not at the end: a second one left behind would fail the end of the test.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError), transaction.atomic():
        QuestionFactory(questionnaire=draft, position=1)


def test_details_name_every_field_of_a_question():
    own = {field.name for field in Question._meta.get_fields() if field.concrete}

    assert set(asdict(SHORT)) == own - {"id", "questionnaire", "position"}
