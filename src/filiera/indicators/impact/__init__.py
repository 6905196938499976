"""The effect of joining, by matched comparison: a panel in, an estimate or a refusal out.

Pure statistics: arrays and numbers, no database, no clock. Members are compared with firms that were alike
in the year before joining and had not joined, and what is compared is how both changed since (differences in
differences over the years after joining).
"""

from .panel import NEVER, Panel, PanelIsWrong, Settings
from .results import Balance, Caution, Effect, Placebo, Pretrend, Reason, Result
from .study import METHOD_VERSION, estimate

__all__ = [
    "METHOD_VERSION",
    "NEVER",
    "Balance",
    "Caution",
    "Effect",
    "Panel",
    "PanelIsWrong",
    "Placebo",
    "Pretrend",
    "Reason",
    "Result",
    "Settings",
    "estimate",
]
