"""How often the interval of the effect of joining holds: 200 simulated panels with an effect, 200 without.

Run `python tests/figures/indicators/figure_impact.py [--panels N] [--json FILE]`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from filiera.indicators.impact import METHOD_VERSION, NEVER, Panel, Settings, estimate
from filiera.indicators.impact.simulation import simulated

PANELS = 200
COVERED_FROM, COVERED_TO, SILENT_FROM = 0.90, 0.98, 0.93


def of_many(panels: int, settings: Settings, effect: float) -> dict[str, Any]:
    """The shares of intervals that hold the truth, and that hold zero; refused panels are told apart."""
    covered = silent = told = 0
    refused: Counter[str] = Counter()
    began = time.perf_counter()
    for seed in range(panels):
        known = simulated(seed, effect=effect)
        result = estimate(known.panel, settings)
        if result.overall is None:
            refused[str(result.reason)] += 1
            continue
        told += 1
        covered += result.overall.low <= known.truth(settings.years_after) <= result.overall.high
        silent += result.overall.low <= 0 <= result.overall.high
    return {
        "told": told,
        "refused": dict(refused),
        "covered": covered / told,
        "silent": silent / told,
        "ms_each": 1000 * (time.perf_counter() - began) / panels,
    }


def refused_of_moving_apart(panels: int) -> float:
    """How often panels whose groups move apart anyway are refused."""
    results = [estimate(simulated(seed, different_trend=0.5).panel, Settings()) for seed in range(panels)]
    return sum(result.overall is None for result in results) / panels


def plain_covered(panels: int) -> float:
    """The same intervals from two-way fixed effects with errors clustered by firm, for comparison."""
    import statsmodels.api as sm

    covered = 0
    for seed in range(panels):
        known = simulated(seed)
        panel = known.panel
        firms, years = panel.outcome.shape
        is_in = (panel.first_year + np.arange(years)[None, :] >= panel.joined[:, None]).astype(float)
        outcome, joined = _within(panel.outcome), _within(is_in)
        fit = sm.OLS(outcome.ravel(), joined.ravel()).fit(
            cov_type="cluster", cov_kwds={"groups": np.repeat(np.arange(firms), years)}
        )
        low, high = fit.conf_int()[0]
        covered += low <= known.truth(Settings().years_after) <= high
    return covered / panels


def _within(values: np.ndarray) -> np.ndarray:
    return values - values.mean(axis=1, keepdims=True) - values.mean(axis=0, keepdims=True) + values.mean()


def seconds_of_large() -> float:
    """One study of 20,000 firms over nine years, of which 1,500 joined."""
    known = simulated(1, firms=20_000)
    panel: Panel = known.panel
    joined = panel.joined.copy()
    joined[np.flatnonzero(joined != NEVER)[1500:]] = NEVER
    began = time.perf_counter()
    estimate(replace(panel, joined=joined), Settings())
    return time.perf_counter() - began


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--panels", type=int, default=PANELS)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    lines: dict[str, dict[str, Any]] = {}
    for method in ("propensity", "mahalanobis"):
        for name, effect in (("effect", 1.0), ("none", 0.0)):
            found = of_many(chosen.panels, Settings(method=method), effect)
            lines[f"{method}, {name}"] = found
            print(
                f"{method:<12} {name:<7} told {found['told']:>4}, refused {found['refused']}, "
                f"covered {found['covered']:.1%}, no effect found {found['silent']:.1%}, "
                f"{found['ms_each']:.0f} ms each"
            )
    plain = plain_covered(chosen.panels)
    apart = refused_of_moving_apart(chosen.panels)
    large = seconds_of_large()
    print(f"two-way fixed effects on the same panels: covered {plain:.1%}")
    print(f"groups that move apart anyway: refused {apart:.1%}")
    print(f"20,000 firms over nine years: {large:.1f} s")
    met = {
        "covered": all(
            COVERED_FROM <= found["covered"] <= COVERED_TO
            for name, found in lines.items()
            if name.endswith(" effect")
        ),
        "silent": all(
            found["silent"] >= SILENT_FROM for name, found in lines.items() if name.endswith(" none")
        ),
    }
    print(f"method {METHOD_VERSION}; met: {met}")
    if chosen.json:
        told = {"panels": lines, "plain": plain, "apart_refused": apart, "large_s": large, "met": met}
        chosen.json.write_text(json.dumps(told, indent=1))
    return 0 if all(met.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
