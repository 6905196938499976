"""Panels with a known effect: what the method is checked with, and what the demonstration shows.

Firms of three sectors and two sizes in two regions; the more productive join more often, and their outcome
grows faster whether they join or not, so that a plain comparison is wrong. Joining is staggered; its effect
grows over the years and differs between those who join early and late, so that two-way fixed effects are
wrong, too.
"""

from dataclasses import dataclass

import numpy as np

from .panel import NEVER, Floats, Panel

COVARIATES = ("employees", "productivity")
CLASSES = ("sector", "size_class", "region")


@dataclass(frozen=True, slots=True)
class Simulated:
    """A panel, and what joining did to each firm in each year."""

    panel: Panel
    effect: Floats

    def truth(self, years_after: int) -> float:
        """The mean effect over members and years after joining that a study of the whole panel looks at."""
        panel = self.panel
        years = panel.first_year + np.arange(panel.outcome.shape[1])
        since = years[None, :] - panel.joined[:, None]
        seen = (since >= 0) & (since <= years_after) & (panel.joined > panel.first_year)[:, None]
        return float(self.effect[seen].mean()) if seen.any() else 0.0


def simulated(
    seed: int,
    *,
    firms: int = 600,
    years: int = 9,
    first_year: int = 2014,
    effect: float = 1.0,
    selection: float = 0.8,
    different_trend: float = 0.0,
) -> Simulated:
    """A panel from a seed.

    `effect` scales what joining does, 0 for nothing; `selection` how strongly the better join; and
    `different_trend` is by how much members would have grown faster every year without joining, beyond what
    covariates explain: with it no method of this kind may tell an estimate.
    """
    random = np.random.default_rng(seed)
    sector = random.integers(0, 3, firms)
    region = random.integers(0, 2, firms)
    productivity = random.normal(0, 1, firms)
    employees = np.exp(random.normal(3.2, 0.7, firms) + 0.2 * productivity)
    size = (employees > 30).astype(np.int64)
    wish = selection * (0.6 * productivity + 0.5 * (np.log(employees) - 3.2)) + 0.3 * (sector == 1)
    joins = random.random(firms) < 1 / (1 + np.exp(1.3 - wish))
    cohorts = np.arange(first_year + 4, first_year + 8)
    joined = np.where(joins, random.choice(cohorts, firms), NEVER)
    calendar = first_year + np.arange(years)
    since = calendar[None, :] - joined[:, None]
    of_cohort = 1.0 + 0.15 * (cohorts.mean() - np.where(joins, joined, cohorts.mean()))
    told = effect * of_cohort[:, None] * (0.6 + 0.25 * np.clip(since, 0, None))
    told = np.where(since >= 0, told + effect * random.normal(0, 0.3, firms)[:, None], 0.0)
    growth = 0.25 * productivity + 0.15 * (sector == 1) + 0.1 * region + 0.1 * size
    outcome = (
        20
        + 3 * productivity[:, None]
        + 2 * size[:, None]
        + random.normal(0, 2, firms)[:, None]
        + growth[:, None] * np.arange(years)[None, :]
        + different_trend * joins[:, None] * np.arange(years)[None, :]
        + 0.8 * np.sin(np.arange(years))[None, :]
        + _persistent(random, firms, years)
        + told
    )
    drift = np.exp(random.normal(0, 0.03, (firms, years)).cumsum(axis=1))
    covariates = np.stack(
        [
            np.log(employees[:, None] * drift),
            productivity[:, None] + random.normal(0, 0.05, (firms, years)),
        ],
        axis=2,
    )
    classes = np.repeat(np.column_stack([sector, size, region])[:, None, :], years, axis=1)
    panel = Panel(first_year, joined, outcome, covariates, classes, COVARIATES, CLASSES)
    return Simulated(panel, told)


def _persistent(random: np.random.Generator, firms: int, years: int) -> Floats:
    """Luck that lasts: each year keeps half of the year before."""
    shocks = random.normal(0, 1.0, (firms, years))
    noise = np.empty((firms, years))
    noise[:, 0] = shocks[:, 0] / np.sqrt(1 - 0.25)
    for year in range(1, years):
        noise[:, year] = 0.5 * noise[:, year - 1] + shocks[:, year]
    return noise


def as_table(known: Simulated, outcome: str = "turnover") -> str:
    """The panel as somebody would upload it: one row for each firm and year, as CSV."""
    panel = known.panel
    lines = [",".join(("firm", "year", "joined", outcome, *COVARIATES, *CLASSES))]
    for firm, joined in enumerate(panel.joined):
        for at in range(panel.outcome.shape[1]):
            values = (panel.outcome[firm, at], *panel.covariates[firm, at])
            cells = [
                f"F{firm + 1:04d}",
                str(panel.first_year + at),
                "" if joined == NEVER else str(joined),
                *(f"{value:.3f}" for value in values),
                *(str(code + 1) for code in panel.classes[firm, at]),
            ]
            lines.append(",".join(cells))
    return "\n".join(lines) + "\n"
