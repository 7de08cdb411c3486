"""Singular but well-posed Gaussians: copies and linear functions. Truth: 60-digit arithmetic with noise that goes to 0, and closed forms."""

from __future__ import annotations

import json

import mpmath
import numpy as np
import pytest

import mmexplore as mm
from mmexplore import BadData
from mmexplore.__main__ import main
from mmexplore.info.gaussian import delta_pid, thin_pid

R = -0.5 * np.log2(0.75)  # .2075: correlation 1/2 between the copies and the target
Dims = tuple[int, int, int]


def system(seed: int, sizes: tuple[int, ...] = (2, 2, 2)) -> np.ndarray:
    """Factor (p, k) of independent numbers, so that rows can be put together to repeat each other."""
    return np.random.default_rng(seed).normal(size=(sum(sizes), sum(sizes) + 2))


def built(seed: int, x1: list[list[float]], x2: list[list[float]], y: list[list[float]]) -> tuple[np.ndarray, Dims]:
    """Covariance of linear combinations of six numbers that are correlated with each other."""
    weights = np.array([*x1, *x2, *y], dtype=float)
    base = system(seed)
    base = base @ base.T / base.shape[1]
    return weights @ base @ weights.T, (len(x1), len(x2), len(y))


def unit(*places: int) -> list[float]:
    return [float(sum(p == k for p in places)) for k in range(6)]


A, B, C, D, Y, Z = (unit(k) for k in range(6))
SUM, TWICE, BEHIND = [1.0, 1, 0, 0, 0, 0], [2.0, 0, 0, 0, 0, 0], [0.5, -1, 2, 0, 0, 0]
CASES = {
    "copy": ([A], [A], [Y]),
    "copy in another unit": ([A], [TWICE], [Y, Z]),
    "copy of part": ([A, B], [B, C], [Y, Z]),
    "linear function": ([A, B], [SUM], [Y]),
    "linear function of both": ([A], [B, C, BEHIND], [Y, Z]),
    "repeated within a modality": ([A, A], [B], [Y]),
    "three equal columns": ([A, A], [A], [Y, Z]),
    "repeated in both and across": ([A, B, SUM], [A, C, BEHIND], [Y, Z]),
    "repeated target": ([A, B], [C], [Y, Y]),
    "target of dependent columns": ([A], [B], [Y, Z, [0, 0, 0, 0, 1.0, -2.0]]),
    "everything twice": ([A, A], [B, B], [Y, Y]),
}


def by_noise(cov: np.ndarray, dims: Dims, exponent: int) -> dict[str, float]:
    """Atoms of the same with independent noise of variance 10^-exponent on every column, in 60 digits; the union by its definition's eigenvalues."""
    d1, d2, _ = dims
    with mpmath.workdps(60):
        m = mpmath.matrix(cov.tolist())
        for k in range(len(cov)):
            m[k, k] += mpmath.mpf(10) ** -exponent * m[k, k]
        y = list(range(d1 + d2, len(cov)))

        def block(rows: list[int], columns: list[int]) -> mpmath.matrix:
            return mpmath.matrix([[m[i, j] for j in columns] for i in rows])

        def given(x: list[int]) -> mpmath.matrix:
            return block(y, y) - block(y, x) * mpmath.inverse(block(x, x)) * block(x, y)

        prior, one, two, both = (
            block(y, y),
            given(list(range(d1))),
            given(list(range(d1, d1 + d2))),
            given(list(range(d1 + d2))),
        )
        i1, i2, i12 = (mpmath.log(mpmath.det(prior) / mpmath.det(c), 2) / 2 for c in (one, two, both))
        root = mpmath.cholesky(one)
        turned = mpmath.inverse(root) * two * mpmath.inverse(root).T
        values = mpmath.eigsy((turned + turned.T) / 2, eigvals_only=True)
        u1 = sum(max(mpmath.log(v, 2) / 2, 0) for v in values)
        r = i1 - u1
        return {name: float(v) for name, v in zip(("R", "U1", "U2", "S"), (r, u1, i2 - r, i12 - i2 - u1), strict=True)}


