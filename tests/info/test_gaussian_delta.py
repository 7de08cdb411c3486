"""The deficiency-based decomposition against identities and the order of definitions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

import mmexplore as mm
from mmexplore.errors import Unsupported
from mmexplore.info.gaussian import delta_pid
from mmexplore.info.gaussian.delta import deficiency


def random_covariance(p: int, seed: int) -> np.ndarray:
    a = np.random.default_rng(seed).normal(size=(p, p + 3))
    return a @ a.T / (p + 3)


def test_the_deficiency_of_scalar_channels_by_a_search_of_one_number():
    # h1 = 2, h2 = 1: x1' = t x2 without further noise; KL is 1/2 [(1 + (2 - t)^2) / t^2 + log t^2 - 1]
    best = minimize_scalar(
        lambda t: 0.5 * ((1 + (2 - t) ** 2) / t**2 + np.log(t**2) - 1),
        bounds=(0.5, 5),
        method="bounded",
        options={"xatol": 1e-10},
    )
    found, (rest, _) = deficiency(np.array([[2.0]]), np.array([[1.0]]))
    assert rest
    assert found == pytest.approx(best.fun / np.log(2), abs=1e-8)
    assert deficiency(np.array([[1.0]]), np.array([[2.0]]))[0] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_a_scalar_target_has_the_smaller_information_in_common(seed):
    r = delta_pid(random_covariance(6, seed), 2, 3, 1)
    assert r.redundancy == pytest.approx(min(r.i1, r.i2), abs=1e-6)


@pytest.mark.parametrize("dims", [(2, 2, 2), (3, 2, 3), (4, 5, 3)])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_lies_between_the_exact_redundancy_and_mmi(dims, seed):
    cov = random_covariance(sum(dims), seed)
    exact, delta = mm.gaussian_pid(cov, *dims), delta_pid(cov, *dims)
    assert delta.converged
    assert exact.redundancy - 1e-6 <= delta.redundancy <= exact.mmi.redundancy + 1e-6


def test_a_noisier_copy_has_no_deficiency():
    rng = np.random.default_rng(0)
    h, mix = rng.normal(size=(3, 3)), rng.normal(size=(2, 3))
    # x2 = mix x1 + noise, brought to noise of variance 1
    worse = np.linalg.solve(np.linalg.cholesky(mix @ mix.T + 0.5 * np.eye(2)), mix @ h)
    assert deficiency(worse, h)[0] == pytest.approx(0, abs=1e-8)
    assert deficiency(h, worse)[0] > 0.1


def test_a_batch_is_refused():
    cov = random_covariance(3, 0)
    with pytest.raises(Unsupported, match="batch"):
        delta_pid(np.stack([cov, cov]), 1, 1, 1)
