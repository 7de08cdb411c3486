"""Invertible maps of a modality, as parts of generators: what is known of a generator stays true behind them.

Mutual information, and with it every part of a decomposition, is unchanged by an invertible map of each variable on its own (Kraskov,
Stögbauer & Grassberger 2004, arXiv cond-mat/0305641; as parts of a benchmark: Czyż et al. 2023, arXiv 2306.11078). What changes is the
picture, and whatever an estimator assumes. Maps compose: ``Chain((NormalCdf(), SwissRoll(2.0)))``.

Every map takes samples (n, d) and returns (n, d'); `Map.inverse` leads back, exactly up to rounding (below 1e-9 within 5 of the origin).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Map:
    """Base of the maps; by itself it leaves samples as they are.

    Class attributes:
        domain: which samples it takes, in words.
        fewest: columns it needs.
    """

    domain: ClassVar[str] = "all real numbers"
    fewest: ClassVar[int] = 1

    def __call__(self, x: Array) -> Array:
        """Samples (n, d), mapped to (n, `columns(d)`)."""
        return x

    def inverse(self, z: Array) -> Array:
        """The samples (n, d) that were mapped to `z`."""
        return z

    def columns(self, d: int) -> int:
        """Columns of mapped samples of d columns."""
        return d


@dataclass(frozen=True)
class Cubic(Map):
    """x + bend x³ of each column; the inverse is the one real root, by Vieta's hyperbolic form."""

    bend: float = 0.5

    def __call__(self, x: Array) -> Array:
        """Mapped."""
        return np.asarray(x + self.bend * x**3)

    def inverse(self, z: Array) -> Array:
        """Back."""
        if not self.bend:
            return z
        root = math.sqrt(3.0 * self.bend)
        return np.asarray(2.0 / root * np.sinh(np.arcsinh(1.5 * root * z) / 3.0))


@dataclass(frozen=True)
class Sinh(Map):
    """sinh(bend x) / bend of each column: two heavy tails."""

    bend: float = 0.5

    def __call__(self, x: Array) -> Array:
        """Mapped."""
        return np.asarray(np.sinh(self.bend * x) / self.bend) if self.bend else x

    def inverse(self, z: Array) -> Array:
        """Back."""
        return np.asarray(np.arcsinh(self.bend * z) / self.bend) if self.bend else z


@dataclass(frozen=True)
class Exp(Map):
    """(exp(bend x) - 1) / bend of each column: one heavy tail."""

    bend: float = 0.5

    def __call__(self, x: Array) -> Array:
        """Mapped."""
        return np.asarray(np.expm1(self.bend * x) / self.bend) if self.bend else x

    def inverse(self, z: Array) -> Array:
        """Back."""
        return np.asarray(np.log1p(self.bend * z) / self.bend) if self.bend else z


@dataclass(frozen=True)
class Wave(Map):
    """Each column moved by a wave of the one before: invertible from the first column on, and not monotone in any other."""

    bend: float = 0.5

    def __call__(self, x: Array) -> Array:
        """Mapped."""
        moved = x.copy()
        moved[:, 1:] += 2.0 * self.bend * np.cos(2.0 * x[:, :-1])
        return moved

    def inverse(self, z: Array) -> Array:
        """Back, column by column."""
        x = z.copy()
        for k in range(1, z.shape[1]):
            x[:, k] -= 2.0 * self.bend * np.cos(2.0 * x[:, k - 1])
        return x


@dataclass(frozen=True)
class NormalCdf(Map):
    """The standard normal distribution function of each column: standard normal numbers become uniform."""

    def __call__(self, x: Array) -> Array:
        """Mapped into (0, 1)."""
        from scipy.special import ndtr

        return np.asarray(ndtr(x))

    def inverse(self, z: Array) -> Array:
        """Back."""
        from scipy.special import ndtri

        return np.asarray(ndtri(z))


@dataclass(frozen=True)
class Spiral(Map):
    """x -> R(speed |x|²) x with R a rotation of the first two columns: every length stays, what is far out is turned further."""

    fewest = 2

    speed: float = 1.0

    def __call__(self, x: Array) -> Array:
        """Wound."""
        return self._turned(x, 1.0)

    def inverse(self, z: Array) -> Array:
        """Unwound: lengths are kept, so the angle is known."""
        return self._turned(z, -1.0)

    def _turned(self, x: Array, sign: float) -> Array:
        angle = sign * self.speed * (x**2).sum(axis=1)
        cos, sin = np.cos(angle), np.sin(angle)
        wound = x.copy()
        wound[:, 0] = cos * x[:, 0] - sin * x[:, 1]
        wound[:, 1] = sin * x[:, 0] + cos * x[:, 1]
        return wound


@dataclass(frozen=True)
class SwissRoll(Map):
    """The first column, between 0 and 1, laid along a curve (t cos t, t sin t) in the plane; further columns stay."""

    domain = "a first column between 0 and 1"

    turns: float = 2.0

    def __call__(self, x: Array) -> Array:
        """Rolled up; one more column."""
        t = math.pi * (1.0 + 2.0 * self.turns * x[:, 0])
        roll = np.stack([t * np.cos(t), t * np.sin(t)], axis=1) / (math.pi * (1.0 + 2.0 * self.turns))
        return roll if x.shape[1] == 1 else np.concatenate([roll, x[:, 1:]], axis=1)

    def inverse(self, z: Array) -> Array:
        """Unrolled: the distance from the middle tells how far along."""
        t = np.hypot(z[:, 0], z[:, 1]) * (math.pi * (1.0 + 2.0 * self.turns))
        return np.concatenate([((t / math.pi - 1.0) / (2.0 * self.turns))[:, None], z[:, 2:]], axis=1)

    def columns(self, d: int) -> int:
        """One more."""
        return d + 1


@dataclass(frozen=True)
class Chain(Map):
    """Maps one after the other, the first one first."""

    parts: tuple[Map, ...] = ()

    def __call__(self, x: Array) -> Array:
        """Mapped by all of them."""
        for part in self.parts:
            x = part(x)
        return x

    def inverse(self, z: Array) -> Array:
        """Back through all of them."""
        for part in reversed(self.parts):
            z = part.inverse(z)
        return z

    def columns(self, d: int) -> int:
        """Columns after all of them."""
        for part in self.parts:
            d = part.columns(d)
        return d


# What a generator's modality may be seen through; each takes any real numbers.
MAPS: dict[str, Map] = {
    "none": Map(),
    "cubic": Cubic(0.5),
    "normal-cdf": NormalCdf(),
    "spiral": Spiral(1.0),
    "swiss-roll": Chain((NormalCdf(), SwissRoll(2.0))),
}
