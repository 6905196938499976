"""Who can be chosen, how many, and what the cohort must look like."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from filiera_solvers._errors import InvalidInstance
from filiera_solvers._frame import Result

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortLimit:
    """At least and at most so many of certain candidates.

    ``members`` is (n_candidates,) bool; None stands for no bound on that side. Limits of one ``family`` ("at
    most two of each organisation") are one limit where reasons are given.
    """

    name: str
    members: BoolArray
    least: int | None = None
    most: int | None = None
    family: str = ""

    @property
    def rule_name(self) -> str:
        """The name a reason cites."""
        return self.family or self.name

    def __post_init__(self) -> None:
        if self.least is None and self.most is None:
            raise InvalidInstance(f"limit {self.name!r} has neither a least nor a most")
        for side, bound in (("least", self.least), ("most", self.most)):
            if bound is not None and bound < 0:
                raise InvalidInstance(f"limit {self.name!r}: {side} must be >= 0, not {bound}")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise InvalidInstance(f"limit {self.name!r}: least {self.least} is above most {self.most}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortTarget:
    """A number of certain candidates to come close to: every one off costs ``weight`` points of score."""

    name: str
    members: BoolArray
    target: int
    weight: float

    def __post_init__(self) -> None:
        if self.target < 0:
            raise InvalidInstance(f"target {self.name!r} must be >= 0, not {self.target}")
        if not 0 < self.weight < float("inf"):
            raise InvalidInstance(f"target {self.name!r}: weight must be above 0, not {self.weight}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionInstance:
    """Candidates and the cohort to be chosen among them.

    Parameters
    ----------
    candidates : tuple of str
        Names, unique.
    scores : (n_candidates,) float
        Points, any finite number. The search counts in billionths of a point.
    least_places, most_places : int
        Size of the cohort, 0 <= least <= most <= n_candidates.
    limits : tuple of CohortLimit
        Rules.
    targets : tuple of CohortTarget
        Wishes, each with its price.
    pinned, excluded : (n_candidates,) bool
        In or out whatever the score; nobody is both.
    """

    candidates: tuple[str, ...]
    scores: FloatArray
    least_places: int
    most_places: int
    limits: tuple[CohortLimit, ...]
    targets: tuple[CohortTarget, ...]
    pinned: BoolArray
    excluded: BoolArray

    def __post_init__(self) -> None:
        count = len(self.candidates)
        if len(set(self.candidates)) != count:
            raise InvalidInstance("candidates: a name is given twice")
        for name in ("scores", "pinned", "excluded"):
            if np.shape(getattr(self, name)) != (count,):
                raise InvalidInstance(f"{name} has the shape {np.shape(getattr(self, name))}, not ({count},)")
        if not np.isfinite(self.scores).all():
            nameless = self.candidates[int((~np.isfinite(self.scores)).argmax())]
            raise InvalidInstance(f"scores: the score of {nameless} is not a finite number")
        if not 0 <= self.least_places <= self.most_places:
            raise InvalidInstance(f"places: {self.least_places} to {self.most_places} is no range")
        both = self.pinned & self.excluded
        if both.any():
            raise InvalidInstance(f"{self.candidates[int(both.argmax())]} is both pinned and excluded")
        rules: list[CohortLimit | CohortTarget] = [*self.limits, *self.targets]
        for rule in rules:
            if rule.members.shape != (count,):
                raise InvalidInstance(
                    f"{rule.name!r}: members has the shape {rule.members.shape}, not ({count},)"
                )
        names = [rule.name for rule in rules]
        if len(set(names)) != len(names):
            raise InvalidInstance("two limits or targets have the same name")


class ReasonKind(StrEnum):
    """Why a candidate is in or out."""

    PINNED = "pinned"
    EXCLUDED = "excluded"
    SCORE = "score"  # so it would be without any limit
    LIMITS = "limits"  # so it is with these limits alone, and with no smaller set of them
    TIE = "tie"  # another cohort, just as good, decides the other way


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """The smallest true reason of one decision.

    ``limits`` names the smallest set of limits (targets, pins, exclusions) with which alone, beside the
    number of places, every best cohort decides as it was decided; empty for kind score. ``points`` is what
    the best cohort that decides the other way loses under all limits; None when there is none
    (``impossible``) or when the time was over. ``is_smallest`` is False when it was over before smaller sets
    were ruled out. ``moves`` names the others who change sides in one best cohort that decides the other way.
    """

    candidate: int
    chosen: bool
    kind: ReasonKind
    limits: tuple[str, ...] = ()
    points: float | None = None
    impossible: bool = False
    is_smallest: bool = True
    moves: tuple[int, ...] = ()


class RuleSide(StrEnum):
    """Which side of a rule stands in a conflict."""

    LEAST = "least"
    MOST = "most"
    PINNED = "pinned"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictPart:
    """One side of one rule of a conflict; ``name`` is that of the limit or of the candidate."""

    name: str
    side: RuleSide


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionResult(Result):
    """The best cohort: ``chosen`` (n_candidates,) bool, and the reason of each decision if asked for.

    ``conflict_parts`` tells what ``conflict`` tells in words, without the number of places;
    ``is_conflict_irreducible`` is False when the time was over before it was known of each part that it
    cannot be spared.
    """

    chosen: BoolArray
    conflict_parts: tuple[ConflictPart, ...] = ()
    is_conflict_irreducible: bool = True
    reasons: tuple[Reason, ...] = ()
    reasons_s: float = 0.0
