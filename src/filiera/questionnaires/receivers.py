"""What a person's answers mean for their archive and their erasure."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from filiera.accounts import exports
from filiera.accounts.models import Person
from filiera.accounts.signals import person_erased
from filiera.questionnaires import wall
from filiera.questionnaires.actions.leaving import forget_person_in_responses
from filiera.questionnaires.models import Answer, Response
from filiera.texts.languages import translated


def connect() -> None:
    person_erased.connect(forget_person, dispatch_uid="questionnaires.person_erased")
    exports.register("questionnaires", own_responses)


def own_responses(person: Person) -> list[dict[str, Any]]:
    """Everything the person answered under their name; what they answered without it nobody can find."""
    return told_by(Response.objects.filter(person=person))


def told_by(responses: QuerySet[Response]) -> list[dict[str, Any]]:
    """Responses with all their answers, sensitive ones included, for the archive of whoever gave them."""
    with wall.opened_for_jobs():
        answers = list(
            Answer.objects.filter(response__in=responses)
            .select_related("question")
            .order_by("question__step", "question__position")
        )
    return [
        {
            "questionnaire": translated(response.questionnaire.title),
            "about": response.about,
            "state": response.state,
            "begun": response.created_at,
            "handed in": response.submitted_at,
            "answers": [
                {"question": translated(answer.question.label), "answer": answer.value}
                for answer in answers
                if answer.response_id == response.pk
            ],
        }
        for response in responses.select_related("questionnaire").order_by("created_at", "pk")
    ]


def forget_person(*, person: Person, at: datetime, **_: Any) -> None:
    forget_person_in_responses(person=person, at=at)
