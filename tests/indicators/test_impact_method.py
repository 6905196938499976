"""The method on panels whose effect is known."""

from dataclasses import replace

import numpy as np
import pytest

from filiera.indicators.impact import NEVER, Panel, PanelIsWrong, Reason, Settings, estimate
from filiera.indicators.impact.effects import differences, effect, estimates
from filiera.indicators.impact.matching import matched, stacked
from filiera.indicators.impact.simulation import simulated

YEARS_AFTER = Settings().years_after


def made(joined, outcome, covariates=None, classes=None):
    outcome = np.asarray(outcome, dtype=float)
    if covariates is None:
        covariates = np.zeros((*outcome.shape, 0))
    if classes is None:
        classes = np.zeros((*outcome.shape, 0), dtype=int)
    return Panel(
        first_year=2000,
        joined=np.asarray(joined, dtype=np.int64),
        outcome=outcome,
        covariates=covariates,
        classes=classes,
        covariate_names=tuple(f"x{number}" for number in range(covariates.shape[2])),
        class_names=tuple(f"c{number}" for number in range(classes.shape[2])),
    )


@pytest.mark.parametrize("method", ["propensity", "mahalanobis"])
def test_the_interval_covers_a_known_effect_and_finds_it(method):
    covered, found = [], []

    for seed in range(24):
        known = simulated(seed)
        overall = estimate(known.panel, Settings(method=method)).overall
        if overall is not None:
            covered.append(overall.low <= known.truth(YEARS_AFTER) <= overall.high)
            found.append(overall.low > 0)

    assert len(covered) >= 20
    assert sum(covered) / len(covered) >= 0.9
    assert all(found)


def test_no_effect_is_found_where_there_is_none():
    overalls = [estimate(simulated(seed, effect=0).panel, Settings()).overall for seed in range(24)]

    wrong = [overall for overall in overalls if overall is not None and not overall.low <= 0 <= overall.high]

    assert len(wrong) <= 2


def test_a_plain_comparison_would_be_wrong_where_the_method_is_right():
    known = simulated(3, effect=0)
    panel = known.panel

    joined = panel.joined != NEVER
    growth = panel.outcome[:, -1] - panel.outcome[:, 0]
    plain = growth[joined].mean() - growth[~joined].mean()

    overall = estimate(panel, Settings()).overall
    assert plain > 1
    assert overall is not None
    assert abs(overall.value) < 0.5


def test_the_effect_of_a_tiny_panel_by_hand():
    # Two members join in 2002; the third firm never does. They gain 5 and 7, it gains 1.
    panel = made([2002, 2002, NEVER], [[1, 2, 7], [1, 2, 9], [4, 4, 5]])
    settings = Settings(neighbours=1, years_after=0)

    matches = matched(stacked(panel, settings), settings)
    found = effect(estimates(differences(panel, matches, (0,)), ((0,),)), 0, 0)

    assert found.value == pytest.approx((5 - 1 + 7 - 1) / 2)
    assert (found.members, found.compared) == (2, 1)


def test_who_joins_later_is_compared_only_outside_its_own_window():
    # Firm 1 joins in 2004: within the three years that firm 0 is followed, so only firm 2 is compared.
    panel = made([2002, 2004, NEVER], np.zeros((3, 8)))

    stack = stacked(panel, Settings(years_after=3))
    of_2002 = stack.firm[(stack.cohort == 2002) & ~stack.is_member]

    assert of_2002.tolist() == [2]
    assert 1 in stacked(panel, Settings(years_after=1)).firm[:3]


def test_members_are_compared_within_their_classes_only():
    classes = np.array([0, 1, 0, 1])[:, None, None].repeat(3, axis=1)
    panel = made([2002, 2002, NEVER, NEVER], np.zeros((4, 3)), classes=classes)

    matches = matched(stacked(panel, Settings(years_after=0)), Settings(years_after=0))
    pairs = {
        (int(matches.stack.firm[one]), int(matches.stack.firm[two]))
        for one, two in zip(matches.member, matches.other, strict=True)
    }

    assert pairs == {(0, 2), (1, 3)}


def test_the_order_of_firms_changes_nothing():
    panel = simulated(5).panel
    order = np.random.default_rng(1).permutation(len(panel.joined))
    mixed = replace(
        panel,
        joined=panel.joined[order],
        outcome=panel.outcome[order],
        covariates=panel.covariates[order],
        classes=panel.classes[order],
    )

    one, two = estimate(panel, Settings()), estimate(mixed, Settings())

    assert one.overall is not None
    assert two.overall is not None
    assert two.overall.value == pytest.approx(one.overall.value)
    assert two.overall.error == pytest.approx(one.overall.error)


