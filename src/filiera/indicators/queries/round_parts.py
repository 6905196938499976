"""A pole's part of a round: figures as they stand or as they were submitted, with the words at them."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from filiera.accounts.viewer import Viewer
from filiera.indicators.computing import Task, compute
from filiera.indicators.definition import Definition
from filiera.indicators.engines.postgres import PostgresEngine
from filiera.indicators.models import CollectionComment, CollectionFigure, CollectionPart, CollectionRound
from filiera.indicators.queries.declared import declared_figures
from filiera.indicators.queries.definitions import current_definitions, with_needed
from filiera.indicators.queries.figures import Figure, computed_figure
from filiera.organisations.models import Organisation


def figures_now(round_: CollectionRound, organisation: Organisation, at: datetime) -> list[Figure]:
    """The figures that a round asks, from the ledger as it is now, in the order of the round.

    For actions and pages that have asked whether the viewer may see them.
    """
    known = current_definitions()
    task = Task(
        periods=(round_.period,),
        at=at,
        bodies=(organisation.pk,),
        declared=declared_figures([organisation.pk]),
    )
    found = {
        computed.definition.code: computed_figure(computed, organisation, at)
        for computed in compute(with_needed(round_.codes, known), task, PostgresEngine())
    }
    return [found[code] for code in round_.codes if code in found]


@dataclass(frozen=True, slots=True)
class PartLine:
    """One figure of a part, with the words at it."""

    figure: Figure
    comments: list[CollectionComment]

    @property
    def waits_for_answer(self) -> bool:
        """Whether the last word at it is a question."""
        return bool(self.comments) and self.comments[-1].is_question


@dataclass(frozen=True, slots=True)
class PartPage:
    """What both sides see of a part; the opener sees figures only once they were submitted."""

    part: CollectionPart
    lines: list[PartLine]
    shows_figures: bool
    firms_asked: int
    firms_answered: int

    @property
    def questions_open(self) -> int:
        return sum(line.waits_for_answer for line in self.lines)


def part_page(viewer: Viewer, part: CollectionPart, at: datetime, *, is_own: bool) -> PartPage:
    """The part with its figures: live until they were submitted, then as they were taken.

    `is_own`: looked at in the pole's workspace, which sees what it has not let go yet.
    """
    comments: dict[str, list[CollectionComment]] = defaultdict(list)
    rows = CollectionComment.objects.visible_to(viewer).filter(part=part)
    for comment in rows.select_related("written_by", "organisation").order_by("written_at", "pk"):
        comments[comment.code].append(comment)
    figures: list[Figure] = []
    shows = part.is_told or is_own
    if part.is_told and not (is_own and part.waits_for_pole):
        figures = taken_figures(part)
    elif is_own:
        figures = figures_now(part.round, part.organisation, at)
    return PartPage(
        part=part,
        lines=[PartLine(figure, comments[figure.code]) for figure in figures],
        shows_figures=shows,
        firms_asked=part.firms.count(),
        firms_answered=part.firms.filter(answered_at__isnull=False).count(),
    )


def taken_figures(part: CollectionPart) -> list[Figure]:
    """The figures of a part as they were submitted."""
    known = current_definitions()
    rows = {row.code: row for row in part.figures.all()}
    return [
        figure_of(rows[code], known[code], part.round, part.organisation)
        for code in part.round.codes
        if code in rows and code in known
    ]


def figure_of(
    row: CollectionFigure, definition: Definition, round_: CollectionRound, organisation: Organisation
) -> Figure:
    return Figure(
        definition=definition,
        period=round_.period,
        value=row.value,
        missing=row.missing,
        facts=row.facts,
        organisation=organisation,
        is_declared=row.is_declared,
        computed_at=row.taken_at,
    )
