"""A Gaussian scene: which covariance is decomposed, how it is changed, and what the dial moves. One frozen spec.

A system of two channels that see a target in the plane; or the covariance of a data set's rows, or one of the reader's own, with noise
added to its modalities. The reader's own matrix is not part of the spec and is passed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from mmexplore import tabular
from mmexplore.datasets import Generator
from mmexplore.datasets.gaussian_systems import CORNERS, TwoChannels, gaussian_system
from mmexplore.errors import BadData, BadSpec
from mmexplore.info.gaussian import GaussianPID, gaussian_pid
from mmexplore.labs.gaussian import rows as gaussian_rows
from mmexplore.labs.gaussian.rows import SystemRows
from mmexplore.spec import Parameter, chosen, param, read_pairs
from mmexplore.units import unit_field

Array = npt.NDArray[np.float64]

MAX_FILE = 20_000_000  # bytes of a covariance file
MAX_ROWS = 1000
SYSTEM = tuple(p.name for p in TwoChannels.parameters())
BLURS = ("blur1", "blur2")

# nodes a side of the dial's grid, by rows of the covariance: the exact answer costs p^3, the picture has to come at once
_POINTS = ((8, 61), (16, 41), (32, 21), (80, 9), (MAX_ROWS, 5))
MOST_CONDITION = 1e13  # beyond, coordinates are linear functions of others
MAX_LIVE = 200  # a larger covariance is drawn without a dial


class Posteriors(NamedTuple):
    """Posterior covariances of the target, each (..., dy, dy), in units in which every coordinate of y has variance 1."""

    prior: Array
    given1: Array
    given2: Array
    given12: Array


@dataclass(frozen=True)
class GaussianScene(TwoChannels):
    """Everything one sees on the Gaussian page."""

    source: str = param(
        "system",
        label="Start from",
        choices=("system", "data", "file"),
        help="A system of two noisy channels that see a target in the plane, rows of a data set, or a covariance matrix of your own.",
        widget="segments",
    )
    columns: int = param(
        2,
        label="Columns of each modality",
        low=2,
        high=100,
        step=2,
        help="The same signal spread over more noisy columns: nothing changes, and the time hardly does.",
    )
    target: str = param(
        "plane",
        label="Target",
        choices=("plane", "first"),
        help="Both coordinates of y, or the first alone (the other one is then part of the noise).",
        widget="segments",
    )
    unit: str = unit_field()
    dial_x: str = param(
        "auto", label="First slider", max_length=30, help="What the first slider moves.", widget="select"
    )
    dial_y: str = param(
        "auto", label="Second slider", max_length=30, help="What the second slider moves.", widget="select"
    )
    data: str = param(
        "warped",
        label="Data set",
        max_length=60,
        help="Measured data that ship with scikit-learn, or rows drawn from a generator whose truth is known. For your own rows make their "
        "covariance (numpy.cov), or go to Your data.",
        widget="select",
    )
    settings: Generator = chosen("data", gaussian_rows.kind)
    labels: str = param(
        "number",
        label="A label as",
        choices=gaussian_rows.LABELS,
        help="A class label is no Gaussian variable; either way shows what goes wrong.",
        widget="segments",
    )
    file: str = param("", label="Covariance", max_length=64)
    d1: int = param(1, label="Rows of modality 1", low=1, high=MAX_ROWS, help="The first rows of the matrix.")
    d2: int = param(
        1, label="Rows of modality 2", low=1, high=MAX_ROWS, help="The rows that follow; the rest is the target."
    )
    blur1: float = param(
        0.0,
        label="Noise on modality 1",
        low=0.0,
        high=3.0,
        step=0.05,
        help="Independent noise on every column, in standard deviations of the column.",
    )
    blur2: float = param(
        0.0,
        label="Noise on modality 2",
        low=0.0,
        high=3.0,
        step=0.05,
        help="Independent noise on every column, in standard deviations of the column.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.columns % 2:
            raise BadSpec(f"columns is {self.columns}; allowed: even numbers 2 to 100")
        gaussian_rows.spec(self.data_text())

    @classmethod
    def of_old_links(cls, query: dict[str, str]) -> dict[str, str]:
        """A data set was one text with its values once, ``data=warped?n=500``; the query is changed in place."""
        name, mark, values = query.get("data", "").partition("?")
        if mark:
            query["data"] = name  # which is read even where its values are not
            pairs = read_pairs(values, f"the data set {name[:60]}")
            query |= {f"data.{key}": text for key, text in pairs.items()}
        return query

    def put(self, **values: Any) -> Self:
        """A copy with values changed by name or path; ``corner="unique"`` sets all that makes the corner."""
        corner = values.pop("corner", None)
        if corner is not None:
            if corner not in CORNERS:
                raise BadSpec(f"corner is {str(corner)[:40]!r}; allowed: {', '.join(CORNERS)}")
            values = {"source": "system", **CORNERS[corner].values, **values}
        return super().put(**values)

    def corner(self) -> str | None:
        """The corner this system stands in, if it is one of the named ones."""
        mine = {name: getattr(self, name) for name in SYSTEM}
        return next((name for name, corner in CORNERS.items() if corner.values == mine), None)

    def data_text(self) -> str:
        """The data set with its values, in one line."""
        return self.settings.text() if gaussian_rows.kind(self.data) else self.data

    def rows(self) -> SystemRows:
        """The rows behind a scene of source ``"data"``."""
        return gaussian_rows.system_rows(self.data_text(), self.labels)

    # -- the covariance ----------------------------------------------------------------------------------------------

    def dims(self, given: Array | None = None) -> tuple[int, int, int]:
        """Columns of modality 1, of modality 2, and of the target."""
        if self.source == "system":
            return self.columns, self.columns, 2 if self.target == "plane" else 1
        if self.source == "data":
            return self.rows().dims
        rows = len(_wanted(given))
        if self.d1 + self.d2 >= rows:
            raise BadSpec(
                f"d1 + d2 is {self.d1} + {self.d2}; allowed: less than the {rows} rows of the covariance, so that at least one is "
                "left for the target"
            )
        return self.d1, self.d2, rows - self.d1 - self.d2

    def covariance(self, given: Array | None = None, **values: npt.ArrayLike) -> Array:
        """Covariance of (x1, x2, y); values of the dial may be arrays, which broadcast together and lead the shape.

        Args:
            given: the reader's own matrix, wanted where `source` is ``"file"``.
            values: replaces values of the spec.
        """
        if self.source == "system":
            now = {name: values.get(name, getattr(self, name)) for name in SYSTEM}
            return gaussian_system(**now, columns=int(self.columns), dy=self.dims()[2])
        own = self.rows().covariance if self.source == "data" else _wanted(given)
        d1, d2, dy = self.dims(own)
        first, second = np.broadcast_arrays(*(np.asarray(values.get(n, getattr(self, n)), dtype=float) for n in BLURS))
        blur = np.concatenate(
            [np.repeat(first[..., None], d1, -1), np.repeat(second[..., None], d2, -1), np.zeros((*first.shape, dy))],
            -1,
        )
        return own * (1 + np.eye(len(own)) * (blur**2)[..., None, :])

    def decompose(self, given: Array | None = None) -> GaussianPID:
        """The exact decomposition, in the scene's unit."""
        return gaussian_pid(self.covariance(given), *self.dims(given)).to(self.unit)  # type: ignore[arg-type]

    # -- words -------------------------------------------------------------------------------------------------------

    def title(self) -> str:
        """What is decomposed, in a few words."""
        if self.source != "system":
            name = "Your covariance" if self.source == "file" else self.rows().title
            blurred = [
                f"noise on modality {k} {getattr(self, name):g}"
                for k, name in enumerate(BLURS, 1)
                if getattr(self, name)
            ]
            return f"{name} ({', '.join(blurred)})" if blurred else name
        corner = self.corner()
        name = CORNERS[corner].title if corner else f"Directions {self.angle1:g}° and {self.angle2:g}°"
        extra = [] if corner or not self.noise else [f"noise correlation {self.noise:g}"]
        extra += [f"{self.columns} columns each"] if self.columns != 2 else []
        extra += ["scalar target"] if self.target == "first" else []
        return f"{name} ({', '.join(extra)})" if extra else name

    # -- the dial ----------------------------------------------------------------------------------------------------

    def dials(self) -> tuple[Parameter, ...]:
        """The parameters the dial can move."""
        return tuple(self.parameter(name) for name in (SYSTEM if self.source == "system" else BLURS))

    def axes(self) -> tuple[Parameter, Parameter]:
        """The two parameters on the dial: what was chosen where it fits, else what is usual."""
        allowed = {p.name: p for p in self.dials()}
        usual = ("angle2", "noise") if self.source == "system" else BLURS
        x = self.dial_x if self.dial_x in allowed else next(n for n in usual if n != self.dial_y)
        y = self.dial_y if self.dial_y in allowed and self.dial_y != x else next(n for n in usual if n != x)
        return allowed[x], allowed[y]


