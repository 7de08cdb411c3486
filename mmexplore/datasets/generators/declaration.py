"""Generators: continuous modalities whose decomposition or mutual information is known, to hold estimators against.

A generator is a frozen `Spec`: the number of rows, the seed and its own parameters. It draws rows and carries its truth:

    >>> x1, x2, y = make("sign-sum", n=1000, seed=1, d=5)
    >>> make("sign-sum").truth.redundancy  # bits, closed form
    0.27865247955551...

Its text form is one line, ``sign-sum?d=5&n=1000&seed=1``, which `generator` reads and `Generator.text` writes. Random numbers come
from one stream for every variable, so the first rows of a larger sample are the smaller sample. A new generator is one new file
of this folder: a class under `@declare` with `plain_dims`, `plain_sample` and `truth`. Any generator's modalities may be seen through an
invertible map (`map1`, `map2`; `mmexplore.datasets.generators.maps`), which leaves the truth as it is.
"""

from __future__ import annotations

import math
import zlib
from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from mmexplore.datasets.generators.maps import MAPS
from mmexplore.errors import BadSpec
from mmexplore.registry import EntryRegistry
from mmexplore.spec import Entry, param
from mmexplore.types import ATOMS, INFORMATIONS, Atoms

Array = npt.NDArray[np.float64]
Target = Literal["vector", "scalar", "label"]
Kind = Literal["pid", "mi"]

MOST_ROWS = 200_000
MOST_CELLS = 30_000_000  # numbers of x1, x2 and y together
COMMON = ("n", "seed", "map1", "map2")  # parameters of every generator
_LONGEST = 500  # characters of a text form


class Sample(NamedTuple):
    """Rows of the two modalities and the target: x1 (n, d1), x2 (n, d2), y (n, dy) or integer labels (n,)."""

    x1: Array
    x2: Array
    y: npt.NDArray[Any]


@dataclass(frozen=True)
class Truth:
    """What is known of a generator, in bits; None where it is not known.

    Attributes:
        redundancy, unique1, unique2, synergy: atoms of the BROJA decomposition.
        i1, i2, i12: mutual informations I(X1;Y), I(X2;Y), I(X1,X2;Y). For a pair of views, i1 is the information between them.
        error: bound of the numerical error in bits (0: closed form up to rounding).
        source: why these numbers are right, in a sentence.
        published: what a paper reported where no truth is known, in bits (R, U1, U2, S).
    """

    redundancy: float | None = None
    unique1: float | None = None
    unique2: float | None = None
    synergy: float | None = None
    i1: float | None = None
    i2: float | None = None
    i12: float | None = None
    error: float = 0.0
    source: str = ""
    published: Atoms | None = None

    @classmethod
    def of_informations(cls, i1: float, i2: float, i12: float, union: float, *, error: float, source: str) -> Truth:
        """The atoms that follow from three informations and the union information."""
        return cls(*Atoms.of(i1, i2, i12, union), i1, i2, i12, error, source)

    @property
    def atoms(self) -> Atoms | None:
        """The four atoms, if all of them are known."""
        values = [getattr(self, name) for name in ATOMS]
        return None if any(value is None for value in values) else Atoms(*values)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        names = (*ATOMS, *INFORMATIONS, "error", "source")
        published = None if self.published is None else self.published._asdict()
        return {name: getattr(self, name) for name in names} | {"published": published}


