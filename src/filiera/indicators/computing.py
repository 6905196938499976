"""Figures of many bodies and periods at once: the engine counts, the rest is formed here."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from filiera.indicators.definition import Change, Composite, Declared, Definition, Duration, Ratio, Stock
from filiera.indicators.definition.sets import in_order
from filiera.indicators.engines.compiler import Shape
from filiera.indicators.engines.forming import (
    NOTHING,
    Formed,
    Inputs,
    Missing,
    change_of,
    composite_of,
    formed_of,
    ratio_of,
    rounded,
)
from filiera.indicators.engines.questions import Engine, Question, Row
from filiera.indicators.engines.statements import statement_for
from filiera.indicators.periods import Period, microseconds
from filiera.ledger.kinds import UnknownKind, kind_of

Body = int | str
Key = tuple[Body, int, str]
DeclaredFigures = dict[tuple[str, int, date, date], Decimal]


@dataclass(frozen=True, slots=True)
class Computed:
    """A figure, and what it was computed from. `body` is an organisation's number or a region's code."""

    definition: Definition
    body: Body
    period: Period
    breakdown: str
    value: Decimal | None
    missing: str
    facts: int
    inputs: dict[str, str]
    is_declared: bool = False

    @property
    def digest(self) -> str:
        """Of everything that went in: other facts, or another definition, give another one."""
        told = [
            self.definition.code,
            self.definition.version,
            str(self.body),
            self.period.code,
            self.breakdown,
        ]
        return hashlib.sha256(json.dumps([*told, self.inputs], sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be computed. `bodies` are organisations' numbers; `regions` are codes."""

    periods: tuple[Period, ...]
    at: datetime
    bodies: tuple[int, ...] = ()
    regions: tuple[str, ...] = ()
    breakdown: str = ""
    declared: DeclaredFigures = field(default_factory=dict)
    # Set where every body of the installation is asked about, so that nothing need be filtered.
    is_everybody: bool = False

    @property
    def is_of_regions(self) -> bool:
        return bool(self.regions)

    @property
    def everyone(self) -> tuple[Body, ...]:
        return self.regions or self.bodies


def compute(definitions: Sequence[Definition], task: Task, engine: Engine) -> Iterator[Computed]:
    """The figures of these definitions; `definitions` holds those that others are formed from, too.

    Periods follow each other without a gap. With a breakdown only what occurs is told, and only of
    definitions that are counted.
    """
    if not task.everyone or not task.periods:
        return
    ordered = in_order(definitions)
    backwards = 0 if task.breakdown else _depth(ordered)
    run = _Run(_reaching_back(task, backwards), engine)
    for definition in ordered:
        run.form(definition)
        yield from run.told(definition, skip=backwards)


def _reaching_back(task: Task, count: int) -> Task:
    periods = task.periods
    for _step in range(count):
        periods = (periods[0].before(), *periods)
    return Task(periods, task.at, task.bodies, task.regions, task.breakdown, task.declared, task.is_everybody)


def _depth(ordered: Iterable[Definition]) -> int:
    """How many periods before the first are needed."""
    depths: dict[str, int] = {}
    for definition in ordered:
        below = max((depths.get(code, 0) for code in definition.needs), default=0)
        depths[definition.code] = below + definition.looks_back
    return max(depths.values(), default=0)


