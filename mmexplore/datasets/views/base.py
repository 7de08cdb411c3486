"""One shelf of two views: data sets of two representations of the same samples, with everything that is known of them.

A declaration is a frozen `View` of plain values; its text form is a name and the values that differ from the defaults, as in a URL,
``"warped-gaussian?correlations=0.9%2C0.5&n=4000"``. `two_views` reads one, `View.draw` draws its samples as `TwoViews`, `View.truth` says
what is known exactly, `View.facts` what a method must know beforehand. A new data set is one new file of this folder.

    >>> data = two_views("warped-gaussian?n=1000").draw()
    >>> data.x1.shape, data.canonical.correlations.tolist()
    ((2000, 6), [0.9, 0.8, 0.6, 0.3])
"""

from __future__ import annotations

import dataclasses
import zlib
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeVar, dataclass_transform

import numpy as np
import numpy.typing as npt

from mmexplore.errors import BadData, BadSpec
from mmexplore.registry import EntryRegistry
from mmexplore.spec import Entry
from mmexplore.types import PID

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Kind = Literal["shared", "unique1", "unique2", "synergy", "label"]
Form = Literal["columns", "image", "series", "text"]

FEWEST_ROWS = 40
MOST_COLUMNS = 1024
HELD_OUT = 0.2
_LONGEST = 4000  # characters of a text form


# -- what is known ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Factor:
    """Something that is known of every sample, to ask of a representation.

    Attributes:
        name: what it is.
        kind: ``"shared"`` by both views; ``"unique1"`` or ``"unique2"``, in one of them alone; ``"synergy"``, in neither alone; ``"label"``,
            a target whose parts are not taken apart.
        values: (n,) or (n, k) numbers, or the codes of a class (n,).
        classes: how many classes; 0 for numbers.
    """

    name: str
    kind: Kind
    values: npt.NDArray[Any]
    classes: int = 0


@dataclass(frozen=True)
class LabelTruth:
    """What the two views tell about the label.

    Attributes:
        pid: its decomposition (BROJA), in bits.
        exact: whether it is the decomposition of the views themselves, not of a table made from them.
        words: how it is known.
    """

    pid: PID
    exact: bool
    words: str


@dataclass(frozen=True)
class SharedTruth:
    """What the two views tell about each other.

    Attributes:
        bits: their mutual information.
        exact: whether it is exact.
        words: how it is known.
        correlations: canonical correlations, falling, where the views are invertible functions of Gaussian coordinates; else empty.
    """

    bits: float
    exact: bool
    words: str
    correlations: tuple[float, ...] = ()


@dataclass(frozen=True, eq=False)
class GaussianCoordinates:
    """The Gaussian coordinates behind two views that are invertible functions of them.

    Attributes:
        correlations: canonical correlations, falling, shape (m,).
        u, v: the canonical coordinates behind x1 and x2, (n, m): standard normal, u_i and v_i correlated by correlations[i], else independent.
    """

    correlations: Array
    u: Array
    v: Array


@dataclass(frozen=True)
class Facts:
    """What is known before a sample is drawn.

    Attributes:
        samples: how many are drawn, training and held-out.
        columns1, columns2: numbers that make one sample of each view.
        form1, form2: the form of each view.
        classes: how many classes the label has; 0 without one.
        numeric_target: whether there is a target that is a number or several.
        continuous: whether the views are measured numbers, not a few grey levels.
    """

    samples: int
    columns1: int
    columns2: int
    form1: Form = "columns"
    form2: Form = "columns"
    classes: int = 0
    numeric_target: bool = False
    continuous: bool = True


