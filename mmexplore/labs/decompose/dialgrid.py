"""The grid behind the live dial: a scene decomposed over two of its parameters in one batch.

The browser draws from it while a slider is dragged; on release the exact, certified answer is computed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mmexplore.info.measures import REGISTRY
from mmexplore.info.pid import pid
from mmexplore.labs.decompose.scene import Scene
from mmexplore.spec import Parameter
from mmexplore.types import PID

Array = npt.NDArray[np.float64]

GRID_TOLERANCE = 1e-6  # bits; the grid is drawn, the number at rest is computed to 1e-9
TABLE_POINTS = 9  # a side of the coarse grid of distributions; they vary smoothly
MAX_TABLE_CELLS = 160  # larger tables are drawn at rest only

# Points along x and y at which a measure is solved, by cells of the table: the first slider's curve stays fine when the map has
# to be coarse. All odd, so that the ends and the middle are points of the finer grid as well.
_SOLVED = ((16, 61, 61), (40, 31, 25), (100, 31, 13), (300, 25, 9), (600, 21, 5), (10**9, 25, 7))
_FINE = 61  # points a side at which the informations are computed, which cost next to nothing
_MOST_CELLS = 4_000_000  # of the tables on the finer grid


@dataclass(frozen=True)
class DialGrid:
    """Informations over the two dial parameters, in bits.

    Attributes:
        key: stable identity of what is in the grid.
        paths: of the parameters along the last and the first axis, in the scene.
        x, y: these parameters.
        xs, ys: their values, shapes (nx,) and (ny,).
        fields: ``i1, i2, i12, union, hy``, each of shape (ny, nx).
        tables: distributions on a coarser grid over the same ranges, shape (ty, tx, n1, n2, ny); None if too large.
    """

    key: str
    paths: tuple[str, str]
    x: Parameter
    y: Parameter
    xs: Array
    ys: Array
    fields: dict[str, Array]
    tables: Array | None


def grid_scene(scene: Scene) -> Scene:
    """The scene with everything put to its default that does not change the grid: its identity is the cache key."""
    x, y = scene.axes()
    return scene.put(**{x: scene.at(x).default, y: scene.at(y).default}, unit="bit", dial_x=x, dial_y=y)


def dial_grid(scene: Scene) -> DialGrid:
    """Decompose the scene over the ranges of its two dial parameters."""
    scene = grid_scene(scene)
    paths = scene.axes()
    x, y = (scene.at(path) for path in paths)
    cells = scene.table().size
    many = min(_FINE, int((_MOST_CELLS / cells) ** 0.5) // 2 * 2 + 1)
    few_x, few_y = next((nx, ny) for limit, nx, ny in _SOLVED if cells <= limit)
    if REGISTRY[scene.measure].certificate == "exact":  # a closed form costs no more than the informations
        few_x, few_y = many, many
    coarse_tables = _tables(scene, few_x, few_y)
    coarse = pid(coarse_tables, scene.measure, tolerance=GRID_TOLERANCE)
    xs, ys = _values(x, max(few_x, many)), _values(y, max(few_y, many))
    if (few_x, few_y) == (len(xs), len(ys)):
        tables, fields = coarse_tables, {name: getattr(coarse, name) for name in ("i1", "i2", "i12", "union")}
    else:
        tables = _tables(scene, len(xs), len(ys))
        fields = _refined(coarse, pid(tables, "mmi"), REGISTRY[scene.measure].signed)
    fields["hy"] = entropy(tables.sum(axis=(2, 3)))
    shown = _tables(scene, TABLE_POINTS, TABLE_POINTS) if cells <= MAX_TABLE_CELLS else None
    return DialGrid(scene.identity(), paths, x, y, xs, ys, fields, shown)


def _tables(scene: Scene, nx: int, ny: int) -> Array:
    """Tables of the scene over the ranges of its two dial parameters, shape (ny, nx, n1, n2, ny)."""
    x, y = scene.axes()
    return scene.tables(**{x: _values(scene.at(x), nx)[None, :], y: _values(scene.at(y), ny)[:, None]})


def _refined(coarse: PID, fine: PID, signed: bool) -> dict[str, Array]:
    """Fields on the finer grid: exact informations, and the union information from where it lies between its bounds.

    I* lies between max(I1, I2) and min(I12, I1 + I2) for measures without negative atoms; its place in that range changes far
    less over the grid than I* itself (which has a vertical tangent where noise begins), so the place is what is interpolated.
    """
    low, width = _range(coarse)
    fine_low, fine_width = _range(fine)
    if signed:
        union = fine_low + _upsampled(coarse.union - low, fine_low.shape)
    else:
        place = np.clip((coarse.union - low) / np.maximum(width, 1e-9), 0.0, 1.0)
        union = fine_low + _upsampled(place, fine_low.shape) * fine_width
    return {"i1": fine.i1, "i2": fine.i2, "i12": fine.i12, "union": union}


def _range(result: PID) -> tuple[Array, Array]:
    """Lower end and width of where I* can lie."""
    low = np.maximum(result.i1, result.i2)
    return low, np.maximum(np.minimum(result.i12, result.i1 + result.i2) - low, 0.0)


def _upsampled(values: Array, shape: tuple[int, ...]) -> Array:
    """Bilinear interpolation of values on a regular grid to a finer one over the same range."""
    for axis in (0, 1):
        at = np.linspace(0.0, values.shape[axis] - 1.0, shape[axis])
        below = np.minimum(at.astype(int), values.shape[axis] - 2)
        share = np.expand_dims(at - below, 1 - axis)
        values = np.take(values, below, axis) * (1.0 - share) + np.take(values, below + 1, axis) * share
    return values


def _values(parameter: Parameter, points: int) -> Array:
    return np.linspace(float(parameter.low or 0.0), float(parameter.high or 1.0), points)


def entropy(p: Array) -> Array:
    """H(Y) in bits of distributions along the last axis."""
    logs = np.log2(np.where(p > 0, p, 1.0))
    return np.asarray(-(p * logs).sum(axis=-1))
