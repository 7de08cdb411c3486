"""Repeated values: whole numbers, rounded readings, many zeros. Truth: independence, quadrature over the cells, tables, closed forms."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal, norm, poisson

import mmexplore as mm
from mmexplore.estimators.mi.repeats import places, spread
from mmexplore.estimators.pids.latents import missed
from mmexplore.labs.yourdata.study import Study
from mmexplore.labs.yourdata.without_bins import measured, without_bins
from mmexplore.labs.yourdata.without_bins_report import readings
from mmexplore.tabular import load

Pair = tuple[np.ndarray, np.ndarray]


def of_table(p: np.ndarray) -> float:
    apart = p.sum(axis=1, keepdims=True) * p.sum(axis=0, keepdims=True)
    return float((p[p > 0] * np.log2(p[p > 0] / apart[p > 0])).sum())


def rounded_truth(rho: float, per_deviation: float) -> float:
    """Of two Gaussians rounded to steps: conditional normal probabilities of the cells, Gauss-Legendre over the other variable."""
    reach = math.ceil(7 * per_deviation)
    ends = (np.arange(-reach, reach + 2) - 0.5) / per_deviation
    nodes, weights = np.polynomial.legendre.leggauss(16)
    at = (ends[:-1] + ends[1:])[:, None] / 2 + nodes / (2 * per_deviation)
    mass = weights / (2 * per_deviation) * norm.pdf(at)
    given = np.diff(norm.cdf((ends - rho * at[..., None]) / math.sqrt(1 - rho**2)), axis=-1)
    return of_table((mass[..., None] * given).sum(axis=1))


def rounded(n: int, rho: float, per_deviation: float, seed: int) -> Pair:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    y = rho * x + math.sqrt(1 - rho**2) * rng.standard_normal(n)
    return np.round(per_deviation * x) + 0.0, np.round(per_deviation * y) + 0.0


def of_numbers(x: np.ndarray, y: np.ndarray, **values: int | str) -> mm.MutualInformation:
    return mm.mutual_information(x, y, "ksg", x_kind="number", y_kind="number", **values)


def test_the_quadrature_is_that_of_the_bivariate_normal():
    ends = np.r_[-9.0, np.arange(-4.5, 5), 9.0]
    grid = np.stack(np.meshgrid(ends, ends, indexing="ij"), axis=-1)
    cdf = multivariate_normal(cov=[[1, 0.6], [0.6, 1]]).cdf(grid)
    cells = np.maximum(np.diff(np.diff(cdf, axis=0), axis=1), 0)
    assert rounded_truth(0.6, 1) == pytest.approx(of_table(cells), abs=1e-4)
    assert rounded_truth(0.6, 50) == pytest.approx(-0.5 * math.log2(1 - 0.36), abs=2e-4)


# -- independent: nothing is found -----------------------------------------------------------------------------------


def ages(rng: np.random.Generator, n: int) -> Pair:
    return rng.integers(18, 80, n).astype(float), np.round(rng.normal(120, 15, n))


def scores(rng: np.random.Generator, n: int) -> Pair:
    return np.round(rng.normal(50, 6, n)), np.round(rng.normal(100, 30, n))


def zeros(rng: np.random.Generator, n: int) -> Pair:
    x, y = (rng.exponential(size=n) * (rng.random(n) < 0.3) for _ in range(2))
    return x, y


def halves(rng: np.random.Generator, n: int) -> Pair:
    return np.round(2 * rng.normal(size=n)) / 2, rng.integers(1, 6, n).astype(float)


@pytest.mark.parametrize("draw", [ages, scores, zeros, halves])
@pytest.mark.parametrize("n, sets", [(300, 16), (1000, 8)])
def test_independent_columns_tell_nothing_of_each_other(draw: Callable[..., Pair], n: int, sets: int):
    found = [of_numbers(*draw(np.random.default_rng(seed), n), seed=seed) for seed in range(sets)]
    values = np.array([f.mi for f in found])
    assert abs(values.mean()) < 0.01 + 3 * values.std() / math.sqrt(sets)
    assert sum(f.interval.low <= 0 <= f.interval.high for f in found) >= sets - 3


def test_two_whole_number_columns_do_not_tell_an_unrelated_label():
    inside = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        x = np.stack(ages(rng, 400), axis=1)
        found = mm.mutual_information(x, rng.integers(0, 3, 400), "ksg", x_kind="number", y_kind="label", seed=seed)
        assert found.mi < 0.1
        inside += found.interval.low <= 0
    assert inside >= 11


# -- dependent: the information of what was recorded -----------------------------------------------------------------


@pytest.mark.parametrize("per_deviation, n", [(10, 600), (3, 600), (1, 600), (0.5, 600)])
@pytest.mark.parametrize("rho", [0.6, 0.9])
def test_rounded_gaussians(per_deviation: float, n: int, rho: float):
    truth = rounded_truth(rho, per_deviation)
    found = [of_numbers(*rounded(n, rho, per_deviation, seed), seed=seed) for seed in range(6)]
    assert np.mean([f.mi for f in found]) == pytest.approx(truth, abs=0.07)
    assert sum(f.interval.low <= truth <= f.interval.high for f in found) >= 5


@pytest.mark.parametrize("version, margins", [("2", "normal"), ("1", "standard")])
def test_the_other_version_and_other_margins_know_repeats_too(version: str, margins: str):
    x, y = rounded(1000, 0.6, 10, 1)
    assert of_numbers(x, y, version=version, margins=margins).mi == pytest.approx(rounded_truth(0.6, 10), abs=0.09)
    rng = np.random.default_rng(0)
    assert abs(of_numbers(*ages(rng, 1000), version=version, margins=margins).mi) < 0.07


def test_a_table_of_whole_numbers_is_counted():
    p = np.array([[6, 1, 1], [1, 6, 1], [2, 2, 5]]) / 25
    found = []
    for seed in range(20):
        cell = np.random.default_rng(seed).choice(9, size=400, p=p.ravel())
        found.append(of_numbers(cell // 3 * 7.0, cell % 3 - 1.0, seed=seed))
    assert np.mean([f.mi for f in found]) == pytest.approx(of_table(p), abs=0.03)
    assert sum(f.interval.low <= of_table(p) <= f.interval.high for f in found) >= 18


def zero_inflated_pair(rng: np.random.Generator, n: int) -> Pair:
    """Both 0 in four rows of five, together; else 3.6 bits: H(1/5) + 3.6 / 5 = 1.44."""
    rho = math.sqrt(1 - 2**-7.2)
    x, there = rng.standard_normal(n), rng.random(n) < 0.2
    return x * there, (rho * x + 2**-3.6 * rng.standard_normal(n)) * there


def steps_and_a_line(rng: np.random.Generator, n: int) -> Pair:
    x = rng.integers(0, 5, n).astype(float)  # Gao et al. 2017, section 5
    return x, x + rng.uniform(0, 2, n)


def counts_of_a_rate(rng: np.random.Generator, n: int) -> Pair:
    x = rng.exponential(size=n)
    return x, np.where(rng.random(n) < 0.15, 0, rng.poisson(x)).astype(float)


def counts_truth() -> float:
    """H(Y) - H(Y | X) by quadrature; zeros of both origins look alike, so it is less than .85 of the count's own information."""
    nodes, weights = np.polynomial.laguerre.laggauss(60)
    k = np.arange(150)
    joint = weights[:, None] * (0.85 * poisson.pmf(k, nodes[:, None]) + 0.15 * (k == 0))
    return of_table(joint / joint.sum())