# -- the samples ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class TwoViews:
    """Samples of two views.

    Attributes:
        x1, x2: the views, (n, d1) and (n, d2), or images (n, channels, height, width).
        held_out: (n,) true where a sample is kept from training.
        columns1, columns2: names of the columns (pixels: in the order of the flattened image).
        names: what x1 and x2 are.
        y: the label, codes into `class_names`, (n,), or None.
        y_real: a target that is a number, (n,) or (n, k), or None.
        class_names: names of the label's classes.
        labels: every label that can be asked for, codes (n,) each; the label itself first, as ``"y"``.
        factors: what is known of the samples.
        latents: what the samples were made from, one array (n, ...) each.
        form1, form2: the form of each view.
        image1, image2: shape of one sample where a view is an image, (height, width) or (channels, height, width), else None.
        canonical: Gaussian coordinates behind the views, or None.
        ceiling: what is known of the information between the views, in words.
        source: where the samples are from; empty if they are drawn.
        declaration: the `View` that drew them; None for a visitor's own.
    """

    x1: npt.NDArray[Any]
    x2: npt.NDArray[Any]
    held_out: Mask
    columns1: tuple[str, ...]
    columns2: tuple[str, ...]
    names: tuple[str, str] = ("view 1", "view 2")
    y: npt.NDArray[np.int64] | None = None
    y_real: Array | None = None
    class_names: tuple[str, ...] = ()
    labels: Mapping[str, npt.NDArray[np.int64]] = field(default_factory=dict)
    factors: tuple[Factor, ...] = ()
    latents: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    form1: Form = "columns"
    form2: Form = "columns"
    image1: tuple[int, ...] | None = None
    image2: tuple[int, ...] | None = None
    canonical: GaussianCoordinates | None = None
    ceiling: str = ""
    source: str = ""
    declaration: View | None = None

    def __post_init__(self) -> None:
        if not len(self.x1) == len(self.x2) == len(self.held_out):
            raise BadData(f"x1 has {len(self.x1):,} samples and x2 has {len(self.x2):,}; allowed: the same samples")
        if self.y is not None and not self.labels:
            object.__setattr__(self, "labels", {"y": self.y})

    @property
    def n(self) -> int:
        """Number of samples, training and held-out."""
        return len(self.x1)

    @property
    def flat1(self) -> npt.NDArray[Any]:
        """View 1 as (n, d1)."""
        return np.asarray(self.x1.reshape(self.n, -1))

    @property
    def flat2(self) -> npt.NDArray[Any]:
        """View 2 as (n, d2)."""
        return np.asarray(self.x2.reshape(self.n, -1))

    @property
    def truth(self) -> LabelTruth | SharedTruth | None:
        """What is known exactly, or of a declared table; None for a visitor's own."""
        return None if self.declaration is None else self.declaration.truth()

    def factor(self, name: str) -> npt.NDArray[Any]:
        """Values of a factor by name."""
        for known in self.factors:
            if known.name == name:
                return known.values
        raise BadSpec(f"there is no factor {name[:60]!r}; allowed: {', '.join(f.name for f in self.factors) or 'none'}")


# -- declarations -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class View(Entry):
    """Base of every declaration of two views.

    Class attributes:
        name: its name in text.
        title: a few words.
        sentence: what the views are and what they share.
        source: where the samples are from; empty if they are drawn.
        listed: whether `views` lists it; not what needs a file, and not a second name of samples that are listed already.
        scaled: whether the views come as float32 of unit scale, ready for a network.
        own_pairs: whether it makes positive pairs itself, instead of by general augmentations.
        label_names: labels that can be asked for beside each other; the first one is the label itself.
        factor_names: real-valued factors that can be asked for.
    """

    title: ClassVar[str] = ""
    sentence: ClassVar[str] = ""
    source: ClassVar[str] = ""
    listed: ClassVar[bool] = True
    scaled: ClassVar[bool] = False
    own_pairs: ClassVar[bool] = False
    label_names: ClassVar[tuple[str, ...]] = ("y",)
    factor_names: ClassVar[tuple[str, ...]] = ()

    def draw(self, seed: int | None = None) -> TwoViews:
        """The samples; the same seed gives the same samples.

        Args:
            seed: of the random numbers; left out, the declaration's own where it has one, else 0.
        """
        own = getattr(self, "seed", None)
        if own is not None and seed is not None and seed != own:
            return self.replace(seed=seed).draw()
        drawn = self.sample(int(own or 0) if seed is None else seed)
        return dataclasses.replace(drawn, declaration=self, source=self.source)

    @abstractmethod
    def sample(self, seed: int) -> TwoViews:
        """What `draw` hands out; a declaration with a seed of its own gets that one."""

    @abstractmethod
    def facts(self) -> Facts:
        """What is known before a sample is drawn."""

    def truth(self) -> LabelTruth | SharedTruth | None:
        """What is known exactly, or of a declared table; None where nothing is."""
        return None

    def shared_accuracy(self) -> dict[str, float]:
        """Highest accuracy on each label for one who knows all that both views share and nothing else, where it is known exactly."""
        return {}

    def stream(self, what: str) -> np.random.Generator:
        """A random stream of its own, from the seed where there is one."""
        key = zlib.crc32(f"{self.name} {what}".encode())
        return np.random.default_rng(np.random.SeedSequence(getattr(self, "seed", 0), spawn_key=(key,)))


