"""From where on a study tells an estimate: said on pages and asked by the method, so numbers only.

Differences in standard deviations: Stuart (2010), Matching methods for causal inference, Statistical
Science 25.
"""

LEAST_MEMBERS = 20
LEAST_EFFECTIVE = 20
LEAST_AT_YEAR = 10
"""A year with fewer members is not shown: it would say more about single firms than about joining."""
LEAST_MATCHED_SHARE = 0.5
WELL_MATCHED_SHARE = 0.8
MOST_DIFFERENCE = 0.25
GOOD_DIFFERENCE = 0.1
PRETREND_LEVEL = 0.05
