"""Results: how many said what, never about fewer people than the questionnaire promises."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import CharField, Count, F, QuerySet
from django.db.models.functions import MD5, Cast, Concat

from filiera.accounts.viewer import Viewer
from filiera.questionnaires import policies, wall
from filiera.questionnaires.conditions import told as words_of
from filiera.questionnaires.models import (
    Anonymity,
    Answer,
    Audience,
    Question,
    QuestionKind,
    Questionnaire,
    Response,
)
from filiera.texts.languages import translated

from .display import Wording, readable_questions

MOST_TEXTS = 100
_WORDS = (QuestionKind.SHORT, QuestionKind.LONG, QuestionKind.DATE)
_PLACES = (QuestionKind.COUNTRY, QuestionKind.ECOSYSTEM, QuestionKind.ORGANISATION)
PROMOTERS_FROM, PASSIVES_FROM = 9, 7


@dataclass(frozen=True, slots=True)
class Bar:
    """How many gave one answer; the share is of those who answered the question."""

    label: str
    count: int
    share: float


@dataclass(frozen=True, slots=True)
class NetPromoterScore:
    """Share of promoters (9 and 10) less share of detractors (0 to 6), in points from -100 to 100."""

    score: int
    promoters: int
    passives: int
    detractors: int


@dataclass(frozen=True, slots=True)
class QuestionResult:
    question: Question
    label: str
    answered: int
    bars: Sequence[Bar] = ()
    median: float | None = None
    lowest: float | None = None
    highest: float | None = None
    promoter_score: NetPromoterScore | None = None
    texts: Sequence[str] = ()
    texts_left_out: int = 0
    # Too few were asked for the answers to be told.
    is_withheld: bool = False


@dataclass(frozen=True, slots=True)
class Results:
    """`handed_in` all responses, `counted` those in the figures; the rest waits for company."""

    handed_in: int
    counted: int
    still_needed: int
    questions: Sequence[QuestionResult] = field(default_factory=list)

    @property
    def waiting(self) -> int:
        return self.handed_in - self.counted


def responses_handed_in(questionnaire: Questionnaire, about: str | None = None) -> int:
    """How many have answered: all, or about one thing."""
    return _handed_in(questionnaire, about).count()


def results_of(
    questionnaire: Questionnaire, by: Viewer, *, about: str | None = None, language: str | None = None
) -> Results:
    """Results question by question, of those the viewer may read.

    Without names nothing is told about fewer than `minimum_group` people: neither of the whole, nor of a
    question that only some were asked. Raises PermissionDenied.
    """
    if not policies.can_read(by, questionnaire, Audience.TEAM):
        raise PermissionDenied
    counted = counted_responses(questionnaire, about)
    handed_in, count = responses_handed_in(questionnaire, about), counted.count()
    if not count:
        needed = questionnaire.minimum_group if questionnaire.may_be_anonymous else 1
        return Results(handed_in, 0, max(needed - handed_in, 0))
    questions = readable_questions(questionnaire, by)
    with wall.opened_for_readers_who_may(questionnaire=questionnaire, by=by):
        answers = Answer.objects.filter(questionnaire=questionnaire, response__in=counted)
        told = _counts(answers)
        wording = _wording(questions, told, language)
        withheld = _withheld(questionnaire, questions, told)
        listed = [
            QuestionResult(question, translated(question.label, language), answered=0, is_withheld=True)
            if question.pk in withheld
            else _result(
                question, told.get(question.pk, Counter()), answers, questionnaire, wording, language
            )
            for question in questions
        ]
    return Results(handed_in, count, 0, listed)


def counted_responses(questionnaire: Questionnaire, about: str | None = None) -> QuerySet[Response]:
    """The responses in the figures: with a name all, without one those that came together in a group."""
    handed_in = _handed_in(questionnaire, about)
    if questionnaire.anonymity == Anonymity.NAMED:
        return handed_in
    released = handed_in.filter(is_anonymous=True, is_released=True)
    return released | handed_in.filter(is_anonymous=False)


def subjects_of(questionnaire: Questionnaire) -> dict[str, int]:
    """What responses are about, where one questionnaire serves many things, with their number."""
    counts = _handed_in(questionnaire, None).exclude(about="").values("about").annotate(count=Count("pk"))
    return {row["about"]: row["count"] for row in counts.order_by("about")}


def _handed_in(questionnaire: Questionnaire, about: str | None) -> QuerySet[Response]:
    handed_in = Response.objects.submitted().filter(questionnaire=questionnaire)
    return handed_in if about is None else handed_in.filter(about=about)


def _counts(answers: QuerySet[Answer]) -> dict[int, Counter[Any]]:
    """How often each value was given, question by question; words are read apart."""
    told: dict[int, Counter[Any]] = {}
    rows = (
        answers.exclude(question__kind__in=[*_WORDS, QuestionKind.FILE])
        .values("question_id", "value")
        .annotate(count=Count("pk"))
    )
    for row in rows:
        values = row["value"] if isinstance(row["value"], list) else [row["value"]]
        for value in values:
            told.setdefault(row["question_id"], Counter())[value] += row["count"]
    return told


def _withheld(
    questionnaire: Questionnaire, questions: Sequence[Question], told: dict[int, Counter[Any]]
) -> set[int]:
    """Questions that fewer than the promised number were asked, and those that hang on them."""
    withheld: set[int] = set()
    if not questionnaire.may_be_anonymous:
        return withheld
    for question in questions:
        if question.shown_if_id is None:
            continue
        wanted = set(question.shown_if_values)
        counts = told.get(question.shown_if_id, Counter())
        matching = [count for value, count in counts.items() if words_of(value) & wanted]
        # Several ticks of one person match more than once, so the largest count is what is certain.
        if question.shown_if_id in withheld or max(matching, default=0) < questionnaire.minimum_group:
            withheld.add(question.pk)
    return withheld


def _wording(questions: Sequence[Question], told: dict[int, Counter[Any]], language: str | None) -> Wording:
    return Wording(
        (
            (question, value)
            for question in questions
            if question.kind in _PLACES
            for value in told.get(question.pk, ())
        ),
        language,
    )


def _result(
    question: Question,
    counts: Counter[Any],
    answers: QuerySet[Answer],
    questionnaire: Questionnaire,
    wording: Wording,
    language: str | None,
) -> QuestionResult:
    label = translated(question.label, language)
    of_question = answers.filter(question=question)
    answered = of_question.count()
    if question.kind in _WORDS:
        return _words(question, label, answered, of_question, wording)
    if question.kind == QuestionKind.FILE:
        return QuestionResult(question, label, answered)
    bars = [
        Bar(said, counts[value], counts[value] / answered if answered else 0.0)
        for value, said in _values(question, counts, wording, language)
    ]
    numbers = sorted(counts.elements()) if question.kind in _NUMBERS else []
    return QuestionResult(
        question,
        label,
        answered,
        bars=bars if question.kind != QuestionKind.NUMBER else (),
        median=median(numbers) if numbers else None,
        # Either end of a range is one person's answer.
        lowest=numbers[0] if numbers and not questionnaire.may_be_anonymous else None,
        highest=numbers[-1] if numbers and not questionnaire.may_be_anonymous else None,
        promoter_score=promoter_score(numbers) if question.kind == QuestionKind.RECOMMENDATION else None,
    )


_NUMBERS = (QuestionKind.SCALE, QuestionKind.RECOMMENDATION, QuestionKind.NUMBER)


def promoter_score(grades: Sequence[int]) -> NetPromoterScore | None:
    """The Net Promoter Score of grades from 0 to 10, rounded to whole points; None without grades."""
    if not grades:
        return None
    promoters = sum(grade >= PROMOTERS_FROM for grade in grades)
    detractors = sum(grade < PASSIVES_FROM for grade in grades)
    score = round(100 * (promoters - detractors) / len(grades))
    return NetPromoterScore(score, promoters, len(grades) - promoters - detractors, detractors)


def _values(
    question: Question, counts: Counter[Any], wording: Wording, language: str | None
) -> list[tuple[Any, str]]:
    match question.kind:
        case QuestionKind.CHOICE | QuestionKind.CHOICES:
            return [(option["code"], translated(option["label"], language)) for option in question.options]
        case QuestionKind.YES_NO | QuestionKind.CONSENT:
            return [(value, wording.of(question, value)) for value in (True, False)]
        case QuestionKind.SCALE | QuestionKind.RECOMMENDATION:
            assert question.minimum is not None
            assert question.maximum is not None
            return [(point, str(point)) for point in range(question.minimum, question.maximum + 1)]
        case QuestionKind.NUMBER:
            return []
    return [(value, wording.of(question, value)) for value, _count in counts.most_common()]


def _words(
    question: Question, label: str, answered: int, of_question: QuerySet[Answer], wording: Wording
) -> QuestionResult:
    # In an order of its own for each question: the lines of one person do not stand at one height.
    mixed = of_question.annotate(
        order=MD5(
            Concat(Cast(F("response_id"), CharField()), Cast(F("question_id"), CharField())),
        )
    ).order_by("order")
    texts = [wording.of(question, value) for value in mixed.values_list("value", flat=True)[:MOST_TEXTS]]
    return QuestionResult(
        question, label, answered, texts=texts, texts_left_out=max(answered - MOST_TEXTS, 0)
    )
