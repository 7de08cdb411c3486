"""Monotone maps of single columns to a standard normal, learned on some rows and used on others.

    z = Phi^-1( (rank - 1/2) / n ),   ties share their mean rank.

Fitted on some rows it is applied to others by interpolation between their values, and beyond the ends along the slope of the last
twentieth part, half a standard deviation at most. A strictly monotone map of a coordinate changes no information; where a column has few different values no such map
makes it Gaussian. van der Waerden 1952; as a Gaussian copula: Ma & Sun 2011.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_TAIL = 0.05  # part of the rows that gives the slope beyond an end
_BEYOND = 0.5  # at most so far


@dataclass(frozen=True)
class NormalScores:
    """The maps of d columns: values in rising order with their scores, one pair of arrays a column."""

    knots: tuple[np.ndarray, ...]
    scores: tuple[np.ndarray, ...]

    @classmethod
    def fit(cls, x: np.ndarray) -> NormalScores:
        """Learn the maps of (n, d)."""
        from scipy.special import ndtri

        knots, scores = [], []
        for column in x.T:
            values, counts = np.unique(column, return_counts=True)
            middle = np.cumsum(counts) - 0.5 * counts  # mean rank less a half
            knots.append(values)
            scores.append(ndtri(middle / len(column)))
        return cls(tuple(knots), tuple(scores))

    def apply(self, x: np.ndarray) -> np.ndarray:
        """Scores of other rows of the same columns, (m, d)."""
        columns = [_monotone(column, k, s) for column, k, s in zip(x.T, self.knots, self.scores, strict=True)]
        return np.stack(columns, axis=1)


def normal_scores(x: np.ndarray) -> np.ndarray:
    """Scores of the rows themselves, (n, d)."""
    return NormalScores.fit(x).apply(x)


def _monotone(column: np.ndarray, knots: np.ndarray, scores: np.ndarray) -> np.ndarray:
    inside = np.interp(column, knots, scores)
    if len(knots) < 2:
        return inside
    k = max(1, int(_TAIL * len(knots)))
    low = (scores[k] - scores[0]) / (knots[k] - knots[0])
    high = (scores[-1] - scores[-1 - k]) / (knots[-1] - knots[-1 - k])
    below, above = np.minimum(column - knots[0], 0.0), np.maximum(column - knots[-1], 0.0)
    return np.asarray(inside + np.maximum(low * below, -_BEYOND) + np.minimum(high * above, _BEYOND))
