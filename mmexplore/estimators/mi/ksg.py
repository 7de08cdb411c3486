"""Nearest neighbours: how many rows lie near a row in x and in y alone, within the distance of its k-th neighbour in both.

    I = psi(k) + psi(n) - <psi(nx + 1) + psi(ny + 1)>                        version 1
    I = psi(k) - 1/k + psi(n) - <psi(nx) + psi(ny)>                          version 2
    I = psi(k) + psi(n) - <psi(n_label) + psi(m)>                            y a label

Version 1: nx, ny count rows strictly within the distance to the k-th neighbour under the maximum norm; version 2: within the sides of
the smallest box around k neighbours. Label: neighbours among the rows of the same class, m rows of any class within that distance.
Where several rows lie as far away as the k-th, since values repeat, all of them are counted, in both and in each, edges
included (as for mixtures of discrete and continuous parts), without adding noise.

Kraskov, Stögbauer & Grassberger 2004, arXiv cond-mat/0305641, equations 8 and 9; Ross 2014, PLoS ONE 9(2) e87357; repeated values:
Gao, Kannan, Oh & Viswanath 2017, arXiv 1709.06212. Error bars from estimates on parts of the rows, whose variance goes like 1/n:
Holmes & Nemenman 2019, arXiv 1903.09280.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mmexplore.estimators.mi import MIEstimate, MISettings, estimator
from mmexplore.estimators.mi.variables import MARGINS, MARGINS_HELP, REPEATED, VariablePair, prepared, repeated_share
from mmexplore.estimators.tables.estimate import Interval
from mmexplore.estimators.tables.replicates import Desk
from mmexplore.estimators.tables.resampling import stream
from mmexplore.spec import param
from mmexplore.units import NATS_PER_BIT

PARTS = (2, 3, 4, 5, 6, 8, 10)
LEAST_PART = 12  # rows
DRIFT = 1 / (2**0.5 - 1)  # a bias that goes like 1/sqrt(n), seen from half of the rows to all
MANY_COORDINATES = 10
ALL_PAIRS_FROM = 8  # coordinates of x and y together
ALL_PAIRS_ROWS = 20_000
_AT_ONCE = 400_000  # distances, so that they stay in the cache


@dataclass(frozen=True)
class KSGSettings(MISettings):
    """How neighbours are counted."""

    neighbours: int = param(
        4,
        label="Neighbours",
        low=1,
        high=100,
        step=1,
        help="More: less scatter, more bias where the information is large.",
    )
    version: str = param("1", label="Version", choices=("1", "2"), help="Of the formula, for two measurements.")
    margins: str = param("normal", label="Columns", choices=MARGINS, help=MARGINS_HELP)
    repeats: int = param(
        1, label="Repeats", low=0, high=50, step=1, help="Of cutting the rows into parts, for the interval; 0: none."
    )


@estimator(
    "ksg",
    label="Nearest neighbours (KSG)",
    takes=("numbers", "mixed"),
    assumes="Densities that hardly change within the distance of a few neighbours: many rows for few coordinates.",
    summary="Counts neighbours; sees any kind of dependence, needs no training. First choice up to about five coordinates.",
    interval_is="Estimate ± t standard errors, from the scatter of estimates on parts of the rows, stretched by 2.4 times the change from half "
    "of the rows to all, which stands for the bias. Covered in simulations (95 %): 0.93 to 1 up to four coordinates from 300 rows on, at six 0.7 (300 rows) to "
    "0.86 (1,500 rows).",
    reference="Kraskov, Stögbauer & Grassberger 2004, arXiv cond-mat/0305641; labels: Ross 2014",
    settings=KSGSettings,
)
def ksg(pair: VariablePair, settings: KSGSettings, desk: Desk) -> MIEstimate:
    """Estimate, standard error and warnings."""
    first, second = pair.numbers_first()
    x = prepared(first, settings.margins)
    label = second.kind == "label"
    y = second.codes if label else prepared(second, settings.margins)
    k = min(settings.neighbours, pair.n - 1)

    def value(rows: np.ndarray | slice) -> float:
        if label:
            return labelled(x[rows], y[rows], k)
        return neighbours(x[rows], y[rows], k, settings.version)

    mi = value(slice(None))
    parts = [m for m in PARTS if pair.n // m >= max(LEAST_PART, 3 * k)]
    desk.total = 1 + settings.repeats * len(parts)
    desk.done = 1
    interval, warnings = None, []
    scaled: list[float] = []
    halves: list[float] = []
    for repeat in range(settings.repeats):
        order = stream(settings.seed, "ksg parts", repeat).permutation(pair.n)
        for m in parts:
            if not desk.look("Estimating on parts of the rows"):
                break
            of_parts = np.array([value(part) for part in np.array_split(order, m)])
            # variance of one part is m times that of the whole; weighed by its degrees of freedom
            scaled += [float(of_parts.var(ddof=1)) / m] * (m - 1)
            halves += of_parts.tolist() if m == 2 else []
            desk.done += 1
    if scaled and not desk.stopped:
        from scipy.special import stdtrit

        error = math.sqrt(float(np.mean(scaled)))
        # parts of several sizes share rows: about half of their degrees of freedom are their own
        half = float(stdtrit(max(1.0, 0.5 * sum(m - 1 for m in parts)), 0.5 * (1 + settings.level))) * error
        drift = DRIFT * (mi - float(np.mean(halves)))
        interval = Interval(mi - half + min(drift, 0), mi + half + max(drift, 0))
        if drift > max(2 * error, 0.05):
            warnings.append(
                f"Still rising: half of the rows give {np.mean(halves):.2f} bits, all of them {mi:.2f}; with more rows the estimate would "
                "go on. The interval is stretched upwards for that, and the truth may still lie above it."
            )
    if x.shape[1] + (0 if label else y.shape[1]) > MANY_COORDINATES:
        warnings.append(
            f"Dimension: {x.shape[1] + (0 if label else y.shape[1])} coordinates. Neighbours are far from each other there and the "
            "estimate leans down; compare 'copula', 'infonce' or fewer coordinates."
        )
    share = max(repeated_share(x), 0.0 if label else repeated_share(y))
    if share > REPEATED:
        warnings.append(
            f"Repeated values: {share:.0%} of rows share a value with another. Counting neighbours needs values that differ; repeats are "
            "counted as what they are, without noise, but the formula is then less exact. Compare 'binned'."
        )
    return MIEstimate(mi, interval, _ceiling(pair, k), tuple(warnings))


def _ceiling(pair: VariablePair, k: int) -> float | None:
    """What counts of at least k neighbours can give at most, in bits; a label limits the truth itself."""
    from scipy.special import digamma

    if pair.kind == "mixed":
        return None
    return float(digamma(pair.n) - digamma(k)) / NATS_PER_BIT


def neighbours(x: np.ndarray, y: np.ndarray, k: int, version: str = "1") -> float:
    """Information between rows of x (n, dx) and y (n, dy), in bits."""
    from scipy.spatial import cKDTree
    from scipy.special import digamma

    n, dx = x.shape
    if version == "1" and dx + y.shape[1] >= ALL_PAIRS_FROM and n <= ALL_PAIRS_ROWS:
        return _all_pairs((x, y), k)
    both = np.concatenate([x, y], axis=1)
    distance, index = cKDTree(both).query(both, k + 1, p=np.inf)  # the row itself is one of them, at distance 0
    distance = distance[:, -1]
    if version == "2":
        gaps = np.abs(both[index[:, 1:]] - both[:, None])  # (n, k, dx + dy)
        sides = [gaps[..., part].max(axis=(1, 2)) + rounding(both) for part in (slice(dx), slice(dx, None))]
        # the row itself is not counted, so that at least k are
        nx, ny = (count_within(v, side) - 1 for v, side in ((x, sides[0]), (y, sides[1])))
        local = digamma(k) - 1 / k + digamma(n) - digamma(nx) - digamma(ny)
    else:
        inside = np.maximum(distance - rounding(both), 0)
        nx, ny = count_within(x, inside), count_within(y, inside)  # the row itself stands for the + 1
        local = digamma(k) + digamma(n) - digamma(nx) - digamma(ny)
    tied = _tied(both, distance, k)
    if tied.any():
        reach = distance[tied] + rounding(both)
        counts = [count_within(v, reach, at=v[tied]) for v in (both, x, y)]
        local[tied] = digamma(counts[0]) + digamma(n) - digamma(counts[1]) - digamma(counts[2])
    return float(local.mean()) / NATS_PER_BIT


def labelled(x: np.ndarray, codes: np.ndarray, k: int) -> float:
    """Information between rows of x (n, dx) and their classes, in bits; classes of one row are left out."""
    from scipy.spatial import cKDTree
    from scipy.special import digamma

    sizes = np.bincount(codes)
    repeated = sizes[codes] > 1
    x, codes = x[repeated], codes[repeated]
    n = len(x)
    if not n:
        return 0.0
    if x.shape[1] >= ALL_PAIRS_FROM and n <= ALL_PAIRS_ROWS:
        return _all_pairs((x,), k, codes)
    distance, used, tied = np.empty(n), np.empty(n), np.zeros(n, dtype=bool)
    for c in np.flatnonzero(sizes > 1):
        rows = np.flatnonzero(codes == c)
        near = min(k, len(rows) - 1)
        distance[rows], used[rows] = cKDTree(x[rows]).query(x[rows], near + 1, p=np.inf)[0][:, -1], near
        same = _tied(x[rows], distance[rows], near)
        if same.any():
            tied[rows] = same
            used[rows[same]] = count_within(x[rows], distance[rows[same]] + rounding(x), at=x[rows[same]])
    sign = np.where(tied, 1, -1)
    within = count_within(x, np.maximum(distance + sign * rounding(x), 0))
    local = digamma(used) + digamma(n) - digamma(sizes[codes]) - digamma(within)
    return float(local.mean()) / NATS_PER_BIT


def _all_pairs(variables: tuple[np.ndarray, ...], k: int, codes: np.ndarray | None = None) -> float:
    """The same by all n^2 distances, a few rows at a time: faster than trees where there are many coordinates.

    Args:
        variables: x and y, or x alone with the classes of its rows.
        k: neighbours.
        codes: classes, (n,); each has at least two rows.
    """
    from scipy.special import digamma

    n = len(variables[0])
    total, slack = 0.0, max(map(rounding, variables))
    turned = [np.ascontiguousarray(v.T) for v in variables]
    sizes = None if codes is None else np.bincount(codes)[codes]
    step = max(1, _AT_ONCE // n)
    for start in range(0, n, step):
        rows = slice(start, min(start + step, n))
        apart = [_apart(v, rows) for v in turned]  # (rows, n) each
        if codes is None or sizes is None:
            both, near = np.maximum(*apart), np.full(len(apart[0]), k)
        else:
            both = np.where(codes[rows, None] == codes, apart[0], np.inf)
            near = np.minimum(k, sizes[rows] - 1)
        first = np.sort(
            np.partition(both, k, axis=1)[:, : k + 1], axis=1
        )  # the row itself is one of them, at distance 0
        kth = np.take_along_axis(first, near[:, None], axis=1)
        reached = (both <= kth + slack).sum(axis=1)
        tied = (reached > near + 1) | ((both <= kth - slack).sum(axis=1) < near) | (kth[:, 0] == 0)
        radius = np.where(tied[:, None], kth + slack, kth - slack)
        used = digamma(np.where(tied, reached, near))
        counts = [digamma((d <= radius).sum(axis=1)) for d in apart]
        if sizes is not None:
            counts.append(digamma(sizes[rows]))
        total += float((used - np.sum(counts, axis=0)).sum())
    return (float(digamma(n)) + total / n) / NATS_PER_BIT


def _apart(turned: np.ndarray, rows: slice) -> np.ndarray:
    """Distances under the maximum norm of some rows to all, (rows, n); `turned` is (d, n)."""
    distance = np.abs(turned[0, rows, None] - turned[0])
    other = np.empty_like(distance)
    for column in turned[1:]:
        np.abs(np.subtract(column[rows, None], column, out=other), out=other)
        np.maximum(distance, other, out=distance)
    return distance


def _tied(values: np.ndarray, distance: np.ndarray, k: int) -> np.ndarray:
    """Which rows have others as far away as the k-th one, (n,)."""
    if all(len(np.unique(column)) == len(values) for column in values.T):
        return np.zeros(len(values), dtype=bool)
    slack = rounding(values)
    within, inside = (count_within(values, r) for r in (distance + slack, np.maximum(distance - slack, 0)))
    return np.asarray((within > k + 1) | (inside < k) | (distance == 0))


def rounding(values: np.ndarray) -> float:
    """More than differences of these values lose to rounding, less than anything that matters."""
    return 16 * float(np.spacing(np.abs(values).max()))


def count_within(values: np.ndarray, radius: np.ndarray, at: np.ndarray | None = None) -> np.ndarray:
    """Rows of `values` (n, d) within `radius` (m,) of each row of `at` (m, d), under the maximum norm."""
    at = values if at is None else at
    if values.shape[1] == 1:
        line = np.sort(values[:, 0])
        low, high = at[:, 0] - radius, at[:, 0] + radius
        return np.searchsorted(line, high, side="right") - np.searchsorted(line, low, side="left")
    from scipy.spatial import cKDTree

    return np.asarray(cKDTree(values).query_ball_point(at, radius, p=np.inf, return_length=True))
