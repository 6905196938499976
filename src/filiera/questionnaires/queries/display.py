"""Answers in words, for whoever may read them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from filiera.accounts.viewer import Viewer
from filiera.files.models import StoredFile
from filiera.organisations.models import Organisation
from filiera.questionnaires import policies, wall
from filiera.questionnaires.models import Answer, Audience, Question, QuestionKind, Questionnaire, Response
from filiera.reference.models import Country, Ecosystem
from filiera.texts.dates import day_in_words
from filiera.texts.languages import translated


@dataclass(frozen=True, slots=True)
class ShownAnswer:
    """One answer as a page shows it."""

    question: Question
    label: str
    text: str
    value: Any
    file: StoredFile | None
    is_sensitive: bool


class Wording:
    """Turns values into words; names of organisations, countries and ecosystems are asked for once."""

    def __init__(self, answers: Iterable[tuple[Question, Any]], language: str | None = None) -> None:
        self.language = language
        by_kind: dict[str, set[Any]] = {}
        for question, value in answers:
            by_kind.setdefault(question.kind, set()).add(str(value))
        self.organisations = self._organisations(by_kind.get(QuestionKind.ORGANISATION, set()))
        self.countries = self._names(Country, by_kind.get(QuestionKind.COUNTRY, set()))
        self.ecosystems = self._names(Ecosystem, by_kind.get(QuestionKind.ECOSYSTEM, set()))

    def of(self, question: Question, value: Any) -> str:
        match question.kind:
            case QuestionKind.CHOICE | QuestionKind.CHOICES:
                labels = {
                    option["code"]: translated(option["label"], self.language) for option in question.options
                }
                codes = value if isinstance(value, list) else [value]
                return ", ".join(labels.get(code, str(code)) for code in codes)
            case QuestionKind.YES_NO | QuestionKind.CONSENT:
                return _("Yes") if value else _("No")
            case QuestionKind.DATE:
                return day_in_words(date.fromisoformat(value), self.language)
            case QuestionKind.ORGANISATION:
                return self.organisations.get(str(value), "—")
            case QuestionKind.COUNTRY:
                return self.countries.get(str(value), str(value))
            case QuestionKind.ECOSYSTEM:
                return self.ecosystems.get(str(value), str(value))
        return str(value)

    def _organisations(self, keys: Collection[str]) -> dict[str, str]:
        if not keys:
            return {}
        found = Organisation.objects.filter(pk__in=[int(key) for key in keys])
        return {str(organisation.pk): organisation.name for organisation in found}

    def _names(self, model: type[Country] | type[Ecosystem], codes: Collection[str]) -> dict[str, str]:
        if not codes:
            return {}
        return {
            row.code: translated(row.names, self.language) for row in model.objects.filter(code__in=codes)
        }


def shown_answers(
    response: Response, by: Viewer, *, is_blind: bool = False, language: str | None = None
) -> list[ShownAnswer]:
    """The answers of a response that the viewer may read, in the order of the questions.

    A blind reading leaves out what the questionnaire hides in blind review. An answer that was deleted on
    its day is not there.
    """
    # Reading the whole response also opens the wall, for the respondent and for named roles only.
    if policies.is_own(by, response):
        with wall.opened_for_respondent(response=response, by=by):
            answers = _answers([response.pk], by)
    else:
        with wall.opened_for_readers_who_may(questionnaire=response.questionnaire, by=by):
            answers = _answers([response.pk], by)
    wording = Wording(((answer.question, answer.value) for answer in answers), language)
    return [
        ShownAnswer(
            question=answer.question,
            label=translated(answer.question.label, language),
            text=wording.of(answer.question, answer.value),
            value=answer.value,
            file=answer.file,
            is_sensitive=answer.audience == Audience.SENSITIVE,
        )
        for answer in answers
        if not (is_blind and answer.question.is_hidden_in_blind_review)
    ]


def values_of(
    questionnaire: Questionnaire, responses: Collection[UUID], by: Viewer, codes: Collection[str] = ()
) -> dict[UUID, dict[str, Any]]:
    """What many responses of one questionnaire say, by response and code, as far as the viewer may read it.

    For lists and counts; only the `codes` asked for, all without.
    """
    found: dict[UUID, dict[str, Any]] = {key: {} for key in responses}
    with wall.opened_for_readers_who_may(questionnaire=questionnaire, by=by):
        answers = Answer.objects.visible_to(by).filter(questionnaire=questionnaire, response__in=responses)
        if codes:
            answers = answers.filter(question__code__in=codes)
        for key, code, value in answers.values_list("response_id", "question__code", "value"):
            found[key][code] = value
    return found


def readable_questions(questionnaire: Questionnaire, by: Viewer) -> list[Question]:
    """The questions whose answers the viewer may read."""
    may: Mapping[Audience, bool] = {
        audience: policies.can_read(by, questionnaire, audience) for audience in Audience
    }
    questions = Question.objects.filter(questionnaire=questionnaire).answered().in_order()
    return [question for question in questions if may[Audience(question.audience)]]


def _answers(responses: Collection[UUID], by: Viewer) -> list[Answer]:
    return list(
        Answer.objects.visible_to(by)
        .filter(response__in=responses)
        .select_related("question", "file")
        .order_by(F("question__step"), F("question__position"), "pk")
    )
