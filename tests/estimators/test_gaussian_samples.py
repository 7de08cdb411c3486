"""The Gaussian decomposition from rows: corrections, bracket, intervals and warnings against known populations."""

from __future__ import annotations

import numpy as np
import pytest

import mmexplore as mm
from mmexplore import BadData, BadSpec
from mmexplore.estimators.gaussian.checks import as_rows, sample_warnings
from mmexplore.estimators.gaussian.wishart import draw_scatter, information_bias, log_det_bias

ATOMS = ("redundancy", "unique1", "unique2", "synergy")


def channels(h1: np.ndarray, h2: np.ndarray) -> np.ndarray:
    h = np.vstack([h1, h2])
    return np.block([[h @ h.T + np.eye(len(h)), h], [h.T, np.eye(h.shape[1])]])


_RNG = np.random.default_rng(5)
SYSTEMS = {
    "tied": (channels(np.eye(2), np.eye(2)), (2, 2, 2)),
    "unique": (channels(np.array([[2.0, 0]]), np.array([[0, 1.0]])), (1, 1, 2)),
    "degraded": (channels(1.5 * np.eye(3), 0.5 * np.eye(3)), (3, 3, 3)),
    "generic": (channels(_RNG.normal(size=(2, 3)), _RNG.normal(size=(3, 3))), (2, 3, 3)),
}


def rows_of(
    cov: np.ndarray, dims: tuple[int, int, int], n: int, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = np.random.default_rng(seed).normal(size=(n, len(cov))) @ np.linalg.cholesky(cov).T
    return rows[:, : dims[0]], rows[:, dims[0] : dims[0] + dims[1]], rows[:, dims[0] + dims[1] :]


def test_biases_are_those_of_simulated_rows():
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(20_000, 13, 4))  # 12 degrees of freedom
    rows -= rows.mean(axis=1, keepdims=True)
    cov = np.swapaxes(rows, 1, 2) @ rows / 12
    logs = np.linalg.slogdet(cov)[1]
    assert log_det_bias(4, 12) == pytest.approx(logs.mean(), abs=5 * logs.std() / 20_000**0.5)
    mi = (np.linalg.slogdet(cov[:, :2, :2])[1] + np.linalg.slogdet(cov[:, 2:, 2:])[1] - logs) / (2 * np.log(2))
    assert information_bias(2, 2, 12) == pytest.approx(mi.mean(), abs=5 * mi.std() / 20_000**0.5)


@pytest.mark.parametrize("dof", [2, 9])
def test_drawn_scatter_matrices_have_the_moments_of_a_wishart(dof):
    root = np.array([[1.0, 0, 0], [0.5, 1, 0], [-0.3, 0.2, 2]])
    c = root @ root.T
    w = draw_scatter(root, dof, 40_000, np.random.default_rng(1))
    np.testing.assert_allclose(w.mean(axis=0), dof * c, atol=0.02 * dof * 4)
    variance = dof * (c**2 + np.outer(np.diag(c), np.diag(c)))
    np.testing.assert_allclose(w.var(axis=0), variance, rtol=0.06)


@pytest.mark.rounding
def test_the_plugin_is_the_closed_form_of_the_covariance():
    x1, x2, y = rows_of(*SYSTEMS["generic"], 300, 0)
    e = mm.gaussian_pid_from_samples(x1, x2, y, bootstraps=0)
    assert e.plugin.atoms == pytest.approx(mm.gaussian_pid(np.cov(np.hstack([x1, x2, y]).T), 2, 3, 3).atoms, abs=1e-10)
    assert not e.intervals
    for atom in ATOMS:
        low, high = e.bracket[atom]
        assert low <= max(0.0, getattr(e.value, atom)) <= high