@pytest.mark.rounding
@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seed", [0, 1])
def test_the_answer_is_the_limit_of_ever_less_noise(name: str, seed: int):
    cov, dims = built(seed, *CASES[name])
    r = mm.gaussian_pid(cov, *dims)
    near, nearer = (by_noise(cov, dims, exponent) for exponent in (6, 14))
    for value, far, close in zip(r.atoms, near.values(), nearer.values(), strict=True):
        assert value == pytest.approx(close, abs=1e-9)
        assert abs(far - close) < 1e-3  # it is a limit indeed
    assert r.limit.startswith("Limit: ") and "linear function" in r.limit
    assert r.converged and r.spectrum.shape == (dims[2],) and r.directions.shape == (dims[2], dims[2])
    assert r.to_dict()["limit"] == r.limit


def test_a_copy_is_redundancy_and_nothing_else():
    r = mm.gaussian_pid([[1, 1, 0.5], [1, 1, 0.5], [0.5, 0.5, 1]], 1, 1, 1, coupling=True)
    assert r.atoms == pytest.approx((R, 0, 0, 0), abs=1e-12)
    assert "x2[1] is a linear function" in r.limit
    np.testing.assert_allclose(r.coupling, [[1, 1, 0.5], [1, 1, 0.5], [0.5, 0.5, 1]], atol=1e-9)
    assert mm.gaussian_pid([[1, 0.99, 0.5], [0.99, 1, 0.5], [0.5, 0.5, 1]], 1, 1, 1).limit == ""


def test_directions_of_a_repeated_target_show_what_never_varies():
    cov, dims = built(3, *CASES["target of dependent columns"])
    r = mm.gaussian_pid(cov, *dims)
    inner = r.directions.T @ cov[2:, 2:] @ r.directions
    assert np.diag(inner) == pytest.approx([1, 1, 0], abs=1e-9)
    assert r.spectrum[2] == 0


@pytest.mark.parametrize("exponent", [8, 10, 12])
def test_nearly_singular_systems_meet_the_limit_or_say_that_rounding_is_large(exponent: int):
    cov, dims = built(0, *CASES["copy of part"])
    noisy = cov + 10.0**-exponent * np.diag(np.diag(cov))
    r, truth = mm.gaussian_pid(noisy, *dims), by_noise(cov, dims, exponent)
    for value, close in zip(r.atoms, truth.values(), strict=True):
        assert abs(value - close) <= max(1e-6, float(r.accuracy))


@pytest.mark.parametrize("size", [1e-3, 1e-5])
def test_a_small_difference_that_speaks_is_no_repeat(size: float):
    """x2 = x1 + size y: the two together tell y nearly without noise, however alike they look."""
    cov = np.array([[1, 1, 0.5, 0], [1, 1, 0.5, 0], [0.5, 0.5, 1, 0], [0, 0, 0, 1.0]])
    make = np.array([[1, 0, 0, 0], [1, 0, size, size], [0, 0, 1, 0]])  # with noise of the same size
    r = mm.gaussian_pid(make @ cov @ make.T, 1, 1, 1)
    # knowing x1, the difference is y + noise of variance 1: I12 = I(x1, y + n; y)
    both = np.array([[1, 0.5, 0.5], [0.5, 2, 1], [0.5, 1, 1]])
    truth = 0.5 * np.log2(np.linalg.det(both[:2, :2]) / np.linalg.det(both))
    assert r.i12 == pytest.approx(truth, abs=1e-3)
    assert r.limit == ""


@pytest.mark.parametrize(
    "x1, x2, y, words",
    [
        ([A], [B], [A], "x1 and y together.*infinite"),
        ([A], [A], [TWICE], "x1 and y together.*infinite"),
        ([A], [B], [SUM], "x1, x2 and y together.*infinite"),
        ([A, A], [B], [SUM, Y], "infinite"),
        ([C], [A, B], [SUM, SUM], "x2 and y together.*infinite"),
    ],
)
def test_only_infinite_informations_are_refused(x1, x2, y, words):
    cov, dims = built(1, x1, x2, y)
    with pytest.raises(BadData, match=words):
        mm.gaussian_pid(cov, *dims)


