"""The iterative view beside the closed form: where it arrives, and where it cannot."""

from __future__ import annotations

import numpy as np
import pytest

from mmexplore.errors import BadSpec, Unsupported
from mmexplore.info.gaussian import thin_pid


def random_covariance(p: int, seed: int) -> np.ndarray:
    a = np.random.default_rng(seed).normal(size=(p, p + 3))
    return a @ a.T / (p + 3)


def tied(h: np.ndarray) -> np.ndarray:
    """Two modalities see H y, each with independent noise of variance 1."""
    both = np.vstack([h, h])
    return np.block([[both @ both.T + np.eye(len(both)), both], [both.T, np.eye(h.shape[1])]])


@pytest.mark.parametrize("dims", [(2, 3, 2), (5, 5, 5), (4, 2, 3)])
@pytest.mark.parametrize("seed", [0, 1])
def test_it_comes_down_to_the_closed_form(dims, seed):
    path = thin_pid(random_covariance(sum(dims), seed), *dims, steps=3000)
    assert path.stopped
    assert path.converged
    assert path.union.min() > path.exact - 1e-6  # the exact value is a minimum
    assert path.error[0] > path.error[-1]
    assert len(path.norm) == len(path.union)


def test_at_a_tie_it_leaves_an_exact_start():
    path = thin_pid(tied(np.eye(3)), 3, 3, 3, steps=60)
    assert path.exact == pytest.approx(1.5, abs=1e-12)
    assert path.error[0] == pytest.approx(0, abs=1e-5)
    assert not path.stopped


def test_where_a_modality_repeats_a_tied_view_it_never_rests():
    path = thin_pid(tied(np.ones((2, 1))), 2, 2, 1, steps=1500)
    assert path.exact == pytest.approx(np.log2(3) / 2, abs=1e-12)
    assert not path.stopped
    assert np.abs(path.error[-750:]).max() > 1


def test_what_it_cannot_walk_is_refused():
    cov = random_covariance(3, 0)
    with pytest.raises(BadSpec, match="steps is 0"):
        thin_pid(cov, 1, 1, 1, steps=0)
    with pytest.raises(Unsupported, match="batch"):
        thin_pid(np.stack([cov, cov]), 1, 1, 1)
