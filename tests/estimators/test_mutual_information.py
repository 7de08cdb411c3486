"""Estimators of mutual information: exact values on families that have them, published formulas by sklearn's code, invariances, intervals, refusals."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import digamma, gammaln
from scipy.stats import multivariate_t, t
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

import mmexplore as mm
from mmexplore import BadData, BadSpec, Unsupported
from mmexplore.estimators.mi import REGISTRY
from mmexplore.estimators.mi.ksg import count_within, labelled, neighbours

LN2 = math.log(2.0)
CLOSED = tuple(name for name, e in REGISTRY.items() if not e.trained)


def gaussian_pair(n: int, d: int, rho: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray, float]:
    """d pairs of correlation rho each, and their information in bits."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((n, d))
    return x, rho * x + math.sqrt(1 - rho**2) * rng.standard_normal((n, d)), -0.5 * d * math.log2(1 - rho**2)


def student_pair(n: int, dof: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray, float]:
    """An uncorrelated bivariate Student-t: dependent by its common scale."""

    def entropy(d: int) -> float:  # nats, unit scale
        half = (dof + d) / 2
        terms = gammaln(dof / 2) - gammaln(half) + d / 2 * math.log(dof * math.pi)
        return float(terms + half * (digamma(half) - digamma(dof / 2)))

    rng = np.random.default_rng(seed)
    scale = np.sqrt(dof / rng.chisquare(dof, n))
    truth = (2 * entropy(1) - entropy(2)) / LN2
    return rng.standard_normal(n) * scale, rng.standard_normal(n) * scale, truth


