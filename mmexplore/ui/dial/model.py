"""What a dial shows, as data: axes, a grid of fields over them, quantities read off the fields, and stacks of arrays.

The fields are base quantities in bits (for a PID: I1, I2, I12 and the union information I*). Whatever is drawn is a linear
combination of them, so that bilinear interpolation in the browser keeps every identity, R + U1 = I1 among them, exactly.
Arrays travel as base64 of little-endian uint16 between each field's own lowest and highest value: an error of at most
(hi - lo) / 131070, under 1e-5 bit for a field one bit wide.
"""

from __future__ import annotations

import base64
import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal

import numpy as np

from mmexplore.errors import BadData, BadSpec
from mmexplore.spec import Parameter
from mmexplore.types import ATOM_WEIGHTS

MAX_NODES = 512  # per axis
MAX_NUMBERS = 2_000_000  # of one stack of tables
MAX_STACKED = 4_000_000  # of all stacks together


@dataclass(frozen=True)
class Axis:
    """One slider: a number from `low` to `high`.

    Attributes:
        key: its name in code: the parameter's path in the view where it is one of the view's.
        label: its name on the page.
        step: what one arrow key moves; with `marks`, in places of the slider (1 from one mark to the next).
        help: a sentence shown on hover and read to screen readers.
        low_words, high_words: what the two ends mean, for instance "no noise" and "coin toss".
        decimals: digits shown after the point.
        default: where a double click on the label goes back to (None: nowhere).
        unit: written behind the number.
        marks: rising values that stand evenly spaced along the slider, the first `low` and the last `high`; between two of them the
            value grows by equal factors (evenly from 0). Two marks make a logarithmic slider. None: the value itself is the place.
    """

    key: str
    label: str
    low: float
    high: float
    step: float
    help: str = ""
    low_words: str = ""
    high_words: str = ""
    decimals: int = 2
    default: float | None = None
    unit: str = ""
    marks: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.low, self.high, self.step))) or not self.low < self.high:
            raise BadSpec(
                f"axis {self.key!r} runs from {self.low} to {self.high}; allowed: two finite ends, low < high"
            )
        m = self.marks
        if m and (m[0] != self.low or m[-1] != self.high or m[0] < 0 or any(a >= b for a, b in pairwise(m))):
            raise BadSpec(f"axis {self.key!r} has marks {m}; allowed: rising, from low to high, none below 0")
        width = self.place(self.high) - self.place(self.low)
        if not 0 < self.step <= width:
            raise BadSpec(f"axis {self.key!r} has step {self.step}; allowed: above 0, at most {width:g}")

    @classmethod
    def of(
        cls, parameter: Parameter, *, path: str = "", low_words: str = "", high_words: str = "", log: bool = False
    ) -> Axis:
        """The slider of a declared parameter: its range, step, words and default are taken from the declaration.

        `path` is where the view has it, if that is not its name; the dial asks the page's state by it whether the link locks or hides it.
        """
        if parameter.low is None or parameter.high is None:
            raise BadSpec(f"{parameter.name} has no range; allowed for a slider: a parameter with low and high")
        step = parameter.step or (1.0 if parameter.type is int else (parameter.high - parameter.low) / 100)
        marks = (float(parameter.low), float(parameter.high)) if log else ()
        return cls(
            key=path or parameter.name,
            label=parameter.label,
            low=float(parameter.low),
            high=float(parameter.high),
            step=1 / 120 if log else float(step),
            help=parameter.help,
            low_words=low_words,
            high_words=high_words,
            decimals=_decimals(float(step)),
            default=float(parameter.default),
            unit=parameter.unit,
            marks=marks,
        )

    def place(self, value: float) -> float:
        """Where on the slider a value within the range lies: the value itself, or counted in marks."""
        if not self.marks:
            return float(value)
        k = min(max(bisect_right(self.marks, value) - 1, 0), len(self.marks) - 2)
        a, b = self.marks[k : k + 2]
        return k + (math.log(value / a) / math.log(b / a) if a > 0 else (value - a) / (b - a))

    def value(self, place: float) -> float:
        """The value at a place on the slider: the inverse of `place`."""
        if not self.marks:
            return float(place)
        k = min(max(int(place), 0), len(self.marks) - 2)
        a, b = self.marks[k : k + 2]
        value = a * (b / a) ** (place - k) if a > 0 else a + (b - a) * (place - k)
        return float(value)

    def clip(self, value: float) -> float:
        """The nearest value within the range."""
        return min(self.high, max(self.low, float(value)))

    def nodes(self, n: int) -> np.ndarray:
        """The `n` values at which a grid over this axis is to be computed."""
        places = np.linspace(self.place(self.low), self.place(self.high), n)
        return np.array([self.value(x) for x in places]) if self.marks else places


