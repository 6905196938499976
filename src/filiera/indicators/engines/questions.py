"""What is asked of an engine beside the statement, and what every engine answers."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from filiera.indicators.definition import Breakdown
from filiera.indicators.engines.compiler import Dialect, Shape
from filiera.indicators.periods import Period, microseconds

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question:
    """Periods that follow each other, and the bodies that are asked about (None: all).

    `at` is now: the stock of an open period is taken then.
    """

    kinds: tuple[str, ...]
    periods: tuple[Period, ...]
    at: datetime
    shape: Shape = field(default_factory=Shape)
    bodies: tuple[int, ...] | None = None
    regions: tuple[str, ...] | None = None
    needs_earlier: bool = False

    @property
    def since_us(self) -> int:
        return microseconds(self.periods[0].starts_at)

    @property
    def until_us(self) -> int:
        """Nothing later counts, in the open period neither."""
        return min(microseconds(self.periods[-1].ends_at), microseconds(self.at) + 1)

    @property
    def needs_priorities(self) -> bool:
        return self.shape.breakdown == Breakdown.S3_PRIORITY

    def period_case(self) -> str:
        """The place of a fact's period, as an expression over its `at_us`; null before the first."""
        bounds = [microseconds(period.ends_at) for period in self.periods]
        return f"CASE WHEN at_us < {self.since_us} THEN NULL ELSE {_search(bounds, 0)} END"

    def period_table(self) -> str:
        """The moments as a table that every engine can read."""
        return " UNION ALL ".join(
            f"SELECT CAST({place} AS SMALLINT) AS period, CAST({end} AS BIGINT) AS end_us"
            for place, end in self.period_rows()
        )

    def period_rows(self) -> list[tuple[int, int]]:
        """The moment of each period's stock."""
        now = microseconds(self.at) + 1
        return [(at, min(microseconds(period.ends_at), now)) for at, period in enumerate(self.periods)]


def _search(bounds: list[int], first: int) -> str:
    """A search by halves, so that sixty months cost six comparisons."""
    if len(bounds) == 1:
        return str(first)
    middle = len(bounds) // 2
    return (
        f"CASE WHEN at_us < {bounds[middle - 1]} THEN {_search(bounds[:middle], first)}"
        f" ELSE {_search(bounds[middle:], first + middle)} END"
    )


class Engine(Protocol):
    """Where statements run."""

    dialect: Dialect

    def rows(self, statement: str, question: Question) -> Iterable[Row]:
        """The rows of a statement of the compiler."""
        ...

    def known_from(self, question: Question) -> dict[int | str, int]:
        """For each body the moment of the first fact that counts for it."""
        ...

    def recorded_from(self) -> dict[str, int]:
        """For each thing that facts tell of, such as meeting, the moment of the first of them."""
        ...


def as_rows(columns: list[str], found: Iterable[tuple[Any, ...]]) -> Iterator[Row]:
    return (dict(zip(columns, row, strict=True)) for row in found)
