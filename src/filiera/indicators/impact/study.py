"""A study from the panel to the estimate, with every check on the way.

A study refuses rather than tells a figure that the data do not carry. That members and others moved alike
before joining does not prove that they would have done so afterwards; that they did not, refutes it (Roth
2022, Pretest with caution, American Economic Review: Insights 4).
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from filiera.indicators.impact_limits import (
    GOOD_DIFFERENCE,
    LEAST_AT_YEAR,
    LEAST_EFFECTIVE,
    LEAST_MATCHED_SHARE,
    LEAST_MEMBERS,
    MOST_DIFFERENCE,
    PRETREND_LEVEL,
    WELL_MATCHED_SHARE,
)

from .balance import balance_of
from .effects import (
    Estimates,
    differences,
    effect,
    effective_firms,
    estimates,
    pretrend,
)
from .matching import Matches, Stack, matched, stacked
from .panel import NEVER, Booleans, Panel, Settings
from .results import Caution, Effect, Placebo, Reason, Result

METHOD_VERSION = "1"
"""Counts up when the same panel and settings would give another result."""

PLACEBO_YEARS = (2, 1)
"""How many years earlier joining is pretended: the first that the years before joining allow."""

OnProgress = Callable[[float], None]


def estimate(
    panel: Panel, settings: Settings, *, outcome_name: str = "", on_progress: OnProgress = lambda share: None
) -> Result:
    """The effect of joining on those who joined and could be matched, or the reason why it is not told.

    Parameters
    ----------
    panel : Panel
        Firms over years.
    settings : Settings
        How members and others are compared.
    outcome_name : str
        How the balance names the outcome.
    on_progress : callable
        Is told the share done, 0 to 1.

    Returns
    -------
    Result
        ``overall`` is the mean difference over all members matched and their years after joining, in the
        unit of the outcome, or in logarithms; ``reason`` says why there is none.
    """
    result = _counted(panel)
    if settings.scale == "log":
        positive = panel.outcome[np.isfinite(panel.outcome)] > 0
        if not positive.all():
            return replace(result, reason=Reason.NOT_POSITIVE, values={"count": float((~positive).sum())})
        panel = panel.with_outcome(np.log(panel.outcome))
    stack = stacked(panel, settings)
    result = replace(
        result, without_values=result.members - result.joined_too_early - int(stack.is_member.sum())
    )
    if not _years_after(panel, stack, settings) or not _years_before(panel, stack, settings):
        return replace(result, reason=Reason.TOO_FEW_YEARS)
    if stack.is_member.sum() < LEAST_MEMBERS:
        return replace(result, reason=Reason.TOO_FEW_MEMBERS, values={"count": float(stack.is_member.sum())})
    on_progress(0.1)
    matches = matched(stack, settings)
    on_progress(0.3)
    result = _with_matches(result, panel, matches, outcome_name)
    refused = _refused_for_matches(result, stack, matches)
    if refused is not None:
        return refused
    on_progress(0.4)
    return _estimated(result, panel, matches, settings, on_progress)


def _counted(panel: Panel) -> Result:
    return Result(
        members=int((panel.joined <= panel.last_year).sum()),
        others=int((panel.joined > panel.last_year).sum()),
        joined_too_early=int((panel.joined <= panel.first_year).sum()),
        without_values=0,
        matched=0,
        compared=0,
        effective=0.0,
    )


def _years_after(panel: Panel, stack: Stack, settings: Settings) -> tuple[int, ...]:
    """The years after joining in which enough members are seen."""
    return tuple(
        year for year in range(settings.years_after + 1) if _seen(panel, stack, year) >= LEAST_AT_YEAR
    )


def _years_before(panel: Panel, stack: Stack, settings: Settings) -> tuple[int, ...]:
    """The years before the year before joining in which enough members are seen."""
    return tuple(
        year for year in range(-settings.years_before, -1) if _seen(panel, stack, year) >= LEAST_AT_YEAR
    )


def _seen(panel: Panel, stack: Stack, year: int) -> int:
    firms, column = stack.firm[stack.is_member], stack.cohort[stack.is_member] + year - panel.first_year
    inside = (column >= 0) & (column < panel.outcome.shape[1])
    return int(np.isfinite(panel.outcome[firms[inside], column[inside]]).sum())


def _with_matches(result: Result, panel: Panel, matches: Matches, outcome_name: str) -> Result:
    stack = matches.stack
    members = np.unique(matches.member)
    before = panel.outcome[stack.firm, stack.cohort - 1 - panel.first_year]
    cohorts = tuple(
        (
            int(year),
            int((stack.is_member & (stack.cohort == year)).sum()),
            int((stack.cohort[members] == year).sum()),
        )
        for year in np.unique(stack.cohort[stack.is_member])
    )
    return replace(
        result,
        matched=len(members),
        compared=len(np.unique(stack.firm[matches.other])),
        effective=effective_firms(matches),
        cohorts=cohorts,
        balance=balance_of(panel, matches, outcome_name) if len(members) else (),
        mean_before=float(before[members].mean()) if len(members) else None,
    )


def _refused_for_matches(result: Result, stack: Stack, matches: Matches) -> Result | None:
    could_be = int(stack.is_member.sum())
    share = result.matched / could_be
    if share < LEAST_MATCHED_SHARE or result.matched < LEAST_MEMBERS:
        return replace(result, reason=Reason.NO_COMMON_SUPPORT, values={"share": share})
    if result.effective < LEAST_EFFECTIVE:
        return replace(result, reason=Reason.TOO_FEW_COMPARED, values={"count": result.effective})
    worst = max((abs(row.after) for row in result.balance if row.is_required), default=0.0)
    if worst > MOST_DIFFERENCE:
        return replace(result, reason=Reason.NOT_BALANCED, values={"difference": worst})
    return None


def _estimated(
    result: Result, panel: Panel, matches: Matches, settings: Settings, on_progress: OnProgress
) -> Result:
    stack = matches.stack
    before, after = _years_before(panel, stack, settings), _years_after(panel, stack, settings)
    shown = (*before, *after)
    found = estimates(differences(panel, matches, shown), (*((year,) for year in shown), tuple(after)))
    on_progress(0.7)
    effects = tuple(
        effect(found, number, year)
        for number, year in enumerate(shown)
        if found.members[number] >= LEAST_AT_YEAR
    )
    tested = [
        number for number, year in enumerate(shown) if year < 0 and found.members[number] >= LEAST_AT_YEAR
    ]
    is_seen_after = any(each.year is not None and each.year >= 0 for each in effects)
    if not tested or not is_seen_after:
        return replace(result, reason=Reason.TOO_FEW_YEARS)
    test = pretrend(found, tested)
    result = replace(result, pretrend=test)
    if test.p < PRETREND_LEVEL:
        seen = tuple(each for each in effects if each.year is not None and each.year < 0)
        return replace(result, effects=seen, reason=Reason.PRETRENDS_DIFFER, values={"p": test.p})
    placebo = _placebo(panel, settings)
    on_progress(1.0)
    result = replace(result, effects=effects, overall=_overall(found), placebo=placebo)
    return replace(result, cautions=_cautions(result))


def _overall(found: Estimates) -> Effect:
    return effect(found, len(found.values) - 1, None)


def _placebo(panel: Panel, settings: Settings) -> Placebo | None:
    """The estimate as if everybody had joined some years earlier, from the years before joining alone."""
    for earlier in PLACEBO_YEARS:
        pretended = np.where(panel.joined == NEVER, NEVER, panel.joined - earlier)
        years = panel.first_year + np.arange(panel.outcome.shape[1])
        since: Booleans = years[None, :] >= panel.joined[:, None]
        blind = panel.with_outcome(np.where(since, np.nan, panel.outcome), pretended)
        asked = replace(settings, years_after=earlier - 1)
        matches = matched(stacked(blind, asked), asked)
        if len(np.unique(matches.member)) < LEAST_MEMBERS or effective_firms(matches) < LEAST_EFFECTIVE:
            continue
        after = tuple(range(earlier))
        found = estimates(differences(blind, matches, after), (after,))
        if found.members[0] >= LEAST_MEMBERS:
            return Placebo(earlier, _overall(found))
    return None


def _cautions(result: Result) -> tuple[Caution, ...]:
    could_be = sum(members for _year, members, _matched in result.cohorts)
    worst = max((abs(row.after) for row in result.balance if row.is_required), default=0.0)
    placebo = result.placebo
    checks = (
        (Caution.MEMBERS_LEFT_OUT, result.matched < WELL_MATCHED_SHARE * could_be),
        (Caution.NOT_WELL_BALANCED, worst > GOOD_DIFFERENCE),
        (Caution.PLACEBO_IS_NOT_ZERO, placebo is not None and placebo.effect.p < PRETREND_LEVEL),
        (Caution.NO_PLACEBO, placebo is None),
        (Caution.ONE_YEAR_BEFORE, result.pretrend is not None and result.pretrend.years < 2),
    )
    return tuple(caution for caution, holds in checks if holds)
