"""What a dashboard shows: the figures of a year by stage, each with the years before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from filiera.indicators.definition import Declared, Stage
from filiera.indicators.drawings import sparkline
from filiera.indicators.engines.forming import Missing
from filiera.indicators.paths import PathStanding, TargetPath, standing_of
from filiera.indicators.periods import Period, parse_period
from filiera.indicators.queries import Figure, not_computed
from filiera.indicators.queries.peers import Comparison
from filiera.indicators.queries.sets import ChosenSet, ItemRow
from filiera.indicators.words import number_words
from filiera.organisations.models import Organisation
from filiera.texts.languages import translated


@dataclass(frozen=True, slots=True)
class Line:
    """One figure of the chosen period, beside what it was."""

    figure: Figure
    before: Decimal | None
    spark: SafeString
    path: PathStanding | None = None
    peers: Comparison | None = None
    # What is said beneath its name.
    said: str = ""

    @property
    def peers_words(self) -> tuple[str, str]:
        """Between what the middle half of its peers lies, without the unit."""
        answer = self.peers.answer if self.peers else None
        if answer is None or answer.lower is None or answer.upper is None:
            return "", ""
        definition = self.figure.definition
        return number_words(answer.lower, definition), number_words(answer.upper, definition)

    @property
    def change_words(self) -> str:
        """What it gained since the period before, with its sign."""
        if self.figure.value is None or self.before is None or self.figure.value == self.before:
            return ""
        gained = self.figure.value - self.before
        return f"{'+' if gained > 0 else '−'}{number_words(abs(gained), self.figure.definition)}"

    @property
    def tone(self) -> str:
        """Whether the change is one for the better, where the definition says which is."""
        if not self.change_words or self.before is None or self.figure.value is None:
            return ""
        if self.figure.definition.better == "neither":
            return ""
        has_grown = self.figure.value > self.before
        return "ok" if has_grown == (self.figure.definition.better == "more") else "bad"


@dataclass(frozen=True, slots=True)
class StageLines:
    stage: Stage
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The figures with a value by stage; what is to be declared, and what nothing records yet, apart."""

    period: Period | None
    periods: list[Period]
    stages: list[StageLines]
    to_declare: list[Figure]
    not_recorded: list[Figure]
    without: list[Figure]

    @property
    def count(self) -> int:
        return sum(len(part.lines) for part in self.stages)

    @property
    def has_peers(self) -> bool:
        """Whether any of its figures stands beside those of peers."""
        return any(line.peers for part in self.stages for line in part.lines)

    def beside(self, peers: Mapping[str, Comparison]) -> "Dashboard":
        """The same with what was published of peers beside the figures."""
        stages = [
            StageLines(part.stage, [replace(line, peers=peers.get(line.figure.code)) for line in part.lines])
            for part in self.stages
        ]
        return replace(self, stages=stages)


def dashboard_of(
    series: Mapping[str, Sequence[Figure]], asked: str = "", paths: Mapping[str, TargetPath] | None = None
) -> Dashboard:
    """The year that was asked for, else the latest closed one that tells anything, of these series.

    A figure with a target stands beside what its path asks of the year.
    """
    told = {code: list(figures) for code, figures in series.items()}
    periods = sorted({figure.period for figures in told.values() for figure in figures}, reverse=True)
    period = _chosen(told, periods, asked)
    lines: dict[Stage, list[Line]] = {stage: [] for stage in Stage}
    declare, waiting, without = [], [], []
    for figures in told.values():
        now = next((figure for figure in figures if figure.period == period), None)
        if now is None:
            continue
        if now.value is not None and any(figure.value for figure in figures):
            lines[now.definition.stage].append(_line(now, figures, (paths or {}).get(now.code)))
        elif now.value is not None:
            without.append(now)
        elif isinstance(now.definition.measure, Declared):
            declare.append(now)
        elif now.missing == Missing.NOT_RECORDED:
            waiting.append(now)
        else:
            without.append(now)
    return Dashboard(
        period=period,
        periods=periods,
        stages=[StageLines(stage, found) for stage, found in lines.items() if found],
        to_declare=declare,
        not_recorded=waiting,
        without=without,
    )


@dataclass(frozen=True, slots=True)
class ChosenLines:
    """The figures of a set that the organisation uses, in the order of the set."""

    chosen: ChosenSet
    lines: list[Line]


def chosen_lines(
    sets: Sequence[ChosenSet],
    dashboard: Dashboard,
    series: Mapping[str, Sequence[Figure]],
    organisation: Organisation,
) -> list[ChosenLines]:
    """The sets beside a dashboard of the same series, each figure as the dashboard has it."""
    period = dashboard.period
    if period is None:
        return []
    known = {line.figure.code: line for part in dashboard.stages for line in part.lines}
    found = []
    for chosen in sets:
        lines = []
        for row in chosen.rows:
            code = row.item.code
            figures = series.get(code, [])
            now = next((figure for figure in figures if figure.period == period), None)
            line = known.get(code) or _line(
                now or not_computed(row.definition, period, organisation), figures, None
            )
            lines.append(replace(line, said=_pinned(row)))
        found.append(ChosenLines(chosen, lines))
    return found


def _pinned(row: ItemRow) -> str:
    if not row.has_newer:
        return translated(row.item.note)
    said = _(
        "The set means version %(pinned)s of the definition. Version %(current)s holds today, and this "
        "figure is by it."
    ) % {"pinned": row.definition.version, "current": row.current}
    note = translated(row.item.note)
    return f"{note} {said}" if note else said


def _chosen(told: Mapping[str, Sequence[Figure]], periods: Sequence[Period], asked: str) -> Period | None:
    if asked:
        wanted = parse_period(asked)
        if wanted in periods:
            return wanted
    telling = {
        figure.period
        for figures in told.values()
        for figure in figures
        if figure.value and not figure.is_open
    }
    return max(telling, default=periods[0] if periods else None)


def _line(now: Figure, figures: Sequence[Figure], path: TargetPath | None) -> Line:
    past = [figure for figure in figures if figure.period <= now.period]
    before = past[-2].value if len(past) > 1 else None
    standing = standing_of(path, now.definition, now.period, now.value) if path is not None else None
    return Line(now, before, sparkline([figure.value for figure in past[-8:]]), standing)
