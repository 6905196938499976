"""What goes in: firms over years, and how they are to be compared."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

NEVER = 9999
"""The year of joining of who never joined."""
UNKNOWN = -1
"""The code of a class that is not known."""
METHODS = ("propensity", "mahalanobis")
SCALES = ("level", "log")


class PanelIsWrong(Exception):
    """The arrays do not fit each other: a mistake of the caller, never of the data."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Firms over years; NaN where a value is missing.

    Attributes
    ----------
    first_year : int
        The calendar year of the first column.
    joined : (n_firms,) int
        The year in which a firm joined, or NEVER.
    outcome : (n_firms, n_years) float
        What joining may have changed, in its own unit.
    covariates : (n_firms, n_years, n_covariates) float
        What firms are alike in, as numbers.
    classes : (n_firms, n_years, n_classes) int
        What firms must be equal in, as codes >= 0; UNKNOWN where missing.
    covariate_names, class_names : tuple of str
        How results name them.
    """

    first_year: int
    joined: Integers
    outcome: Floats
    covariates: Floats
    classes: Integers
    covariate_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = self.outcome.shape
        expected: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...] = (
            ("joined", self.joined.shape, shape[:1]),
            ("covariates", self.covariates.shape, (*shape, len(self.covariate_names))),
            ("classes", self.classes.shape, (*shape, len(self.class_names))),
        )
        if len(shape) != 2:
            raise PanelIsWrong(f"outcome: firms over years, not {shape}")
        for name, found, wanted in expected:
            if found != wanted:
                raise PanelIsWrong(f"{name}: {wanted} is needed, not {found}")

    @property
    def last_year(self) -> int:
        return self.first_year + int(self.outcome.shape[1]) - 1

    def with_outcome(self, outcome: Floats, joined: Integers | None = None) -> "Panel":
        """The same firms with other values."""
        return Panel(
            first_year=self.first_year,
            joined=self.joined if joined is None else joined,
            outcome=outcome,
            covariates=self.covariates,
            classes=self.classes,
            covariate_names=self.covariate_names,
            class_names=self.class_names,
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """How members and others are compared.

    Attributes
    ----------
    method : "propensity" or "mahalanobis"
        Nearest by the propensity score, or by Mahalanobis distance within the calipers of the score.
    neighbours : int
        How many firms each member is compared with, 1 to 20; more where several are equally near.
    caliper : float or None
        The farthest that a neighbour's score may lie, in standard deviations of the score's logit; None
        lets everybody be a neighbour.
    years_before, years_after : int
        How far the comparison looks, in years; the year of joining is year 0.
    scale : "level" or "log"
        Whether the outcome is compared as it is or as its logarithm.
    """

    method: str = "propensity"
    neighbours: int = 3
    caliper: float | None = 0.2
    years_before: int = 3
    years_after: int = 3
    scale: str = "level"

    def __post_init__(self) -> None:
        checks: tuple[tuple[str, Any, bool], ...] = (
            ("method", self.method, self.method in METHODS),
            ("neighbours", self.neighbours, 1 <= self.neighbours <= 20),
            ("caliper", self.caliper, self.caliper is None or self.caliper > 0),
            ("years_before", self.years_before, 2 <= self.years_before <= 20),
            ("years_after", self.years_after, 0 <= self.years_after <= 20),
            ("scale", self.scale, self.scale in SCALES),
        )
        for name, value, is_right in checks:
            if not is_right:
                raise PanelIsWrong(f"{name}: {value!r} is not possible")
