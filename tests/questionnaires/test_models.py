"""What the database keeps true whatever the code does, and who hears that somebody answered."""

import pytest
from django.db import IntegrityError, transaction

from filiera.questionnaires import purposes
from filiera.questionnaires.models import Answer, Answered, Question, Questionnaire, Response
from filiera.questionnaires.push_topics import may_hear
from tests.questionnaires.factories import NOW, PURPOSE, QuestionFactory, QuestionnaireFactory, answered


def refused(make):
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


def test_a_question_is_answered_once_in_a_response(questionnaire, member):
    question = QuestionFactory(questionnaire=questionnaire, code="name")
    response = answered(questionnaire, member, name="Bianca")

    refused(lambda: Answer.objects.create(response=response, question=question, value="again"))


@pytest.mark.parametrize(
    "broken", [{"state": "submitted"}, {"state": "draft", "submitted_on": NOW.date()}, {"created_at": None}]
)
def test_the_times_of_a_response_match_its_state(questionnaire, member, broken):
    refused(
        lambda: Response.objects.create(
            **{"questionnaire": questionnaire, "person": member.person, "created_at": NOW, **broken}
        )
    )


def test_no_question_hangs_on_itself(questionnaire):
    question = QuestionFactory(questionnaire=questionnaire, yes_no=True)

    refused(
        lambda: Question.objects.filter(pk=question.pk).update(shown_if=question, shown_if_values=["yes"])
    )


def test_who_answered_stands_in_one_row(questionnaire):
    Answered.objects.create(questionnaire=questionnaire)

    refused(lambda: Answered.objects.create(questionnaire=questionnaire))


def test_nobody_reads_who_answered(questionnaire, editor, named):
    Answered.objects.create(questionnaire=questionnaire, respondents=["person:1"])

    assert [Answered.objects.visible_to(viewer).count() for viewer in (editor, named)] == [0, 0]


def test_questionnaires_are_seen_by_their_workspace(questionnaire, editor, reviewer, member, outsider):
    QuestionnaireFactory(workspace="tests:2")

    seen = {
        role: [row.pk for row in Questionnaire.objects.visible_to(viewer)]
        for role, viewer in {
            "editor": editor, "reviewer": reviewer, "member": member, "outsider": outsider,
        }.items()
    }  # fmt: skip

    own = [questionnaire.pk]
    assert seen == {"editor": own, "reviewer": own, "member": own, "outsider": []}


def test_responses_are_seen_by_their_readers_once_handed_in(questionnaire, editor, member, outsider):
    draft = Response.objects.create(questionnaire=questionnaire, person=member.person, created_at=NOW)
    sent = answered(questionnaire, outsider)

    seen = {
        role: set(Response.objects.visible_to(viewer))
        for role, viewer in {"editor": editor, "member": member, "outsider": outsider}.items()
    }

    assert seen == {"editor": {sent}, "member": {draft, sent}, "outsider": {sent}}


def test_two_purposes_do_not_share_a_code():
    again = purposes.Purpose(
        code=PURPOSE, name="Another", edited_in=lambda viewer: (), read_in=lambda viewer, audience: ()
    )

    with pytest.raises(ValueError, match="Two purposes"):
        purposes.register(again)


def test_only_its_editors_hear_that_somebody_answered(questionnaire, editor, member):
    topic = f"questionnaire:{questionnaire.pk}"

    heard = [may_hear(who, topic) for who in (editor.person_id, member.person_id, None)]

    assert heard == [True, False, False]
    assert not may_hear(editor.person_id, "questionnaire:nonsense")
