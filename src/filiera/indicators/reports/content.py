"""A report filled with figures: what each section says for one period, and where every figure comes from.

Figures are asked for in the name of the organisation: its own, and of others only what is public.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from filiera.academy.models import Day, Edition
from filiera.accounts.viewer import Viewer
from filiera.indicators import queries
from filiera.indicators.definition import Definition, PeriodKind
from filiera.indicators.engines.forming import Missing
from filiera.indicators.exports import FigureRow, rows_of
from filiera.indicators.exports.rows import absolute, figure_path
from filiera.indicators.models import SectionKind
from filiera.indicators.periods import Period, parse_period
from filiera.indicators.permissions import VIEW_EDITION_FIGURES
from filiera.indicators.queries import EditionFigure, Figure
from filiera.indicators.queries.definitions import current_definitions
from filiera.indicators.reports.plans import PLACEHOLDER, WORDS, SectionPlan
from filiera.indicators.words import (
    measure_words,
    missing_words,
    number_words,
    overlap_words,
    part_names,
)
from filiera.organisations.models import Membership, Organisation, OrganisationKind
from filiera.texts.languages import translated


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as the report writes it, and the page with its three doors."""

    words: str
    address: str = ""
    is_missing: bool = False
    is_declared: bool = False


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure comes from: its number in the report, definition, version, and the three doors."""

    number: int
    definition: Definition
    address: str
    computed_at: datetime | None
    is_declared: bool
    measured: str

    @property
    def name(self) -> str:
        return translated(self.definition.names)

    @property
    def about(self) -> str:
        return translated(self.definition.descriptions)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: words, or a figure with the number of its source."""

    words: str
    address: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class TableRow:
    name: str
    number: int
    version: int
    cells: list[Cell]
    address: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    size: float
    said: str
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class ToldSection:
    """A section as it is shown; what it does not have is empty."""

    plan: SectionPlan
    kind: str
    title: str = ""
    paragraphs: list[list[Piece]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[TableRow] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    number: int = 0
    note: str = ""
    # Under a heading titles stand one level below it.
    level: int = 2


@dataclass(frozen=True, slots=True)
class Content:
    """A whole report for one period."""

    organisation: Organisation
    edition: Edition | None
    title: str
    period: Period
    at: datetime
    sections: list[ToldSection]
    sources: list[Source]
    rows: list[FigureRow]
    is_made_up: bool

    @property
    def has_open_figures(self) -> bool:
        return not self.period.is_closed(self.at)


def content_of(
    viewer: Viewer,
    organisation: Organisation,
    *,
    title: Mapping[str, str],
    plans: Sequence[SectionPlan],
    period: Period,
    edition: Edition | None = None,
    at: datetime,
) -> Content:
    """Fill these sections with the figures of a period. In the page's language."""
    filling = _Filling(viewer, organisation, plans, period, edition, at)
    sections = list(_with_levels(filling.section(plan) for plan in plans))
    return Content(
        organisation=organisation,
        edition=edition,
        title=translated(title),
        period=filling.period,
        at=at,
        sections=sections,
        sources=list(filling.sources.values()),
        rows=filling.rows(),
        is_made_up=edition.is_demonstration if edition else queries.has_made_up_members(organisation),
    )


def _with_levels(sections: Iterable[ToldSection]) -> Iterator[ToldSection]:
    below = 2
    for section in sections:
        if section.kind == SectionKind.HEADING:
            below = 3
            yield section
        else:
            yield replace(section, level=below)


class _Filling:
    """The figures of one report as they are asked for, each with the number of its source."""

    def __init__(
        self,
        viewer: Viewer,
        organisation: Organisation,
        plans: Sequence[SectionPlan],
        period: Period,
        edition: Edition | None,
        at: datetime,
    ) -> None:
        self.viewer, self.organisation, self.edition, self.at = viewer, organisation, edition, at
        self.of_edition = edition_told(organisation, edition) if edition is not None else {}
        self.period = (edition_year(edition) if edition is not None else None) or period
        self.definitions = current_definitions()
        self.sources: dict[str, Source] = {}
        self.used: dict[tuple[str, str, Period, str, str], tuple[Figure, str]] = {}
        codes = {code for plan in plans for code in plan.all_codes}
        spans = max((plan.span for plan in plans), default=1)
        self.periods = _periods_back(self.period, max(spans, 2))
        self.figures = self._own_figures(codes)

    def section(self, plan: SectionPlan) -> ToldSection:
        title = self._plain(translated(plan.title))
        match plan.kind:
            case SectionKind.TEXT:
                return ToldSection(plan, plan.kind, title, paragraphs=self._paragraphs(translated(plan.text)))
            case SectionKind.FIGURES:
                return self._figures(plan, title)
            case SectionKind.CHART:
                return self._chart(plan, title)
            case SectionKind.CLUSTERS:
                return self._clusters(plan, title)
            case _:
                return ToldSection(plan, plan.kind, title)

    def rows(self) -> list[FigureRow]:
        """Every figure that the report showed, once, as files tell them."""
        by_dimension: dict[str, list[Figure]] = {}
        for told, dimension in self.used.values():
            by_dimension.setdefault(dimension, []).append(told)
        rows = [
            replace(row, page=self._page(told))
            for dimension, figures in by_dimension.items()
            for told, row in zip(figures, rows_of(figures, dimension), strict=True)
        ]
        return sorted(rows, key=lambda row: (row.definition.code, row.body, row.period, row.part))

    def _own_figures(self, codes: Iterable[str]) -> dict[str, dict[Period, Figure]]:
        known = [code for code in codes if code in self.definitions]
        if self.edition is not None:
            return {code: self._of_edition(code) for code in known}
        if self.period.kind == PeriodKind.YEAR:
            series = queries.series_of(self.viewer, self.organisation, known)
        else:
            series = queries.computed_series(self.viewer, self.organisation, known, self.periods)
        return {code: {told.period: told for told in series.get(code, [])} for code in known}

    def _of_edition(self, code: str) -> dict[Period, Figure]:
        """Figures of an edition are of its whole life; they stand at the year of its last day."""
        told = self.of_edition.get(code)
        return {} if told is None else {self.period: self._placed_figure(told)}

    def _placed_figure(self, told: EditionFigure) -> Figure:
        return replace(
            queries.not_computed(told.definition, self.period, self.organisation),
            value=told.value,
            missing=told.missing,
            facts=told.facts,
            breakdown=told.breakdown,
            is_open=not self.period.is_closed(self.at),
            computed_at=told.computed_at,
        )

    def _figure(self, code: str, period: Period) -> Figure | None:
        """Raises nothing: what is unknown or cannot be told has its reason."""
        definition = self.definitions.get(code)
        if definition is None:
            return None
        found = self.figures[code].get(period)
        if found is not None:
            return found
        told = queries.not_computed(definition, period, self.organisation)
        if self.edition is None:
            return told
        before = period != self.period
        return replace(told, missing=Missing.NO_PERIOD_BEFORE if before else Missing.NOT_FOR_EDITIONS)

    def _use(self, told: Figure, dimension: str = "") -> int:
        """Keep a figure as shown; the number of its source."""
        if told.code not in self.sources:
            self.sources[told.code] = Source(
                number=len(self.sources) + 1,
                definition=told.definition,
                # The page itself, not its parts: its doors are named behind it.
                address=self._address(told),
                computed_at=told.computed_at,
                is_declared=told.is_declared,
                measured=measure_words(told.definition, self.definitions),
            )
        self.used[told.code, told.body_slug, told.period, dimension, told.breakdown] = (told, dimension)
        return self.sources[told.code].number

    def _cell(self, told: Figure) -> Cell:
        return Cell(self._words(told), self._address(told), told.value is None, told.is_declared)

    def _words(self, told: Figure) -> str:
        if told.value is None and self.edition is not None:
            return str(missing_words(told.missing, over_life=True))
        return told.words

    def _address(self, told: Figure, dimension: str = "") -> str:
        page = self._page(told, dimension)
        return absolute(page) if page else address_of(told, dimension)

    def _page(self, told: Figure, dimension: str = "") -> str:
        """An edition's figures have their doors on its desk."""
        if self.edition is None or told.organisation != self.organisation:
            return ""
        page = reverse("indicators:edition_figure", args=[self.edition.slug, told.code])
        return _with_parts(page, dimension)

    def _paragraphs(self, text: str) -> list[list[Piece]]:
        return [list(self._pieces(" ".join(part.split()))) for part in text.split("\n\n") if part.strip()]

    def _pieces(self, text: str) -> Iterator[Piece]:
        start = 0
        for found in PLACEHOLDER.finditer(text):
            if found.start() > start:
                yield Piece(text[start : found.start()])
            yield self._placed(found[0], found[1], bool(found[2]))
            start = found.end()
        if start < len(text):
            yield Piece(text[start:])

    def _placed(self, written: str, name: str, is_before: bool) -> Piece:
        if name in WORDS:
            return Piece(self._word(name))
        told = self._figure(name, self.period.before() if is_before else self.period)
        if told is None:
            return Piece(written)
        number = self._use(told)
        cell = self._cell(told)
        return Piece(f"[{cell.words}]" if cell.is_missing else cell.words, cell.address, number)

    def _word(self, name: str) -> str:
        if name == "organisation":
            return self.organisation.name_here
        if name == "edition":
            return translated(self.edition.name) if self.edition else ""
        return self.period.words

    def _plain(self, text: str) -> str:
        return "".join(piece.words for piece in self._pieces(text))

    def _figures(self, plan: SectionPlan, title: str) -> ToldSection:
        periods = self.periods[-plan.span :]
        rows = []
        for code in plan.codes:
            series = [told for period in periods if (told := self._figure(code, period)) is not None]
            if not series:
                continue
            numbers = [self._use(told) for told in reversed(series)]
            rows.append(
                TableRow(
                    name=translated(series[-1].definition.names),
                    number=numbers[0],
                    version=series[-1].definition.version,
                    cells=[self._cell(told) for told in series],
                    address=self._address(series[-1]),
                )
            )
        return ToldSection(plan, plan.kind, title, columns=[period.words for period in periods], rows=rows)

    def _chart(self, plan: SectionPlan, title: str) -> ToldSection:
        code = plan.codes[0]
        if code not in self.definitions:
            return ToldSection(plan, plan.kind, title, note=_("This indicator is not defined any more."))
        shown = self._parts(code, plan.breakdown) if plan.breakdown else self._over_time(code, plan.span)
        title = title or translated(self.definitions[code].names)
        if not shown:
            now = self._figure(code, self.period)
            return ToldSection(plan, plan.kind, title, note=self._words(now) if now else "")
        number = self._use(shown[-1][1], plan.breakdown)
        for _label, told in shown:
            self._use(told, plan.breakdown)
        rows = [
            TableRow(
                label,
                number,
                told.definition.version,
                [Cell(told.words, self._address(told, plan.breakdown))],
            )
            for label, told in shown
        ]
        bars = [
            Bar(label, float(told.value), number_words(told.value, told.definition), told.is_open)
            for label, told in shown
            if told.value is not None
        ]
        return ToldSection(
            plan,
            plan.kind,
            title,
            columns=[translated(self.definitions[code].names)],
            rows=rows,
            bars=bars,
            number=number,
            note=overlap_words(plan.breakdown),
        )

    def _over_time(self, code: str, span: int) -> list[tuple[str, Figure]]:
        series = [self._figure(code, period) for period in self.periods[-span:]]
        return [(told.period.words, told) for told in series if told is not None and told.value is not None]

    def _parts(self, code: str, dimension: str) -> list[tuple[str, Figure]]:
        try:
            parts = self._parts_of(code, dimension)
        except queries.FigureNotFound:
            return []
        told = [part for part in parts if part.value is not None]
        names = part_names(dimension, [part.breakdown for part in told])
        return [(names[part.breakdown], part) for part in told]

    def _parts_of(self, code: str, dimension: str) -> list[Figure]:
        """Raises FigureNotFound."""
        if self.edition is None:
            return queries.breakdown_of(self.viewer, code, self.organisation, self.period, dimension)
        if code not in self.of_edition:
            raise queries.FigureNotFound
        viewer = _viewer_of_edition(self.edition)
        parts = queries.edition_breakdown(viewer, self.edition, code, dimension)
        return [self._placed_figure(part) for part in parts]

    def _clusters(self, plan: SectionPlan, title: str) -> ToldSection:
        clusters = clusters_of(self.viewer, self.organisation)
        codes = [code for code in plan.codes if code in self.definitions]
        found = queries.figures_of_many(self.viewer, clusters, self.period, codes)
        rows = []
        for cluster in clusters:
            told = [found.get((cluster.pk, code)) for code in codes]
            if not any(told):
                continue
            for figure in filter(None, told):
                self._use(figure)
            cells = [Cell("–", is_missing=True) if figure is None else self._cell(figure) for figure in told]
            rows.append(TableRow(cluster.name_here, 0, 0, cells))
        names = [self._named(code) for code in codes]
        note = "" if rows else _("No cluster has public figures of this period.")
        return ToldSection(plan, plan.kind, title, columns=names, rows=rows, note=note)

    def _named(self, code: str) -> str:
        source = self.sources.get(code)
        name = translated(self.definitions[code].names)
        return f"{name} [{source.number}]" if source else name


def edition_told(organisation: Organisation, edition: Edition) -> dict[str, EditionFigure]:
    """The figures of an edition for a report of the organisation that runs it."""
    if edition.organiser_id != organisation.pk:
        return {}
    return queries.edition_series(_viewer_of_edition(edition), edition)


def _viewer_of_edition(edition: Edition) -> Viewer:
    return Viewer(person=None, edition_id=edition.pk, permissions=frozenset({VIEW_EDITION_FIGURES}))


def edition_year(edition: Edition) -> Period | None:
    """The year of its last day."""
    last = Day.objects.filter(part__edition=edition).aggregate(last=Max("date"))["last"]
    return parse_period(str(last.year)) if last is not None else None


def clusters_of(viewer: Viewer, organisation: Organisation) -> list[Organisation]:
    """The clusters that belong to a network today."""
    below = Membership.objects.current().filter(cluster=organisation).values("member")
    found = Organisation.objects.visible_to(viewer).filter(pk__in=below, kind=OrganisationKind.CLUSTER)
    return list(found.order_by("sort_key", "pk")[:200])


def address_of(told: Figure, dimension: str = "") -> str:
    """The page of a figure from outside; where it is a part, with the breakdown open."""
    organisation = told.organisation
    is_public = organisation is not None and organisation.is_listed and told.definition.is_public
    path = figure_path(told.body_slug, told.code, told.period, told.region is not None, is_public)
    return absolute(_with_parts(path, dimension))


def _with_parts(path: str, dimension: str) -> str:
    return f"{path}?by={dimension}#parts" if dimension else path


def _periods_back(period: Period, count: int) -> list[Period]:
    """So many periods up to this one, the earliest first."""
    periods = [period]
    while len(periods) < count:
        periods.insert(0, periods[0].before())
    return periods
