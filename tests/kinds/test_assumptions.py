"""An estimator outside its assumption says so on the result, gives no tight interval, and names who sees it. Truth: quadrature, constructions."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import ive
from scipy.stats import norm

import mmexplore as mm
from mmexplore.estimators.beyond import LEVEL, beyond_gaussian
from mmexplore.estimators.mi import REGISTRY, MIEstimate, MISettings, assemble
from mmexplore.estimators.mi.variables import as_pair
from mmexplore.estimators.tables.estimate import Interval

Pair = tuple[np.ndarray, np.ndarray]
WIDTH = 0.06


def ring(rng: np.random.Generator, n: int) -> Pair:
    t = rng.uniform(0, 2 * np.pi, n)
    return np.cos(t) + WIDTH * rng.normal(size=n), np.sin(t) + WIDTH * rng.normal(size=n)


def square(rng: np.random.Generator, n: int) -> Pair:
    x = rng.normal(size=n)
    return x, x**2 + 0.3 * rng.normal(size=n)


def wave(rng: np.random.Generator, n: int) -> Pair:
    x = rng.normal(size=n)
    return x, np.sin(4 * x) + 0.3 * rng.normal(size=n)


def common_scale(rng: np.random.Generator, n: int) -> Pair:
    scale = 1 / np.sqrt(rng.chisquare(2, n) / 2)
    return scale * rng.normal(size=n), scale * rng.normal(size=n)


def two_lines(rng: np.random.Generator, n: int) -> Pair:
    x = rng.normal(size=n)
    return x, x * rng.choice([-1, 1], n) + 0.2 * rng.normal(size=n)


def product(rng: np.random.Generator, n: int) -> Pair:
    x = rng.normal(size=(n, 2))
    return x, x[:, 0] * x[:, 1] + 0.3 * rng.normal(size=n)


def ring_truth() -> float:
    """2 H(X) - H(X, Y) by quadrature: a circle blurred by a Gaussian, whose density is a Bessel function of the radius."""
    x, t = np.linspace(-2, 2, 2001), np.linspace(0, 2 * np.pi, 800, endpoint=False)
    p = norm.pdf(x[:, None], np.cos(t), WIDTH).mean(axis=1)
    r = np.linspace(1e-6, 2.2, 4001)
    q = ive(0, r / WIDTH**2) * np.exp(-((r - 1) ** 2) / (2 * WIDTH**2)) / (2 * np.pi * WIDTH**2)
    assert np.trapezoid(2 * np.pi * r * q, r) == pytest.approx(1, abs=1e-6)
    one, both = -np.trapezoid(p * np.log2(p + 1e-300), x), -np.trapezoid(2 * np.pi * r * q * np.log2(q + 1e-300), r)
    return float(2 * one - both)


CURVED = [ring, square, wave, common_scale, two_lines, product]


@pytest.mark.parametrize("draw", CURVED)
@pytest.mark.parametrize("name", ["copula", "gaussian"])
def test_a_closed_form_says_that_it_is_blind(draw: Callable[..., Pair], name: str):
    x, y = draw(np.random.default_rng(1), 400)
    found = mm.mutual_information(x, y, name)
    assert found.interval is None
    said = next(w for w in found.warnings if w.startswith("Outside its assumption"))
    assert "'ksg'" in said and "no interval" in said
    seen = mm.mutual_information(x, y, "ksg")
    assert seen.interval is not None and seen.mi > found.mi + 0.05


def test_the_ring_is_read_by_the_estimator_that_is_named():
    truth = ring_truth()
    x, y = ring(np.random.default_rng(0), 2000)
    assert abs(mm.mutual_information(x, y, "copula").mi) < 0.05 < 0.8 < truth
    seen = mm.mutual_information(x, y, "ksg")
    assert seen.mi == pytest.approx(truth, abs=0.08)
    assert seen.interval.low <= truth <= seen.interval.high


@pytest.mark.parametrize("name", ["gaussian", "copula"])
@pytest.mark.parametrize("draw", [ring, square, two_lines])
def test_decompositions_say_it_too(name: str, draw: Callable[..., Pair]):
    rng = np.random.default_rng(2)
    x, y = draw(rng, 400)
    e = mm.estimate_pid(x, rng.normal(size=400), y, name, target="scalar", bootstraps=30)
    assert e.intervals == {}
    assert any(w.startswith("Outside its assumption") and "x1 and y" in w and "'hybrid'" in w for w in e.warnings)


def test_a_product_of_both_modalities_is_said_of_both_together():
    x, y = product(np.random.default_rng(3), 500)
    e = mm.estimate_pid(x[:, 0], x[:, 1], y, "copula", target="scalar", bootstraps=30)
    assert e.intervals == {} and any(w.startswith("Outside its assumption") for w in e.warnings)


# -- the check itself: silent where its assumption holds ---------------------------------------------------------------


def gaussian(n: int, dx: int, dy: int, rho: float) -> Callable[[int], Pair]:
    def draw(seed: int) -> Pair:
        rng = np.random.default_rng(seed)
        x = rng.normal(size=(n, dx))
        return np.exp(x), (rho * x[:, :1] + math.sqrt(1 - rho**2) * rng.normal(size=(n, dy))) ** 3

    return draw


@pytest.mark.parametrize("n, dx, dy, rho", [(100, 1, 1, 0.0), (100, 1, 1, 0.9), (300, 3, 2, 0.5), (60, 6, 1, 0.5)])
def test_false_alarms_keep_to_the_level(n: int, dx: int, dy: int, rho: float):
    alarms = sum(bool(beyond_gaussian(*gaussian(n, dx, dy, rho)(seed))) for seed in range(100))
    assert alarms <= 5  # of 100 at 1 %: more has a chance of .1 %
    assert LEVEL == 0.01


def test_rounded_gaussians_and_independent_ties_raise_no_alarm():
    alarms = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=200)
        alarms += bool(beyond_gaussian(np.round(2 * x)[:, None], np.round(x + rng.normal(size=200), 1)[:, None], seed))
        alarms += bool(beyond_gaussian(rng.poisson(1, (200, 1)) * 1.0, rng.integers(0, 3, (200, 1)) * 1.0, seed))
    assert alarms <= 8


def test_good_rows_keep_their_intervals():
    rng = np.random.default_rng(0)
    x = rng.normal(size=500)
    y = x + rng.normal(size=500)
    for name in ("copula", "gaussian"):
        found = mm.mutual_information(x, y, name)
        assert found.interval.low < 0.5 < found.interval.high and not found.warnings


# -- other assumptions ----------------------------------------------------------------------------------------------------


def counts(rng: np.random.Generator, n: int) -> Pair:
    return rng.poisson(2, n).astype(float), rng.integers(0, 9, n).astype(float)


def zeros(rng: np.random.Generator, n: int) -> Pair:
    there = rng.random(n) < 0.2
    x = rng.normal(size=n)
    return x * there, (x + 0.1 * rng.normal(size=n)) * there


def rounded(rng: np.random.Generator, n: int) -> Pair:
    x = rng.normal(size=n)
    return np.round(x, 1), np.round(x + rng.normal(size=n), 1)


@pytest.mark.parametrize("draw", [counts, zeros, rounded])
def test_ranks_with_ties_give_no_interval_and_name_neighbours(draw: Callable[..., Pair]):
    x, y = draw(np.random.default_rng(0), 400)
    found = mm.mutual_information(x, y, "copula", x_kind="number", y_kind="number")
    assert found.interval is None
    assert any(w.startswith("Repeated values") and "'ksg'" in w for w in found.warnings)


@pytest.mark.parametrize("heavy", [lambda v: np.exp(3 * v), lambda v: v / np.abs(v[::-1]), lambda v: v**7])
def test_correlations_of_heavy_tails_give_no_interval(heavy: Callable[[np.ndarray], np.ndarray]):
    rng = np.random.default_rng(1)
    x = rng.normal(size=400)
    found = mm.mutual_information(heavy(x), x + rng.normal(size=400), "gaussian")
    assert found.interval is None
    assert any(w.startswith("Not Gaussian") and "'copula'" in w and "'ksg'" in w for w in found.warnings)


def test_too_few_rows_a_cell_widen_the_interval_down_to_the_truth():
    inside = 0
    for seed in range(30):
        rng = np.random.default_rng(seed)
        found = mm.mutual_information(rng.normal(size=100), rng.normal(size=100), "binned", bins=12, seed=seed)
        assert any("Few rows a cell" in w and "widened" in w for w in found.warnings)
        inside += found.interval.low <= 0 <= found.interval.high
    assert inside >= 27


def test_a_trained_bound_at_its_ceiling_has_no_interval():
    pair = as_pair(np.arange(50.0), np.arange(50.0) ** 2)
    made = MIEstimate(4.95, Interval(4.9, 5.0), ceiling=5.0)
    settings = REGISTRY["infonce"].settings()
    assert isinstance(settings, MISettings)
    near = assemble(REGISTRY["infonce"], settings, pair, made, False, 0.0)
    assert near.interval is None and any("no interval" in w and "'ksg'" in w for w in near.warnings)
    far = assemble(REGISTRY["infonce"], settings, pair, MIEstimate(2.0, Interval(1.9, 2.1), ceiling=5.0), False, 0.0)
    assert far.interval == Interval(1.9, 2.1)