def label_mixture(n: int, gap: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray, float]:
    """Unit Gaussians whose means differ by `gap` between two equal classes."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)

    def term(z: float) -> float:
        p = 0.5 * (math.exp(-z * z / 2) + math.exp(-((z - gap) ** 2) / 2)) / math.sqrt(2 * math.pi)
        return -p * math.log2(p)

    truth = quad(term, -12, 12 + gap)[0] - 0.5 * math.log2(2 * math.pi * math.e)
    return rng.standard_normal(n) + gap * y, y, truth


# -- exact values ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("d, rho", [(1, 0.0), (1, 0.9), (2, 0.6), (4, 0.5)])
@pytest.mark.parametrize("name, lean", [("ksg", 0.06), ("gaussian", 0.0), ("copula", 0.01)])
def test_gaussian_pairs(name, lean, d, rho):
    x, y, truth = gaussian_pair(2000, d, rho, seed=7)
    found = mm.mutual_information(x, y, name)
    error = (found.interval.high - found.interval.low) / 3.92
    assert abs(found.mi - truth) <= lean * truth + 3.5 * error
    assert (found.dims, found.kinds, found.n) == ((d, d), ("number", "number"), 2000)


@pytest.mark.parametrize("name", ["ksg", "copula"])
def test_monotone_maps_of_columns_change_nothing(name):
    x, y, _ = gaussian_pair(500, 2, 0.7)
    warped = np.exp(3 * x), np.stack([np.cbrt(y[:, 0]), np.sinh(2 * y[:, 1])], axis=1)
    assert mm.mutual_information(*warped, name).mi == pytest.approx(mm.mutual_information(x, y, name).mi, abs=1e-9)


@pytest.mark.rounding
def test_warped_gaussian_is_found_by_ranks_and_missed_by_correlation():
    x, y, truth = gaussian_pair(3000, 1, 0.8, seed=2)
    found = {name: mm.mutual_information(np.exp(4 * x), y**5, name) for name in ("ksg", "copula", "gaussian")}
    assert found["ksg"].mi == pytest.approx(truth, abs=0.06)
    assert found["copula"].mi == pytest.approx(truth, abs=0.06)
    assert found["gaussian"].mi < 0.5 * truth
    assert any("Not Gaussian" in w for w in found["gaussian"].warnings)


def test_student_pairs_are_dependent_without_correlation():
    x, y, truth = student_pair(5000, 2, seed=3)
    ratio = multivariate_t(shape=np.eye(2), df=2).logpdf(np.stack([x, y], axis=1)) - t(2).logpdf(x) - t(2).logpdf(y)
    assert truth == pytest.approx(ratio.mean() / LN2, abs=4 * ratio.std() / LN2 / math.sqrt(5000))
    assert mm.mutual_information(x, y).mi == pytest.approx(truth, abs=0.04)
    assert mm.mutual_information(x, y, "copula").mi == pytest.approx(0.0, abs=0.005)
    assert any("Heavy tails" in w for w in mm.mutual_information(x, y, margins="standard").warnings)
    assert not any("Heavy tails" in w for w in mm.mutual_information(x, y).warnings)


@pytest.mark.parametrize(
    "name, gap, lean",
    [
        ("ksg", 0.0, 0.0),
        ("ksg", 1.0, 0.0),
        ("ksg", 3.0, 0.0),
        ("copula", 0.0, 0.0),
        ("copula", 1.0, 0.01),
        ("copula", 3.0, 0.15),  # scores of two humps are no Gaussians within the classes: a lower bound
        ("binned", 0.0, 0.0),
        ("binned", 3.0, 0.03),
    ],
)
def test_label_mixtures(name, lean, gap):
    x, y, truth = label_mixture(2000, gap, seed=5)
    found = mm.mutual_information(x, y, name)
    error = (found.interval.high - found.interval.low) / 3.92
    assert -lean * truth - 3.5 * error <= found.mi - truth <= 3.5 * error
    assert found.kinds == ("number", "label")


def test_two_labels_are_counted():
    # 400 rows that hold p = [[3, 1], [1, 3]] / 8 exactly: 1 - h(1/4), less (4 - 2 - 2 + 1) / (2 n ln 2)
    x = np.repeat(["a", "a", "b", "b"], [150, 50, 50, 150])
    y = np.repeat([0, 1, 0, 1], [150, 50, 50, 150])
    truth = 1 + 0.25 * math.log2(0.25) + 0.75 * math.log2(0.75)
    found = mm.mutual_information(x, y, "binned")
    assert found.mi == pytest.approx(truth - 1 / (800 * LN2), abs=1e-12)
    assert found.interval.low < truth < found.interval.high
    assert found.ceiling is None


# -- other people's code -----------------------------------------------------------------------------------------------


def test_scalar_neighbours_agree_with_scikit_learn():
    x, y, _ = gaussian_pair(400, 1, 0.6)
    theirs = mutual_info_regression(x, y[:, 0], n_neighbors=5, random_state=0)[0] / LN2
    scaled = x / x.std(), y / y.std()
    assert neighbours(*scaled, 5) == pytest.approx(theirs, abs=1e-6)  # they add noise of 1e-10
    z, labels, _ = label_mixture(400, 1.5)
    theirs = mutual_info_classif(z[:, None], labels, n_neighbors=3, random_state=0)[0] / LN2
    assert labelled(z[:, None] / z.std(), labels, 3) == pytest.approx(theirs, abs=1e-6)


def test_neighbours_agree_with_the_formulas_written_out():
    rng = np.random.default_rng(1)
    x, y = rng.standard_normal((60, 2)), rng.standard_normal((60, 3))
    dx, dy = (np.abs(v[:, None] - v[None]).max(axis=2) for v in (x, y))
    k, n = 3, 60
    one, two = [], []
    for i in range(n):
        others = np.delete(np.arange(n), i)
        order = others[np.argsort(np.maximum(dx, dy)[i, others])][:k]
        radius = max(dx[i, order[-1]], dy[i, order[-1]])
        one.append(sum(digamma(1 + np.sum(d[i, others] < radius)) for d in (dx, dy)))
        two.append(sum(digamma(np.sum(d[i, others] <= d[i, order].max())) for d in (dx, dy)))
    assert neighbours(x, y, k, "1") == pytest.approx((digamma(k) + digamma(n) - np.mean(one)) / LN2, abs=1e-12)
    assert neighbours(x, y, k, "2") == pytest.approx((digamma(k) - 1 / k + digamma(n) - np.mean(two)) / LN2, abs=1e-12)


def test_trees_and_all_pairs_agree(monkeypatch):
    rng = np.random.default_rng(3)
    x = rng.standard_normal((150, 5))
    x[:20] = x[0]  # repeated rows, too
    y = np.concatenate([x[:, :3], rng.standard_normal((150, 1))], axis=1)
    y[:10] = y[0]
    by_pairs = neighbours(x, y, 4)
    grid = np.round(2 * rng.standard_normal((150, 8))) + 0.0  # ties everywhere
    codes = rng.integers(0, 3, 150)
    smooth = rng.standard_normal((150, 8)) + codes[:, None]
    of_classes = [labelled(values, codes, 4) for values in (grid, smooth)]
    monkeypatch.setattr("mmexplore.estimators.mi.ksg.ALL_PAIRS_FROM", 99)
    assert neighbours(x, y, 4) == pytest.approx(by_pairs, abs=1e-12)
    assert [labelled(values, codes, 4) for values in (grid, smooth)] == pytest.approx(of_classes, abs=1e-12)


def test_a_label_is_never_told_more_than_it_holds():
    """Values on a grid make ties; counting only what lies strictly nearer would exceed the label's entropy."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 400)
    x = np.stack([4 * y + rng.integers(0, 2, 400) for _ in range(3)], axis=1).astype(float)
    found = mm.mutual_information(x, y)
    # told apart for sure: psi(n) - <psi(n_label)>, a little more than the classes of these rows hold, where it is cut
    shares = np.bincount(y) / 400
    holds = -(shares * np.log2(shares)).sum()
    assert labelled(x, y, 4) == pytest.approx((digamma(400) - (shares * digamma(400 * shares)).sum()) / LN2, abs=1e-9)
    assert holds < labelled(x, y, 4) and found.mi == pytest.approx(holds, abs=1e-12)