@dataclass(frozen=True)
class Generator(Entry):
    """Base of every generator.

    Class attributes:
        name: the key, as in ``mmexplore.make(name)``.
        title: a few words.
        sentence: what it is, and what it is good for.
        family: heading under which it is listed.
        reference: where it is from.
        kind: ``"pid"``: two modalities and a target; ``"mi"``: two views, and the target is the second view itself.
        dials: parameters a page may sweep, the most telling first.
    """

    title: ClassVar[str]
    sentence: ClassVar[str]
    family: ClassVar[str]
    reference: ClassVar[str] = ""
    kind: ClassVar[Kind] = "pid"
    dials: ClassVar[tuple[str, ...]] = ()

    n: int = param(2000, label="Rows", low=20, high=MOST_ROWS, step=20, help="How many rows are drawn.")
    seed: int = param(
        0, label="Seed", low=0, high=2**31 - 1, step=1, help="Which random numbers; the same seed, the same rows."
    )

    map1: str = param(
        "none",
        label="Map of modality 1",
        choices=tuple(MAPS),
        help="An invertible map that it is seen through: the truth stays, the picture changes.",
    )
    map2: str = param(
        "none",
        label="Map of modality 2",
        choices=tuple(MAPS),
        help="An invertible map that it is seen through: the truth stays, the picture changes.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for name, value, columns in zip(("map1", "map2"), (self.map1, self.map2), self.plain_dims(), strict=False):
            if columns < MAPS[value].fewest:
                raise BadSpec(f"{name} is {value!r}; allowed with {columns} column: maps other than {value}")
        cells = self.n * sum(self.dims())
        if cells > MOST_CELLS:
            raise BadSpec(f"n is {self.n:,} with {sum(self.dims())} columns; allowed: {MOST_CELLS:,} numbers in all")

    # -- to be given by a generator -----------------------------------------------------------------------------------

    @property
    def target(self) -> Target:
        """What y is: a float ``"vector"`` or ``"scalar"`` (n, dy), or integer ``"label"``s (n,)."""
        return "label"

    @abstractmethod
    def plain_dims(self) -> tuple[int, int, int]:
        """Columns of x1, of x2, and of y (1 for labels), before any map."""

    @abstractmethod
    def plain_sample(self) -> Sample:
        """The rows before any map."""

    @abstractmethod
    def truth(self) -> Truth:
        """What is known of the population these rows are drawn from."""

    # -- maps ----------------------------------------------------------------------------------------------------------

    def dims(self) -> tuple[int, int, int]:
        """Columns of x1, of x2, and of y (1 for labels)."""
        d1, d2, dy = self.plain_dims()
        d1, d2 = MAPS[self.map1].columns(d1), MAPS[self.map2].columns(d2)
        return d1, d2, d2 if self.kind == "mi" else dy

    def sample(self) -> Sample:
        """Draw the rows, each modality seen through its map."""
        x1, x2, y = self.plain_sample()
        first, second = MAPS[self.map1](x1), MAPS[self.map2](x2)
        return Sample(first, second, second if self.kind == "mi" else y)

    # -- common --------------------------------------------------------------------------------------------------------

    @classmethod
    def own(cls) -> tuple[str, ...]:
        """Names of the parameters besides those that every generator has: the number of rows, the seed and the maps."""
        return tuple(p.name for p in cls.parameters() if p.name not in COMMON)

    def stream(self, variable: str) -> np.random.Generator:
        """The random stream of one variable; it depends on the seed and the generator's name only."""
        key = zlib.crc32(f"{self.name} {variable}".encode())
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(key,)))

    def normal(self, variable: str, columns: int) -> Array:
        """Standard normal numbers (n, columns), the same first rows whatever n."""
        return self.stream(variable).standard_normal((self.n, columns))


REGISTRY: EntryRegistry[Generator] = EntryRegistry("data set", "mmexplore.datasets.generators")
G = TypeVar("G", bound=type[Generator])


def declare(entry: G) -> G:
    """Register a generator under its name."""
    REGISTRY.add(entry.name, entry)
    return entry


@dataclass(frozen=True)
class Made:
    """Rows with their truth; unpacks as ``x1, x2, y``.

    Attributes:
        x1, x2, y: the rows; see `Sample`.
        truth: what is known of their population.
        title: the generator's title.
        target: what y is, ``"vector"``, ``"scalar"`` or ``"label"``.
        spec: the generator with its values.
    """

    x1: Array
    x2: Array
    y: npt.NDArray[Any]
    truth: Truth
    title: str
    target: Target
    spec: Generator

    def __iter__(self) -> Iterator[npt.NDArray[Any]]:
        return iter((self.x1, self.x2, self.y))


def generators() -> tuple[str, ...]:
    """Names of the generators that `make` knows."""
    return REGISTRY.names()


def make(name: str, **values: Any) -> Made:
    """Draw rows from a generator.

    Args:
        name: one of `generators()`, or a text form such as ``"sign-sum?d=5&seed=1"``.
        values: ``n``, ``seed`` and the generator's own parameters; they override the text form's.

    Returns:
        `Made`: x1 (n, d1), x2 (n, d2), y (n, dy) or labels (n,), and the truth in bits. For a pair of views y is x2.
    """
    spec = generator(name)
    allowed = tuple(p.name for p in spec.parameters())
    for key in values:
        if key not in allowed:
            raise BadSpec(f"data set {spec.name!r} has no parameter {key!r}; allowed: {', '.join(allowed)}")
    spec = spec.replace(**values)
    return Made(*spec.sample(), spec.truth(), spec.title, spec.target, spec)


def generator(text: str) -> Generator:
    """Read a text form: the name, then ``?`` and the values that differ from their defaults.

    >>> generator("sign-sum?d=5&seed=1").text()
    'sign-sum?seed=1&d=5'
    """
    return REGISTRY.read(text, longest=_LONGEST)


def rotation(stream: np.random.Generator, d: int) -> Array:
    """A random orthogonal matrix (d, d), uniform: QR with positive diagonal (Mezzadri 2007, arXiv math-ph/0609050)."""
    q, r = np.linalg.qr(stream.standard_normal((d, d)))
    return np.asarray(q * np.sign(np.diagonal(r)))


def half_log2(value: float) -> float:
    """1/2 log2 of a number."""
    return 0.5 * math.log2(value)