VIEWS: EntryRegistry[View] = EntryRegistry("two-view data set", "mmexplore.datasets.views")
V = TypeVar("V", bound=View)


@dataclass_transform(frozen_default=True)
def declare(entry: type[V]) -> type[V]:
    """Make a class a frozen declaration and register it under its name."""
    made = dataclass(frozen=True)(entry)
    VIEWS.add(made.name, made)
    return made


def views() -> tuple[str, ...]:
    """Names of the data sets of two views, each there once."""
    return tuple(sorted(name for name, entry in VIEWS.items() if entry.listed))


def two_views(text: str) -> View:
    """Read the declaration of a data set from its text form.

    Raises:
        BadSpec: an unknown name, an unknown, repeated or forbidden value, or text of another form.

    >>> two_views("noisy-digits?noise=0.5").text()
    'noisy-digits?noise=0.5'
    """
    return VIEWS.read(text, longest=_LONGEST)


def view(name: str, seed: int | None = None, **values: Any) -> TwoViews:
    """Draw the samples of a data set of two views.

    Args:
        name: one of `views()`, or a text form such as ``"noisy-digits?noise=0.5"``.
        seed: of the random numbers; left out, that of the text form, else 0.
        values: parameters of the data set; they override the text form's.

    Returns:
        `TwoViews`: x1 and x2, the label y where there is one, factors, the held-out part, the form of each view, and ``truth`` in bits.

    Raises:
        BadSpec: an unknown name or value.

    >>> view("factors", rows=1000, seed=1).x1.shape
    (1000, 100)
    """
    declared = two_views(name)
    allowed = tuple(p.name for p in declared.parameters())
    for key in values:
        if key not in allowed:
            raise BadSpec(f"{declared.name} has no parameter {key[:60]!r}; allowed: {', '.join(allowed) or 'none'}")
    return declared.replace(**values).draw(seed)


# -- helpers of the declarations --------------------------------------------------------------------------------------------


def held_out_rows(n: int, share: float, rng: np.random.Generator) -> Mask:
    """A random choice of about `share` of the samples, at least one."""
    chosen = np.zeros(n, dtype=bool)
    chosen[rng.permutation(n)[: max(1, round(share * n))]] = True
    return chosen


def last_rows(n: int, share: float = HELD_OUT) -> Mask:
    """The last `share` of the samples, at least one: for samples in no order."""
    return np.arange(n) >= n - max(1, round(share * n))


def column_names(prefix: str, count: int) -> tuple[str, ...]:
    """``"x1 column 1"`` and so on."""
    return tuple(f"{prefix} column {i + 1}" for i in range(count))


def pixel_names(height: int, width: int, channels: tuple[str, ...] = ("",)) -> tuple[str, ...]:
    """``"row 1 column 1"`` and so on, channel by channel and row by row."""
    return tuple(
        f"{channel} row {r + 1} column {c + 1}".lstrip()
        for channel in channels
        for r in range(height)
        for c in range(width)
    )


def check_views(x: Any, y: Any, pixels: tuple[bool, bool] = (False, False)) -> None:
    """Raise `BadData` unless the two views have the same rows, enough of them, and columns that vary.

    Args:
        x, y: (n, d1) and (n, d2).
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
        constant = np.ptp(view, axis=0) == 0
        if constant.all() or (constant.any() and not is_image):
            which = ", ".join(str(c + 1) for c in np.flatnonzero(constant)[:5])
            raise BadData(f"{name} is constant in column {which}; allowed: columns that vary (leave these out)")
