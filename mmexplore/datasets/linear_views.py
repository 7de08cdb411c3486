"""Two views with signals of their own and signals they share, all linear and Gaussian, so that what a projection keeps is known exactly.

    X = R_x + U_x V_x + P Q_x,      Y = R_y + U_y V_y + P Q_y

with noise R of variance 1 in every column, private signals U seen through V, and shared signals P through Q. The entries of V and Q are drawn
once from N(0, 1); a signal of strength g has variance g, so it adds about g to the variance of every column.
Reference: Abdelaleem, Roman, Martini & Nemenman 2023 (arXiv 2310.04458), whose model this is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mmexplore.spec import Spec, param

Array = npt.NDArray[np.float64]

MOST_PRIVATE = 20
MOST_SHARED = 10
MOST_ROWS = 4000


@dataclass(frozen=True)
class LinearViews(Spec):
    """What the two views hold."""

    columns: int = param(
        40, label="Columns of each view", low=10, high=60, step=5, help="More columns see every signal more often."
    )
    shared: int = param(2, label="Shared signals", low=1, high=MOST_SHARED, step=1, help="Signals that both views see.")
    private: int = param(
        8,
        label="Private signals",
        low=0,
        high=MOST_PRIVATE,
        step=1,
        help="Signals of each view alone: they look important and are not shared.",
    )
    shared_strength: float = param(
        0.2,
        label="Strength of a shared signal",
        low=0.02,
        high=2.0,
        step=0.01,
        help="Variance it adds to a column; the noise has variance 1.",
    )
    private_strength: float = param(
        1.0,
        label="Strength of a private signal",
        low=0.0,
        high=4.0,
        step=0.05,
        help="Variance it adds to a column; the noise has variance 1.",
    )
    seed: int = param(0, label="Seed", low=0, high=2**31 - 1, step=1, help="Of the mixing and of the rows.")

    def stream(self, what: int) -> np.random.Generator:
        """A random stream of its own."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(what,)))

    def mixing(self) -> tuple[Array, Array]:
        """How the sources enter the columns of x and y, two arrays (columns, sources), by strengths of 1.

        The sources are the noises of x, those of y, the `MOST_PRIVATE` private signals of x, those of y, and the shared signals.
        """
        rng, d = self.stream(0), int(self.columns)
        own = rng.normal(size=(2, d, MOST_PRIVATE))
        common = rng.normal(size=(2, d, MOST_SHARED))[:, :, : self.shared]
        none, one, empty = np.zeros((d, d)), np.eye(d), np.zeros((d, MOST_PRIVATE))
        return np.hstack([one, none, own[0], empty, common[0]]), np.hstack([none, one, empty, own[1], common[1]])

    def scales(self, shared_strength: npt.ArrayLike, private: npt.ArrayLike) -> Array:
        """Standard deviation of every source, shape (..., sources); the arguments broadcast."""
        strength, many = np.broadcast_arrays(np.asarray(shared_strength, float), np.asarray(private, float))
        there = np.arange(MOST_PRIVATE) < np.round(many)[..., None]
        own = np.sqrt(self.private_strength) * there
        lead = strength.shape
        noise = np.ones((*lead, 2 * int(self.columns)))
        return np.concatenate([noise, own, own, np.repeat(np.sqrt(strength)[..., None], self.shared, -1)], axis=-1)

    def moments(self, rows: tuple[int, ...], replicates: int) -> Array:
        """Sample covariances of the sources (each of variance 1) after so many rows, shape (replicates, len(rows), sources, sources).

        The rows are nested: those of a larger sample begin with those of a smaller one.
        """
        sources = 2 * int(self.columns) + 2 * MOST_PRIVATE + int(self.shared)
        covariances = np.empty((replicates, len(rows), sources, sources))
        for r in range(replicates):
            z = self.stream(1 + r).normal(size=(max(rows), sources))
            total, outer, begun = np.zeros(sources), np.zeros((sources, sources)), 0
            for k in np.argsort(rows):
                part = z[begun : rows[k]]
                total, outer, begun = total + part.sum(0), outer + part.T @ part, rows[k]
                mean = total / rows[k]
                covariances[r, k] = outer / rows[k] - np.outer(mean, mean)
        return covariances
