"""Before there is a run: what exact theory allows two views, as a dial."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmexplore.info.bottleneck import gaussian_ib_of, symmetric_ib_of
from mmexplore.labs.knob.methods import Method
from mmexplore.labs.knob.ui.curves import gaussian_curve, line, symmetric_curve
from mmexplore.labs.knob.ui.grids import ALIVE, BITS, Shown, axes_of
from mmexplore.ui.dial import Grid, Quantity, Stacks


def theory(identity: str, rho: np.ndarray, declared: Method, low: float = 1.0, high: float = 64.0) -> Shown:
    """What Gaussian views of these canonical correlations allow, over beta: shown while there is no trained network."""
    beta = np.geomspace(low, high, 121)
    axes, _ = axes_of({"beta": beta, "gamma": np.ones(1)})
    information = gaussian_ib_of(rho, 2.0).information
    if declared.mutual:
        found: Any = symmetric_ib_of(rho, beta)
        way = {
            "names": ["I(X;Zx) + I(Y;Zy), the cost of both", "I(Zx;Zy), what they tell each other"],
            "about": "of each other",
            "who": ["The codes cost", "tell"],
            **symmetric_curve(rho),
        }
        modes = -np.log1p(-found.kappa) * BITS
    else:
        found = gaussian_ib_of(rho, beta)
        way = {
            "names": ["I(X;Z), the cost of a code", "I(Z;Y), what it tells of Y"],
            "about": "of Y",
            **gaussian_curve(rho),
        }
        modes = found.rates
    way |= {
        "title": "theory",
        "x": "rate",
        "y": "relevance",
        "believed": None,
        "ceiling": line(information, "all there is: I(X;Y)"),
    }
    way["curves"] = []  # the path itself is the curve
    shown_modes = modes[:, : min(modes.shape[1], 12)]
    still = {
        "said": ["exact", f"closed forms, read off a grid of {len(beta)} settings"],
        "plane": {"path": "exact Gaussian theory", "ways": [way]},
        "alive": {
            "names": [str(k + 1) for k in range(shown_modes.shape[1])],
            "groups": [0] * shown_modes.shape[1],
            "titles": ["canonical pairs"],
            "inks": ["R"],
            "least": ALIVE,
        },
    }
    fields = {"rate": np.asarray(found.rate), "relevance": np.asarray(found.relevance)}
    grid = Grid(identity, axes, fields, tuple(Quantity(name, name, {name: 1.0}) for name in fields))
    return Shown(grid, Stacks({"kl": shown_modes}, still))