@pytest.mark.parametrize(
    "draw, truth, close",
    [
        (zero_inflated_pair, -0.8 * math.log2(0.8) - 0.2 * math.log2(0.2) + 0.2 * 3.6, 0.12),
        (steps_and_a_line, math.log2(5) - 0.8, 0.03),
        (counts_of_a_rate, counts_truth(), 0.04),
        (lambda rng, n: (x := rng.integers(0, 20, n).astype(float), 3 * x), math.log2(20), 0.02),
    ],
)
def test_mixtures_of_places_and_densities(draw: Callable[..., Pair], truth: float, close: float):
    found = [of_numbers(*draw(np.random.default_rng(seed), 1500), seed=seed) for seed in range(5)]
    assert np.mean([f.mi for f in found]) == pytest.approx(truth, abs=close)
    assert sum(f.interval.low <= truth <= f.interval.high for f in found) >= 4
    turned = of_numbers(*draw(np.random.default_rng(0), 1500)[::-1], seed=0)
    assert turned.mi == pytest.approx(found[0].mi, abs=0.04)


# -- the spreading ------------------------------------------------------------------------------------------------------


def test_spreading_can_be_undone_and_leaves_single_values():
    rng = np.random.default_rng(0)
    column = np.r_[np.zeros(50), rng.exponential(size=30), 7.0, 7.0]
    moved = spread(column[:, None], 3, "x")[:, 0]
    distinct = np.unique(column)
    ends = (distinct[:-1] + distinct[1:]) / 2
    np.testing.assert_array_equal(distinct[np.searchsorted(ends, moved)], column)
    np.testing.assert_array_equal(moved[50:80], column[50:80])
    assert len(np.unique(moved)) == len(column)
    np.testing.assert_array_equal(spread(column[:, None], 3, "x")[:, 0], moved)
    assert (spread(column[:, None], 3, "y")[:50, 0] != moved[:50]).all()