@pytest.mark.parametrize("name", SYSTEMS)
def test_intervals_cover_and_the_bracket_holds_the_truth_on_average(name):
    cov, dims = SYSTEMS[name]
    truth = mm.gaussian_pid(cov, *dims)
    runs = 40
    found = [mm.gaussian_pid_from_samples(*rows_of(cov, dims, 150, s), bootstraps=40, seed=s) for s in range(runs)]
    for atom in (*ATOMS, "i1", "i2", "i12"):
        # U2 of the degraded channel is 0, computed as 1e-16 of either sign, and its interval may be (0, 0)
        value = getattr(truth, atom)
        inside = [e.intervals[atom].low - 1e-9 <= value <= e.intervals[atom].high + 1e-9 for e in found]
        assert np.mean(inside) >= 0.85, atom  # of 40 at 95 %: fewer than 34 has a chance of 0.1 %
    # ends of the union information, in which no cut at 0 hides a lean
    upper = [e.value.i1 + e.value.i2 - e.bracket["redundancy"].low for e in found]
    error = np.std(upper) / runs**0.5
    assert np.mean(upper) >= truth.union - 3 * error
    corrected = [e.value.i12 for e in found]
    assert np.mean(corrected) == pytest.approx(truth.i12, abs=4 * np.std(corrected) / runs**0.5)


def test_a_tie_lies_inside_the_null_band_and_is_told():
    cov, dims = SYSTEMS["tied"]
    found = [mm.gaussian_pid_from_samples(*rows_of(cov, dims, 400, s), bootstraps=40) for s in range(30)]
    assert np.mean([e.ties.all() for e in found]) >= 0.85
    assert any("Ties" in w for e in found for w in e.warnings)
    # the plug-in sees unique parts that are not there; half of that is gone
    assert np.mean([e.value.unique1 for e in found]) < 0.75 * np.mean([e.plugin.unique1 for e in found])
    clear = mm.gaussian_pid_from_samples(*rows_of(*SYSTEMS["unique"], 400, 0), bootstraps=40)
    assert not clear.ties.any()
    assert not clear.warnings


@pytest.mark.rounding
def test_the_same_seed_gives_the_same_and_scales_do_not_matter():
    x1, x2, y = rows_of(*SYSTEMS["generic"], 200, 0)
    one = mm.gaussian_pid_from_samples(x1, x2, y, bootstraps=40, seed=3)
    two = mm.gaussian_pid_from_samples(1e6 * x1 + 5, x2, 1e-6 * y, bootstraps=40, seed=3)
    assert two.value.atoms == pytest.approx(one.value.atoms, abs=1e-8)
    assert two.intervals["synergy"] == pytest.approx(one.intervals["synergy"], abs=1e-8)
    other = mm.gaussian_pid_from_samples(x1, x2, y, bootstraps=40, seed=4)
    assert other.intervals["synergy"] != one.intervals["synergy"]