@dataclass(frozen=True)
class GaussianGrid:
    """The exact decomposition over the two dial parameters, in bits.

    Attributes:
        key: stable identity of what is in the grid.
        x, y: the parameters along the last and the first axis.
        fields: ``i1, i2, i12, union``, each of shape (ny, nx).
        posteriors: what is known of a target in the plane, each (ny, nx, 2, 2); None for other targets.
        seconds: wall time of the batch.
    """

    key: str
    x: Parameter
    y: Parameter
    fields: dict[str, Array]
    posteriors: Posteriors | None
    seconds: float


def grid_scene(scene: GaussianScene) -> GaussianScene:
    """The scene with everything put to its default that does not change the grid: its identity is the cache key."""
    x, y = scene.axes()
    unused = {
        "system": (*BLURS, "d1", "d2", "file", "data", "labels"),
        "data": (*SYSTEM, "d1", "d2", "file"),
        "file": (*SYSTEM, "data", "labels"),
    }
    other: dict[str, Any] = {name: GaussianScene.parameter(name).default for name in unused[scene.source]}
    if scene.source != "data":
        other["settings"] = None
    # more columns carry the same information (see gaussian_systems), so the grid is computed with the fewest
    plain = {"unit": "bit", "columns": 2, "dial_x": x.name, "dial_y": y.name, x.name: x.default, y.name: y.default}
    return scene.replace(**other | plain)


