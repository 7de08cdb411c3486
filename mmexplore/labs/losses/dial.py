"""The grid behind the lab's live dial: what two views tell of the label, over two of the four weights that make it.

On each node the label's law is put into a table of each view's chance of y = 1 and decomposed; the number shown once the dial is let go is computed on a
finer table. I(X1,X2;Y) is 1 bit wherever the label is made at all: it is a function of both views.

Informations rise like the square root of a small weight, so the nodes that are solved are spaced evenly in the root of the weight, and
the nodes of the slider lie between them on straight lines in that root.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mmexplore.datasets.views.latents import Factors, coarse_table
from mmexplore.info.pid import pid
from mmexplore.labs.losses.scene import WEIGHTS, FactorClScene

Array = npt.NDArray[np.float64]

SOLVED = 19  # nodes a side
POINTS = 61
TOLERANCE = 1e-5  # bits: it is drawn, not read


def grid_key(scene: FactorClScene) -> str:
    """Identity of the grid: the weights that are not on the dial."""
    spec = scene.factors()
    fixed = [f"{w}={getattr(spec, w):g}" for w in WEIGHTS if w not in (scene.dial_x, scene.dial_y)]
    return f"factors {scene.dial_x} {scene.dial_y} {' '.join(fixed)}"


def weights_grid(scene: FactorClScene, solved: int = SOLVED, points: int = POINTS) -> dict[str, Array]:
    """Fields i1, i2, i12, union over the two weights of the dial, each (points, points), evenly spaced in the weights, in bits."""
    spec = scene.factors()
    high = {w: float(Factors.parameter(w).high or 1.0) for w in WEIGHTS}
    roots = np.linspace(0.0, 1.0, solved)
    weights = {w: np.full((solved, solved), float(getattr(spec, w))) for w in WEIGHTS}
    weights[scene.dial_x] = np.broadcast_to(high[scene.dial_x] * roots[None, :] ** 2, (solved, solved))
    weights[scene.dial_y] = np.broadcast_to(high[scene.dial_y] * roots[:, None] ** 2, (solved, solved))
    stack = np.stack([weights[w] for w in WEIGHTS], axis=-1).reshape(-1, len(WEIGHTS))
    total = stack.sum(axis=1)
    made = total > 0
    shares = stack[made] / total[made, None]
    # equal shares come up again and again (a ray from the origin): each is solved once
    unique, where = np.unique(np.round(shares, 12), axis=0, return_inverse=True)
    exact = pid(np.stack([coarse_table(row) for row in unique]), tolerance=TOLERANCE)
    # the union information has a kink where both views tell alike: its excess over the larger one is smoother
    excess = np.asarray(exact.union) - np.maximum(exact.i1, exact.i2)
    fields = {}
    for name, rows in (("i1", exact.i1), ("i2", exact.i2), ("excess", excess)):
        values = np.zeros(len(stack))
        values[made] = np.asarray(rows)[where.ravel()]
        fields[name] = _evenly(values.reshape(solved, solved), points)
    fields["union"] = np.maximum(fields["i1"], fields["i2"]) + fields.pop("excess")
    label = np.ones((points, points))
    label[0, 0] = float(made[0])
    return {**fields, "i12": label}


def _evenly(values: Array, points: int) -> Array:
    """From nodes even in the root of the weight to nodes even in the weight, along both axes."""
    at = np.sqrt(np.linspace(0.0, 1.0, points)) * (len(values) - 1)
    below = np.minimum(at.astype(int), len(values) - 2)
    share = at - below
    rows = values[below] * (1.0 - share)[:, None] + values[below + 1] * share[:, None]
    return np.asarray(rows[:, below] * (1.0 - share) + rows[:, below + 1] * share)