def test_it_tells_how_far_it_is_and_stops():
    told: list[float] = []
    x1, x2, y = rows_of(*SYSTEMS["generic"], 200, 0)
    e = mm.gaussian_pid_from_samples(x1, x2, y, bootstraps=200, progress=lambda share, words: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(e.draws["synergy"]) == 200
    stopped = mm.gaussian_pid_from_samples(x1, x2, y, bootstraps=200, should_stop=lambda: True)
    assert stopped.stopped
    assert not stopped.intervals
    assert stopped.plugin.atoms == pytest.approx(e.plugin.atoms)


def warned(x1: np.ndarray, x2: np.ndarray, y: np.ndarray) -> str:
    return " | ".join(mm.gaussian_pid_from_samples(x1, x2, y, bootstraps=20).warnings)


@pytest.mark.rounding
def test_warnings():
    rng = np.random.default_rng(0)
    x1, x2, noise = rng.normal(size=(400, 2)), rng.normal(size=(400, 2)), rng.normal(size=(400, 2))
    y = x1 + x2 + noise
    assert "Scalar target" in warned(x1, x2, y[:, 0])
    assert "Labels: y has only 3" in warned(x1, x2, rng.integers(0, 3, 400))
    assert "Labels" in warned(x1, x2, np.eye(3)[rng.integers(0, 3, 400)][:, :2])
    assert "Labels" not in warned(x1, x2, y)
    assert "Few rows: 45 for 6" in warned(x1[:45], x2[:45], y[:45])
    assert "No lower bound" in warned(x1[:9], x2[:9], y[:9])
    assert "Not Gaussian: skewness or tails of y[1]" in warned(x1, x2, np.column_stack([np.exp(2 * y[:, 0]), y[:, 1]]))
    assert "Nearly singular" in warned(np.column_stack([x1[:, 0], x1[:, 0] + 1e-4 * rng.normal(size=400)]), x2, y)


@pytest.mark.rounding
def test_a_column_that_hardly_varies_leaves_no_folds_but_an_answer():
    x1, x2, y = rows_of(*SYSTEMS["generic"], 100, 0)
    rare = (np.arange(100) == 7).astype(float)
    e = mm.gaussian_pid_from_samples(np.column_stack([x1, rare]), x2, y, bootstraps=40)
    assert any("No lower bound" in w for w in e.warnings)
    assert e.intervals["unique2"].low <= e.value.unique2 <= e.intervals["unique2"].high


@pytest.mark.rounding
def test_synergy_that_no_gaussian_sees_is_told():
    # y = |n| sign(x1 x2): every pair is Gaussian, I12 is 1 bit, the covariance is the identity
    x1, x2, n = np.random.default_rng(0).normal(size=(3, 1000))
    e = mm.gaussian_pid_from_samples(x1, x2, np.abs(n) * np.sign(x1 * x2), bootstraps=20)
    assert any("Missed synergy: the product x1[1] x2[1]" in w for w in e.warnings)
    assert e.value.synergy < 0.05
    assert not any("Missed" in w for w in mm.gaussian_pid_from_samples(x1, x2, n, bootstraps=20).warnings)


GOOD = rows_of(*SYSTEMS["generic"], 50, 0)


@pytest.mark.rounding
@pytest.mark.parametrize(
    ("x1", "x2", "y", "words"),
    [
        (GOOD[0][:40], GOOD[1], GOOD[2], "40, 50, 50 rows"),
        (GOOD[0][:9], GOOD[1][:9], GOOD[2][:9], "9 rows for 8 columns"),
        (np.where(np.arange(50)[:, None] == 3, np.nan, GOOD[0]), GOOD[1], GOOD[2], "x1 has 1 rows with a missing"),
        (np.ones((50, 1)), GOOD[1], GOOD[2], "x1\\[1\\] is constant"),
        (GOOD[0], GOOD[1], np.array(["cat", "dog"] * 25), "y is no array of numbers.*labels"),
        (np.zeros((50, 2, 2)), GOOD[1], GOOD[2], "x1 has shape"),
        (GOOD[0], GOOD[1], GOOD[0] @ [[1.0], [2]], "x1 and y together.*infinite"),
        (GOOD[0], GOOD[1], GOOD[0][:, :1] + GOOD[1][:, :1], "x1, x2 and y together.*infinite"),
    ],
)
def test_rows_that_cannot_be_decomposed_are_refused_in_a_sentence(x1, x2, y, words):
    with pytest.raises(BadData, match=words):
        mm.gaussian_pid_from_samples(x1, x2, y)


def test_unknown_settings_are_refused():
    with pytest.raises(BadSpec, match="bootstrap"):
        mm.gaussian_pid_from_samples(*GOOD, bootstrap=3)
    with pytest.raises(BadSpec, match="level is 2"):
        mm.gaussian_pid_from_samples(*GOOD, level=2)


def test_plain_numbers():
    import json

    e = mm.gaussian_pid_from_samples(*GOOD, bootstraps=20)
    plain = json.loads(json.dumps(e.to_dict(), allow_nan=False))
    assert plain["dims"] == [2, 3, 3]
    assert plain["intervals"]["synergy"] == pytest.approx(list(e.intervals["synergy"]))


@pytest.mark.parametrize(("together", "gaussian"), [("sum", True), ("signs", False)])
def test_columns_that_repeat_others_leave_the_checks_as_they_are(together, gaussian):
    rng = np.random.default_rng(1)
    a, b, noise = rng.standard_normal((3, 2000))
    y = a + noise if together == "sum" else a * rng.choice([-1.0, 1.0], 2000)  # Gaussian by themselves, not jointly
    warnings = [
        sample_warnings(*as_rows(x1, b, y), y[:, None]) for x1 in (a, np.stack([a, b, a + b, 2 * a - b], axis=1))
    ]
    for given in warnings:
        assert any(w.startswith("Not Gaussian together") for w in given) is not gaussian
    singular = [any(w.startswith("Nearly singular") for w in given) for given in warnings]
    assert singular == [False, True]