@pytest.mark.parametrize("scale", [1e-200, 1.0, 1e200])
def test_places_and_spreading_hold_at_any_scale(scale: float):
    column = scale * np.array([[1.0], [2.0], [2.0], [2.0 + 1e-15], [2e9]])
    assert places(column).tolist()[1] == places(column).tolist()[2]
    moved = spread(column, 0, "x")
    assert np.isfinite(moved).all() and len(np.unique(moved)) == 5
    assert (np.diff(moved[[0, 3, 4], 0]) > 0).all()


def test_what_a_covariance_misses_is_not_found_in_repeats():
    for seed in range(3):
        x, y = rounded(500, 0.5, 5, seed)
        beyond, scatter = missed(*((v - v.mean())[:, None] / v.std() for v in (x, y)), 3, 5, seed)
        assert beyond < max(3 * scatter, 0.08)


# -- your data, without bins ----------------------------------------------------------------------------------------


def file_of(columns: dict[str, np.ndarray]) -> mm.Dataset:
    return load(pd.DataFrame(columns).to_csv(index=False).encode(), "rows.csv")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the hybrid, which trains a critic."""
    monkeypatch.setattr("mmexplore.labs.yourdata.without_bins.DECOMPOSED_BY", ("gaussian", "copula"))


def told_of(x1: np.ndarray, x2: np.ndarray, y: np.ndarray):
    spec = Study().put(source="file", x1="one", x2="two", y="out", target_as="number")
    return without_bins(measured(spec, file_of({"one": x1, "two": x2, "out": y})), spec)


@pytest.mark.usefixtures("quick")
def test_independent_readings_leave_no_room_for_redundancy():
    rng = np.random.default_rng(4)
    found = told_of(*ages(rng, 600), np.round(rng.normal(70, 12, 600)))
    assert found.trusted == "ksg"
    assert found.allowed["redundancy"].high < 0.06 and found.allowed["synergy"].high < 0.12
    assert any("Trusted for what any definition allows: ksg" in s for s in found.said)


@pytest.mark.usefixtures("quick")
def test_ranks_are_not_trusted_where_most_rows_are_zero():
    rng = np.random.default_rng(5)
    x, y = zero_inflated_pair(rng, 800)
    found = told_of(x, rng.standard_normal(800), y)
    assert found.trusted == "ksg"
    assert found.allowed["unique1"].high == pytest.approx(1.44, abs=0.2)
    assert "informations by neighbours" in readings(found, ("one", "two", "out"), "bit")[-1].sentence
