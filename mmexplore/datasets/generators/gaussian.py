"""Gaussian systems by named corners: the truth is the exact closed form of `mmexplore.gaussian_pid`.

See `mmexplore.datasets.gaussian_systems` for the systems. `copies` independent systems side by side add up: their covariance is block
diagonal, and so are the posteriors that the closed form looks at, so every atom is `copies` times as large.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from mmexplore.datasets.gaussian_systems import CORNERS, gaussian_system
from mmexplore.datasets.generators import Array, Generator, Sample, Target, Truth, declare
from mmexplore.errors import BadSpec
from mmexplore.info.gaussian import gaussian_pid
from mmexplore.spec import param


@declare
@dataclass(frozen=True)
class GaussianCorner(Generator):
    """Two noisy channels that see a Gaussian target."""

    name = "gaussian"
    title = "Gaussian system"
    sentence = (
        "Two noisy channels that see a Gaussian target in the plane, by named corners; every part is known exactly."
    )
    family = "Gaussian"
    reference = "Venkatesh & Schamberg 2022, arXiv 2105.00769 (definition); closed form of this package"
    dials: ClassVar[tuple[str, ...]] = ("strength", "columns", "copies")

    corner: str = param("rotated", label="Corner", choices=tuple(CORNERS), help="Which system.")
    strength: float = param(
        1.0, label="Strength", low=0.0, high=2.0, step=0.05, help="Multiplies every gain: 0 tells nothing."
    )
    columns: int = param(
        2,
        label="Columns",
        low=2,
        high=100,
        step=2,
        help="Of each modality and system: the same signal in more noisy columns; nothing changes in truth.",
    )
    copies: int = param(
        1, label="Copies", low=1, high=20, step=1, help="Independent systems side by side: every part adds up."
    )
    dy: int = param(
        2, label="Target's columns", low=1, high=2, step=1, help="Of each system: 2, or 1 for a scalar target."
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.columns % 2:
            raise BadSpec(f"columns is {self.columns}; allowed: even numbers 2 to 100")

    @property
    def target(self) -> Target:
        """A scalar where there is one column in all."""
        return "scalar" if self.dy * self.copies == 1 else "vector"

    def plain_dims(self) -> tuple[int, int, int]:
        """Columns of x1, x2 and y."""
        return self.columns * self.copies, self.columns * self.copies, self.dy * self.copies

    def covariance(self, columns: int | None = None) -> Array:
        """Covariance of (x1, x2, y) of one system."""
        values = dict(CORNERS[self.corner].values)
        for gain in ("along1", "across1", "along2", "across2"):
            values[gain] *= self.strength
        return gaussian_system(**values, columns=columns or self.columns, dy=self.dy)

    def plain_sample(self) -> Sample:
        """Rows of a Gaussian vector with the system's covariance, copy by copy."""
        root = np.linalg.cholesky(self.covariance())
        k = self.columns
        drawn = [self.normal(f"rows {copy}", len(root)) @ root.T for copy in range(self.copies)]
        parts = (
            np.concatenate([rows[:, part] for rows in drawn], axis=1)
            for part in (slice(0, k), slice(k, 2 * k), slice(2 * k, None))
        )
        return Sample(*parts)

    def truth(self) -> Truth:
        """The exact closed form; more columns carry the same information, so the smallest system is decomposed."""
        return _exact(self.replace(n=20, seed=0, columns=2, copies=1, map1="none", map2="none"), self.copies)


@functools.lru_cache(maxsize=1024)
def _exact(spec: GaussianCorner, copies: int) -> Truth:
    result = gaussian_pid(spec.covariance(2), 2, 2, spec.dy)
    return Truth.of_informations(
        copies * result.i1,
        copies * result.i2,
        copies * result.i12,
        copies * result.union,
        error=copies * float(result.accuracy),
        source="exact closed form of Gaussian variables",
    )
