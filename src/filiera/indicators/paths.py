"""The path to a target: what a figure should be in a period, and whether it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from django.db import models
from django.utils.translation import gettext_lazy as _

from filiera.indicators.definition import Definition
from filiera.indicators.periods import Period
from filiera.indicators.words import value_words


class Standing(models.TextChoices):
    """Where a figure stands to its path; which side is the better one its definition says."""

    ON_PATH = "on_path", _("on its path")
    OFF_PATH = "off_path", _("off its path")
    TOLD = "told", _("neither side is the better one")


@dataclass(frozen=True, slots=True)
class PathPoint:
    period: Period
    value: Decimal
    is_base: bool = False


@dataclass(frozen=True, slots=True)
class TargetPath:
    """Points of one kind of period, the earliest first; between them equal steps, or nothing."""

    points: tuple[PathPoint, ...]
    is_linear: bool

    def value_at(self, period: Period) -> Decimal | None:
        """What the figure should be then; nothing before the first point, after the last, or between
        stated ones."""
        for point in self.points:
            if point.period == period:
                return point.value
        if not self.is_linear or not self.points or period.kind != self.points[0].period.kind:
            return None
        for before, after in pairwise(self.points):
            if before.period < period < after.period:
                gone, all_steps = _steps(before.period, period), _steps(before.period, after.period)
                return before.value + (after.value - before.value) * gone / all_steps
        return None

    @property
    def last(self) -> PathPoint | None:
        return self.points[-1] if self.points else None


@dataclass(frozen=True, slots=True)
class PathStanding:
    """A figure beside what its path asks of it in the period."""

    wanted: Decimal
    wanted_words: str
    standing: Standing

    @property
    def tone(self) -> str:
        return {Standing.ON_PATH: "ok", Standing.OFF_PATH: "bad"}.get(self.standing, "")


def standing_of(
    path: TargetPath, definition: Definition, period: Period, value: Decimal | None
) -> PathStanding | None:
    """Nothing where the path asks nothing of the period or the figure has no value."""
    wanted = path.value_at(period)
    if wanted is None or value is None:
        return None
    match definition.better:
        case "more":
            standing = Standing.ON_PATH if value >= wanted else Standing.OFF_PATH
        case "less":
            standing = Standing.ON_PATH if value <= wanted else Standing.OFF_PATH
        case _:
            standing = Standing.TOLD
    return PathStanding(wanted, value_words(wanted, definition), standing)


def _steps(first: Period, last: Period) -> int:
    count, period = 0, first
    while period < last:
        period, count = period.after(), count + 1
    return count


def in_order(points: Sequence[PathPoint]) -> tuple[PathPoint, ...]:
    return tuple(sorted(points, key=lambda point: point.period))
