"""The grid behind the lab's live dial: what two views tell of the label, over two of the four weights that make it.

On each node the label's law is put into a table of each view's chance of y = 1 and decomposed; the number at rest is computed on a
finer table. I(X1,X2;Y) is 1 bit wherever the label is made at all: it is a function of both views.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from mmexplore.datasets.factors.gaussian import Factors, coarse_table
from mmexplore.factorcl_scene import WEIGHTS, FactorClScene
from mmexplore.info.pid import pid

Array = npt.NDArray[np.float64]

POINTS = 13
TOLERANCE = 1e-5  # bits: it is drawn, not read


def grid_key(scene: FactorClScene) -> str:
    """Identity of the grid: what the weights that stand still are."""
    spec = scene.factors()
    still = [f"{w}={getattr(spec, w):g}" for w in WEIGHTS if w not in (scene.dial_x, scene.dial_y)]
    return f"factors {scene.dial_x} {scene.dial_y} {' '.join(still)}"


def weights_grid(scene: FactorClScene, points: int = POINTS) -> dict[str, Array]:
    """Fields i1, i2, i12, union over the two weights of the dial, each (points, points), in bits."""
    spec = scene.factors()
    high = {w: float(Factors.parameter(w).high or 1.0) for w in WEIGHTS}
    weights = {w: np.full((points, points), float(getattr(spec, w))) for w in WEIGHTS}
    weights[scene.dial_x] = np.broadcast_to(np.linspace(0.0, high[scene.dial_x], points)[None, :], (points, points))
    weights[scene.dial_y] = np.broadcast_to(np.linspace(0.0, high[scene.dial_y], points)[:, None], (points, points))
    stack = np.stack([weights[w] for w in WEIGHTS], axis=-1).reshape(-1, len(WEIGHTS))
    total = stack.sum(axis=1)
    made = total > 0
    shares = stack[made] / total[made, None]
    # equal shares come up again and again (a ray from the origin): each is solved once
    unique, where = np.unique(np.round(shares, 12), axis=0, return_inverse=True)
    solved = pid(np.stack([coarse_table(row) for row in unique]), tolerance=TOLERANCE)
    fields = {}
    for name in ("i1", "i2", "i12", "union"):
        values = np.zeros(len(stack))
        values[made] = np.asarray(getattr(solved, name))[where.ravel()]
        fields[name] = values.reshape(points, points)
    fields["i12"] = np.where(made.reshape(points, points), 1.0, 0.0)
    return fields
