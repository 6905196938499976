"""The smallest valid surveys."""

from datetime import UTC, datetime, timedelta

import factory

from filiera.admissions.models import Survey, SurveySubject
from filiera.admissions.purposes import SURVEY, workspace_of
from tests.academy.factories import EditionFactory
from tests.questionnaires.factories import QuestionFactory, QuestionnaireFactory


class SurveyFactory(factory.django.DjangoModelFactory[Survey]):
    """Asked now about the edition as a whole, without names; `sessions` asks about each session."""

    class Meta:
        model = Survey

    class Params:
        sessions = factory.Trait(subject=SurveySubject.SESSIONS, opens_at=None)

    edition = factory.SubFactory(EditionFactory, public=True)
    questionnaire = factory.LazyAttribute(lambda survey: survey_form(survey.edition))
    subject = SurveySubject.EDITION
    opens_at = factory.LazyFunction(lambda: datetime.now(UTC) - timedelta(hours=1))


def survey_form(edition, **more):
    made = QuestionnaireFactory(
        purpose=SURVEY, workspace=workspace_of(edition.pk), **{"open": True, "anonymous": True, **more}
    )
    QuestionFactory(
        questionnaire=made, code="useful", scale=True, is_required=True, label={"en": "How useful was it?"}
    )
    return made
