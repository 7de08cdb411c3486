"""Before there is a run: what exact theory allows two views, as a dial."""

from __future__ import annotations

from typing import Any

import numpy as np

from mmexplore.info.bottleneck import gaussian_ib_of, symmetric_ib_of
from mmexplore.labs.knob.dial import ABOUT_Y, ALIVE, ALL_SHARED, BETWEEN, MUTUAL_NAME, RATES_NAME, KnobDial, axes_of
from mmexplore.labs.knob.exact_curves import gaussian_curve, line, symmetric_curve
from mmexplore.labs.knob.methods import Method
from mmexplore.ui.dial.model import Grid, Quantity, Stacks
from mmexplore.units import BITS_PER_NAT

_NODES = 121
_MOST_MODES = 12


def theory(identity: str, rho: np.ndarray, declared: Method, low: float = 1.0, high: float = 64.0) -> KnobDial:
    """What Gaussian views of these canonical correlations allow, over beta: shown while there is no trained network.

    Args:
        identity: of the correlations and the method.
        rho: canonical correlations, (R,).
        declared: the method: which of the two bottlenecks it is compared with.
        low, high: ends of the dial of beta.
    """
    beta = np.geomspace(low, high, _NODES)
    axes, _ = axes_of({"beta": beta, "gamma": np.ones(1)})
    result: Any
    if declared.mutual:
        result = symmetric_ib_of(rho, beta)
        modes = -np.log1p(-result.kappa) * BITS_PER_NAT
        words: dict[str, Any] = {"names": [RATES_NAME, MUTUAL_NAME], **BETWEEN, **symmetric_curve(rho)}
    else:
        result = gaussian_ib_of(rho, beta)
        modes = result.rates
        words = {
            "names": ["I(X;Z), rate of the latent", "I(Z;Y), information about Y"],
            **ABOUT_Y,
            **gaussian_curve(rho),
        }
    plane = words | {
        "title": "theory",
        "x": "rate",
        "y": "relevance",
        "believed": None,
        "ceiling": line(gaussian_ib_of(rho, 2.0).information, ALL_SHARED),
        "curves": [],  # the path itself is the curve
    }
    modes = modes[:, : min(modes.shape[1], _MOST_MODES)]
    static = {
        "said": ["exact", f"closed forms, read off a grid of {len(beta)} settings"],
        "plane": {"path": "exact Gaussian theory", "ways": [plane]},
        "alive": {
            "names": [str(k + 1) for k in range(modes.shape[1])],
            "groups": [0] * modes.shape[1],
            "titles": ["canonical pairs"],
            "inks": ["R"],
            "least": ALIVE,
        },
    }
    fields = {"rate": np.asarray(result.rate), "relevance": np.asarray(result.relevance)}
    grid = Grid(identity, axes, fields, tuple(Quantity(name, name, {name: 1.0}) for name in fields))
    return KnobDial(grid, Stacks({"kl": modes}, static))
