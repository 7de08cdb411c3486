"""One modality as its predictors need it: columns with gaps for trees, filled and standardised ones, normal scores, components.

No label enters here, so all rows are used: a predictor that knows how columns are distributed over all rows, but no label of the rows it
predicts, still scores no more than the information there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mmexplore.estimators.normal_scores import normal_scores

FAR = 10.0  # standard deviations at which a standardised column is cut off
MANY = 100  # columns from which a modality is wide
MOST_DIRECTIONS = 600  # of a wide modality that linear predictors see
COMPONENTS = 50
ROWS_PER_COMPONENT = 10


@dataclass(frozen=True)
class View:
    """A modality of n rows.

    Attributes:
        raw: columns with nan where missing, float64 (n, d).
        seed: of the randomised components of very wide modalities.
    """

    raw: np.ndarray
    seed: int = 0

    @property
    def d(self) -> int:
        """Columns."""
        return self.raw.shape[1]

    @property
    def wide(self) -> bool:
        """Whether it has many columns."""
        return self.d > MANY

    @cached_property
    def standard(self) -> np.ndarray:
        """Mean 0 and variance 1, gaps at the median, with a column that says where the gaps were; (n, p)."""
        return _standardised(_filled(self.raw))

    @cached_property
    def scores(self) -> np.ndarray | None:
        """The same of normal scores; None where every column has two values or fewer, or columns are many."""
        filled = _filled(self.raw)
        if self.wide or all(len(np.unique(column[:2000])) <= 2 for column in filled.T):
            return None
        return _standardised(normal_scores(filled))

    @cached_property
    def _axes(self) -> tuple[np.ndarray, np.ndarray]:
        """Coordinates along the principal axes and their variances, the largest first."""
        x = self.standard
        n, p = x.shape
        if p <= n:
            sizes, axes = np.linalg.eigh(x.T @ x / n)
            order = np.argsort(-sizes)[: min(MOST_DIRECTIONS, p)]
            order = order[sizes[order] > 1e-9 * max(float(sizes.max(initial=0.0)), 1e-300)]
            return x @ axes[:, order], sizes[order]
        sizes, axes = np.linalg.eigh((x @ x.T).astype(np.float64))
        order = np.argsort(-sizes)[:MOST_DIRECTIONS]
        order = order[sizes[order] > 1e-9 * max(float(sizes.max(initial=0.0)), 1e-300)]
        return (axes[:, order] * np.sqrt(sizes[order])).astype(x.dtype), sizes[order] / n

    @cached_property
    def linear(self) -> np.ndarray:
        """What linear predictors see: the standardised columns, or the leading principal coordinates where columns are more than these.

        A ridge penalty does not mind a rotation, so all coordinates serve as well as the columns.
        """
        return self._axes[0] if self.standard.shape[1] > min(MOST_DIRECTIONS, self.raw.shape[0]) else self.standard

    def components(self, most: int) -> np.ndarray:
        """At most so many principal components, of variance 1 each, (n, k)."""
        coordinates, sizes = self._axes
        k = min(most, coordinates.shape[1])
        return np.asarray(coordinates[:, :k] / np.sqrt(sizes[:k]), dtype=np.float64)

    @cached_property
    def near(self) -> np.ndarray:
        """Where neighbours are looked for: standardised columns, or the leading principal coordinates of a wide modality; float32."""
        x = self._axes[0][:, :COMPONENTS] if self.wide else self.standard
        return np.ascontiguousarray(x, dtype=np.float32)

    def few_components(self) -> int:
        """Components that so many rows allow."""
        return max(1, min(COMPONENTS, len(self.raw) // ROWS_PER_COMPONENT))


def joined(first: View, second: View) -> View:
    """Both modalities side by side."""
    return View(np.concatenate([first.raw, second.raw], axis=1), first.seed)


def _filled(raw: np.ndarray) -> np.ndarray:
    """Gaps at the column's median, and a column of 0 and 1 for every different pattern of gaps, (n, p)."""
    gaps = np.isnan(raw)
    if not gaps.any():
        return raw
    middle = np.nanmedian(raw, axis=0)
    patterns = np.unique(gaps[:, gaps.any(axis=0)], axis=1).astype(np.float64)
    varying = patterns[:, patterns.std(axis=0) > 0]
    return np.concatenate([np.where(gaps, middle, raw), varying], axis=1)


def _standardised(x: np.ndarray) -> np.ndarray:
    """Mean 0 and variance 1, cut off far out; float32 where columns are many."""
    size = np.abs(x).max(axis=0, initial=0.0)
    x = x / np.where(size > 0, size, 1.0)  # squares of huge numbers
    centred = x - x.mean(axis=0)
    spread = centred.std(axis=0)
    scaled = np.clip(centred / np.where(spread > 0, spread, 1.0), -FAR, FAR)
    return scaled.astype(np.float32 if x.shape[1] > MANY else np.float64)