def test_counting_in_one_and_more_dimensions_is_the_same():
    rng = np.random.default_rng(2)
    line, radius = rng.standard_normal((200, 1)), rng.uniform(0, 1, 200)
    plane = np.concatenate([line, np.zeros((200, 1))], axis=1)
    np.testing.assert_array_equal(count_within(line, radius), count_within(plane, radius))


def test_a_copula_that_exceeds_the_label_says_so():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 500)
    x = 6 * y[:, None] + rng.standard_normal((500, 3))
    found = mm.mutual_information(x, y, "copula")
    p = y.mean()
    assert found.mi == pytest.approx(-p * math.log2(p) - (1 - p) * math.log2(1 - p)) and found.interval is None
    assert any("Impossible" in w for w in found.warnings)
    assert mm.mutual_information(x, y).mi == pytest.approx(1.0, abs=0.01)


# -- repeated values ---------------------------------------------------------------------------------------------------


def test_repeated_values_are_counted_without_noise():
    """Both variables discrete: equation 5 of Gao et al. 2017 tends to the plug-in; here 1 bit."""
    x = np.repeat([0.0, 1.0], 500)
    found = mm.mutual_information(x, x, x_kind="number", y_kind="number", margins="standard")
    # 500 rows coincide in both and in each: psi(500) + psi(1000) - 2 psi(500)
    assert found.mi == pytest.approx((digamma(1000) - digamma(500)) / LN2, abs=1e-12)
    assert any("Repeated values" in w for w in found.warnings)
    assert any("Looks like a label" in w for w in found.warnings)
    again = mm.mutual_information(x, x, x_kind="number", y_kind="number", margins="standard", seed=9)
    assert again.mi == found.mi


# -- invariances, nulls, intervals --------------------------------------------------------------------------------------


@pytest.mark.rounding
@pytest.mark.parametrize("name", CLOSED)
def test_x_and_y_may_be_swapped(name):
    x, y, _ = gaussian_pair(200, 2, 0.6)
    assert mm.mutual_information(y, x, name).mi == pytest.approx(mm.mutual_information(x, y, name).mi, abs=1e-10)
    if "mixed" in REGISTRY[name].takes:
        z, labels, _ = label_mixture(200, 1.0)
        ways = mm.mutual_information(z, labels, name), mm.mutual_information(labels, z, name)
        assert ways[0].mi == pytest.approx(ways[1].mi, abs=1e-10)
        assert ways[1].kinds == ("label", "number")


@pytest.mark.parametrize("name", CLOSED)
def test_independence_scatters_about_zero_unclipped(name):
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        found.append(mm.mutual_information(rng.standard_normal(100), rng.standard_normal(100), name, **_quick(name)).mi)
    assert min(found) < 0
    assert abs(np.mean(found)) < 4 * np.std(found) / math.sqrt(60) + (0.02 if name == "binned" else 0.001)


def _quick(name: str) -> dict[str, int]:
    return {"bins": 3, "bootstraps": 0} if name == "binned" else {}


@pytest.mark.parametrize("name, n, d, rho", [("ksg", 300, 1, 0.6), ("gaussian", 60, 2, 0.6), ("copula", 60, 2, 0.6)])
def test_intervals_cover(name, n, d, rho):
    inside = withheld = 0
    for seed in range(60):
        x, y, truth = gaussian_pair(n, d, rho, seed=100 + seed)
        interval = mm.mutual_information(x, y, name, seed=seed).interval
        withheld += interval is None  # a false alarm of the check of what is assumed
        inside += interval is not None and interval.low < truth < interval.high
    assert withheld <= 4
    assert inside >= 50  # of 60 at 95 %: fewer has a chance of 0.1 %


