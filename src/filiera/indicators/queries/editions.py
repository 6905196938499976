"""Figures of an edition, and the facts behind them, for those who run it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from filiera.academy.models import Edition
from filiera.accounts.viewer import Viewer
from filiera.indicators.computing import Task, compute
from filiera.indicators.definition import Breakdown, Definition, Side
from filiera.indicators.edition_questions import EDITION_QUESTIONS, EditionQuestion
from filiera.indicators.engines.postgres import edition_engine
from filiera.indicators.models import EditionValue, SubjectEdition
from filiera.indicators.periods import Period
from filiera.indicators.queries.definitions import current_definitions
from filiera.indicators.queries.figures import FigureNotFound
from filiera.indicators.queries.records import PAGE_SIZE, Records, counted_facts
from filiera.indicators.words import missing_words, value_words
from filiera.ledger.models import Fact


@dataclass(frozen=True, slots=True)
class EditionFigure:
    """One figure of an edition's whole life so far; `breakdown` names the part where it is one."""

    definition: Definition
    value: Decimal | None
    missing: str
    facts: int
    period: Period
    computed_at: datetime
    breakdown: str = ""

    @property
    def words(self) -> str:
        """The value as a page writes it, with its unit; or the reason why there is none."""
        if self.value is None:
            return str(missing_words(self.missing, over_life=True))
        return value_words(self.value, self.definition)


@dataclass(frozen=True, slots=True)
class EditionAnswers:
    """A question of the page with the figures that answer it."""

    question: EditionQuestion
    figures: list[EditionFigure]


def edition_series(viewer: Viewer, edition: Edition) -> dict[str, EditionFigure]:
    """The figures of an edition by code. Two queries."""
    definitions = current_definitions()
    return {
        row.code: _figure(row, definitions[row.code])
        for row in _rows(viewer, edition)
        if row.code in definitions and row.version.version == definitions[row.code].version
    }


def edition_figures(viewer: Viewer, edition: Edition) -> list[EditionAnswers]:
    """The figures of an edition by question; questions that nothing answers yet are left out. Two queries."""
    found = edition_series(viewer, edition)
    answers = [
        EditionAnswers(question, [found[code] for code in question.indicators if code in found])
        for question in EDITION_QUESTIONS
    ]
    return [answer for answer in answers if any(figure.facts for figure in answer.figures)]


def edition_figure(viewer: Viewer, edition: Edition, code: str) -> EditionFigure:
    """Raises FigureNotFound."""
    definitions = current_definitions()
    for row in _rows(viewer, edition).filter(code=code):
        if row.code in definitions and row.version.version == definitions[row.code].version:
            return _figure(row, definitions[row.code])
    raise FigureNotFound


def edition_records(viewer: Viewer, edition: Edition, told: EditionFigure, after: int = 0) -> Records:
    """The facts that a figure of an edition counts, the latest first; of what is formed from others none."""
    if not told.definition.kinds or not _rows(viewer, edition).exists():
        return Records(count=0, by_kind={})
    counted = edition_facts(edition, told)
    by_kind = {row["kind"]: row["facts"] for row in counted.values("kind").annotate(facts=Count("id"))}
    rows = counted.select_related("organisation", "counterpart").order_by("-happened_at", "id")
    page = list(rows[after : after + PAGE_SIZE + 1])
    count = sum(by_kind.values())
    return Records(
        count=count,
        by_kind=dict(sorted(by_kind.items())),
        facts=page[:PAGE_SIZE],
        shown_count=count,
        next_key=str(after + PAGE_SIZE) if len(page) > PAGE_SIZE else "",
    )


def edition_parts(viewer: Viewer, edition: Edition, told: EditionFigure) -> list[EditionFigure]:
    """The figures that one is formed from, as far as the page has them."""
    found = []
    for code in told.definition.needs:
        try:
            found.append(edition_figure(viewer, edition, code))
        except FigureNotFound:
            continue
    return found


def edition_breakdowns(definition: Definition) -> tuple[Breakdown, ...]:
    """What a figure of one edition can be broken down by: all but the edition."""
    return tuple(each for each in definition.breakdowns if each != Breakdown.EDITION)


def edition_breakdown(viewer: Viewer, edition: Edition, code: str, dimension: str) -> list[EditionFigure]:
    """The parts of an edition's figure, computed now from the facts of its records; the greatest first.

    Raises FigureNotFound.
    """
    whole = edition_figure(viewer, edition, code)
    if dimension not in edition_breakdowns(whole.definition):
        raise FigureNotFound
    at = timezone.now()
    task = Task(periods=(whole.period,), at=at, bodies=(edition.pk,), breakdown=dimension, is_everybody=True)
    with transaction.atomic(), edition_engine(edition.pk, whole.definition.kinds) as engine:
        parts = [
            EditionFigure(
                definition=found.definition,
                value=found.value,
                missing=found.missing,
                facts=found.facts,
                period=whole.period,
                computed_at=at,
                breakdown=found.breakdown,
            )
            for found in compute([whole.definition], task, engine)
        ]
    return sorted(parts, key=lambda part: (-(part.value or 0), part.breakdown))


def edition_facts(edition: Edition, told: EditionFigure) -> QuerySet[Fact]:
    """Asks nobody's permission: for counting, and for what has asked before."""
    placed = SubjectEdition.objects.filter(
        edition=edition, subject_type=OuterRef("subject_type"), subject_key=OuterRef("subject_key")
    )
    counts = {
        Side.ORGANISATION: Q(organisation__isnull=False),
        Side.COUNTERPART: Q(counterpart__isnull=False),
        Side.EITHER: Q(organisation__isnull=False) | Q(counterpart__isnull=False),
    }[told.definition.side]
    return counted_facts(told.definition, told.period).filter(counts, Exists(placed))


def _rows(viewer: Viewer, edition: Edition) -> QuerySet[EditionValue]:
    return EditionValue.objects.visible_to(viewer).filter(edition=edition).select_related("version")


def _figure(row: EditionValue, definition: Definition) -> EditionFigure:
    return EditionFigure(
        definition=definition,
        value=row.value,
        missing=row.missing,
        facts=row.facts,
        period=Period(row.start_on, row.until_on),
        computed_at=row.computed_at,
    )
