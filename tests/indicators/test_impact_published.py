"""The method on a textbook data set against published estimates.

Cattaneo (2010), Journal of Econometrics 155: birth weights of 4,642 children and whether their mothers
smoked; statsmodels ships the table. The estimates are those of Stata's teffects for the effect on the
treated, with one neighbour and all ties.
"""

import csv
from importlib.resources import files

import numpy as np

from filiera.indicators.impact import NEVER, Panel, Settings
from filiera.indicators.impact.effects import differences, effect, estimates
from filiera.indicators.impact.matching import matched, stacked


def birth_weights(covariates: list[str], classes: list[str]) -> Panel:
    """Two years: nothing differs in the first, who smokes joins in the second."""
    table = files("statsmodels.treatment.tests.results") / "cataneo2.csv"
    rows = list(csv.DictReader(table.read_text().splitlines()))

    def column(name: str) -> np.ndarray:
        yes_no = {"married": 1.0, "notmarried": 0.0, "smoker": 1.0, "nonsmoker": 0.0, "Yes": 1.0, "No": 0.0}
        return np.array([yes_no[row[name]] if row[name] in yes_no else float(row[name]) for row in rows])

    def twice(names: list[str]) -> np.ndarray:
        values = np.column_stack([column(name) for name in names]) if names else np.zeros((len(rows), 0))
        return np.repeat(values[:, None, :], 2, axis=1)

    weight = column("bweight")
    return Panel(
        first_year=2000,
        joined=np.where(column("mbsmoke_") == 1, 2001, NEVER),
        outcome=np.column_stack([np.zeros_like(weight), weight]),
        covariates=twice(covariates),
        classes=twice(classes).astype(int),
        covariate_names=tuple(covariates),
        class_names=tuple(classes),
    )


def effect_on_smokers(panel: Panel, method: str):
    settings = Settings(method=method, neighbours=1, caliper=None)
    matches = matched(stacked(panel, settings), settings)
    return effect(estimates(differences(panel, matches, (0,)), ((0,),)), 0, 0)


def test_matching_by_mahalanobis_distance_agrees_with_the_published_estimate():
    # teffects nnmatch (bweight mmarried mage fage medu prenatal1) (mbsmoke),
    #     ematch(mmarried prenatal1) biasadj(mage fage medu) atet: -238.52, standard error 30.42
    panel = birth_weights(["mage", "fage", "medu"], ["mmarried_", "prenatal1_"])

    found = effect_on_smokers(panel, "mahalanobis")

    assert found.members == 864
    assert abs(found.value - -238.52) < 1
    assert abs(found.error / 30.42 - 1) < 0.05


def test_matching_by_propensity_score_agrees_with_the_published_estimate():
    # teffects psmatch (bweight) (mbsmoke mmarried mage fage medu prenatal1), atet: -224.59, standard error
    # 30.55; without the correction that takes out what matching leaves unequal.
    panel = birth_weights(["mmarried_", "mage", "fage", "medu", "prenatal1_"], [])

    found = effect_on_smokers(panel, "propensity")

    assert found.members == 864
    assert abs(found.value - -224.59) < 6
    assert abs(found.error / 30.55 - 1) < 0.05
