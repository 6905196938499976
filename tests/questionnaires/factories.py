"""The smallest valid questionnaires and questions."""

from datetime import UTC, date, datetime
from typing import Any

import factory

from filiera.accounts.viewer import Viewer
from filiera.questionnaires import models
from filiera.questionnaires.actions.answering import start_response, submit_response

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PURPOSE, WORKSPACE = "tests.survey", "tests:1"


class QuestionnaireFactory(factory.django.DjangoModelFactory[models.Questionnaire]):
    class Meta:
        model = models.Questionnaire

    class Params:
        open = factory.Trait(state="open", opened_at=NOW)
        closed = factory.Trait(state="closed", opened_at=NOW, closed_at=NOW)
        anonymous = factory.Trait(anonymity=models.Anonymity.ANONYMOUS)
        chosen = factory.Trait(anonymity=models.Anonymity.CHOSEN)

    purpose = PURPOSE
    workspace = WORKSPACE
    title = {"en": "How it was", "it": "Com’è andata"}
    languages = ["en", "it"]
    created_at = NOW


class QuestionFactory(factory.django.DjangoModelFactory[models.Question]):
    """A short text; the traits are the other kinds."""

    class Meta:
        model = models.Question

    class Params:
        choice = factory.Trait(
            kind=models.QuestionKind.CHOICE,
            options=[
                {"code": "online", "label": {"en": "Online", "it": "Online"}},
                {"code": "in-person", "label": {"en": "In person", "it": "In presenza"}},
            ],
        )
        choices = factory.Trait(
            kind=models.QuestionKind.CHOICES,
            options=[{"code": code, "label": {"en": code}} for code in ("a", "b", "c")],
        )
        scale = factory.Trait(kind=models.QuestionKind.SCALE, minimum=1, maximum=5)
        recommendation = factory.Trait(kind=models.QuestionKind.RECOMMENDATION, minimum=0, maximum=10)
        yes_no = factory.Trait(kind=models.QuestionKind.YES_NO)
        sensitive = factory.Trait(audience=models.Audience.SENSITIVE, delete_answers_on=date(2026, 6, 30))

    questionnaire = factory.SubFactory(QuestionnaireFactory, open=True)
    code = factory.Sequence(lambda number: f"question-{number}")
    position = factory.Sequence(lambda number: number + 1)
    kind = models.QuestionKind.SHORT
    label = factory.LazyAttribute(lambda question: {"en": f"Label of {question.code}"})


def answered(questionnaire: models.Questionnaire, by: Viewer, **answers: Any) -> models.Response:
    """A submitted response; codes with hyphens are written with underscores."""
    about = answers.pop("about", "")
    response = start_response(questionnaire=questionnaire, by=by, at=NOW, about=about)
    given = {code.replace("_", "-"): value for code, value in answers.items()}
    return submit_response(response=response, answers=given, by=by, at=NOW)