class _Run:
    def __init__(self, task: Task, engine: Engine) -> None:
        self.task = task
        self.engine = engine
        self.formed: dict[str, dict[Key, Formed]] = {}
        self.inputs: dict[str, dict[Key, Inputs]] = {}
        self.declared: dict[str, set[Key]] = {}
        self.shape = Shape("region" if task.is_of_regions else "organisation", task.breakdown)
        now = microseconds(task.at) + 1
        self.ends = [min(microseconds(period.ends_at), now) for period in task.periods]
        self.is_future = [period.is_future(task.at) for period in task.periods]

    # Of what has facts neither of these is asked: it takes reading all that the bodies ever did.
    @cached_property
    def known_from(self) -> dict[int | str, int]:
        return self.engine.known_from(self._question(()))

    @cached_property
    def recorded_from(self) -> dict[str, int]:
        return self.engine.recorded_from()

    def form(self, definition: Definition) -> None:
        measure = definition.measure
        self.declared[definition.code] = set()
        if isinstance(measure, Ratio | Change | Composite | Declared):
            self.inputs[definition.code] = {}
            found = {} if self.task.breakdown else self._formed_from_others(definition)
        else:
            found = self._counted(definition)
        if not self.task.breakdown and not self.task.is_of_regions:
            self._declared(definition, found)
        self.formed[definition.code] = found

    def told(self, definition: Definition, *, skip: int) -> Iterator[Computed]:
        inputs, declared = self.inputs[definition.code], self.declared[definition.code]
        for key, formed in self.formed[definition.code].items():
            body, place, breakdown = key
            if place < skip:
                continue
            value = None if formed.exact is None else rounded(formed.exact, definition.precision)
            yield Computed(
                definition=definition,
                body=body,
                period=self.task.periods[place],
                breakdown=breakdown,
                value=value,
                missing=formed.missing,
                facts=formed.cases,
                inputs=self._told_inputs(inputs.get(key), formed),
                is_declared=key in declared,
            )

    def _told_inputs(self, inputs: Inputs | None, formed: Formed) -> dict[str, str]:
        if inputs is None:
            return {"exact": str(formed.exact), "missing": formed.missing}
        told = {"facts": str(inputs.facts), "marks": str(inputs.marks)}
        for name in ("value", "whole", "low", "high"):
            part = getattr(inputs, name)
            if part is not None:
                told[name] = f"{part.normalize():f}" if isinstance(part, Decimal) else str(part)
        return told | ({"missing": formed.missing} if formed.missing else {})

    def _counted(self, definition: Definition) -> dict[Key, Formed]:
        measure: Any = definition.measure
        if not is_recorded(definition):
            self.inputs[definition.code] = {}
            return {} if self.task.breakdown else self._everywhere(Missing.NOT_RECORDED)
        statement = statement_for(definition, self.shape, self.engine.dialect)
        question = self._question(definition.kinds, isinstance(measure, Stock | Duration))
        found = dict(self._inputs(self.engine.rows(statement, question)))
        self.inputs[definition.code] = found
        group = definition.minimum_group
        if self.task.breakdown:
            return {key: formed_of(measure, inputs, group) for key, inputs in found.items()}
        formed = {}
        nothing = formed_of(measure, NOTHING)
        recorded = self._recorded_from(definition)
        for body in self.task.everyone:
            for place, end in enumerate(self.ends):
                key = (body, place, "")
                if key in found:
                    formed[key] = formed_of(measure, found[key], group)
                elif self.is_future[place]:
                    formed[key] = Formed(None, Missing.FUTURE)
                elif self._is_before_records(body, recorded, end):
                    formed[key] = Formed(None, Missing.BEFORE_RECORDS)
                else:
                    formed[key] = nothing
        return formed

    def _is_before_records(self, body: Body, recorded: int | None, end: int) -> bool:
        known = self.known_from.get(body)
        return known is None or recorded is None or max(known, recorded) >= end

    def _recorded_from(self, definition: Definition) -> int | None:
        """Since when anything of what it counts is recorded at all: before, nothing is not none."""
        things = {kind.partition(".")[0] for kind in definition.kinds}
        return min(
            (self.recorded_from[thing] for thing in things if thing in self.recorded_from), default=None
        )

    def _inputs(self, rows: Iterable[Row]) -> Iterator[tuple[Key, Inputs]]:
        asked = set(self.task.everyone)
        for row in rows:
            if row["body"] in asked:
                yield (
                    (row["body"], int(row["period"]), str(row.get("breakdown", ""))),
                    Inputs(
                        facts=int(row["facts"]),
                        marks=int(row["marks"]),
                        value=_summed(row, "value"),
                        whole=_summed(row, "whole"),
                        low=_decimal(row.get("low")),
                        high=_decimal(row.get("high")),
                    ),
                )

    def _formed_from_others(self, definition: Definition) -> dict[Key, Formed]:
        formed = {}
        for body in self.task.everyone:
            for place, is_future in enumerate(self.is_future):
                key = (body, place, "")
                if is_future:
                    formed[key] = Formed(None, Missing.FUTURE)
                else:
                    formed[key] = self._one_from_others(definition, body, place)
        return formed

    def _one_from_others(self, definition: Definition, body: Body, place: int) -> Formed:
        match definition.measure:
            case Ratio(numerator, denominator, is_before):
                below = self._of(denominator, body, place - is_before)
                return ratio_of(definition, self._of(numerator, body, place), below)
            case Change(on=code) as change:
                return change_of(change, self._of(code, body, place), self._of(code, body, place - 1))
            case Composite(parts=parts) as composite:
                return composite_of(
                    composite, {part.code: self._of(part.code, body, place) for part in parts}
                )
            case _:
                missing = Missing.NOT_FOR_REGIONS if self.task.is_of_regions else Missing.NOT_DECLARED
                return Formed(None, missing)

    def _of(self, code: str, body: Body, place: int) -> Formed:
        found = self.formed.get(code, {}).get((body, place, ""))
        return found or Formed(None, Missing.NO_PERIOD_BEFORE if place < 0 else Missing.PART_MISSING)

    def _declared(self, definition: Definition, found: dict[Key, Formed]) -> None:
        """What was declared stands where the ledger knows nothing; it never covers what was counted."""
        if not self.task.declared:
            return
        for (body, place, breakdown), formed in list(found.items()):
            period = self.task.periods[place]
            told = self.task.declared.get((definition.code, int(body), period.start_on, period.until_on))
            if told is not None and formed.exact is None and formed.missing in _GIVES_WAY:
                found[body, place, breakdown] = Formed(Fraction(told))
                self.declared[definition.code].add((body, place, breakdown))

    def _everywhere(self, missing: str) -> dict[Key, Formed]:
        places = range(len(self.task.periods))
        return {(body, place, ""): Formed(None, missing) for body in self.task.everyone for place in places}

    def _question(self, kinds: tuple[str, ...], needs_earlier: bool = False) -> Question:
        task = self.task
        bodies = None if task.is_everybody or task.is_of_regions else task.bodies
        regions = task.regions if task.is_of_regions else None
        return Question(
            kinds=kinds,
            periods=task.periods,
            at=task.at,
            shape=self.shape,
            bodies=bodies,
            regions=regions,
            needs_earlier=needs_earlier,
        )


_GIVES_WAY = {Missing.BEFORE_RECORDS, Missing.NOT_RECORDED, Missing.NOT_DECLARED}


def is_recorded(definition: Definition) -> bool:
    """Whether some app declares what it counts; a stock and a duration need both ends.

    What is formed from others is asked about through those.
    """
    if definition.needs:
        return True
    known = []
    for kind in definition.kinds:
        try:
            kind_of(kind)
        except UnknownKind:
            known.append(False)
        else:
            known.append(True)
    needs_all = isinstance(definition.measure, Stock | Duration)
    return all(known) if needs_all else any(known)


def _summed(row: Row, column: str) -> Decimal | None:
    """A count or sum; where nothing met the condition some engines say 0 and others nothing."""
    return (_decimal(row[column]) or Decimal(0)) if column in row else None


def _decimal(told: Any) -> Decimal | None:
    return None if told is None else told if isinstance(told, Decimal) else Decimal(int(told))
