"""The iterative view beside the closed form: where it arrives, and what can be said of it where it need not."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from mmexplore.errors import BadSpec, Unsupported
from mmexplore.info.gaussian import ThinPath, thin_pid
from mmexplore.info.gaussian.thin import FLAT, WINDOW, objective

pytestmark = pytest.mark.rounding

READ = 1e-5  # bit: on the edge values are read 1e-9 inside, where the determinants lose about half of their digits


def random_covariance(p: int, seed: int) -> np.ndarray:
    a = np.random.default_rng(seed).normal(size=(p, p + 3))
    return a @ a.T / (p + 3)


def tied(h: np.ndarray) -> np.ndarray:
    """Two modalities see H y, each with independent noise of variance 1."""
    both = np.vstack([h, h])
    return np.block([[both @ both.T + np.eye(len(both)), both], [both.T, np.eye(h.shape[1])]])


def keeps_its_rules(path: ThinPath, steps: int) -> None:
    """What every path owes, wherever rounding leads it."""
    assert len(path.union) == len(path.norm) <= steps + 1
    assert path.norm.max() <= 1 + 1e-12
    assert path.union.min() > path.exact - READ  # the exact value is a minimum
    assert path.converged == (abs(path.union[-1] - path.exact) < 1e-4)
    last = sliding_window_view(path.union, WINDOW)[1:]  # the windows that it looks at: after WINDOW steps and later
    flat = last.max(axis=1) - last.min(axis=1) < FLAT
    assert not flat[:-1].any()
    assert path.stopped == flat[-1]
    assert path.stopped or len(path.union) == steps + 1


@pytest.mark.parametrize("dims", [(2, 3, 2), (5, 5, 5), (4, 2, 3)])
@pytest.mark.parametrize("seed", [0, 1])
def test_it_comes_down_to_the_closed_form(dims, seed):
    path = thin_pid(random_covariance(sum(dims), seed), *dims, steps=3000)
    keeps_its_rules(path, 3000)
    assert path.stopped
    assert path.converged
    assert path.error[0] > path.error[-1]


@pytest.mark.parametrize("dims", [(2, 3, 2), (3, 1, 4)])
def test_its_objective_is_the_information_under_a_coupling_and_the_slope_its_derivative(dims):
    rng = np.random.default_rng(sum(dims))
    d1, d2, dy = dims
    h = rng.normal(size=(d1 + d2, dy))
    a = rng.normal(size=(d1, d2))
    a *= 0.7 / np.linalg.norm(a, 2)
    value, slope = objective(a, h @ h.T)
    # information of y given the reading: 1/2 log2 det(I + H^T Sigma^-1 H), a determinant of another size
    sigma = np.block([[np.eye(d1), a], [a.T, np.eye(d2)]])
    assert value == pytest.approx(np.log2(np.linalg.det(np.eye(dy) + h.T @ np.linalg.solve(sigma, h))) / 2, abs=1e-12)
    step = 1e-5
    for i, j in np.ndindex(d1, d2):
        move = np.zeros_like(a)
        move[i, j] = step
        change = objective(a + move, h @ h.T)[0] - objective(a - move, h @ h.T)[0]
        assert slope[i, j] == pytest.approx(change / (2 * step) * math.log(2), abs=1e-8)


TIES = {
    "three channels twice": (np.eye(3), 1.5),  # each of them 1/2 log2(1 + 1)
    "one channel, two columns a modality": (np.ones((2, 1)), math.log2(3) / 2),  # 1/2 log2(1 + 2)
}


@pytest.mark.parametrize(("h", "exact"), TIES.values(), ids=TIES)
def test_at_a_tie_it_starts_at_the_exact_answer_on_the_edge_and_keeps_its_rules(h, exact):
    path = thin_pid(tied(h), len(h), len(h), h.shape[1], steps=300)
    assert path.exact == pytest.approx(exact, abs=1e-12)
    assert path.error[0] == pytest.approx(0, abs=READ)
    assert path.norm[0] == pytest.approx(1, abs=1e-12)
    keeps_its_rules(path, 300)


def test_at_a_tie_the_objective_has_no_limit_at_the_optimum():
    # X1 and X2 see y in the plane alike, gain 1; the optimum is A = 1. Read as complex numbers, A = r e^(it) leaves y with the precision
    # 1 + (1, 1) [[1, A], [A*, 1]]^-1 (1, 1)^T = 1 + 2 (1 - r cos t) / (1 - r^2), in each of its two directions
    told = np.kron(np.ones((2, 2)), np.eye(2))

    def at(r: float, t: float) -> float:
        return objective(r * np.array([[math.cos(t), -math.sin(t)], [math.sin(t), math.cos(t)]]), told)[0]

    assert at(1 - 1e-6, 0.0) == pytest.approx(1.0, abs=1e-5)  # straight into it: the union information, 2 x 1/2 bit
    turned = [at(1 - t**4, t) for t in (0.3, 0.1, 0.03)]
    expected = [math.log2(1 + 2 * (1 - (1 - t**4) * math.cos(t)) / (1 - (1 - t**4) ** 2)) for t in (0.3, 0.1, 0.03)]
    assert turned == pytest.approx(expected, abs=1e-6)
    assert 2.5 < turned[0] < turned[1] - 2 < turned[2] - 5  # about log2 of 1 / (2 t^2)


def test_the_same_covariance_gives_the_same_path():
    one, two = (thin_pid(tied(np.ones((2, 1))), 2, 2, 1, steps=100) for _ in range(2))
    np.testing.assert_array_equal(one.union, two.union)


def test_what_it_cannot_walk_is_refused():
    cov = random_covariance(3, 0)
    with pytest.raises(BadSpec, match="steps is 0"):
        thin_pid(cov, 1, 1, 1, steps=0)
    with pytest.raises(Unsupported, match="batch"):
        thin_pid(np.stack([cov, cov]), 1, 1, 1)
