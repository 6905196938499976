"""What a cohort looks like beside its limits and wishes, and beside all who applied."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from filiera.admissions.models import BalanceAttribute
from filiera.admissions.queries.selection_pool import Applicant, ValueNames
from filiera.admissions.queries.selection_problem import Rule

SHOWN_AT_ONCE = 8
"""Longer groups fold; what has a limit or is chosen comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceLine:
    """How many of one value are chosen, of how many, and what was asked."""

    attribute: str
    value: str
    label: str
    count: int
    everybody: int
    least: int | None = None
    most: int | None = None
    target: int | None = None
    scale: int = 1
    # How many there would be if the cohort were like all who applied.
    expected: float = 0.0

    @property
    def state(self) -> str:
        """`over` or `under` a limit, `off` a wish, empty when it is as asked or nothing was."""
        if self.most is not None and self.count > self.most:
            return "over"
        if self.least is not None and self.count < self.least:
            return "under"
        return "off" if self.target is not None and self.count != self.target else ""

    @property
    def figures(self) -> str:
        """Count and limit as one reads them: "3 ≤ 3", "2 < 4"."""
        if self.most is not None and self.least is not None:
            return f"{self.least} ≤ {self.count} ≤ {self.most}" if not self.state else self._broken
        if self.most is not None:
            return f"{self.count} ≤ {self.most}" if not self.state else self._broken
        if self.least is not None:
            return f"{self.count} ≥ {self.least}" if not self.state else self._broken
        if self.target is not None:
            return f"{self.count} ≈ {self.target}"
        return str(self.count)

    @property
    def _broken(self) -> str:
        return f"{self.count} > {self.most}" if self.state == "over" else f"{self.count} < {self.least}"

    @property
    def words(self) -> str:
        """What the sign of the line says."""
        if self.state == "over":
            return _("too many")
        if self.state == "under":
            return _("too few")
        if self.state == "off" and self.target is not None:
            return _("above the wish") if self.count > self.target else _("below the wish")
        return ""

    @property
    def share(self) -> float:
        return self.count / self.scale

    @property
    def marks(self) -> list[int]:
        """Where the limits stand on the bar, in per cent."""
        asked = {bound for bound in (self.least, self.most, self.target) if bound is not None}
        return sorted(round(100 * bound / self.scale) for bound in asked)

    @property
    def expected_at(self) -> int:
        return round(100 * min(self.expected / self.scale, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceGroup:
    """The lines of one attribute."""

    attribute: str
    label: str
    lines: Sequence[BalanceLine]
    more: Sequence[BalanceLine] = field(default=())

    @property
    def is_broken(self) -> bool:
        return any(line.state in ("over", "under") for line in (*self.lines, *self.more))


def balance_of(
    applicants: Sequence[Applicant],
    chosen: Collection[int],
    rules: Sequence[Rule],
    value_names: ValueNames,
) -> list[BalanceGroup]:
    """The groups of the balance, in the order in which they are shown."""
    groups = []
    for attribute in BalanceAttribute:
        everybody = _counts(applicants, attribute)
        cohort = _counts([row for row in applicants if row.application_id in chosen], attribute)
        own = [rule for rule in rules if rule.attribute == attribute]
        values = set(everybody) | {rule.value for rule in own if rule.value}
        if attribute == BalanceAttribute.ORGANISATION:
            values = _organisations_worth_showing(cohort, own)
        if not values:
            continue
        share = len(chosen) / len(applicants) if applicants else 0.0
        expected = {value: everybody[value] * share for value in values}
        asked = {value: _asked(own, value) for value in values}
        scale = max(
            1,
            *(cohort[value] for value in values),
            *(round(expected[value] + 0.5) for value in values),
            *(bound for bounds in asked.values() for bound in bounds if bound is not None),
        )
        lines = [
            BalanceLine(
                attribute=attribute,
                value=value,
                label=value_names(attribute, value),
                count=cohort[value],
                everybody=everybody[value],
                least=asked[value][0],
                most=asked[value][1],
                target=asked[value][2],
                scale=scale,
                expected=expected[value],
            )
            for value in values
        ]
        lines.sort(key=_order)
        first = [line for line in lines if line.state in ("over", "under")]
        rest = [line for line in lines if line not in first]
        ordered = [*first, *rest]
        groups.append(
            BalanceGroup(
                attribute=attribute,
                label=str(attribute.label),
                lines=ordered[:SHOWN_AT_ONCE],
                more=ordered[SHOWN_AT_ONCE:],
            )
        )
    return groups


def _counts(applicants: Sequence[Applicant], attribute: str) -> Counter[str]:
    return Counter(value for applicant in applicants for value in applicant.values[attribute])


def _asked(rules: Sequence[Rule], value: str) -> tuple[int | None, int | None, int | None]:
    """The tightest limits and the first wish for a value."""
    own = [rule for rule in rules if rule.value in ("", value)]
    leasts = [rule.least for rule in own if rule.least is not None]
    mosts = [rule.most for rule in own if rule.most is not None]
    targets = [rule.target for rule in own if rule.target is not None]
    return (
        max(leasts, default=None),
        min(mosts, default=None),
        targets[0] if targets else None,
    )


def _organisations_worth_showing(cohort: Counter[str], rules: Sequence[Rule]) -> set[str]:
    """Of organisations only those named in a limit, and those with more than one place."""
    return {rule.value for rule in rules if rule.value} | {
        value for value, count in cohort.items() if count > 1
    }


def _order(line: BalanceLine) -> tuple[bool, int, int, str]:
    has_limit = line.least is not None or line.most is not None or line.target is not None
    return (not (has_limit and line.count), -line.count, -line.everybody, line.label)
