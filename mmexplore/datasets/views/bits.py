"""Five fair bits behind two views: one shared, one unique to each view, two whose XOR only both views together tell.

    l1 = [s, u1, A a, n1],   l2 = [s, u2, A b, n2],   s, u1, u2, a, b fair in {-1, +1},   n_i ~ N(0, sd^2 I_6),
    x_i = Q3 tanh(sqrt(32/9) Q2 lrelu_.2(Q1 l + c1) + c2),

Q1 (9 -> 32), Q2 and Q3 random with orthonormal columns per seed and view, c1 ~ N(0, .5^2), c2 ~ N(0, .3^2) fixed: injective and
noise-free, so every bit survives exactly; then centred and divided by one global standard deviation.

A positive pair (x', x'') draws n1 and n2 anew, and each of its two members flips a and b together (a, b -> fa, fb with f = +-1,
drawn for each member): then I(X'; X'') = 4 bits exactly, s, u1, u2 and a xor b, while a alone and b alone carry nothing across the pair.
Without the flip a and b are two more unique bits, and a method that keeps both keeps their XOR by accident.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from mmexplore.datasets.views.base import (
    Factor,
    Facts,
    Kind,
    LabelTruth,
    TwoViews,
    View,
    column_names,
    declare,
    last_rows,
)
from mmexplore.info.pid import pid
from mmexplore.spec import param

WIDTH = 32
NUISANCE = 6
LABELS = ("shared", "unique1", "unique2", "synergy")


@declare
class Bits(View):
    """Dials of the generator of known bits."""

    name = "bits"
    title = "Four known bits"
    sentence = (
        "One shared bit, one of each view, and one that only the XOR of the two views tells; exact by construction."
    )
    own_pairs = True
    scaled = True
    label_names = ("y", *LABELS)

    label: str = param("synergy", label="Label", choices=LABELS, help="Which of the four bits the label is.")
    flip: bool = param(
        True,
        label="Flip a and b together",
        help="Makes only their XOR common to a positive pair. Off: a, b are unique bits.",
    )
    private: float = param(
        2.0,
        label="Amplitude of a and b",
        low=0.25,
        high=4.0,
        step=0.25,
        help="The bits whose XOR is the synergy.",
    )
    unique: float = param(1.0, label="Amplitude of u1 and u2", low=0.25, high=4.0, step=0.25)
    shared: float = param(1.0, label="Amplitude of s", low=0.25, high=4.0, step=0.25)
    nuisance: float = param(
        0.5, label="Nuisance", low=0.0, high=2.0, step=0.05, help="Standard deviation of six latents a view."
    )
    rows: int = param(
        8192,
        label="Rows",
        low=1000,
        high=40_000,
        step=8,
        help="Each time a row is used it is seen through fresh nuisance.",
    )

    def facts(self) -> Facts:
        """Two views of 32 columns."""
        return Facts(self.rows, WIDTH, WIDTH, classes=2)

    def sample(self, seed: int) -> TwoViews:
        """Rows; lenses and bits are those of the seed."""
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(3,)))
        n = self.rows
        bits = rng.integers(0, 2, size=(n, 5)).astype(np.float32) * 2 - 1  # (n, [s, u1, u2, a, b])
        x1, x2 = self._seen(bits, seed, rng)
        s, u1, u2, a, b = (bits > 0).astype(np.int64).T
        facts = {"shared": s, "unique1": u1, "unique2": u2, "synergy": a ^ b}
        y = facts[self.label]
        kinds: tuple[Kind, ...] = ("shared", "unique1", "unique2", "synergy")
        return TwoViews(
            x1=x1,
            x2=x2,
            held_out=last_rows(n),
            columns1=column_names("x1", WIDTH),
            columns2=column_names("x2", WIDTH),
            y=y,
            class_names=("0", "1"),
            labels={"y": y} | facts,
            factors=tuple(
                Factor(f"{name} bit", kind, facts[name], 2) for name, kind in zip(LABELS, kinds, strict=True)
            ),
            latents={"bits": bits},
            ceiling="the views share one bit, s, and nothing else",
        )

    def augment(
        self, bits: np.ndarray, seed: int, rng: np.random.Generator, together: bool = True
    ) -> tuple[np.ndarray, np.ndarray]:
        """One member of a positive pair for each row of `bits` (n, 5): (x1, x2), each (n, 32).

        Not `together`, a and b flip each by itself (augmentations chosen for each view alone): their XOR is lost, too.
        """
        if self.flip:
            turned = np.array(bits)
            turned[:, 3:] *= rng.integers(0, 2, size=(len(bits), 1 if together else 2)).astype(np.float32) * 2 - 1
            bits = turned
        return self._seen(bits, seed, rng)

    def _seen(self, bits: np.ndarray, seed: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        views = []
        for view, (own, private) in enumerate(((1, 3), (2, 4))):
            noise = rng.standard_normal((len(bits), NUISANCE), dtype=np.float32) * np.float32(self.nuisance)
            clean = bits[:, [0, own, private]] * np.array([self.shared, self.unique, self.private], dtype=np.float32)
            views.append(
                _lens(seed, view, self.shared, self.unique, self.private, self.nuisance)(
                    np.concatenate([clean, noise], 1)
                )
            )
        return views[0], views[1]

    def truth(self) -> LabelTruth:
        """Each label is one bit of one kind."""
        p = np.zeros((2, 2, 2))
        for i in (0, 1):
            for j in (0, 1):
                if self.label == "shared":
                    p[i, i, i] = 0.5
                else:
                    p[i, j, {"unique1": i, "unique2": j, "synergy": i ^ j}[self.label]] = 0.25
        return LabelTruth(pid(p), True, "exact: the label is one of the generator's bits")

    def shared_accuracy(self) -> dict[str, float]:
        """The shared bit is known, the others are guessed."""
        of = {name: 1.0 if name == "shared" else 0.5 for name in LABELS}
        return {"y": of[self.label]} | of


class _Lens:
    """The fixed injective map from the latents of one view to what is seen of them."""

    def __init__(self, rng: np.random.Generator, scale: np.ndarray, nuisance: float) -> None:
        d = len(scale) + NUISANCE
        self._q1 = _orthonormal(rng, d).T
        self._q2 = _orthonormal(rng, WIDTH) * np.float32(np.sqrt(WIDTH / d))
        self._q3 = _orthonormal(rng, WIDTH)
        self._c1 = rng.normal(0.0, 0.5, size=WIDTH).astype(np.float32)
        self._c2 = rng.normal(0.0, 0.3, size=WIDTH).astype(np.float32)
        self._mean, self._sd = np.float32(0.0), np.float32(1.0)
        bits = rng.integers(0, 2, size=(4096, len(scale))) * 2 - 1
        latents = np.concatenate([bits * scale, rng.normal(0.0, nuisance, size=(4096, NUISANCE))], axis=1)
        seen = self(latents.astype(np.float32))
        self._mean = seen.mean(axis=0)
        self._sd = np.float32((seen - self._mean).std())

    def __call__(self, latents: np.ndarray) -> np.ndarray:
        h = latents @ self._q1 + self._c1
        h = np.where(h > 0, h, np.float32(0.2) * h)
        return (np.tanh(h @ self._q2 + self._c2) @ self._q3 - self._mean) / self._sd


def _orthonormal(rng: np.random.Generator, columns: int) -> np.ndarray:
    """Orthonormal columns, (32, columns)."""
    return np.linalg.qr(rng.normal(size=(WIDTH, columns)))[0].astype(np.float32)


@lru_cache(maxsize=128)
def _lens(seed: int, view: int, shared: float, unique: float, private: float, nuisance: float) -> _Lens:
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(4, view)))
    return _Lens(rng, np.array([shared, unique, private]), nuisance)
