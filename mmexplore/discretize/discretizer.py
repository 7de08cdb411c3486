"""From measured columns to a few states, with everything that was done shown.

Both methods standardise each column, z = (x - mean)/sd (a constant column gets weight 0).

- ``"quantile"``: score s = z w along the first principal direction w (unit length, weights of positive sum), cut into bins
  of equal counts. Cuts lie between two distinct scores, so equal rows always share a bin and no bin is empty; where ties
  leave fewer bins than asked for, the result says so. Pearson 1901.
- ``"kmeans"``: k-means clusters of z, the best of several k-means++ starts, numbered along the same direction. Lloyd 1982;
  Arthur & Vassilvitskii 2007.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.spec import Spec, param

METHODS = ("quantile", "kmeans")
MIN_BINS, MAX_BINS = 2, 12
BINS_HELP = "More bins keep more of the measurement, and leave fewer samples in each cell."
METHOD_HELP = "Quantiles along the first principal direction, or k-means clusters."

_DIGITS = 9  # scores of order 1 that agree to this many decimals are the same value
_STARTS = 8
_STEPS = 30
_ROWS = 4000


@dataclass(frozen=True)
class Discretization:
    """What a `Discretizer` made of n rows of d columns.

    Attributes:
        codes: state of each row, 0 to k-1, in rising order of the score; shape (n,).
        labels: one text a state.
        counts: rows in each state, shape (k,).
        method: ``"quantile"`` or ``"kmeans"``.
        asked: number of bins asked for; k may be smaller, and `notes` say why.
        columns: names of the d columns.
        weights: first principal direction, in standardised units, shape (d,); 0 for a constant column.
        scores: the rows along that direction, shape (n,).
        edges: the k-1 cuts between bins, in units of the score, or of the column where there is only one; empty for k-means.
        centres: mean of each column in each state, in the columns' own units, shape (k, d).
        explained: share of the standardised columns' variance along the direction (quantile) or between clusters (k-means).
        notes: sentences on what was not as asked for.
    """

    codes: np.ndarray
    labels: tuple[str, ...]
    counts: np.ndarray
    method: str
    asked: int
    columns: tuple[str, ...]
    weights: np.ndarray
    scores: np.ndarray
    edges: np.ndarray
    centres: np.ndarray
    explained: float
    notes: tuple[str, ...]

    def __post_init__(self) -> None:
        for array in (self.codes, self.counts, self.weights, self.scores, self.edges, self.centres):
            array.setflags(write=False)

    @property
    def bins(self) -> int:
        """Number of states, k."""
        return len(self.labels)


@dataclass(frozen=True)
class Discretizer(Spec):
    """How measured columns become states."""

    method: str = param("quantile", label="Binning", choices=METHODS, help=METHOD_HELP)
    bins: int = param(4, label="Bins", low=MIN_BINS, high=MAX_BINS, step=1, help=BINS_HELP)

    def discretize(self, x: Any, columns: Sequence[str] | None = None) -> Discretization:
        """Discretise the rows of `x`.

        Args:
            x: shape (n,) or (n, d), finite numbers; a DataFrame brings its column names.
            columns: names of the d columns.

        Raises:
            BadData: not numeric, empty, or with missing or infinite values.
        """
        x, columns = _as_columns(x, columns)
        largest = np.abs(x).max(axis=0)
        unit = np.where(largest > 0, largest, 1.0)
        u = x / unit  # within [-1, 1]: no sum overflows
        mean, sd = u.mean(axis=0), u.std(axis=0)
        constant = sd <= 1e-12  # its spread is rounding error
        z = np.where(constant, 0.0, (u - mean) / np.where(constant, 1.0, sd))
        weights, along = _direction(z)
        scores = np.round(z @ weights, _DIGITS)
        notes = [f"{name} is constant and carries no weight" for name, c in zip(columns, constant, strict=True) if c]
        if self.method == "quantile":
            codes, edges = _quantiles(scores, self.bins)
            explained = along
        else:
            codes, edges = _clusters(z, scores, self.bins), np.empty(0)
            explained = _between(z, codes)
        counts = np.bincount(codes)
        if len(counts) < self.bins:
            notes.append(_why_fewer(self.bins, len(counts), z, scores, self.method))
        if x.shape[1] == 1 and self.method == "quantile":
            edges = (edges * sd[0] + mean[0]) * unit[0]
        labels = _interval_labels(edges) if self.method == "quantile" else _cluster_labels(len(counts))
        centres = unit * _means(u, codes)
        return Discretization(
            codes=codes,
            labels=labels,
            counts=counts,
            method=self.method,
            asked=self.bins,
            columns=columns,
            weights=weights,
            scores=scores,
            edges=edges,
            centres=centres,
            explained=explained,
            notes=tuple(notes),
        )


def _as_columns(x: Any, columns: Sequence[str] | None) -> tuple[np.ndarray, tuple[str, ...]]:
    if columns is None and hasattr(x, "columns"):
        columns = [str(name) for name in x.columns]
    try:
        array = np.asarray(x, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadData("the columns to discretise are not all numbers; give labels as they are instead") from None
    array = array[:, None] if array.ndim == 1 else array
    if array.ndim != 2 or 0 in array.shape:
        raise BadData(f"the columns to discretise have shape {array.shape}; allowed: (n,) or (n, d), not empty")
    names = tuple(columns) if columns is not None else tuple(f"column {k + 1}" for k in range(array.shape[1]))
    if len(names) != array.shape[1]:
        raise BadData(f"{len(names)} column names for {array.shape[1]} columns; allowed: one name each")
    bad = ~np.isfinite(array)
    if bad.any():
        name = names[int(np.argmax(bad.any(axis=0)))]
        raise BadData(f"{name} has a value that is missing or infinite ({int(bad.sum()):,} in all); drop those rows")
    return array, names


def _direction(z: np.ndarray) -> tuple[np.ndarray, float]:
    """First principal direction of standardised columns, and the share of variance along it."""
    values, vectors = np.linalg.eigh(z.T @ z / len(z))
    total = float(values.sum())
    if total <= 0:  # every column is constant
        return np.zeros(z.shape[1]), 0.0
    w = np.where(np.abs(vectors[:, -1]) < 1e-12, 0.0, vectors[:, -1])
    # the sign of an eigenvector is arbitrary: let most columns rise with the score
    lead = w.sum() if abs(w.sum()) > 1e-9 else w[np.argmax(np.abs(w) > 1e-9)]
    return (w if lead > 0 else -w), float(values[-1] / total)


def _quantiles(scores: np.ndarray, bins: int) -> tuple[np.ndarray, np.ndarray]:
    """Codes and cuts of bins as equal in count as ties allow."""
    values, counts = np.unique(scores, return_counts=True)
    if len(values) <= bins:
        chosen = np.arange(len(values) - 1)
    else:
        below = np.cumsum(counts)[:-1]  # rows below the cut after each distinct value
        targets = len(scores) * np.arange(1, bins) / bins
        chosen = np.unique([int(np.argmin(np.abs(below - target))) for target in targets])
    edges = 0.5 * (values[chosen] + values[chosen + 1])
    return np.searchsorted(edges, scores), edges


def _clusters(z: np.ndarray, scores: np.ndarray, bins: int) -> np.ndarray:
    """Codes of the k-means clusters of least spread among several starts, in rising order of their mean score."""
    distinct, first = np.unique(np.round(z, _DIGITS), axis=0, return_inverse=True)
    if len(distinct) <= bins:
        codes = first.ravel()
    else:
        from scipy.cluster.vq import ClusterError, kmeans2, vq  # 0.3 s of import

        seeds = np.random.SeedSequence(20140415).spawn(_STARTS + 1)
        rows = z
        if len(z) > _ROWS:  # the centres are found on some rows, and all rows go to the nearest
            rows = z[np.random.default_rng(seeds[-1]).choice(len(z), _ROWS, replace=False)]
        best, codes = np.inf, np.zeros(len(z), dtype=np.int64)
        for k in range(bins, 1, -1):
            for seed in seeds[:_STARTS]:
                try:
                    centres, _ = kmeans2(
                        rows, k, iter=_STEPS, minit="++", missing="raise", rng=np.random.default_rng(seed)
                    )
                except ClusterError:  # a cluster lost all its rows: this start is worth nothing
                    continue
                nearest, distance = vq(rows, centres)
                spread = float((distance**2).sum())
                if spread < best * (1.0 - 1e-9):
                    best, codes = spread, nearest if rows is z else vq(z, centres)[0]
            if best < np.inf:
                break
    _, codes = np.unique(codes, return_inverse=True)
    order = np.argsort(np.bincount(codes, weights=scores) / np.bincount(codes), kind="stable")
    return np.argsort(order)[codes]


def _between(z: np.ndarray, codes: np.ndarray) -> float:
    """Share of the variance of z that lies between the clusters."""
    total = float((z**2).sum())
    if total <= 0:
        return 0.0
    return float((np.bincount(codes)[:, None] * _means(z, codes) ** 2).sum() / total)


def _means(columns: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Mean of each column in each state, shape (k, d)."""
    sums = np.stack([np.bincount(codes, weights=column) for column in columns.T], axis=1)
    return sums / np.bincount(codes)[:, None]


def _why_fewer(asked: int, got: int, z: np.ndarray, scores: np.ndarray, method: str) -> str:
    distinct = len(np.unique(scores)) if method == "quantile" else len(np.unique(np.round(z, _DIGITS), axis=0))
    made = f"{asked} bins were asked for and {got} {'is' if got == 1 else 'are'} used"
    if distinct <= got:
        return f"{made}: there {'is' if distinct == 1 else 'are'} only {distinct} distinct value{'s' * (distinct != 1)}"
    return f"{made}: so many rows are equal that bins were merged"


def _interval_labels(edges: np.ndarray) -> tuple[str, ...]:
    """Names of the bins between `edges`, with as few digits as keep them apart."""
    if len(edges) == 0:
        return ("all",)
    texts: list[str] = []
    for digits in range(3, 18):
        texts = [f"{edge:.{digits}g}" for edge in edges]
        if len(set(texts)) == len(texts):
            break
    inner = [f"{low} to {high}" for low, high in itertools.pairwise(texts)]
    return (f"below {texts[0]}", *inner, f"above {texts[-1]}")


def _cluster_labels(k: int) -> tuple[str, ...]:
    return tuple(f"cluster {i + 1}" for i in range(k))
