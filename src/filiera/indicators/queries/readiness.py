"""How far a cluster is with what the label asks: figures, evidence, gaps. It gives no score."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from filiera.accounts.viewer import Viewer
from filiera.indicators.definition import Better, Definition, Label
from filiera.indicators.label import LabelDimension, LabelIndicator, label_catalogue
from filiera.indicators.models import EvidenceKind, InterviewNote, LabelEvidence, LabelTarget
from filiera.indicators.periods import Period
from filiera.indicators.queries.definitions import current_definitions
from filiera.indicators.queries.figures import Figure, figures_of
from filiera.indicators.queries.records import records_of
from filiera.indicators.words import value_words
from filiera.ledger.models import Fact
from filiera.organisations.models import Organisation
from filiera.texts.dates import day_in_words
from filiera.texts.languages import translated

RUNS_OUT_SOON = timedelta(days=90)


class Status(models.TextChoices):
    """How far the preparation of one indicator is; it says nothing about what an expert would find."""

    NOT_BEGUN = "not_begun", gettext_lazy("not begun")
    IN_WORK = "in_work", gettext_lazy("begun")
    WITHOUT_GAPS = "without_gaps", gettext_lazy("without gaps")


@dataclass(frozen=True, slots=True)
class ServingFigure:
    """A figure that serves an indicator of the label, with what the cluster aims at."""

    figure: Figure
    label: Label
    target: LabelTarget | None

    @property
    def target_words(self) -> str:
        return value_words(self.target.value, self.figure.definition) if self.target else ""

    @property
    def is_reached(self) -> bool | None:
        """None where there is nothing to compare, or neither direction is better."""
        value, definition = self.figure.value, self.figure.definition
        if self.target is None or value is None or definition.better == Better.NEITHER:
            return None
        return value <= self.target.value if definition.better == Better.LESS else value >= self.target.value


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sheet of the binder; `number` is its place in the list of annexes."""

    row: LabelEvidence
    number: int
    fact: Fact | None = None
    is_expired: bool = False
    runs_out_soon: bool = False
    can_confirm: bool = False

    @property
    def annex(self) -> str:
        return f"A{self.number:02d}"


@dataclass(frozen=True, slots=True)
class ReadinessLine:
    """One indicator of the label as it stands in this cluster."""

    indicator: LabelIndicator
    figures: list[ServingFigure]
    evidence: list[Evidence]
    note: InterviewNote | None
    gaps: list[str]
    warnings: list[str] = field(default_factory=list)

    @property
    def status(self) -> Status:
        if not self.gaps:
            return Status.WITHOUT_GAPS
        has_figure = any(serving.figure.value is not None for serving in self.figures)
        has_target = any(serving.target for serving in self.figures)
        return Status.IN_WORK if has_figure or has_target or self.evidence or self.note else Status.NOT_BEGUN

    @property
    def tone(self) -> str:
        return {Status.WITHOUT_GAPS: "ok", Status.IN_WORK: "info", Status.NOT_BEGUN: ""}[self.status]

    @property
    def proving_count(self) -> int:
        return sum(sheet.row.is_confirmed and not sheet.is_expired for sheet in self.evidence)


@dataclass(frozen=True, slots=True)
class Readiness:
    """All indicators of the label for one cluster and year."""

    organisation: Organisation
    period: Period
    lines: list[ReadinessLine]

    @property
    def by_dimension(self) -> list[tuple[LabelDimension, list[ReadinessLine]]]:
        found: dict[int, tuple[LabelDimension, list[ReadinessLine]]] = {}
        for line in self.lines:
            dimension = line.indicator.dimension
            found.setdefault(dimension.number, (dimension, []))[1].append(line)
        return list(found.values())

    @property
    def without_gaps(self) -> int:
        return sum(line.status == Status.WITHOUT_GAPS for line in self.lines)

    @property
    def with_gaps(self) -> list[ReadinessLine]:
        return [line for line in self.lines if line.gaps]

    @property
    def evidence(self) -> list[Evidence]:
        return [sheet for line in self.lines for sheet in line.evidence]

    @property
    def is_demonstration(self) -> bool:
        rows = [sheet.row.is_demonstration for sheet in self.evidence]
        notes = [line.note.is_demonstration for line in self.lines if line.note]
        return any([*rows, *notes])


def readiness_of(viewer: Viewer, organisation: Organisation, period: Period, today: date) -> Readiness:
    """Everything that the cluster has gathered; a fixed number of queries, whatever it has."""
    definitions = current_definitions()
    serving = _serving(definitions)
    codes = {definition.code for found in serving.values() for definition, _label in found}
    figures = {found.code: found for found in figures_of(viewer, organisation, period, codes)}
    mine = {"organisation": organisation}
    targets = {row.code: row for row in LabelTarget.objects.visible_to(viewer).filter(**mine)}
    notes = {row.code: row for row in InterviewNote.objects.visible_to(viewer).filter(**mine)}
    binder = _binder(viewer, organisation, today)
    lines = []
    for code, indicator in label_catalogue().indicators.items():
        told = [
            ServingFigure(figures[definition.code], label, targets.get(definition.code))
            for definition, label in serving.get(code, ())
            if definition.code in figures
        ]
        sheets, note = binder.get(code, []), notes.get(code)
        lines.append(
            ReadinessLine(
                indicator=indicator,
                figures=told,
                evidence=sheets,
                note=note,
                gaps=[*_gaps_of_figures(told, period), *_gaps_of_evidence(sheets), *_gaps_of_note(note)],
                warnings=_warnings(sheets),
            )
        )
    return Readiness(organisation, period, lines)