def test_more_rows_bring_neighbours_nearer_and_the_warning_says_so():
    x, y, truth = gaussian_pair(300, 4, 0.8)
    found = mm.mutual_information(x, y)
    assert found.mi < truth
    assert found.interval.high - found.mi > found.mi - found.interval.low
    assert any("Still rising" in w for w in found.warnings)


def test_the_ceiling_of_neighbours_is_reached_and_said():
    x = np.random.default_rng(0).standard_normal(200)
    found = mm.mutual_information(x, x + 1e-9)
    assert found.ceiling == pytest.approx((digamma(200) - digamma(4)) / LN2, abs=1e-12)
    assert 0.9 * found.ceiling < found.mi <= found.ceiling
    assert any("Ceiling" in w for w in found.warnings)


# -- the result, and what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CLOSED)
def test_the_result_is_plain(name):
    x, y, _ = gaussian_pair(120, 1, 0.5)
    told = json.loads(json.dumps(mm.mutual_information(x, y, name).to_dict(), allow_nan=False))
    assert told["estimator"] == name and told["unit"] == "bit" and told["interval_is"]


def test_a_wrong_kind_is_refused_with_who_can():
    x, y, _ = label_mixture(100, 1.0)
    with pytest.raises(Unsupported, match=r"y is a label of 2 classes.*Allowed here: .*ksg"):
        mm.mutual_information(x, y, "gaussian")
    with pytest.raises(Unsupported, match="Allowed here: binned"):
        mm.mutual_information(y, y[::-1], "ksg")
    assert mm.mutual_information(x, y, "gaussian", y_kind="number").mi > 0


@pytest.mark.parametrize(
    "x, y, words",
    [
        (np.zeros(50), np.arange(50.0), "x is constant"),
        (np.arange(50.0), np.arange(40.0), "50 and 40 rows"),
        (np.r_[np.nan, np.arange(49.0)], np.arange(50.0), "1 rows with a missing"),
        (np.arange(5.0), np.arange(5.0), "5 rows"),
        (np.zeros((20, 2, 2)), np.arange(20.0), "shape"),
        (np.arange(50.0), [str(k) for k in range(50)], "50 different labels"),
        (np.arange(50) * 1j, np.arange(50.0), "x is no array of numbers"),
    ],
)
def test_bad_rows_are_refused(x, y, words):
    with pytest.raises(BadData, match=words):
        mm.mutual_information(x, y)


@pytest.mark.rounding
def test_too_few_rows_or_repeating_columns_have_no_covariance():
    rng = np.random.default_rng(0)
    with pytest.raises(BadData, match="at least 14"):
        mm.mutual_information(rng.normal(size=(12, 6)), rng.normal(size=(12, 6)), "gaussian")
    x = rng.normal(size=100)
    y = rng.normal(size=100) + x  # a column that is twice another tells nothing more
    for name in ("copula", "gaussian"):
        twice = mm.mutual_information(np.stack([x, 2 * x], axis=1), y, name)
        assert twice.mi == pytest.approx(mm.mutual_information(x, y, name).mi, abs=1e-12)
    with pytest.raises(BadData, match="infinite information"):
        mm.mutual_information(x, 2 * x, "gaussian")


def test_unknown_names_are_told_with_the_known():
    x, y, _ = gaussian_pair(50, 1, 0.5)
    with pytest.raises(BadSpec, match="did you mean 'ksg'"):
        mm.mutual_information(x, y, "ksq")
    with pytest.raises(BadSpec, match="neighbours"):
        mm.mutual_information(x, y, neighbors=3)
    with pytest.raises(BadSpec, match="auto, number, label"):
        mm.mutual_information(x, y, x_kind="text")


@pytest.mark.rounding
def test_few_rows_for_many_columns_are_said():
    x, y, _ = gaussian_pair(60, 5, 0.5)
    assert any("Few rows" in w for w in mm.mutual_information(x, y, "gaussian").warnings)


def test_it_stops_when_asked():
    x, y, _ = gaussian_pair(400, 1, 0.5)
    found = mm.mutual_information(x, y, "ksg", should_stop=lambda: True)
    assert found.stopped and found.interval is None
