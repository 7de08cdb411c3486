"""A knob turned slowly up and down: which branch of the symmetric bottleneck a descent stays on.

At every setting the state slides downhill to the local minimum in whose basin it lies, from where the setting before left it. A `kick`
lifts it to kappa >= kick first, as fresh noise in the weights would: with none, nothing ever leaves the collapsed state upwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.errors import BadSpec
from mmexplore.info.bottleneck.arguments import Array, as_knob
from mmexplore.info.bottleneck.symmetric import SymmetricIB, symmetric_ib_of
from mmexplore.info.bottleneck.tradeoff import Tradeoff


@dataclass(frozen=True, eq=False)
class Sweep:
    """The two ways of one knob.

    Attributes:
        knob: the settings, rising, shape (k,).
        up, down: kappa of every pair on the way up and on the way down, shape (k, m), both in the order of `knob`.
        theory: the branches at the settings.
    """

    knob: Array
    up: Array
    down: Array
    theory: SymmetricIB

    def point(self, way: str) -> Tradeoff:
        """Rate and relevance on the way ``"up"`` or ``"down"``."""
        if way not in ("up", "down"):
            raise BadSpec(f"way is {way!r}; allowed: up, down")
        return self.theory.at(self.up if way == "up" else self.down)


def sweep(correlations: Any, betas: Any, *, gamma: Any = 0.0, variance: Any = 1.0, kick: float = 0.0) -> Sweep:
    """Follow descent up and down a knob: `betas`, or `gamma` with one beta, whichever rises.

    Args:
        correlations: canonical correlations.
        betas, gamma: a rising list and a number; or both rising lists of one length, turned together.
        variance: as in `symmetric_ib`.
        kick: kappa to which noise lifts a collapsed pair before every descent, from 0 to below 1.
    """
    beta, weight = np.broadcast_arrays(as_knob("betas", betas), as_knob("gamma", gamma, zero=True))
    knob = beta if np.ptp(beta) > 0 or np.ndim(beta) == 0 else weight
    if knob.ndim != 1 or len(knob) < 2 or not (np.diff(knob) > 0).all():
        raise BadSpec("betas and gamma hold no rising list; allowed: at least two settings, rising")
    if not isinstance(kick, int | float) or not 0.0 <= kick < 1.0:
        raise BadSpec(f"kick is {kick!r}; allowed: a number from 0 to below 1")
    theory = symmetric_ib_of(correlations, beta, gamma=weight, variance=variance)
    rising = range(len(knob))
    return Sweep(np.array(knob), _walk(theory, rising, kick), _walk(theory, reversed(rising), kick), theory)


def _walk(theory: SymmetricIB, order: Any, kick: float) -> Array:
    """Descend at every setting in this order; the first one begins on its lower (rising) or upper (falling) branch."""
    taken = np.empty_like(theory.kappa)
    state: Array | None = None
    steps = list(order)
    for k in steps:
        if state is None:
            state = np.zeros(taken.shape[1]) if steps[0] == 0 else np.ones(taken.shape[1])
        lifted = np.maximum(state, kick)
        state = np.where(
            lifted > theory.barrier[k], theory.open[k], theory.collapsed[k]
        )  # nan: no barrier, one branch only
        taken[k] = state
    return taken
