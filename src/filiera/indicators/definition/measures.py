"""The ways to measure. What counts facts is compiled to a query; the rest is formed from other figures."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Filters:
    """Which facts count; an empty list asks for nothing.

    `member_type`, `size_class` and `country` speak of the organisation that the measure is about;
    `across` keeps facts between two organisations that differ in country, or are not the same one.
    """

    member_type: tuple[str, ...] = ()
    size_class: tuple[str, ...] = ()
    country: tuple[str, ...] = ()
    ecosystem: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    across: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """A count of facts, of different things that they name, or a sum."""

    what: str  # count, distinct or sum
    of: str  # "" for a count; person, counterpart, organisation, subject; quantity, amount
    facts: tuple[str, ...]
    where: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class Mean:
    """The sum of a quantity by the number of facts."""

    of: str
    facts: tuple[str, ...]
    where: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class Median:
    """The middle quantity, or the mean of the two middle ones."""

    of: str
    facts: tuple[str, ...]
    where: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class Score:
    """The mean of answers on a scale."""

    facts: tuple[str, ...]
    lowest: Decimal
    highest: Decimal
    where: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class Share:
    """Of what a tally counts, the share that meets `part`."""

    whole: Tally
    part: Filters


@dataclass(frozen=True, slots=True)
class Stock:
    """What has started and not ended, at the end of the period; each counted once."""

    of: str
    started: str
    ended: str
    where: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class Duration:
    """The days from the first fact of one kind to the first of another, about the same record."""

    start: str
    end: str
    as_median: bool
    where: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class Ratio:
    """One figure by another; the other one of the same period, or of the one before."""

    numerator: str
    denominator: str
    denominator_before: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What a figure gained since the period before, as a difference or in percent of it."""

    on: str
    in_percent: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A figure in a composite: brought to 0 to 100 between two values, and weighed."""

    code: str
    weight: Decimal
    worst: Decimal
    best: Decimal


@dataclass(frozen=True, slots=True)
class Composite:
    """A weighed mean of other figures, from 0 to 100."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """Told by the organisation, with evidence; nothing is computed."""


Counted = Tally | Mean | Median | Score | Share | Stock | Duration
Formed = Ratio | Change | Composite
Measure = Counted | Formed | Declared


def kinds_of(measure: Measure) -> tuple[str, ...]:
    """The kinds of fact that a measure reads itself."""
    match measure:
        case Tally() | Mean() | Median() | Score():
            return measure.facts
        case Share():
            return measure.whole.facts
        case Stock():
            return (measure.started, measure.ended)
        case Duration():
            return (measure.start, measure.end)
        case _:
            return ()


def codes_of(measure: Measure) -> tuple[str, ...]:
    """The other indicators that a measure is formed from."""
    match measure:
        case Ratio():
            return (measure.numerator, measure.denominator)
        case Change():
            return (measure.on,)
        case Composite():
            return tuple(part.code for part in measure.parts)
        case _:
            return ()