def test_a_batch_may_be_singular_here_and_there():
    rho = np.array([0.0, 0.5, 1.0])
    covs = np.array([[[1, r, 0.5], [r, 1, 0.5], [0.5, 0.5, 1]] for r in rho])
    r = mm.gaussian_pid(covs, 1, 1, 1)
    assert r.redundancy == pytest.approx([R] * 3, abs=1e-12)
    assert r.synergy[2] == pytest.approx(0, abs=1e-12) and r.synergy[0] > r.synergy[1] > 0
    assert r.limit and mm.gaussian_pid(covs[:2], 1, 1, 1).limit == ""


def test_views_beside_the_closed_form_take_repeats_within_a_modality():
    cov, dims = built(0, *CASES["repeated within a modality"])
    r = mm.gaussian_pid(cov, *dims)
    assert thin_pid(cov, *dims).exact == pytest.approx(r.union)
    assert delta_pid(cov, *dims).redundancy == pytest.approx(min(r.i1, r.i2), abs=1e-5)  # scalar target


# -- rows, command line --------------------------------------------------------------------------------------------------


def drawn(n: int = 1500, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return x, 0.5 * x + np.sqrt(0.75) * rng.normal(size=n)


@pytest.mark.parametrize("estimator", ["gaussian", "copula", "thin"])
@pytest.mark.parametrize("other", ["copy", "linear", "twice"])
def test_rows_of_copies_have_redundancy_alone(estimator: str, other: str):
    x, y = drawn()
    x2 = {"copy": x, "linear": 32 + 1.8 * x, "twice": np.stack([x, -3 * x], axis=1)}[other]
    e = mm.estimate_pid(x, x2, y, estimator, target="scalar")
    assert e.redundancy == pytest.approx(R, abs=0.05)
    assert max(abs(e.unique1), abs(e.unique2), abs(e.synergy)) < 5e-3
    assert any("Limit: x2[1]" in w and "of ever less independent noise" in w for w in e.warnings)
    for atom, (low, high) in e.intervals.items():
        truth = R if atom in ("redundancy", "i1", "i2", "i12") else 0.0
        assert low - 1e-9 <= truth <= high + 1e-9, atom


def test_rows_that_repeat_part_of_the_other_modality_and_of_their_own():
    rng = np.random.default_rng(2)
    a, b, c = rng.normal(size=(3, 2000))
    y = a + b + c + rng.normal(size=2000)
    e = mm.gaussian_pid_from_samples(np.stack([a, b, a], axis=1), np.stack([b, c], axis=1), y, bootstraps=100)
    truth = mm.gaussian_pid(
        [[1, 0, 0, 0, 1], [0, 1, 1, 0, 1], [0, 1, 1, 0, 1], [0, 0, 0, 1, 1], [1, 1, 1, 1, 4]], 2, 2, 1
    )
    assert e.dims == (3, 2, 1) and "x1[3]" in e.plugin.limit
    for name in ("redundancy", "unique1", "unique2", "synergy", "i1", "i2", "i12"):
        low, high = e.intervals[name]
        assert low - 1e-9 <= getattr(truth, name) <= high + 1e-9, name
    assert e.value.i12 == pytest.approx(1.0, abs=0.08)


def test_hybrid_takes_copies():
    x, y = drawn(600)
    e = mm.estimate_pid(x, x, y, "hybrid", target="scalar", maps="copula", sees="ksg", bootstraps=50)
    assert e.redundancy == pytest.approx(R, abs=0.12) and abs(e.synergy) < 0.1


def test_the_command_line_says_that_it_is_the_limit(tmp_path, capsys):
    np.save(tmp_path / "copy.npy", np.array([[1, 1, 0.5], [1, 1, 0.5], [0.5, 0.5, 1]]))
    command = ["gaussian", "--cov", str(tmp_path / "copy.npy"), "--dims", "1,1,1"]
    assert main(command) == 0
    text = capsys.readouterr().out
    assert "0.2075" in text and "Limit: x2[1] is a linear function" in text
    assert main([*command, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["limit"].startswith("Limit")
    x, y = drawn(200)
    rows = "\n".join(["a,b,c", *(f"{v!r},{2 * v!r},{w!r}" for v, w in zip(x.tolist(), y.tolist(), strict=True))])
    (tmp_path / "rows.csv").write_text(rows)
    assert main(["gaussian", str(tmp_path / "rows.csv"), "--x1", "a", "--x2", "b", "--y", "c"]) == 0
    assert "Limit: x2[1]" in capsys.readouterr().out
