"""What firms' answers give: a figure per question, pole and whole, that leads to no fewer than five firms."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from filiera.indicators.differences import leads_to_few
from filiera.indicators.models import CollectionFirm, CollectionQuestion, CollectionRound, QuestionMeasure
from filiera.questionnaires.models import MINIMUM_GROUP, Answer

WHOLE = 0
TOO_FEW, OUTWEIGHED, WITHHELD, NO_ANSWERS = "too_few", "outweighed", "withheld", "no_answers"
NOT_YET = "not_yet"
REASONS = {
    TOO_FEW: _("too few to be told"),
    OUTWEIGHED: _("one outweighs the others"),
    WITHHELD: _("held back"),
    NO_ANSWERS: _("no answers"),
    # A note above the figures says when they are told.
    NOT_YET: "—",
}
# From here on the sum would nearly be the answer of one firm.
_OUTWEIGHS = Decimal("0.8")
_PLACES = {QuestionMeasure.SUM: 0, QuestionMeasure.MEAN: 1, QuestionMeasure.SHARE: 1}
# What each response says to one question.
_Values = dict[object, Decimal]

_ASKED = Count("pk")
_ANSWERED = Count("pk", filter=Q(answered_at__isnull=False))
_WITHOUT = Count("pk", filter=Q(email="", answered_at__isnull=True))


@dataclass(frozen=True, slots=True)
class AnswersFigure:
    """What the answers to one question give for one pole, or for all (`WHOLE`)."""

    value: Decimal | None
    reason: str
    answers: int


@dataclass(frozen=True, slots=True)
class Asked:
    """How many firms were asked, how many of them answered, and how many nobody could write to."""

    asked: int
    answered: int
    without_address: int


def firms_asked(round_: CollectionRound) -> dict[int, Asked]:
    """For each pole by its organisation's number, and for the whole, in which each firm is once."""
    firms = CollectionFirm.objects.filter(round=round_)
    counted = (
        firms.filter(parts__isnull=False)
        .values("parts__organisation")
        .annotate(asked=_ASKED, answered=_ANSWERED, without=_WITHOUT)
        .values_list("parts__organisation", "asked", "answered", "without")
    )
    found = {pole: Asked(*told) for pole, *told in counted}
    whole = firms.aggregate(asked=_ASKED, answered=_ANSWERED, without=_WITHOUT)
    found[WHOLE] = Asked(whole["asked"], whole["answered"], whole["without"])
    return found


def answers_figures(round_: CollectionRound, poles: Sequence[int]) -> dict[str, dict[int, AnswersFigure]]:
    """By question and pole. Where one figure is not told, others go with it as far as it takes."""
    poles_of = _poles_of(round_)
    values: dict[str, dict[int, _Values]] = defaultdict(lambda: defaultdict(dict))
    answers = Answer.objects.filter(
        questionnaire=round_.questionnaire_id, response__state="submitted"
    ).values_list("response_id", "question__code", "value")
    for response, code, value in answers:
        number = _number(value)
        if response not in poles_of or number is None:
            continue
        for body in (WHOLE, *poles_of[response]):
            values[code][body][response] = number
    return {
        row.question.code: _told(_Asking.of(row), values[row.question.code], poles)
        for row in round_.questions.select_related("question").order_by("position")
    }


@dataclass(frozen=True, slots=True)
class _Asking:
    """What becomes of the answers to a question, and between which ends they lie."""

    measure: QuestionMeasure
    ends: tuple[int | None, int | None]

    @classmethod
    def of(cls, row: CollectionQuestion) -> "_Asking":
        measure = QuestionMeasure(row.measure)
        is_share = measure == QuestionMeasure.SHARE
        return cls(measure, (0, 1) if is_share else (row.question.minimum, row.question.maximum))


def _told(asking: _Asking, values: Mapping[int, _Values], poles: Sequence[int]) -> dict[int, AnswersFigure]:
    found = {body: _figure(asking, values.get(body, {}).values()) for body in (WHOLE, *poles)}
    while True:
        told = [body for body in poles if found[body].value is not None]
        groups = {body: values[body] for body in (WHOLE, *poles) if found[body].value is not None}
        if not told or not _gives_away(asking, groups):
            return found
        smallest = min(told, key=lambda body: (found[body].answers, body))
        found[smallest] = AnswersFigure(None, WITHHELD, found[smallest].answers)


def _gives_away(asking: _Asking, groups: Mapping[int, _Values]) -> bool:
    """Whether these figures lead together to what none of them tells alone.

    By taking all told poles from the whole to the rest; and by any way to fewer than five firms, such as the
    few that are members of two poles, which the poles added up count twice.
    """
    in_poles = {response for body, told in groups.items() if body != WHOLE for response in told}
    rest = [value for response, value in groups.get(WHOLE, {}).items() if response not in in_poles]
    if _figure(asking, rest).reason in (TOO_FEW, OUTWEIGHED, WITHHELD):
        return True
    return leads_to_few(list(groups.values()), MINIMUM_GROUP)


def _figure(asking: _Asking, values: Collection[Decimal]) -> AnswersFigure:
    count = len(values)
    if not count:
        return AnswersFigure(None, NO_ANSWERS, 0)
    if count < MINIMUM_GROUP:
        return AnswersFigure(None, TOO_FEW, count)
    if any(set(values) == {end} for end in asking.ends):
        # At an end of the scale the figure says what each of them has said.
        return AnswersFigure(None, WITHHELD, count)
    measure, total = asking.measure, sum(values, Decimal(0))
    # A mean gives the sum away: how many answered stands beside it.
    if measure != QuestionMeasure.SHARE and total and max(values) > _OUTWEIGHS * total:
        return AnswersFigure(None, OUTWEIGHED, count)
    match measure:
        case QuestionMeasure.SUM:
            exact = total
        case QuestionMeasure.MEAN:
            exact = total / count
        case QuestionMeasure.SHARE:
            exact = 100 * total / count
    return AnswersFigure(_rounded(exact, _PLACES[measure]), "", count)


def _poles_of(round_: CollectionRound) -> dict[object, list[int]]:
    rows = CollectionFirm.objects.filter(round=round_, answered_at__isnull=False).values_list(
        "response_id", "parts__organisation"
    )
    found: dict[object, list[int]] = defaultdict(list)
    for response, pole in rows:
        found[response].append(pole)
    return found


def _number(value: object) -> Decimal | None:
    if isinstance(value, bool):
        return Decimal(int(value))
    return Decimal(str(value)) if isinstance(value, int | float) else None


def _rounded(exact: Decimal, places: int) -> Decimal:
    return exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
