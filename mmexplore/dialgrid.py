"""The grid behind the live dial: a scene decomposed over two of its parameters in one batch.

The browser draws from it while a slider is dragged; on release the exact, certified answer is computed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mmexplore.info.pid import pid
from mmexplore.scene import Scene
from mmexplore.spec import Parameter

Array = npt.NDArray[np.float64]

GRID_TOLERANCE = 1e-6  # bits; the grid is drawn, the number at rest is computed to 1e-9
TABLE_POINTS = 9  # a side of the coarse grid of distributions; they vary smoothly
MAX_TABLE_CELLS = 160  # larger tables are drawn at rest only

# Points along x and y, by cells of the table: the first slider's curve stays fine when the map has to be coarse.
_POINTS = ((16, 61, 61), (40, 41, 31), (100, 41, 17), (300, 31, 9), (10**9, 31, 5))


@dataclass(frozen=True)
class DialGrid:
    """Informations over the two dial parameters, in bits.

    Attributes:
        key: stable identity of what is in the grid.
        x, y: the parameters along the last and the first axis.
        xs, ys: their values, shapes (nx,) and (ny,).
        fields: ``i1, i2, i12, union, hy``, each of shape (ny, nx).
        tables: distributions on a coarser grid over the same ranges, shape (ty, tx, n1, n2, ny); None if too large.
    """

    key: str
    x: Parameter
    y: Parameter
    xs: Array
    ys: Array
    fields: dict[str, Array]
    tables: Array | None


def grid_scene(scene: Scene) -> Scene:
    """The scene with everything put to its default that does not change the grid: its identity is the cache key."""
    x, y = scene.axes()
    plain = {"unit": "bit", "pin": "", "dial_x": x.name, "dial_y": y.name}
    return scene.put(**{x.name: x.default, y.name: y.default}).replace(**plain)


def dial_grid(scene: Scene) -> DialGrid:
    """Decompose the scene over the ranges of its two dial parameters."""
    scene = grid_scene(scene)
    x, y = scene.axes()
    cells = scene.table().size
    nx, ny = next((nx, ny) for limit, nx, ny in _POINTS if cells <= limit)
    xs, ys = _values(x, nx), _values(y, ny)
    tables = scene.tables(**{x.name: xs[None, :], y.name: ys[:, None]})  # (ny, nx, n1, n2, ny)
    result = pid(tables, scene.measure, tolerance=GRID_TOLERANCE)
    fields = {name: getattr(result, name) for name in ("i1", "i2", "i12", "union")}
    fields["hy"] = entropy(tables.sum(axis=(2, 3)))
    coarse = None
    if cells <= MAX_TABLE_CELLS:
        few_x, few_y = _values(x, TABLE_POINTS), _values(y, TABLE_POINTS)
        coarse = scene.tables(**{x.name: few_x[None, :], y.name: few_y[:, None]})
    return DialGrid(scene.identity(), x, y, xs, ys, fields, coarse)


def _values(parameter: Parameter, points: int) -> Array:
    return np.linspace(float(parameter.low or 0.0), float(parameter.high or 1.0), points)


def entropy(p: Array) -> Array:
    """H(Y) in bits of distributions along the last axis."""
    logs = np.log2(np.where(p > 0, p, 1.0))
    return np.asarray(-(p * logs).sum(axis=-1))