def test_missing_values_are_left_out_and_said():
    panel = simulated(6).panel
    outcome = panel.outcome.copy()
    outcome[np.random.default_rng(2).random(outcome.shape) < 0.1] = np.nan

    result = estimate(panel.with_outcome(outcome), Settings())

    assert result.without_values > 0
    assert result.overall is not None


def test_too_few_members_are_refused():
    panel = simulated(1).panel
    joined = panel.joined.copy()
    joined[np.flatnonzero(joined != NEVER)[15:]] = NEVER

    result = estimate(panel.with_outcome(panel.outcome, joined), Settings())

    assert (result.reason, result.overall) == (Reason.TOO_FEW_MEMBERS, None)


def test_years_that_do_not_reach_far_enough_are_refused():
    panel = simulated(1).panel
    joined = np.where(panel.joined == NEVER, NEVER, panel.first_year + 1)

    result = estimate(panel.with_outcome(panel.outcome, joined), Settings())

    assert (result.reason, result.overall) == (Reason.TOO_FEW_YEARS, None)


def test_groups_that_do_not_overlap_are_refused():
    panel = simulated(1).panel
    apart = panel.covariates + 100 * (panel.joined != NEVER)[:, None, None]

    result = estimate(replace(panel, covariates=apart), Settings())

    assert (result.reason, result.overall) == (Reason.NO_COMMON_SUPPORT, None)


def test_too_few_firms_to_compare_are_refused():
    panel = simulated(1).panel
    keep = np.concatenate([np.flatnonzero(panel.joined != NEVER), np.flatnonzero(panel.joined == NEVER)[:12]])
    few = Panel(
        first_year=panel.first_year,
        joined=np.where(panel.joined == NEVER, NEVER, 2018)[keep],
        outcome=panel.outcome[keep],
        covariates=panel.covariates[keep][:, :, :0],
        classes=panel.classes[keep][:, :, :0],
        covariate_names=(),
    )

    result = estimate(few, Settings())

    assert (result.reason, result.overall) == (Reason.TOO_FEW_COMPARED, None)


def test_groups_that_stay_apart_after_matching_are_refused():
    panel = simulated(1, selection=3).panel
    # Wide calipers and the nearest of few: members stay ahead of whom they are compared with.
    result = estimate(panel, Settings(caliper=None, neighbours=20))

    assert (result.reason, result.overall) == (Reason.NOT_BALANCED, None)


def test_groups_that_moved_apart_before_are_refused_and_only_that_is_shown():
    result = estimate(simulated(1, different_trend=0.6).panel, Settings())

    assert (result.reason, result.overall) == (Reason.PRETRENDS_DIFFER, None)
    assert {each.year for each in result.effects} == {-3, -2}


def test_percent_need_values_above_zero():
    panel = simulated(1).panel

    result = estimate(panel.with_outcome(panel.outcome - 100), Settings(scale="log"))

    assert (result.reason, result.overall) == (Reason.NOT_POSITIVE, None)


def test_percent_are_estimated_as_logarithms():
    known = simulated(2, effect=0)
    factor = np.where(
        known.panel.first_year + np.arange(9)[None, :] >= known.panel.joined[:, None], np.log(1.1), 0.0
    )
    panel = known.panel.with_outcome(np.exp(known.panel.outcome / 40 + factor))

    overall = estimate(panel, Settings(scale="log")).overall

    assert overall is not None
    assert overall.low < np.log(1.1) < overall.high


def test_the_placebo_looks_at_years_before_joining_only():
    known = simulated(4)
    after = known.panel.first_year + np.arange(9)[None, :] >= known.panel.joined[:, None]
    louder = known.panel.with_outcome(np.where(after, known.panel.outcome + 1000, known.panel.outcome))

    one, two = estimate(known.panel, Settings()), estimate(louder, Settings())

    assert one.placebo is not None
    assert one.placebo == two.placebo


@pytest.mark.parametrize(
    "wrong",
    [{"method": "nearest"}, {"neighbours": 0}, {"caliper": -1.0}, {"years_before": 1}, {"scale": "root"}],
)
def test_settings_that_are_not_possible_are_refused(wrong):
    with pytest.raises(PanelIsWrong):
        Settings(**wrong)


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(PanelIsWrong):
        made([2002], np.zeros((2, 3)))
