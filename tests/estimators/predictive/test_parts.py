"""Parts of the predictive estimator against the exact solver, scikit-learn and closed forms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import mmexplore as mm
from mmexplore.errors import BadData
from mmexplore.estimators.predictive.bounds import bounds
from mmexplore.estimators.predictive.columns import read_columns
from mmexplore.estimators.predictive.dual import dual_of, feasible, late_fusion, scored
from mmexplore.estimators.predictive.folds import assign
from mmexplore.estimators.predictive.logistic import fit, predict
from mmexplore.estimators.predictive.nulls import least_synergy, paired_anew
from mmexplore.estimators.predictive.pooling import best_power, mixture_weights, pool, raised
from mmexplore.estimators.predictive.probes import Member
from mmexplore.estimators.predictive.problem import Problem
from mmexplore.estimators.predictive.states import soft_table, states
from mmexplore.info.broja import solve
from tests.info.reference import clarabel_union

CERTAIN = 2e-6  # bit: twice the gap that the dual point is solved to


def problem(codes: np.ndarray, weights: np.ndarray | None = None) -> Problem:
    folds = assign(codes, 5, 0)
    w = np.ones(len(codes)) if weights is None else weights / weights.mean()
    return Problem(codes, int(codes.max()) + 1, w, folds, 0, lambda words: None)


def table(rng: np.random.Generator, shape: tuple[int, ...] = (4, 4, 3)) -> np.ndarray:
    p = rng.gamma(0.5, size=shape) + 1e-4
    return np.asarray(p / p.sum())


def entropy(p: np.ndarray) -> float:
    return float(-(p * np.log(p)).sum())


def value(lam: np.ndarray, mu: np.ndarray, p: np.ndarray) -> float:
    """H(Y) + E lam + E mu, in bits."""
    nats = entropy(p.sum(axis=(0, 1))) + (p.sum(axis=1) * lam).sum() + (p.sum(axis=0) * mu).sum()
    return float(nats) / np.log(2)


# -- the dual point ---------------------------------------------------------------------------------------------------------


@pytest.mark.rounding
@pytest.mark.parametrize("seed", range(12))
def test_the_dual_point_is_feasible_and_proves_the_union_information(seed):
    rng = np.random.default_rng(seed)
    p = table(rng)
    found = dual_of(p.sum(axis=1), p.sum(axis=0))
    exact = clarabel_union(p)
    assert found.log_z.max() <= 1e-12
    assert exact - 1e-5 <= value(found.lam, found.mu, p) <= exact + 1e-6
    # any other pair, once repaired, proves no more
    lam, mu = (part + rng.normal(size=part.shape) for part in (found.lam, found.mu))
    lam, mu = feasible(lam, mu, p.sum(axis=1), p.sum(axis=0))
    assert np.log(np.exp(lam[:, None] + mu[None]).sum(axis=2)).max() <= 1e-12
    assert value(lam, mu, p) <= exact + 1e-6


@pytest.mark.rounding
@pytest.mark.parametrize("shape", [(2, 2, 3), (1, 4, 2), (5, 3, 2), (3, 5, 4)])
def test_the_solver_hands_on_a_dual_point_for_any_shape_and_for_zero_cells(shape):
    rng = np.random.default_rng(1)
    p = np.stack([table(rng, shape) for _ in range(3)])
    p[1] *= rng.random(shape) > 0.4
    p[2, :, :, 0] = 0
    p /= p.sum(axis=(1, 2, 3), keepdims=True)
    found = solve(p, 1e-7, dual=True)
    assert found.dual is not None
    for k in range(3):
        lam, mu = found.dual[0][k], found.dual[1][k]
        assert lam.shape == (shape[0], shape[2])
        on1, on2 = p[k].sum(axis=1) > 0, p[k].sum(axis=0) > 0
        live = on1[:, None] & on2[None]
        z = np.where(live, np.exp(np.where(live, lam[:, None] + mu[None], 0.0)), 0.0).sum(axis=2)
        alpha = np.where(p[k].sum(axis=(1, 2)) > 0, np.log(np.maximum(z, 1e-300)).max(axis=1), 0.0)
        beta = np.where(p[k].sum(axis=(0, 2)) > 0, (np.log(np.maximum(z, 1e-300)) - alpha[:, None]).max(axis=0), 0.0)
        py = p[k].sum(axis=(0, 1))
        nats = entropy(py[py > 0]) - p[k].sum(axis=(1, 2)) @ alpha - p[k].sum(axis=(0, 2)) @ beta
        nats += (p[k].sum(axis=1)[on1] * lam[on1]).sum() + (p[k].sum(axis=0)[on2] * mu[on2]).sum()
        assert nats / np.log(2) <= found.upper[k] + 1e-12
        assert nats / np.log(2) >= found.upper[k] - 0.02 * max(found.upper[k], 0.01)
    assert solve(p, 1e-7).dual is None


@pytest.mark.rounding
def test_garbled_tables_have_no_more_union_information_and_redundancy():
    rng = np.random.default_rng(5)
    for _ in range(20):
        p = table(rng)
        blur = rng.dirichlet(np.ones(3), size=4)
        garbled = np.einsum("aby,ac->cby", p, blur)
        whole, less = mm.pid(p), mm.pid(garbled)
        u = [dual_of(one.sum(axis=1), one.sum(axis=0)).union for one in (p, garbled)]
        assert u[1] <= u[0] + CERTAIN
        assert less.i1 + less.i2 - u[1] <= whole.i1 + whole.i2 - u[0] + 2 * CERTAIN


def test_the_late_fusion_that_the_dual_point_is_scores_no_less_row_by_row():
    rng = np.random.default_rng(2)
    p = table(rng)
    cells = np.unravel_index(rng.choice(p.size, size=2000, p=p.ravel()), p.shape)
    rows = problem(cells[2])
    dual = dual_of(p.sum(axis=1), p.sum(axis=0))
    v, fused = scored(dual, cells[0], cells[1], rows), rows.bits(late_fusion(dual, cells[0], cells[1], rows))
    assert (fused - v >= -1e-3).all()  # probabilities below .5/n are lifted to it


# -- tables, pools ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ny", [2, 4])
def test_soft_tables_have_the_masses_of_the_rows(ny):
    rng = np.random.default_rng(ny)
    codes, p = rng.integers(0, ny, 500), rng.dirichlet(np.ones(ny), 500)
    rows = problem(codes, rng.random(500) + 0.1)
    cell = states(p, rows)
    assert set(cell) == set(range(cell.max() + 1))
    made = soft_table(p, cell, rows)
    np.testing.assert_allclose(made.sum(axis=1), np.bincount(cell, rows.weights) / rows.weights.sum(), atol=1e-9)
    np.testing.assert_allclose(made.sum(axis=0), rows.py, atol=1e-6)


def test_equal_posteriors_share_a_state():
    p = np.repeat([[0.2, 0.8], [0.6, 0.4]], 50, axis=0)
    assert len(np.unique(states(p, problem(np.tile([0, 1], 50))))) == 2


def test_mixture_weights_find_the_mixture_that_labels_were_drawn_from():
    rng = np.random.default_rng(0)
    a, b = (np.column_stack([q, 1 - q]) for q in rng.random((2, 20_000)))
    y = (rng.random(20_000) > (0.7 * a + 0.3 * b)[:, 0]).astype(int)
    at = np.arange(20_000)
    weights = mixture_weights(np.stack([a[at, y], b[at, y]], axis=1), np.ones(20_000))
    np.testing.assert_allclose(weights, [0.7, 0.3], atol=0.04)


def test_a_pool_undoes_posteriors_that_are_too_sure():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(3), 6000)
    y = (rng.random((6000, 1)) > p.cumsum(axis=1)).sum(axis=1)
    assert best_power(raised(p, 2.0), y, np.ones(6000)) == pytest.approx(0.5, abs=0.03)
    assert best_power(p, y, np.ones(6000)) == pytest.approx(1.0, abs=0.06)
    rows = problem(y)
    pooled = pool([Member("sharp", raised(p, 1.8))], rows)
    assert rows.mean(rows.bits(pooled.p)) == pytest.approx(rows.mean(rows.bits(p)), abs=0.01)
    assert pooled.temperature == pytest.approx(1 / 1.8, abs=0.05)


# -- logistic regression ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ny", [2, 3])
@pytest.mark.parametrize("c", [0.02, 30.0])
def test_logistic_regression_is_that_of_scikit_learn(ny, c):
    rng = np.random.default_rng(3)
    y = rng.integers(0, ny, 300)
    x = rng.normal(size=(300, 6)) + 0.8 * (y[:, None] == np.arange(6) % ny)
    w = rng.random(300) + 0.5
    theirs = LogisticRegression(C=c, tol=1e-8, max_iter=1000).fit(x, y, sample_weight=w).predict_proba(x)
    mine = predict(x, fit(x, y, ny, w, c, done=1e-10))
    np.testing.assert_allclose(mine, theirs, atol=2e-3)
    warm = predict(x, fit(x, y, ny, w, c, fit(x, y, ny, w, 1.0), done=1e-10))
    np.testing.assert_allclose(warm, theirs, atol=2e-3)


def test_many_columns_go_another_way_to_the_same_answer():
    rng = np.random.default_rng(4)
    y = rng.integers(0, 2, 200)
    x = rng.normal(size=(200, 300)) + 0.3 * y[:, None] * (np.arange(300) < 5)
    theirs = LogisticRegression(C=0.02, tol=1e-8, max_iter=1000).fit(x, y).predict_proba(x)
    np.testing.assert_allclose(predict(x, fit(x, y, 2, np.ones(200), 0.02, done=1e-10)), theirs, atol=5e-3)


# -- folds ------------------------------------------------------------------------------------------------------------------


def test_folds_are_stratified_keep_groups_and_are_blocks_of_time():
    rng = np.random.default_rng(0)
    y = rng.choice(3, size=307, p=[0.7, 0.2, 0.1])
    counts = np.stack([np.bincount(assign(y, 5, 0)[y == k], minlength=5) for k in range(3)])
    assert np.ptp(counts, axis=1).max() <= 1
    assert np.ptp(counts.sum(axis=0)) <= 1
    groups = rng.integers(0, 60, 307)
    folds = assign(y, 5, 0, groups=groups)
    assert all(len(np.unique(folds[groups == g])) == 1 for g in np.unique(groups))
    assert np.bincount(folds).min() > 40
    time = rng.permutation(307)
    blocks = assign(y, 5, 0, time=time)
    assert (np.diff(blocks[np.argsort(time)]) >= 0).all()
    assert np.ptp(np.bincount(blocks)) <= 1
    both = assign(y, 5, 0, groups=time // 10, time=time)
    assert (np.diff(both[np.argsort(time)]) >= 0).all()
    with pytest.raises(BadData, match="one group only"):
        assign(y, 5, 0, groups=np.zeros(307, dtype=int))


# -- pairing without synergy ------------------------------------------------------------------------------------------------


def test_pairing_anew_keeps_both_pairs_with_the_label_and_leaves_no_synergy():
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2, (3000, 2))
    rows = problem(bits[:, 0] ^ bits[:, 1])
    blocks = rows.codes * 5 + rows.folds
    odds = least_synergy(bits[:, 0], bits[:, 1], rows)
    partner = paired_anew(odds, bits[:, 0], bits[:, 1], blocks, rows.codes, rng)
    assert sorted(partner) == list(range(3000))
    assert (blocks[partner] == blocks).all()
    asked = {"permutations": 0, "bootstraps": 0}
    before, after = (
        mm.estimate_from_samples(bits[:, 0], b, rows.codes, **asked).plugin for b in (bits[:, 1], bits[partner, 1])
    )
    assert before.synergy > 0.95
    assert after.synergy < 0.01
    assert after.i2 == pytest.approx(before.i2, abs=1e-12)


def test_pairing_anew_follows_the_odds_of_a_coupling():
    # one class, two states a side, half of each: chances of a pair of equal states are those of the coupling of odds 3 to 1
    rng = np.random.default_rng(1)
    n = 4000
    state, none = np.arange(n) % 2, np.zeros(n, dtype=np.int64)
    q = np.array([[0.375, 0.125], [0.125, 0.375]])
    odds = np.log(q / 0.25)[:, :, None]
    partner = paired_anew(odds, state, state, none, none, rng)
    assert (state == state[partner]).mean() == pytest.approx(0.75, abs=0.04)


# -- bounds, columns --------------------------------------------------------------------------------------------------------


def test_bounds_without_a_model_hold_for_exact_decompositions():
    rng = np.random.default_rng(0)
    for _ in range(60):
        p = table(rng, (3, 3, 2))
        exact, h = mm.pid(p), entropy(p.sum(axis=(0, 1))) / np.log(2)
        found = bounds(exact.i1, exact.i2, h)
        assert exact.redundancy >= found.redundancy - 1e-9
        for name in ("unique1", "unique2", "synergy"):
            assert getattr(exact, name) <= getattr(found, name) + 1e-9


def test_columns_of_any_kind_become_numbers():
    frame = pd.DataFrame(
        {
            "number": [1.0, np.nan, 3.0, np.inf],
            "written": ["1", "2", None, "4"],
            "kind": ["a", "b", "a", None],
            "day": pd.to_datetime(["2020-01-01", None, "2020-01-03", "2020-01-04"]),
            "yes": [True, False, True, True],
            "flat": [5, 5, 5, 5],
            "gone": [None, None, None, None],
            "again": [1.0, np.nan, 3.0, np.inf],
        }
    )
    made = read_columns(frame, "x1")
    assert made.names == ("number", "written", "kind = a", "kind = b", "day", "yes")
    np.testing.assert_array_equal(made.values[:, 0], [1, np.nan, 3, 5])  # a range beyond the largest
    np.testing.assert_array_equal(made.values[:, 2:4], [[1, 0], [0, 1], [1, 0], [0, 0]])
    told = " ".join(made.notes)
    for words in (
        "infinite",
        "do not vary are left out: flat",
        "hold no value are left out: gone",
        "repeat another column are left out: again",
    ):
        assert words in told
    for bad in (np.zeros((3, 2, 2)), np.zeros((3, 0)), np.array([1j, 2]), [[1], [1, 2]], [{}, {}]):
        with pytest.raises(BadData, match="x1"):
            read_columns(bad, "x1")


def test_no_interval_goes_beyond_the_entropy_of_the_target():
    """Four separate clusters tell all of a label of two bits, but for what 80 rows leave open."""
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(4), 20)
    x = np.stack([y // 2, y % 2], axis=1) * 6 + rng.standard_normal((80, 2))
    found = mm.estimate_pid(x, x[:, ::-1], y, "predictive", draws=0).predictive
    assert found.readings["i12"].value > 1.5
    assert all(one.interval.high <= 2.0 + 1e-12 for one in found.readings.values())
