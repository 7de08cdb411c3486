"""A signal hidden among noise: one direction of d, the others standard normal, and all of it turned at random."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmexplore.datasets.generators import Array, Generator, rotation
from mmexplore.spec import param


@dataclass(frozen=True)
class Hidden(Generator):
    """Base of generators whose modalities show one number each along an unknown direction. The noise changes no information."""

    d: int = param(
        1,
        label="Dimension",
        low=1,
        high=200,
        step=1,
        help="Columns of each modality: the signal is one direction, the rest is noise.",
    )

    def plain_dims(self) -> tuple[int, int, int]:
        """Columns of x1, x2 and the target."""
        return self.d, self.d, 1

    def hide(self, role: str, signal: Array) -> Array:
        """A signal (n,) as one direction among d, (n, d)."""
        if self.d == 1:
            return signal[:, None]
        rows = np.concatenate([signal[:, None], self.normal(f"hide {role}", self.d - 1)], axis=1)
        return np.asarray(rows @ rotation(self.stream(f"turn {role}"), self.d))


@dataclass(frozen=True)
class HiddenNoisy(Hidden):
    """The same, with labels that may be wrong."""

    flip: float = param(
        0.0, label="Wrong labels", low=0.0, high=0.5, step=0.01, help="Chance that a label is wrong: .5 tells nothing."
    )

    def flipped(self, labels: np.ndarray) -> np.ndarray:
        """Labels 0 and 1, each wrong with chance `flip`."""
        wrong = self.stream("flip").random(self.n) < self.flip
        return np.asarray(labels.astype(np.int64) ^ wrong)
