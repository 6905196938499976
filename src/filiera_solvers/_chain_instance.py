"""Companies for the stages of a value chain, and what the chain must look like."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from filiera_solvers._errors import InvalidInstance
from filiera_solvers._frame import Result

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainRules:
    """What holds for the chain as a whole.

    Parameters
    ----------
    least_countries : int
        Different countries in the chain, >= 1.
    most_per_country : int, optional
        Stages one country may take, >= 1.
    least_sme_share : float
        Share of the stages taken by small and medium-sized enterprises, 0 to 1.
    most_per_organisation : int
        Stages one organisation may take, second sources included, >= 1.
    second_source : bool
        Every stage also names a second company, of another organisation.
    second_other_country : bool
        The second company is from another country than the first.
    most_changes : int, optional
        With a previous chain: at most so many stages change hands.
    """

    least_countries: int = 1
    most_per_country: int | None = None
    least_sme_share: float = 0.0
    most_per_organisation: int = 1
    second_source: bool = False
    second_other_country: bool = False
    most_changes: int | None = None

    def __post_init__(self) -> None:
        for name, least in (("least_countries", 1), ("most_per_country", 1), ("most_per_organisation", 1)):
            value = getattr(self, name)
            if value is not None and value < least:
                raise InvalidInstance(f"{name} must be >= {least}, not {value}")
        if not 0 <= self.least_sme_share <= 1:
            raise InvalidInstance(f"least_sme_share must be 0 to 1, not {self.least_sme_share}")
        if self.most_changes is not None and self.most_changes < 0:
            raise InvalidInstance(f"most_changes must be >= 0, not {self.most_changes}")
        if self.second_other_country and not self.second_source:
            raise InvalidInstance("second_other_country needs second_source")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainInstance:
    """Candidates (an organisation at a stage) and the links between stages.

    Parameters
    ----------
    candidates, organisations, stages, countries : tuple of str
        Names; candidates, stages, countries and organisations are unique each.
    organisation, stage, country : (n_candidates,) int
        Positions in the tuples above.
    is_sme : (n_candidates,) bool
        Small or medium-sized enterprise.
    fit : (n_candidates,) float
        How well the candidate suits its stage; any finite number, usually 0 to 1.
    link : (n_stages - 1, n_countries, n_countries) float
        Worth of handing over from a stage in one country to the next stage in another.
    pairs : (n_pairs, 2) int
        Candidates of one stage and of the next whose link is known for themselves.
    pair_link : (n_pairs,) float
        Worth of that link; it takes the place of the countries' one.
    fit_weight, link_weight, second_weight : float
        Weights of the sum of fits, of links, and of the fits of second sources, >= 0, three decimals at most.
    fixed, excluded : (n_candidates,) bool
        Partners that are in, or out, whatever it costs.
    previous : (n_stages,) int
        Candidates of a chain to be repaired, -1 where there is none.
    alternatives : int
        Chains asked for, >= 1: each the best that differs from all before in ``least_difference`` stages.
    front : int
        Points asked for on the trade-off between fits and links, 0 or >= 2.
    """

    candidates: tuple[str, ...]
    organisations: tuple[str, ...]
    stages: tuple[str, ...]
    countries: tuple[str, ...]
    organisation: IntArray
    stage: IntArray
    country: IntArray
    is_sme: BoolArray
    fit: FloatArray
    link: FloatArray
    pairs: IntArray
    pair_link: FloatArray
    fixed: BoolArray
    excluded: BoolArray
    previous: IntArray
    rules: ChainRules = ChainRules()
    fit_weight: float = 1.0
    link_weight: float = 1.0
    second_weight: float = 0.25
    alternatives: int = 1
    least_difference: int = 1
    front: int = 0

    def __post_init__(self) -> None:
        self._check_shapes()
        self._check_numbers()
        self._check_partners()

    def _check_shapes(self) -> None:
        count, stages, countries = len(self.candidates), len(self.stages), len(self.countries)
        if stages < 1:
            raise InvalidInstance("stages: a chain has at least one")
        shapes: dict[str, tuple[int, ...]] = {
            **dict.fromkeys(
                ("organisation", "stage", "country", "is_sme", "fit", "fixed", "excluded"), (count,)
            ),
            "link": (stages - 1, countries, countries),
            "pairs": (len(self.pairs), 2),
            "pair_link": (len(self.pairs),),
            "previous": (stages,),
        }
        for name, shape in shapes.items():
            found = np.shape(getattr(self, name))
            if found != shape:
                raise InvalidInstance(f"{name} has the shape {found}, not {shape}")
        for name in ("candidates", "organisations", "stages", "countries"):
            if len(set(getattr(self, name))) != len(getattr(self, name)):
                raise InvalidInstance(f"{name}: a name is given twice")
        for name, size in (
            ("organisation", len(self.organisations)),
            ("stage", stages),
            ("country", countries),
        ):
            values = getattr(self, name)
            if count and not (values.min() >= 0 and values.max() < size):
                raise InvalidInstance(f"{name}: positions go from 0 to {size - 1}")

    def _check_numbers(self) -> None:
        for name in ("fit", "link", "pair_link"):
            if not np.isfinite(getattr(self, name)).all():
                raise InvalidInstance(f"{name}: a value is not a finite number")
        for name in ("fit_weight", "link_weight", "second_weight"):
            if not 0 <= getattr(self, name) < math.inf:
                raise InvalidInstance(f"{name} must be >= 0, not {getattr(self, name)}")
            if round(getattr(self, name), 3) != getattr(self, name):
                raise InvalidInstance(f"{name} must have three decimals at most, not {getattr(self, name)}")
        if self.alternatives < 1:
            raise InvalidInstance(f"alternatives must be >= 1, not {self.alternatives}")
        if not 1 <= self.least_difference <= len(self.stages):
            raise InvalidInstance(
                f"least_difference must be 1 to {len(self.stages)}, not {self.least_difference}"
            )
        if self.front < 0 or self.front == 1:
            raise InvalidInstance(f"front must be 0 or >= 2, not {self.front}")

    def _check_partners(self) -> None:
        count = len(self.candidates)
        both = self.fixed & self.excluded
        if both.any():
            raise InvalidInstance(f"{self.candidates[int(both.argmax())]} is both fixed and excluded")
        if len(self.pairs) and not (self.pairs.min() >= 0 and self.pairs.max() < count):
            raise InvalidInstance(f"pairs: positions go from 0 to {count - 1}")
        for first, second in self.pairs[self.stage[self.pairs[:, 0]] + 1 != self.stage[self.pairs[:, 1]]]:
            raise InvalidInstance(
                f"pairs: {self.candidates[first]} and {self.candidates[second]} are not in following stages"
            )
        if len(np.unique(self.pairs, axis=0)) != len(self.pairs):
            raise InvalidInstance("pairs: a pair is given twice")
        for stage, candidate in enumerate(self.previous):
            if candidate >= count or (candidate >= 0 and self.stage[candidate] != stage):
                raise InvalidInstance(f"previous: {candidate} is no candidate for {self.stages[stage]}")

    @property
    def least_sme(self) -> int:
        """Stages that must be taken by small and medium-sized enterprises."""
        return math.ceil(self.rules.least_sme_share * len(self.stages) - 1e-9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """One chain: ``members`` and ``seconds`` (n_stages,) are candidates, -1 for no second source."""

    members: IntArray
    seconds: IntArray
    value: float
    fit_sum: float
    link_sum: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainResult(Result):
    """The best chain, other good ones, and the trade-off between fits and links.

    ``value`` and ``bound`` are those of the best chain. ``kept`` counts the candidates that the dominance
    filter left over.
    """

    best: Chain | None
    others: tuple[Chain, ...] = ()
    front: tuple[Chain, ...] = ()
    kept: int = 0
