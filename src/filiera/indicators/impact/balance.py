"""Whether members and those they are compared with were alike before.

Standardised mean differences with the spread before matching: Stuart (2010), Matching methods for causal
inference: a review and a look forward, Statistical Science 25. The drawing of them is Love's plot.
"""

import numpy as np

from .matching import Matches
from .panel import Booleans, Floats, Panel
from .results import Balance


def balance_of(panel: Panel, matches: Matches, outcome_name: str = "") -> tuple[Balance, ...]:
    """Each covariate and class, and the outcome in the year before joining for reading only.

    A class is as far apart as the level that differs most.
    """
    stack = matches.stack
    used = matches.weights_of_rows()
    is_matched = np.zeros(len(stack.firm), dtype=np.bool_)
    is_matched[matches.member] = True
    found = [
        _difference(name, stack.covariates[:, number], stack.is_member, is_matched, used)
        for number, name in enumerate(panel.covariate_names)
    ]
    for number, name in enumerate(panel.class_names):
        levels = [
            _difference(
                name, (stack.classes[:, number] == level).astype(float), stack.is_member, is_matched, used
            )
            for level in np.unique(stack.classes[:, number])
        ]
        found.append(
            Balance(
                name,
                before=max((level.before for level in levels), key=abs, default=0.0),
                after=max((level.after for level in levels), key=abs, default=0.0),
            )
        )
    before = panel.outcome[stack.firm, stack.cohort - 1 - panel.first_year]
    shown = _difference(outcome_name, before, stack.is_member, is_matched, used)
    found.append(Balance(shown.name, shown.before, shown.after, is_required=False))
    return tuple(found)


def _difference(
    name: str, values: Floats, is_member: Booleans, is_matched: Booleans, used: Floats
) -> Balance:
    ours, theirs = values[is_member], values[~is_member]
    spread = np.sqrt((ours.var() + theirs.var()) / 2) if len(ours) and len(theirs) else 0.0
    if spread == 0 or not used.sum():
        return Balance(name, 0.0, 0.0)
    after = values[is_matched].mean() - np.average(values, weights=used)
    return Balance(name, float((ours.mean() - theirs.mean()) / spread), float(after / spread))
