"""What every predictor is given: labels, weights and folds; and the loop over folds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

Tell = Callable[[str], None]
Fit = Callable[[np.ndarray, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Problem:
    """Labels of n rows and how they are cross-fitted.

    Attributes:
        codes: classes from 0 up, (n,).
        ny: how many classes.
        weights: of the rows, mean 1, (n,).
        folds: fold of every row, (n,).
        seed: of every random draw.
        tell: told what is being fitted, before every piece of work; raises where it is to stop.
    """

    codes: np.ndarray
    ny: int
    weights: np.ndarray
    folds: np.ndarray
    seed: int
    tell: Tell

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.codes)

    @cached_property
    def even(self) -> bool:
        """Whether all rows weigh the same."""
        return bool((self.weights == self.weights[0]).all())

    @cached_property
    def py(self) -> np.ndarray:
        """p(y), (ny,)."""
        return np.bincount(self.codes, self.weights, self.ny) / self.weights.sum()

    @cached_property
    def one_hot(self) -> np.ndarray:
        """1 at every row's class, (n, ny)."""
        return (self.codes[:, None] == np.arange(self.ny)).astype(np.float64)

    @cached_property
    def splits(self) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
        """Training rows and rows to predict, by fold, as indices."""
        return tuple(
            (np.flatnonzero(self.folds != k), np.flatnonzero(self.folds == k)) for k in range(int(self.folds.max()) + 1)
        )

    def cross(self, fit: Fit, words: str = "") -> np.ndarray:
        """Out-of-fold probabilities, (n, ny): ``fit(training rows, rows to predict)`` gives those of the latter."""
        found = np.empty((self.n, self.ny))
        for train, test in self.splits:
            if words:
                self.tell(words)
            found[test] = fit(train, test)
        return self.clip(found)

    def clip(self, p: np.ndarray) -> np.ndarray:
        """Probabilities of at least .5/n, (n, ny)."""
        p = np.maximum(np.nan_to_num(p, nan=0.0), 0.5 / self.n)
        return np.asarray(p / p.sum(axis=1, keepdims=True))

    def own(self, p: np.ndarray) -> np.ndarray:
        """Every row's entry at its own class, (n,)."""
        return np.asarray(p[np.arange(self.n), self.codes])

    def mean(self, rows: np.ndarray) -> float:
        """Weighted mean of (n,)."""
        return float(rows @ self.weights / self.weights.sum())

    def bits(self, p: np.ndarray) -> np.ndarray:
        """log2 p(y|.) / p(y) of every row, (n,)."""
        return np.asarray(np.log2(self.own(p)) - np.log2(self.py)[self.codes])