def gaussian_grid(scene: GaussianScene, given: Array | None = None) -> GaussianGrid | None:
    """Decompose the scene over the ranges of its two dial parameters; None where that would take too long."""
    scene = grid_scene(scene)
    x, y = scene.axes()
    dims = scene.dims(given)
    if sum(dims) > MAX_LIVE:
        return None
    points = next(points for rows, points in _POINTS if sum(dims) <= rows)
    xs, ys = (np.linspace(float(p.low or 0.0), float(p.high or 1.0), points) for p in (x, y))
    covs = scene.covariance(given, **{x.name: xs[None, :], y.name: ys[:, None]})
    result = gaussian_pid(covs, *dims)
    fields = {name: getattr(result, name) for name in ("i1", "i2", "i12", "union")}
    seen = posteriors(covs, dims) if dims[2] == 2 else None
    return GaussianGrid(scene.identity(), x, y, fields, seen, float(result.seconds))


def posteriors(cov: Array, dims: tuple[int, int, int]) -> Posteriors:
    """Cov(Y), Cov(Y|X1), Cov(Y|X2) and Cov(Y|X1,X2), by Schur complements, coordinates of y scaled to variance 1."""
    d1, d2, _ = dims
    last = slice(d1 + d2, None)
    scale = np.sqrt(np.diagonal(cov[..., last, last], axis1=-2, axis2=-1))
    scale = scale[..., :, None] * scale[..., None, :]
    prior = cov[..., last, last] / scale

    def after(rows: slice) -> Array:
        cross = cov[..., rows, last]
        explained = np.swapaxes(cross, -1, -2) @ _solved(cov[..., rows, rows], cross)
        return np.asarray(prior - explained / scale)

    return Posteriors(prior, after(slice(0, d1)), after(slice(d1, d1 + d2)), after(slice(0, d1 + d2)))


def _solved(block: Array, cross: Array) -> Array:
    """block^+ cross; the pseudo-inverse where coordinates are linear functions of others."""
    if np.linalg.cond(block).max() < MOST_CONDITION:
        return np.asarray(np.linalg.solve(block, cross))
    scale = np.sqrt(np.diagonal(block, axis1=-2, axis2=-1))[..., :, None]
    correlation = block / (scale * np.swapaxes(scale, -1, -2))
    return np.asarray(np.linalg.pinv(correlation, rcond=1 / MOST_CONDITION, hermitian=True) @ (cross / scale) / scale)


def read_covariance(data: bytes, name: str) -> Array:
    """A square matrix of numbers from the bytes of an NPY or CSV file; nothing in it is executed.

    Raises:
        BadData: in a sentence, what is wrong with the file.
    """
    if len(data) > MAX_FILE:
        raise BadData(f"{name} has {len(data):,} bytes; allowed: {MAX_FILE:,}, which is {MAX_ROWS:,} rows and more")
    frame = tabular.load(data, name).frame
    rows, columns = frame.shape
    if rows != columns:
        shape = f"{name} is a table of {rows:,} rows and {columns:,} columns; a covariance is square"
        raise BadData(
            f"{shape}. Rows of samples are read on the page Your data, or numpy.cov(rows.T) makes their covariance"
        )
    if rows > MAX_ROWS:
        raise BadData(f"{name} is {rows:,} x {rows:,}; allowed: at most {MAX_ROWS:,} rows")
    if rows < 3:
        raise BadData(
            f"{name} is {rows} x {rows}; allowed: at least 3 rows, one for each modality and one for the target"
        )
    try:
        return np.asarray(frame.to_numpy(dtype=np.float64))
    except (TypeError, ValueError):
        raise BadData(f"{name} holds cells that are no numbers; allowed: the numbers of a covariance alone") from None


def _wanted(given: Array | None) -> Array:
    if given is None:
        raise BadData("the covariance of this view is not loaded; drop its file again")
    return given
