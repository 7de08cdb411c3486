"""Noisy two-view digits: X is a handwritten digit turned and scaled, Y is another image of the same digit in smooth background noise.

The pairs share the class and nothing else, so I(X;Y) <= ln 10 = 2.303 nats. Held-out pairs are made of images that no training pair is
made of. After Wang, Arora, Livescu & Bilmes 2015 (ICML) and Abdelaleem, Nemenman & Martini 2023 (arXiv 2310.03311), on the 8 x 8
digits that ship with scikit-learn instead of MNIST.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from mmexplore.datasets.views.base import Array, Factor, Facts, TwoViews, View, declare, held_out_rows, pixel_names
from mmexplore.spec import param

_SIDE = 8


@declare
class NoisyDigits(View):
    """See the module."""

    name = "noisy-digits"
    title = "Noisy digits"
    sentence = (
        "X: a digit, turned and scaled. Y: another image of the same digit in smooth noise. They share the class only."
    )
    source = "UCI Optical Recognition of Handwritten Digits, ships with scikit-learn; Alpaydin & Kaynak 1998; CC BY 4.0"

    turn: float = param(
        45.0, label="Rotation", low=0.0, high=90.0, step=5.0, unit="°", help="X is turned by up to so much."
    )
    shrink: float = param(
        0.4, label="Scaling", low=0.0, high=0.6, step=0.05, help="X is made smaller by up to so much."
    )
    noise: float = param(1.0, label="Noise", low=0.0, high=2.0, step=0.1, help="Most weight of the noise behind Y.")
    n: int = param(15_000, label="Pairs", low=100, high=40_000, step=100, help="Pairs to train on.")
    seed: int = param(0, label="Seed", low=0, high=2**31 - 1, step=1, help="Of the pairs.")

    def facts(self) -> Facts:
        """A held-out pair for every four training pairs."""
        return Facts(self.n + self._n_held_out(), _SIDE**2, _SIDE**2, "image", "image", classes=10)

    def _n_held_out(self) -> int:
        return max(30, self.n // 4)

    def sample(self, seed: int) -> TwoViews:
        """A quarter of the images is set aside first, and a fifth of the pairs is made of them."""
        images, digits = _digits()
        aside = held_out_rows(len(images), 0.25, self.stream("images"))
        n_held_out = self._n_held_out()
        first, second = (
            np.concatenate(columns)
            for columns in zip(
                _same_class(digits, ~aside, self.n, self.stream("training pairs")),
                _same_class(digits, aside, n_held_out, self.stream("held-out pairs")),
                strict=True,
            )
        )
        total = len(first)
        rng = self.stream("views")
        angle = rng.uniform(-1, 1, total) * self.turn
        scale = 1 - rng.uniform(0, 1, total) * self.shrink
        x = _turned(images[first], np.deg2rad(angle), scale)
        weight = rng.uniform(0, 1, total) * self.noise
        field = _smooth(total, rng)
        y = np.clip(images[second] + weight[:, None, None] * field, 0, 2)
        tilt = field[:, :, 4:].mean(axis=(1, 2)) - field[:, :, :4].mean(axis=(1, 2))
        label = digits[first]
        factors = [Factor("digit", "shared", label, classes=10)]
        factors += [Factor("rotation", "unique1", angle)] if self.turn > 0 else []
        factors += [Factor("size", "unique1", scale)] if self.shrink > 0 else []
        if self.noise > 0:
            factors += [Factor("noise weight", "unique2", weight), Factor("noise tilt", "unique2", weight * tilt)]
        return TwoViews(
            x1=x.reshape(total, -1),
            x2=y.reshape(total, -1),
            held_out=np.arange(total) >= self.n,
            columns1=pixel_names(_SIDE, _SIDE),
            columns2=pixel_names(_SIDE, _SIDE),
            names=("turned digit", "noisy digit"),
            y=label,
            class_names=tuple("0123456789"),
            factors=tuple(factors),
            form1="image",
            form2="image",
            image1=(_SIDE, _SIDE),
            image2=(_SIDE, _SIDE),
            ceiling="the views share the digit only: at most log2 10 = 3.322 bit",
        )


@lru_cache(maxsize=1)
def _digits() -> tuple[Array, np.ndarray]:
    """Images (1797, 8, 8) from 0 to 1, and their digits."""
    from sklearn.datasets import load_digits

    bunch = load_digits()
    return bunch.images / 16.0, bunch.target.astype(np.int64)


def _same_class(
    digits: np.ndarray, among: np.ndarray, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of `count` pairs of different images of one digit."""
    rows = np.flatnonzero(among)
    first = rows[rng.integers(0, len(rows), count)]
    second = np.empty_like(first)
    for digit in range(10):
        members = rows[digits[rows] == digit]
        mine = np.flatnonzero(digits[first] == digit)
        place = np.searchsorted(members, first[mine])
        second[mine] = members[(place + rng.integers(1, len(members), len(mine))) % len(members)]
    return first, second


def _turned(images: Array, angle: Array, scale: Array) -> Array:
    """Turn and scale about the middle, bilinear, zero outside; (n, 8, 8)."""
    n, side, _ = images.shape
    middle = (side - 1) / 2
    r, c = np.meshgrid(np.arange(side) - middle, np.arange(side) - middle, indexing="ij")
    cos, sin = (np.cos(angle) / scale)[:, None, None], (np.sin(angle) / scale)[:, None, None]
    source_r, source_c = cos * r + sin * c + middle, -sin * r + cos * c + middle  # where each pixel comes from
    r0, c0 = np.floor(source_r).astype(int), np.floor(source_c).astype(int)
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    row = np.arange(n)[:, None, None]
    out = np.zeros_like(images)
    for dr, dc in ((0, 0), (0, 1), (1, 0), (1, 1)):
        share = np.abs(1 - dr - (source_r - r0)) * np.abs(1 - dc - (source_c - c0))
        out += share * padded[row, np.clip(r0 + dr, -1, side) + 1, np.clip(c0 + dc, -1, side) + 1]
    return out


def _smooth(n: int, rng: np.random.Generator) -> Array:
    """Smooth random fields from 0 to 1: normal noise on a 3 x 3 lattice, interpolated by cosines; (n, 8, 8)."""
    lattice = rng.standard_normal((n, 3, 3))
    place = np.linspace(0, 2, _SIDE)
    left = np.minimum(place.astype(int), 1)
    share = (1 - np.cos(np.pi * (place - left))) / 2
    weights = np.zeros((_SIDE, 3))
    weights[np.arange(_SIDE), left] = 1 - share
    weights[np.arange(_SIDE), left + 1] += share
    field = np.einsum("ia,nab,jb->nij", weights, lattice, weights)
    return np.asarray(1 / (1 + np.exp(-2 * field)))
