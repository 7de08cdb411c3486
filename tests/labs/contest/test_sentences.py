"""Sentences of the page Compare against readings that do not come from it: pandas on the same estimates, known laws, drawn rows."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kendalltau, spearmanr

import mmexplore as mm
from mmexplore.labs.contest.contest import Point
from mmexplore.labs.contest.figures import cost_figure, figures, note, score_differences, scores
from mmexplore.labs.contest.presets import PRESETS
from mmexplore.labs.contest.scene import CompareScene
from mmexplore.labs.contest.ui.about import _held
from mmexplore.labs.contest.ui.pinned import missing
from mmexplore.labs.contest.verdict import verdict

VIEWS = {
    "pid": {"data": "sign-product", "points": 3, "seeds": 4, "estimators": "binned,gaussian"},
    "mi": {"question": "mi", "data": "gaussian-pair", "data.bits": 1.5, "points": 4, "seeds": 3, "estimators": "ksg,gaussian"},
    "calibration": {"question": "calibration", "data": "gaussian-pair", "points": 5, "seeds": 2, "estimators": "ksg,binned"},
}  # fmt: skip


def made_up(scene: CompareScene, seed: int) -> tuple[list[Point], pd.DataFrame]:
    """Estimates drawn about the truth, with intervals that hold now and then, and the same as a table."""
    plan, rng = scene.plan(), np.random.default_rng(seed)
    points, rows = [], []
    for name, entry in scene.chosen().items():
        for at in plan.ats:
            for sample in range(plan.seeds):
                true = plan.truth(at)
                values, low, high = {}, {}, {}
                seconds = float(rng.uniform(0.1, 2.0))
                for quantity in scene.quantities():
                    values[quantity] = float(true[quantity] + rng.normal(scale=0.3))
                    low[quantity] = values[quantity] - float(rng.uniform(0, 0.5))
                    high[quantity] = values[quantity] + float(rng.uniform(0, 0.5))
                    rows.append((entry.label, name, at, sample, quantity, true[quantity], values[quantity], low[quantity], high[quantity], seconds))  # fmt: skip
                points.append(Point(name, at, sample, values, low, high, seconds=seconds))
    names = ("label", "name", "at", "sample", "quantity", "true", "value", "low", "high", "seconds")
    return points, pd.DataFrame(rows, columns=list(names))


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("seed", [0, 1])
def test_how_they_did_is_what_pandas_counts(view, seed):
    scene = CompareScene().put(**VIEWS[view])
    points, table = made_up(scene, seed)
    table["error"] = table.value - table.true
    table["held"] = (table.low <= table.true) & (table.true <= table.high)
    for score in scores(scene, points):
        mine = table[table["name"] == score.name]
        assert score.bias == pytest.approx(mine.error.mean())
        assert score.error == pytest.approx(math.sqrt((mine.error**2).mean()))
        worst = mine.loc[mine.error.abs().idxmax()]
        assert score.worst == pytest.approx((worst.error, worst["at"]))
        assert score.seconds == pytest.approx(mine.drop_duplicates(["at", "sample"]).seconds.median())
        counts = mine.groupby("quantity").held.agg(["sum", "count"])
        for quantity, (held, count) in score.by_quantity.items():
            assert (held, count) == tuple(counts.loc[quantity])
        assert f"{int(counts['sum'].iloc[0])} of {int(counts['count'].iloc[0])}" in _held(score)
    for group in cost_figure(scene, points).groups:
        mine = table[table.label == group.label]
        by_place = mine.groupby("at")
        assert group.y.tolist() == pytest.approx(by_place.error.apply(lambda e: math.sqrt((e**2).mean())).tolist())
        one = mine.drop_duplicates(["at", "sample"]).groupby("at").seconds.median()
        assert group.x.tolist() == pytest.approx(one.tolist())
    for quantity, figure in zip(scene.quantities(), figures(scene, points), strict=True):
        for group in figure.groups:
            mine = table[(table.label == group.label) & (table.quantity == quantity)].groupby("at")
            assert group.y.tolist() == pytest.approx(mine.value.mean().tolist())
            assert group.low.tolist() == pytest.approx(mine.low.mean().tolist())
    assert f"mean of {scene.seeds} samples a place" in note(scene)


@pytest.mark.parametrize("view", VIEWS)
def test_differences_of_scores_are_those_of_two_tables(view):
    scene = CompareScene().put(**VIEWS[view])
    (first, before), (second, after) = (made_up(scene, seed) for seed in (2, 3))
    for row in score_differences(scores(scene, first), scores(scene, second)):
        for shown, table in ((row.a, before), (row.b, after)):
            mine = table[table.label == row.label]
            error = mine.value - mine.true
            expected = {
                "error (bit)": math.sqrt((error**2).mean()),
                "bias (bit)": error.mean(),
                "coverage (share of intervals)": ((mine.low <= mine.true) & (mine.true <= mine.high)).mean(),
            }[row.quantity]
            assert shown == pytest.approx(expected)


@pytest.mark.parametrize("there", [0, 1, 7])
def test_what_is_missing_of_a_view_is_counted(there):
    scene = CompareScene().put(**VIEWS["pid"])
    points, _ = made_up(scene, 0)
    told = missing(scene, [p for p in points if p.estimator == "gaussian"][:there])
    assert f"Of Gaussian, {there} of 12 estimates are there." in told


@pytest.mark.parametrize("seed", range(3))
def test_in_the_sign_product_no_pair_shows_anything_and_both_together_one_bit(seed):
    x1, x2, y = (np.ravel(block) for block in mm.make("sign-product", n=20_000, seed=seed))
    for a, b in ((x1, y), (x2, y), (x1, x2)):
        assert abs(spearmanr(a, b)[0]) < 0.03 and abs(spearmanr(np.abs(a), np.abs(b))[0]) < 0.03
    assert np.mean((x1 * x2 > 0) == (y > 0)) == 1.0  # the sign of y, a fair coin, is told for certain
    assert abs(spearmanr(np.abs(y), np.abs(x1 * x2))[0]) < 0.03  # ... and nothing else of it


@pytest.mark.parametrize("dof", [1.0, 3.0, 10.0])
def test_under_heavy_tails_views_share_their_scale_alone(dof):
    x1, _, y = mm.make("student-pair", dof=dof, n=8000, seed=4)
    for a in x1.T:
        for b in np.reshape(y, (len(y), -1)).T:
            assert abs(kendalltau(a, b)[0]) < 0.03
            assert spearmanr(np.abs(a), np.abs(b))[0] > 0.5 / (dof + 2)
    assert "share their scale only" in PRESETS["tails"].why


@pytest.mark.parametrize("bend", [0.25, 0.5, 1.0])
def test_a_bend_of_single_columns_moves_no_rank_and_a_wave_does(bend):
    straight, bent, wave = (
        mm.make("warped", n=400, seed=2, bend=b, warp=w) for b, w in ((0.0, "cubic"), (bend, "cubic"), (bend, "wave"))
    )
    moved = [
        np.abs(np.argsort(np.argsort(a, axis=0), axis=0) - np.argsort(np.argsort(b, axis=0), axis=0)).max()
        for a, b in ((straight.x1, bent.x1), (straight.x1, wave.x1))
    ]
    assert moved[0] == 0 < moved[1]


@pytest.mark.parametrize("classes", [4, 16, 64])
def test_a_critic_that_compares_rows_tells_at_most_their_logarithm(classes):
    """InfoNCE of the best critic there is, for pairs that share far more than log2 B bits; and bins of the same number."""
    rng = np.random.default_rng(classes)
    z = rng.normal(size=(200, classes))
    scores_ = -((z[:, :, None] - (z + 1e-6 * rng.normal(size=z.shape))[:, None, :]) ** 2) / 2e-12
    own = np.take_along_axis(scores_, np.arange(classes)[None, :, None], axis=2)[..., 0]
    told = np.mean(own - np.logaddexp.reduce(scores_, axis=2)) + np.log(classes)
    assert told / np.log(2) == pytest.approx(math.log2(classes), abs=0.1)
    binned = np.digitize(z.ravel(), np.quantile(z.ravel(), np.linspace(0, 1, classes + 1)[1:-1]))
    shares = np.bincount(binned) / binned.size
    assert -(shares * np.log2(shares)).sum() == pytest.approx(math.log2(classes), abs=0.01)


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_verdict_names_who_is_closest_and_whose_intervals_cover_as_pandas_counts(view, seed):
    scene = CompareScene().put(**VIEWS[view])
    points, table = made_up(scene, seed)
    table["error"] = (table.value - table.true) ** 2
    table["held"] = (table.low <= table.true) & (table.true <= table.high)
    errors = np.sqrt(table.groupby("label").error.mean()).sort_values()
    held = table.groupby("label").held.agg(["sum", "count"])
    said = verdict(scores(scene, points), known=True)
    best, worst = errors.index[0], errors.index[-1]
    assert f"{best} is closest to the truth, off by {errors[best]:.2f} bit" in said
    assert f"{held['sum'][best]} of its {held['count'][best]} intervals cover the truth" in said
    assert f"{worst} is off by {errors[worst]:.2f} bit" in said
    bound = 0.95 - 2 * np.sqrt(0.95 * 0.05 / held["count"][worst])
    short = held["sum"][worst] / held["count"][worst] < bound
    count = f"{held['sum'][worst]} of {held['count'][worst]}"
    assert (f"Intervals of {worst} cover it in {count}" in said or f"those of {worst} in {count}" in said) == short


def test_the_verdict_of_one_of_none_and_of_an_unknown_truth():
    scene = CompareScene().put(**VIEWS["pid"])
    points, _ = made_up(scene, 0)
    one = scores(scene, [p for p in points if p.estimator == "gaussian"])
    assert verdict(one, known=True).startswith("Here Gaussian is off by ")
    assert verdict((), known=True, done=False) == "So far: no estimate yet."
    assert "not known here" in verdict(one, known=False)