def records_to_choose(viewer: Viewer, line: ReadinessLine) -> list[Fact]:
    """The latest facts behind the figures of one indicator that the viewer may see, each once."""
    found: dict[UUID, Fact] = {}
    for serving in line.figures:
        records = records_of(viewer, serving.figure)
        facts = [*records.facts, *(fact for part in records.parts for fact in records_of(viewer, part).facts)]
        found |= {fact.id: fact for fact in facts}
    held = {sheet.row.fact_id for sheet in line.evidence}
    return [fact for fact in found.values() if fact.id not in held]


def _serving(definitions: dict[str, Definition]) -> dict[str, list[tuple[Definition, Label]]]:
    """The definitions that serve each indicator of the label."""
    found: dict[str, list[tuple[Definition, Label]]] = defaultdict(list)
    for _code, definition in sorted(definitions.items()):
        for label in definition.labels:
            found[label.code].append((definition, label))
    return found


def _binder(viewer: Viewer, organisation: Organisation, today: date) -> dict[str, list[Evidence]]:
    rows = list(
        LabelEvidence.objects.visible_to(viewer)
        .kept()
        .filter(organisation=organisation)
        .select_related("file", "added_by", "confirmed_by")
        .order_by("added_at", "pk")
    )
    facts = _facts(viewer, rows)
    places = {code: place for place, code in enumerate(label_catalogue().indicators)}
    rows.sort(key=lambda row: places.get(row.code, len(places)))
    binder: dict[str, list[Evidence]] = defaultdict(list)
    for number, row in enumerate(rows, start=1):
        is_expired = row.is_expired(today)
        binder[row.code].append(
            Evidence(
                row=row,
                number=number,
                fact=facts.get(row.fact_id) if row.fact_id else None,
                is_expired=is_expired,
                runs_out_soon=not is_expired
                and row.valid_until is not None
                and row.valid_until <= today + RUNS_OUT_SOON,
                can_confirm=not row.is_confirmed
                and viewer.person_id is not None
                and viewer.person_id != row.added_by_id,
            )
        )
    return binder


def _facts(viewer: Viewer, rows: Sequence[LabelEvidence]) -> dict[UUID, Fact]:
    asked = [row for row in rows if row.kind == EvidenceKind.RECORD]
    if not asked:
        return {}
    facts = Fact.objects.visible_to(viewer).filter(
        year__in={row.fact_year for row in asked}, id__in=[row.fact_id for row in asked]
    )
    return {fact.id: fact for fact in facts.select_related("organisation", "counterpart")}


def _gaps_of_figures(figures: Sequence[ServingFigure], period: Period) -> list[str]:
    if not figures:
        return [_("No figure of this platform serves it yet.")]
    gaps = []
    for serving in figures:
        told, name = serving.figure, translated(serving.figure.definition.names)
        values = {"name": name, "period": period.words, "why": told.words, "target": serving.target_words}
        if told.value is None:
            gaps.append(_("%(name)s: no figure for %(period)s (%(why)s).") % values)
        if serving.target is None:
            gaps.append(_("%(name)s: no target set.") % values)
        elif serving.is_reached is False:
            gaps.append(_("%(name)s: the target of %(target)s is not reached.") % values)
    return gaps


def _gaps_of_evidence(sheets: Sequence[Evidence]) -> list[str]:
    if not sheets:
        return [_("No evidence in the binder.")]
    gaps = []
    waiting = sum(not sheet.row.is_confirmed for sheet in sheets)
    expired = sum(sheet.is_expired for sheet in sheets)
    if waiting:
        gaps.append(
            ngettext(
                "One piece of evidence waits for a second person.",
                "%(count)s pieces of evidence wait for a second person.",
                waiting,
            )
            % {"count": waiting}
        )
    if expired:
        gaps.append(
            ngettext(
                "One piece of evidence has run out.", "%(count)s pieces of evidence have run out.", expired
            )
            % {"count": expired}
        )
    return gaps


def _gaps_of_note(note: InterviewNote | None) -> list[str]:
    return [] if note else [_("Nothing written for the interview.")]


def _warnings(sheets: Sequence[Evidence]) -> list[str]:
    return [
        _("“%(title)s” runs out on %(day)s.")
        % {"title": sheet.row.title, "day": day_in_words(sheet.row.valid_until)}
        for sheet in sheets
        if sheet.runs_out_soon and sheet.row.valid_until
    ]
