"""The report of a round: live while it is open, and word for word what was frozen afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from filiera.accounts.viewer import Viewer
from filiera.indicators.definition import Definition
from filiera.indicators.engines.forming import Missing
from filiera.indicators.models import (
    CollectionPart,
    CollectionQuestion,
    CollectionRound,
    IndicatorVersion,
    PartState,
    QuestionMeasure,
)
from filiera.indicators.queries.definitions import current_definitions, definition_of
from filiera.indicators.queries.round_asked import poles_by_name
from filiera.indicators.queries.round_results import (
    NOT_YET,
    REASONS,
    WHOLE,
    WITHHELD,
    Asked,
    answers_figures,
    firms_asked,
)
from filiera.indicators.queries.round_whole import figures_together
from filiera.indicators.words import missing_words, number_words
from filiera.texts.languages import translated

# A pole sees the whole beside its own figures where it cannot take the others out of it.
LEAST_POLES_FOR_WHOLE = 3
_NOT_ADDED = gettext_lazy("declared by each, not added up")


def report_data(round_: CollectionRound, at: datetime, *, is_final: bool) -> dict[str, Any]:
    """All figures of a round as they are now, as JSON: what is kept when it is frozen.

    What firms answer is told in the final one alone: of two looks at a sum, one before and one after a firm
    has answered, the difference is its answer. For actions and pages that have asked whether the viewer may
    see them.
    """
    parts = list(round_.parts.prefetch_related("figures"))
    accepted = [part for part in parts if part.state == PartState.ACCEPTED]
    poles = [part.organisation_id for part in parts]
    together = figures_together([part.organisation_id for part in accepted], round_.codes, round_.period, at)
    known = current_definitions()
    figures: dict[str, Any] = {}
    for code in round_.codes:
        taken = {
            str(part.organisation_id): {
                "value": None if row.value is None else f"{row.value:f}",
                "missing": row.missing,
                "is_declared": row.is_declared,
            }
            for part in accepted
            for row in part.figures.all()
            if row.code == code
        }
        whole = together.get(code)
        figures[code] = {
            "version": whole.definition.version if whole else known[code].version if code in known else 0,
            "poles": taken,
            "whole": {
                "value": None if whole is None or whole.value is None else f"{whole.value:f}",
                "missing": whole.missing if whole else "no_cases",
            },
        }
    firms = firms_asked(round_)
    return {
        "figures": figures,
        "questions": {
            code: {
                str(body): {
                    "value": None if told.value is None or not is_final else f"{told.value:f}",
                    "reason": told.reason if is_final else NOT_YET,
                    "answers": told.answers,
                }
                for body, told in by_body.items()
            }
            for code, by_body in (answers_figures(round_, poles) if round_.questionnaire_id else {}).items()
        },
        "firms": {
            str(body): [told.asked, told.answered, told.without_address] for body, told in firms.items()
        },
        "left_out": [
            part.organisation_id for part in parts if round_.codes and part.state != PartState.ACCEPTED
        ],
    }


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands for one pole, or for the whole: the figure in words, and how many firms it rests on."""

    words: str
    value: Decimal | None
    is_declared: bool = False
    answers: int | None = None
    asked: int | None = None

    @property
    def rate_words(self) -> str:
        """How many of the firms that were asked it rests on."""
        if self.answers is None or not self.asked:
            return ""
        share = (Decimal(100 * self.answers) / self.asked).quantize(Decimal(1), ROUND_HALF_UP)
        return _("%(answers)s of %(asked)s, %(share)s\N{NO-BREAK SPACE}%%") % {
            "answers": self.answers,
            "asked": self.asked,
            "share": share,
        }


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One figure of the report, for the whole and for each pole."""

    code: str
    name: str
    note: str
    unit: str
    whole: Cell | None
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class ReportPole:
    part: CollectionPart
    asked: Asked
    is_left_out: bool


@dataclass(frozen=True, slots=True)
class RoundReport:
    """Everything that a round gave, as one viewer may see it."""

    round: CollectionRound
    poles: list[ReportPole]
    figures: list[ReportLine]
    answers: list[ReportLine]
    firms: Asked


def round_report(viewer: Viewer, round_: CollectionRound, at: datetime) -> RoundReport:
    """For whoever opened it every pole; for a pole its own part, and the whole where that tells of no other.

    Before the round is frozen poles see nothing of it.
    """
    data = round_.report if round_.report is not None else report_data(round_, at, is_final=False)
    parts = poles_by_name(round_.parts.select_related("organisation", "submitted_by", "accepted_by", "round"))
    sees_all = viewer.administering or viewer.organisation_id == round_.organisation_id
    shown = [part for part in parts if sees_all or part.organisation_id == viewer.organisation_id]
    left_out = set(data["left_out"])
    shows_whole = sees_all or len(parts) - len(left_out) >= LEAST_POLES_FOR_WHOLE
    firms = {int(body): Asked(*told) for body, told in data["firms"].items()}
    none = Asked(0, 0, 0)
    keys = [part.organisation_id for part in shown]
    return RoundReport(
        round=round_,
        poles=[
            ReportPole(part, firms.get(part.organisation_id, none), part.organisation_id in left_out)
            for part in shown
        ],
        figures=_figure_lines(round_.codes, data["figures"], keys, shows_whole, sees_all=sees_all),
        answers=_answer_lines(round_, data, keys, firms, shows_whole),
        firms=firms.get(WHOLE, none),
    )


def _figure_lines(
    codes: Sequence[str], figures: dict[str, Any], poles: Sequence[int], shows_whole: bool, *, sees_all: bool
) -> list[ReportLine]:
    definitions = _definitions({code: told["version"] for code, told in figures.items()})
    return [
        ReportLine(
            code=code,
            name=translated(definitions[code].names),
            note="",
            unit=str(definitions[code].unit.label),
            whole=_whole_cell(figures[code], definitions[code], sees_all=sees_all) if shows_whole else None,
            cells=[_figure_cell(figures[code]["poles"].get(str(pole)), definitions[code]) for pole in poles],
        )
        for code in codes
        if code in definitions
    ]


def _whole_cell(told: dict[str, Any], definition: Definition, *, sees_all: bool) -> Cell:
    known = sum(pole["value"] is not None for pole in told["poles"].values())
    if told["whole"]["value"] is not None and not sees_all and known < LEAST_POLES_FOR_WHOLE:
        return Cell(str(REASONS[WITHHELD]), None)
    return _figure_cell(told["whole"], definition, _NOT_ADDED)


def _figure_cell(
    told: dict[str, Any] | None, definition: Definition, not_declared: str | Promise = ""
) -> Cell:
    if told is None:
        return Cell("—", None)
    if told["value"] is None:
        missing = told["missing"]
        if missing == Missing.NOT_DECLARED and not_declared:
            return Cell(str(not_declared), None)
        return Cell(str(missing_words(missing)), None)
    value = Decimal(told["value"])
    return Cell(number_words(value, definition), value, is_declared=told.get("is_declared", False))


def _answer_lines(
    round_: CollectionRound,
    data: dict[str, Any],
    poles: Sequence[int],
    firms: dict[int, Asked],
    shows_whole: bool,
) -> list[ReportLine]:
    rows = list(round_.questions.select_related("question").order_by("position"))
    return [
        ReportLine(
            code=row.question.code,
            name=translated(row.question.label),
            note=str(QuestionMeasure(row.measure).label),
            unit="%" if row.measure == QuestionMeasure.SHARE else translated(row.unit),
            whole=_answer_cell(row, told, WHOLE, firms) if shows_whole else None,
            cells=[_answer_cell(row, told, pole, firms) for pole in poles],
        )
        for row in rows
        for told in [data["questions"].get(row.question.code, {})]
    ]


def _answer_cell(row: CollectionQuestion, told: dict[str, Any], body: int, firms: dict[int, Asked]) -> Cell:
    found = told.get(str(body))
    if found is None:
        return Cell("—", None)
    asked = firms.get(body)
    count = {"answers": found["answers"], "asked": asked.asked if asked else None}
    if found["value"] is None:
        return Cell(str(REASONS[found["reason"]]), None, **count)
    value = Decimal(found["value"])
    exponent = value.as_tuple().exponent
    places = -exponent if isinstance(exponent, int) else 0
    return Cell(number_format(value, places, use_l10n=True, force_grouping=True), value, **count)


def _definitions(versions: dict[str, int]) -> dict[str, Definition]:
    """The versions that the figures were made by, which need not be today's."""
    known = current_definitions()
    found = {code: known[code] for code, version in versions.items() if _is(known.get(code), version)}
    older = IndicatorVersion.objects.filter(code__in=versions.keys() - found.keys())
    for row in older.order_by("version"):
        if row.version == versions[row.code]:
            found[row.code] = definition_of(row)
    return found


def _is(definition: Definition | None, version: int) -> bool:
    return definition is not None and definition.version == version