def _decimals(step: float) -> int:
    """Digits after the point that show one step."""
    for digits in range(7):
        if math.isclose(round(step, digits), step, rel_tol=1e-9):
            return digits
    return 6


@dataclass(frozen=True)
class Quantity:
    """A number that is drawn: a linear combination of the grid's fields.

    Attributes:
        key: short name, also the symbol in charts ("R", "I1").
        label: name in words; `{x1}`, `{x2}` and `{y}` stand for the names of the variables.
        of: field name -> weight.
        atom: one of R, U1, U2, S: which colour and pattern it is drawn with (None: a plain one, no bar and no curve).
    """

    key: str
    label: str
    of: Mapping[str, float]
    atom: str | None = None


PID: tuple[Quantity, ...] = (
    Quantity("R", "Redundancy", ATOM_WEIGHTS["redundancy"], "R"),
    Quantity("U1", "Unique to {x1}", ATOM_WEIGHTS["unique1"], "U1"),
    Quantity("U2", "Unique to {x2}", ATOM_WEIGHTS["unique2"], "U2"),
    Quantity("S", "Synergy", ATOM_WEIGHTS["synergy"], "S"),
    Quantity("I1", "I({x1}; {y})", {"i1": 1}),
    Quantity("I2", "I({x2}; {y})", {"i2": 1}),
    Quantity("I12", "I({x1}, {x2}; {y})", {"i12": 1}),
    Quantity("CI", "Co-information, R − S", {"i1": 1, "i2": 1, "i12": -1}),
)
ENTROPY = Quantity("HY", "H({y})", {"hy": 1})


@dataclass(frozen=True)
class Grid:
    """Fields over one or two axes, computed once in a batch; without an axis, plain numbers that stand still.

    Attributes:
        id: identity of the content: two grids of one id are the same grid (use the spec's identity).
        axes: at most two; `axes[0]` runs along the last dimension of every field.
        fields: name -> array of shape (ny, nx), (nx,) or (), in bits, at nodes spaced evenly along each slider, from end to end.
            The number of nodes has nothing to do with the sliders' steps. For a PID: i1, i2, i12, union, and hy if known.
        quantities: what is drawn of them.
        own: whether it was computed from a visitor's own data; it is then encoded for their session alone.
    """

    id: str
    axes: tuple[Axis, ...]
    fields: Mapping[str, np.ndarray] = field(repr=False, hash=False, compare=False)
    quantities: tuple[Quantity, ...] = PID
    own: bool = False


@dataclass(frozen=True)
class Tables:
    """p(x1, x2, y) on a (coarse) grid over the same axes, for the live picture of the distribution.

    Attributes:
        p: array (gy, gx, n1, n2, ny), or (gx, n1, n2, ny) over one axis; bilinear between nodes, so two nodes an axis are
            enough for anything that mixes linearly. None: drawn at rest only, from the exact answer's "table".
        x1, x2, y: names of the states (any text).
        kind: which picture it is for: ``"probabilities"``, or ``"covariances"`` of a target in the plane: p[k, c, 0] with k =
            before, given x1, given x2, given both, and c = the entries 11, 12 and 22.
    """

    p: np.ndarray | None = field(repr=False)
    x1: tuple[str, ...]
    x2: tuple[str, ...]
    y: tuple[str, ...]
    kind: Literal["probabilities", "covariances"] = "probabilities"


@dataclass(frozen=True)
class Stacks:
    """What views beyond the decomposition's draw: arrays over the grid's nodes, and what does not move.

    Attributes:
        arrays: name -> array (gy, gx, ...), or (gx, ...) over one axis, on a grid of its own over the same axes (one node along an axis:
            the same everywhere). The browser reads it between the nodes; uint8 arrays (pictures) travel as bytes, all others as uint16 within their range.
        static: view -> plain JSON values: names, labels, reference curves. See the head of each file in `views/`.
    """

    arrays: Mapping[str, np.ndarray] = field(repr=False, hash=False, compare=False)
    static: Mapping[str, Any] = field(repr=False, hash=False, compare=False)


def encode(name: str, array: Any) -> dict[str, Any]:
    """An array as base64 uint16 with its range; `BadData` if a number is missing or infinite."""
    values = np.asarray(array, dtype=np.float64)
    if not values.size or not np.isfinite(values).all():
        raise BadData(f"{name} has {int((~np.isfinite(values)).sum())} cells that are no finite number; allowed: none")
    low, high = float(values.min()), float(values.max())
    scaled = (values - low) * (65535.0 / (high - low)) if high > low else np.zeros_like(values)
    return {
        "u16": base64.b64encode(np.rint(scaled).astype("<u2").tobytes()).decode("ascii"),
        "lo": low,
        "hi": high,
    }


