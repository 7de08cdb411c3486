"""What the page says of a bracket: the truth lies between its ends on average, and one bracket by itself mostly misses it."""

from __future__ import annotations

import numpy as np
import pytest

import mmexplore as mm
from mmexplore.estimators.gaussian import gaussian_pid_from_samples
from mmexplore.labs.gaussian.ui.data import BRACKET
from mmexplore.types import ATOMS

SAMPLES = 24


@pytest.mark.parametrize("values", [{"n": 200}, {"n": 300, "columns": 30}, {"n": 300, "copies": 3}], ids=str)
def test_a_bracket_holds_on_average_and_mostly_not_by_itself(values):
    ends, held = [], []
    for seed in range(SAMPLES):
        made = mm.make("gaussian", seed=seed, **values)
        estimate = gaussian_pid_from_samples(*made, bootstraps=0)
        ends.append([estimate.bracket[atom] for atom in ATOMS])
        held += [low <= getattr(made.truth, atom) <= high for atom, (low, high) in zip(ATOMS, ends[-1], strict=True)]
    low, high = np.moveaxis(np.array(ends, dtype=float), -1, 0)
    truth = np.array([getattr(made.truth, atom) for atom in ATOMS])
    error = 3 * low.std(axis=0) / SAMPLES**0.5
    assert (low.mean(axis=0) < truth + error).all() and (high.mean(axis=0) > truth - error).all()
    assert np.mean(held) < 0.5  # "mostly misses"
    assert "On average" in BRACKET and "mostly misses" in BRACKET
