"""From exact sums, counts and middle values to a figure: quotients are formed and rounded here alone."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.db import models
from django.utils.translation import gettext_lazy as _

from filiera.indicators.definition import Definition, Unit
from filiera.indicators.definition import measures as m

_DAY_US = 86_400_000_000


class Missing(models.TextChoices):
    """Why there is no value. A figure without one is never shown as 0."""

    NOT_RECORDED = "not_recorded", _("not recorded here yet")
    BEFORE_RECORDS = "before_records", _("before the records begin")
    FUTURE = "future", _("this period has not begun")
    NO_CASES = "no_cases", _("no cases in this period")
    NOTHING_TO_DIVIDE_BY = "nothing_to_divide_by", _("nothing to divide by")
    TOO_FEW = "too_few", _("too few cases to be told")
    NOT_DECLARED = "not_declared", _("not declared")
    PART_MISSING = "part_missing", _("a figure that it is formed from has no value")
    NO_PERIOD_BEFORE = "no_period_before", _("the period before has no value")
    NOT_FOR_REGIONS = "not_for_regions", _("not formed for regions")
    NOT_FOR_EDITIONS = "not_for_editions", _("not told by edition")
    NOT_COMPUTED = "not_computed", _("being computed")


@dataclass(frozen=True, slots=True)
class Inputs:
    """What an engine found for one body, period and part of a breakdown; nothing in it is rounded."""

    facts: int
    marks: int
    value: Decimal | None = None
    whole: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


NOTHING = Inputs(facts=0, marks=0)


@dataclass(frozen=True, slots=True)
class Formed:
    """A value before rounding, or why there is none."""

    exact: Fraction | None
    missing: str = ""
    cases: int = 0


def formed_of(measure: m.Counted, inputs: Inputs, minimum_group: int = 0) -> Formed:
    """The figure that the inputs give."""
    exact, missing = _exact(measure, inputs)
    if exact is not None and minimum_group and 0 < inputs.facts < minimum_group:
        return Formed(None, Missing.TOO_FEW, inputs.facts)
    return Formed(exact, missing, inputs.facts)


def _exact(measure: m.Counted, inputs: Inputs) -> tuple[Fraction | None, str]:
    match measure:
        case m.Tally() | m.Stock():
            return Fraction(inputs.value or 0), ""
        case m.Share():
            if not inputs.whole:
                return None, Missing.NOTHING_TO_DIVIDE_BY
            return Fraction(inputs.value or 0) / Fraction(inputs.whole) * 100, ""
        case m.Mean() | m.Score():
            return _quotient(inputs, 1)
        case m.Median():
            return _middle(inputs, 1)
        case m.Duration(as_median=True):
            return _middle(inputs, _DAY_US)
        case m.Duration():
            return _quotient(inputs, _DAY_US)


def _quotient(inputs: Inputs, unit: int) -> tuple[Fraction | None, str]:
    if not inputs.whole or inputs.value is None:
        return None, Missing.NO_CASES
    return Fraction(inputs.value) / Fraction(inputs.whole) / unit, ""


def _middle(inputs: Inputs, unit: int) -> tuple[Fraction | None, str]:
    if inputs.low is None or inputs.high is None:
        return None, Missing.NO_CASES
    return (Fraction(inputs.low) + Fraction(inputs.high)) / 2 / unit, ""


def ratio_of(definition: Definition, numerator: Formed, denominator: Formed) -> Formed:
    """One figure by another, in percent where the unit says so."""
    if numerator.exact is None or denominator.exact is None:
        return Formed(None, _missing_of(numerator, denominator))
    if denominator.exact == 0:
        return Formed(None, Missing.NOTHING_TO_DIVIDE_BY)
    times = 100 if definition.unit == Unit.PERCENT else 1
    return Formed(numerator.exact / denominator.exact * times, cases=numerator.cases + denominator.cases)


def change_of(measure: m.Change, now: Formed, before: Formed) -> Formed:
    """What a figure gained since the period before."""
    if now.exact is None:
        return Formed(None, _missing_of(now))
    if before.exact is None:
        return Formed(None, Missing.NO_PERIOD_BEFORE)
    gained = now.exact - before.exact
    if not measure.in_percent:
        return Formed(gained, cases=now.cases)
    if before.exact == 0:
        return Formed(None, Missing.NOTHING_TO_DIVIDE_BY)
    return Formed(gained / before.exact * 100, cases=now.cases)


def composite_of(measure: m.Composite, parts: dict[str, Formed]) -> Formed:
    """Each part brought to 0 to 100 between its worst and best value, then the weighed mean."""
    weighed, weight = Fraction(0), Fraction(0)
    for part in measure.parts:
        exact = parts[part.code].exact
        if exact is None:
            return Formed(None, _missing_of(parts[part.code]))
        worst, best = Fraction(part.worst), Fraction(part.best)
        reached = min(max((exact - worst) / (best - worst), Fraction(0)), Fraction(1))
        weighed += reached * 100 * Fraction(part.weight)
        weight += Fraction(part.weight)
    return Formed(weighed / weight, cases=sum(parts[part.code].cases for part in measure.parts))


def rounded(exact: Fraction, precision: int) -> Decimal:
    """Half up, as people round: 0.5 becomes 1 and -0.5 becomes -1."""
    scaled = exact * 10**precision
    whole, rest = divmod(abs(scaled.numerator), scaled.denominator)
    whole += rest * 2 >= scaled.denominator
    # What rounds to nothing has no sign: of a decimal, -0 is another text than 0.
    return (
        (Decimal(whole) * (-1 if scaled < 0 < whole else 1))
        .scaleb(-precision)
        .quantize(Decimal(1).scaleb(-precision), rounding=ROUND_HALF_UP)
    )


def _missing_of(*parts: Formed) -> str:
    """What nothing records yet, and what lies before the records, keeps its own reason."""
    kept = {Missing.NOT_RECORDED, Missing.BEFORE_RECORDS, Missing.NOT_DECLARED, Missing.FUTURE}
    for part in parts:
        if part.exact is None and part.missing in kept:
            return part.missing
    return Missing.PART_MISSING