def decode(coded: Mapping[str, Any]) -> np.ndarray:
    """The inverse of `encode`, flat: what the browser sees."""
    if "u8" in coded:
        return np.frombuffer(base64.b64decode(coded["u8"]), dtype=np.uint8)
    units = np.frombuffer(base64.b64decode(coded["u16"]), dtype="<u2").astype(np.float64)
    return float(coded["lo"]) + units * ((float(coded["hi"]) - float(coded["lo"])) / 65535.0)


def encode_grid(grid: Grid) -> dict[str, Any]:
    """The grid as JSON-ready data."""
    shapes = {np.shape(a) for a in grid.fields.values()}
    if len(grid.axes) > 2 or not (grid.axes or shapes == {()}):
        raise BadSpec(f"grid {grid.id!r} has {len(grid.axes)} axes; allowed: 1 or 2, or none for plain numbers")
    if len(shapes) != 1 or len(next(iter(shapes))) != len(grid.axes):
        raise BadData(
            f"grid {grid.id!r} has fields of shapes {sorted(shapes)}; allowed: one shape of {len(grid.axes)} axes"
        )
    shape = next(iter(shapes))
    if not all(2 <= n <= MAX_NODES for n in shape):
        raise BadData(f"grid {grid.id!r} has shape {shape}; allowed: 2 to {MAX_NODES} nodes an axis")
    quantities = [q for q in grid.quantities if set(q.of) <= set(grid.fields)]
    if grid.quantities is PID and "hy" in grid.fields:
        quantities.append(ENTROPY)
    return {
        "id": grid.id,
        "shape": [1] * (2 - len(shape)) + list(shape),
        "axes": [_plain_axis(a) for a in grid.axes],
        "fields": {str(name): encode(f"field {name!r}", a) for name, a in grid.fields.items()},
        "quantities": [
            {"key": q.key, "label": q.label, "of": {k: float(w) for k, w in q.of.items()}, "atom": q.atom}
            for q in quantities
        ],
    }


def _plain_axis(axis: Axis) -> dict[str, Any]:
    return {
        "key": axis.key,
        "label": axis.label,
        "low": axis.place(axis.low),
        "high": axis.place(axis.high),
        "step": float(axis.step),
        "help": axis.help,
        "words": [axis.low_words, axis.high_words],
        "decimals": int(axis.decimals),
        "default": None if axis.default is None else axis.place(axis.default),
        "unit": axis.unit,
        "marks": list(axis.marks) or None,
    }


def encode_tables(tables: Tables, n_axes: int) -> dict[str, Any]:
    """The stack of tables as JSON-ready data."""
    states = [[str(s) for s in names] for names in (tables.x1, tables.x2, tables.y)]
    if tables.p is None:
        return {"states": states}
    p = np.asarray(tables.p)
    if p.ndim != n_axes + 3:
        raise BadData(f"tables have shape {p.shape}; allowed: {n_axes} grid axes, then (n1, n2, ny)")
    if p.size > MAX_NUMBERS:
        raise BadData(f"tables hold {p.size:,} numbers; allowed: {MAX_NUMBERS:,}. Use a coarser grid of tables")
    if tuple(map(len, states)) != p.shape[-3:]:
        raise BadData(f"tables have {p.shape[-3:]} states, names {tuple(map(len, states))}; allowed: one name a state")
    coded = {"shape": [1, p.shape[0]] if n_axes == 1 else list(p.shape[:2]), "p": encode("tables", p), "states": states}
    return coded if tables.kind == "probabilities" else {**coded, "kind": tables.kind}


def encode_stacks(stacks: Stacks, n_axes: int) -> dict[str, Any]:
    """Arrays and static facts as JSON-ready data."""
    coded: dict[str, Any] = {}
    total = 0
    for name, given in stacks.arrays.items():
        array = np.asarray(given)
        if array.ndim < n_axes or not all(1 <= n <= MAX_NODES for n in array.shape[:n_axes]):
            raise BadData(f"stack {name!r} has shape {array.shape}; allowed: {n_axes} grid axes first")
        total += array.size
        shape = (1,) * (2 - n_axes) + array.shape
        if array.dtype == np.uint8:
            text = base64.b64encode(np.ascontiguousarray(array).tobytes()).decode("ascii")
            coded[str(name)] = {"u8": text, "shape": list(shape)}
        else:
            coded[str(name)] = {**encode(f"stack {name!r}", array), "shape": list(shape)}
    if total > MAX_STACKED:
        raise BadData(f"the stacks hold {total:,} numbers; allowed: {MAX_STACKED:,}. Use coarser grids or fewer items")
    return {"arrays": coded, "static": dict(stacks.static)}
