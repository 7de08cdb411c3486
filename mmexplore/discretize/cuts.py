"""The arithmetic of binning: standardise, find directions, cut, cluster. Arrays of columns have shape (d, n).

Principal directions: Pearson 1901. k-means: Lloyd 1982; starts of Arthur & Vassilvitskii 2007.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

DIGITS = 9  # scores of order 1 that agree to this many decimals are the same value
_STARTS = 8
_STEPS = 30
_ROWS = 4000
_DENSE = 256  # beyond this many columns only the directions asked for are computed
_FAR = 1e12  # standard deviations; rows that far out are not told apart


@dataclass(frozen=True)
class Scale:
    """Standardisation z = (x / unit - mean) / sd; a constant column gets z = 0.

    Attributes:
        unit: largest size of each column, so that x / unit lies within [-1, 1] and no sum overflows.
        mean, sd: of x / unit.
        constant: where the spread is rounding error.
    """

    unit: np.ndarray
    mean: np.ndarray
    sd: np.ndarray
    constant: np.ndarray

    @classmethod
    def of(cls, x: np.ndarray) -> Scale:
        """The scale of columns of finite numbers."""
        largest = np.maximum(x.max(axis=1), -x.min(axis=1))
        unit = np.where(largest > 0, largest, 1.0)
        u = x / unit[:, None]
        mean, sd = u.mean(axis=1), u.std(axis=1)
        return cls(unit, mean, sd, sd <= 1e-12)

    def standardise(self, x: np.ndarray) -> np.ndarray:
        """The columns in standard deviations from their mean."""
        z = x / self.unit[:, None]
        z -= self.mean[:, None]
        z /= np.where(self.constant, 1.0, self.sd)[:, None]
        z[self.constant] = 0.0
        return np.clip(z, -_FAR, _FAR, out=z)

    def own_units(self, k: int, z: np.ndarray) -> np.ndarray:
        """Values of column k back from standard deviations."""
        return (z * self.sd[k] + self.mean[k]) * self.unit[k]


def directions(z: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The first k principal directions of standardised columns, shape (k, d), and the share of variance along each."""
    d, n = z.shape
    total = float(np.einsum("dn,dn->", z, z)) / n
    if total <= 0:  # every column is constant
        return np.zeros((1, d)), np.zeros(1)
    k = min(k, d, n)
    if d <= _DENSE:
        values, vectors = np.linalg.eigh(z @ z.T / n)
    else:
        from scipy.sparse.linalg import LinearOperator, eigsh  # not needed by most

        product = LinearOperator((d, d), matvec=lambda v: z @ (v.ravel() @ z) / n, dtype=np.float64)
        start = np.random.default_rng(20140415).normal(size=d)  # fixed: the same twice
        values, vectors = eigsh(product, k=k, v0=start, tol=1e-6)
        order = np.argsort(values)
        values, vectors = values[order], vectors[:, order]
    values, vectors = values[::-1][:k], vectors[:, ::-1][:, :k]
    carries = values > 1e-12 * total  # directions without variance are rounding error
    return np.stack([_signed(v) for v in vectors.T[carries]]), values[carries] / total


def _signed(w: np.ndarray) -> np.ndarray:
    """The sign of an eigenvector is arbitrary: let most columns rise with the score."""
    w = np.where(np.abs(w) < 1e-12, 0.0, w)
    lead = w.sum() if abs(w.sum()) > 1e-9 else w[np.argmax(np.abs(w) > 1e-9)]
    return w if lead > 0 else -w


def quantile_cuts(scores: np.ndarray, bins: int) -> np.ndarray:
    """Cuts between distinct scores into bins as equal in count as ties allow; none of them is empty."""
    values, counts = np.unique(scores, return_counts=True)
    if len(values) <= bins:
        chosen = np.arange(len(values) - 1)
    else:
        below = np.cumsum(counts)[:-1]  # rows below the cut after each distinct value
        targets = len(scores) * np.arange(1, bins) / bins
        chosen = np.unique([int(np.argmin(np.abs(below - target))) for target in targets])
    return 0.5 * (values[chosen] + values[chosen + 1])


def width_cuts(scores: np.ndarray, bins: int) -> np.ndarray:
    """Cuts into bins of equal width between the lowest and the highest score."""
    low, high = float(scores.min()), float(scores.max())
    if not high > low:
        return np.empty(0)
    return np.unique(np.round(np.linspace(low, high, bins + 1)[1:-1], DIGITS))


def cluster_centres(z: np.ndarray, scores: np.ndarray, bins: int) -> np.ndarray:
    """Centres of the k-means clusters of least spread among several starts, in rising order of their mean score.

    Args:
        z: standardised columns, shape (d, n).
        scores: one number a row, shape (n,), that orders the clusters.
        bins: clusters asked for; there are fewer where there are fewer distinct rows.

    Returns:
        shape (k, d); every one is the nearest of some row.
    """
    from scipy.cluster.vq import ClusterError, kmeans2, vq  # 0.3 s of import

    rows = np.ascontiguousarray(z.T)
    seeds = np.random.SeedSequence(20140415).spawn(_STARTS + 1)
    some = rows
    if len(rows) > _ROWS:  # the centres are found on some rows, and all rows go to the nearest
        some = rows[np.random.default_rng(seeds[-1]).choice(len(rows), _ROWS, replace=False)]
    distinct = np.unique(np.round(some, DIGITS), axis=0)
    if len(distinct) <= bins and len(some) < len(rows):  # rare rows may have been left out
        distinct = np.unique(np.round(rows, DIGITS), axis=0)
    if len(distinct) <= bins:
        centres = distinct
    else:
        best, centres = np.inf, some[:1]
        for k in range(bins, 1, -1):
            for seed in seeds[:_STARTS]:
                try:
                    centroids, _ = kmeans2(
                        some, k, iter=_STEPS, minit="++", missing="raise", rng=np.random.default_rng(seed)
                    )
                except ClusterError:  # a cluster lost all its rows: this start is worth nothing
                    continue
                spread = float((vq(some, centroids)[1] ** 2).sum())
                if spread < best * (1.0 - 1e-9):
                    best, centres = spread, centroids
            if best < np.inf:
                break
    codes = nearest(z, centres)
    counts = np.bincount(codes, minlength=len(centres))
    used = np.flatnonzero(counts)
    means = np.bincount(codes, weights=scores, minlength=len(centres))[used] / counts[used]
    return centres[used[np.argsort(means, kind="stable")]]


def nearest(z: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Code of the nearest centre of each row."""
    from scipy.cluster.vq import vq

    return vq(np.ascontiguousarray(z.T), centres)[0].astype(np.int64)


def means_by(columns: np.ndarray, codes: np.ndarray, k: int) -> np.ndarray:
    """Mean of each column in each of k states, shape (k, d); nan where a state has no row."""
    counts = np.bincount(codes, minlength=k)
    sums = np.stack([np.bincount(codes, weights=column, minlength=k) for column in columns], axis=1)
    with np.errstate(invalid="ignore"):
        return sums / counts[:, None]


def share_between(z: np.ndarray, codes: np.ndarray) -> float:
    """Share of the variance of z that lies between the states."""
    total = float((z**2).sum())
    if total <= 0:
        return 0.0
    counts = np.bincount(codes)
    return float((counts[:, None] * np.nan_to_num(means_by(z, codes, len(counts))) ** 2).sum() / total)


def interval_labels(edges: np.ndarray) -> tuple[str, ...]:
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
