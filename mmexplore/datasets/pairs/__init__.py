"""Two views of the same things, for methods that compress one view and keep what it tells of the other.

Each declaration is a frozen `Spec` that draws its rows: training rows and held-out rows, what is known of them (labels, factors that
are shared or private), how they are drawn (pixels or columns) and, where there is one, their exact truth. The text form is a name
and the values that differ from the defaults, ``"warped-gaussian?correlations=0.9%2C0.5&n=4000"``. A new pair is one new file here.

    >>> views = pair("warped-gaussian?n=1000").draw()
    >>> views.x.shape, views.truth.correlations.tolist()
    ((2000, 6), [0.9, 0.8, 0.6, 0.3])
"""

from __future__ import annotations

import urllib.parse
import zlib
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeVar, dataclass_transform

import numpy as np
import numpy.typing as npt

from mmexplore.errors import BadData, BadSpec
from mmexplore.registry import Registry
from mmexplore.spec import Spec, param

Array = npt.NDArray[np.float64]
Kind = Literal["shared", "x", "y"]

FEWEST_ROWS = 40
MOST_COLUMNS = 1024
_LONGEST = 500


@dataclass(frozen=True, eq=False)
class Factor:
    """Something that is known of every row, to ask of a representation.

    Attributes:
        name: what it is.
        kind: ``"shared"`` by both views, or private to ``"x"`` or ``"y"``.
        values: (n,), a number, or a whole number of a class.
        classes: how many classes; 0 for a number.
    """

    name: str
    kind: Kind
    values: npt.NDArray[Any]
    classes: int = 0


@dataclass(frozen=True, eq=False)
class GaussianTruth:
    """Two views that are invertible functions of jointly Gaussian coordinates.

    Attributes:
        correlations: canonical correlations, falling, shape (m,).
        u, v: the canonical coordinates behind x and y, (n, m): standard normal, u_i and v_i correlated by correlations[i], else independent.
    """

    correlations: Array
    u: Array
    v: Array


@dataclass(frozen=True, eq=False)
class TwoViews:
    """Rows of two views.

    Attributes:
        x, y: (n, dx) and (n, dy).
        held_out: (n,) true where a row is kept from training.
        columns_x, columns_y: names of the columns.
        names: what x and y are.
        label: (n,) codes into `class_names`, or None.
        class_names: names of the label's classes.
        factors: what is known of the rows; the label, where there is one, is the first.
        image_x, image_y: height and width where the columns are pixels, else None.
        truth: the exact side, or None.
        ceiling: what is known of the information between the views, in words.
    """

    x: Array
    y: Array
    held_out: npt.NDArray[np.bool_]
    columns_x: tuple[str, ...]
    columns_y: tuple[str, ...]
    names: tuple[str, str] = ("X", "Y")
    label: npt.NDArray[np.int64] | None = None
    class_names: tuple[str, ...] = ()
    factors: tuple[Factor, ...] = ()
    image_x: tuple[int, int] | None = None
    image_y: tuple[int, int] | None = None
    truth: GaussianTruth | None = None
    ceiling: str = ""

    def __post_init__(self) -> None:
        check_views(self.x, self.y, pixels=(self.image_x is not None, self.image_y is not None))


@dataclass(frozen=True)
class Pair(Spec):
    """Base of every pair.

    Class attributes:
        name: the key.
        title: a few words.
        sentence: what the views are and what they share.
        source: where the rows are from; empty if they are drawn.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    sentence: ClassVar[str]
    source: ClassVar[str] = ""

    def draw(self) -> TwoViews:
        """The rows."""
        raise NotImplementedError

    def stream(self, what: str) -> np.random.Generator:
        """A random stream of its own, from the seed where there is one."""
        key = zlib.crc32(f"{self.name} {what}".encode())
        return np.random.default_rng(np.random.SeedSequence(getattr(self, "seed", 0), spawn_key=(key,)))

    def to_text(self) -> str:
        """One line that `pair` reads."""
        query = self.to_query()
        return f"{self.name}?{urllib.parse.urlencode(query)}" if query else self.name


REGISTRY: Registry[type[Pair]] = Registry("pair of views", __name__)
P = TypeVar("P", bound=Pair)


@dataclass_transform(frozen_default=True, field_specifiers=(param,))
def declare(entry: type[P]) -> type[P]:
    """Make a class a frozen declaration and register it under its name."""
    made = dataclass(frozen=True)(entry)
    REGISTRY.add(made.name, made)
    return made


def pairs() -> tuple[str, ...]:
    """Names of the pairs."""
    return REGISTRY.names()


def pair(text: str) -> Pair:
    """Read a text form.

    >>> pair("noisy-digits?noise=0.5").to_text()
    'noisy-digits?noise=0.5'
    """
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise BadSpec(f"data is {str(text)[:60]!r}; allowed: a name and values, at most {_LONGEST} characters")
    name, _, query = text.partition("?")
    entry = REGISTRY[name]
    try:
        found = urllib.parse.parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query), errors="strict")
    except ValueError:
        raise BadSpec(f"the values of data are {query[:60]!r}; allowed: name=value, joined by &") from None
    return entry(**{key: entry.parameter(key).parse(value) for key, value in found})


def held_out_rows(n: int, share: float, rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """A random choice of about `share` of the rows, at least one."""
    chosen = np.zeros(n, dtype=bool)
    chosen[rng.permutation(n)[: max(1, round(share * n))]] = True
    return chosen


def check_views(x: Any, y: Any, pixels: tuple[bool, bool] = (False, False)) -> None:
    """Raise `BadData` unless the two views have the same rows, enough of them, and columns that vary.

    Args:
        x, y: (n, dx) and (n, dy).
        pixels: whether the columns are pixels, of which some may be constant.
    """
    for name, view in (("x", x), ("y", y)):
        if np.ndim(view) != 2 or np.shape(view)[1] == 0:
            raise BadData(f"{name} has shape {np.shape(view)}; allowed: rows and at least one column")
        if np.shape(view)[1] > MOST_COLUMNS:
            raise BadData(f"{name} has {np.shape(view)[1]:,} columns; allowed: at most {MOST_COLUMNS:,}")
    if len(x) != len(y):
        raise BadData(f"x has {len(x):,} rows and y has {len(y):,}; allowed: the same rows of both views")
    if len(x) < FEWEST_ROWS:
        rows = "1 row" if len(x) == 1 else f"{len(x)} rows"
        raise BadData(f"the views have {rows}; allowed: at least {FEWEST_ROWS}, of which a quarter is held out")
    for name, view, is_image in (("x", x, pixels[0]), ("y", y, pixels[1])):
        missing = ~np.isfinite(view)
        if missing.any():
            row, column = np.argwhere(missing)[0]
            raise BadData(
                f"{name} holds {int(missing.sum()):,} values that are missing or infinite, the first in row {row + 1}, column "
                f"{column + 1}; allowed: finite numbers (leave these rows or columns out)"
            )
        still = np.ptp(view, axis=0) == 0
        if still.all() or (still.any() and not is_image):
            which = ", ".join(str(c + 1) for c in np.flatnonzero(still)[:5])
            raise BadData(f"{name} is constant in column {which}; allowed: columns that vary (leave these out)")
