"""What comes out: an estimate with everything that speaks for and against it, or why there is none."""

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Reason(StrEnum):
    """Why a panel does not carry an estimate."""

    TOO_FEW_YEARS = "too_few_years"
    NOT_POSITIVE = "not_positive"
    TOO_FEW_MEMBERS = "too_few_members"
    NO_COMMON_SUPPORT = "no_common_support"
    TOO_FEW_COMPARED = "too_few_compared"
    NOT_BALANCED = "not_balanced"
    PRETRENDS_DIFFER = "pretrends_differ"


class Caution(StrEnum):
    """What a reader of the estimate should know before relying on it."""

    MEMBERS_LEFT_OUT = "members_left_out"
    NOT_WELL_BALANCED = "not_well_balanced"
    PLACEBO_IS_NOT_ZERO = "placebo_is_not_zero"
    NO_PLACEBO = "no_placebo"
    ONE_YEAR_BEFORE = "one_year_before"


@dataclass(frozen=True, slots=True)
class Balance:
    """How much members and others differ in one thing, in standard deviations, before and after matching.

    `is_required` says whether the comparison rests on it; the outcome itself is only shown.
    """

    name: str
    before: float
    after: float
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Effect:
    """An estimated difference with its 95 % interval; `year` counts from the year of joining."""

    year: int | None
    value: float
    error: float
    low: float
    high: float
    p: float
    members: int
    compared: int


@dataclass(frozen=True, slots=True)
class Pretrend:
    """Whether members and others moved alike before joining: a joint test of all years before."""

    statistic: float
    p: float
    years: int
    members: int


@dataclass(frozen=True, slots=True)
class Placebo:
    """The same estimate as if everybody had joined `years_earlier`, from years before joining alone."""

    years_earlier: int
    effect: Effect


@dataclass(frozen=True, slots=True)
class Result:
    """The whole of a study; without `overall` there is a `reason`."""

    members: int
    others: int
    joined_too_early: int
    without_values: int
    matched: int
    compared: int
    effective: float
    cohorts: tuple[tuple[int, int, int], ...] = ()
    balance: tuple[Balance, ...] = ()
    effects: tuple[Effect, ...] = ()
    overall: Effect | None = None
    pretrend: Pretrend | None = None
    placebo: Placebo | None = None
    mean_before: float | None = None
    reason: Reason | None = None
    values: dict[str, float] = field(default_factory=dict)
    cautions: tuple[Caution, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The result as JSON holds it."""
        return asdict(self)
