"""Nearest neighbours: how many rows lie near a row in x and in y alone, within the distance of its k-th neighbour in both.

    I = psi(k) + psi(n) - <psi(nx + 1) + psi(ny + 1)>                        version 1
    I = psi(k) - 1/k + psi(n) - <psi(nx) + psi(ny)>                          version 2
    I = psi(k) + psi(n) - <psi(n_label) + psi(m)>                            y a label

Version 1: nx, ny count rows strictly within the distance to the k-th neighbour under the maximum norm; version 2: within the sides of
the smallest box around k neighbours. Label: neighbours among the rows of the same class, m rows of any class within that distance.

Repeated values (rounded readings, whole numbers, many zeros) are judged row by row, so that mixtures of places and densities are right:

    many rows at the row's place in x and y    I_i = psi(n_xy) + psi(n) - psi(n_x) - psi(n_y)     rows at its place in both and in each
    many at its place in x, y without repeats  the formula of a label, that place being the class; and the other way round
    else                                       as above, every repeated value spread within its own cell (`mmexplore.estimators.mi.repeats`)

"Many" is 15 rows, or 4 k. The first line is free of bias to first order (Grassberger 1988, Phys. Lett. A 128), the last loses nothing.

Kraskov, Stögbauer & Grassberger 2004, arXiv cond-mat/0305641, equations 8 and 9; Ross 2014, PLoS ONE 9(2) e87357; estimates for mixtures of
discrete and continuous parts: Gao, Kannan, Oh & Viswanath 2017, arXiv 1709.06212; Mesner & Shalizi 2019, arXiv 1912.00387. Error bars from estimates on parts of the rows, whose variance goes like 1/n:
Holmes & Nemenman 2019, arXiv 1903.09280.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from mmexplore.estimators.mi import MIEstimate, MISettings, estimator
from mmexplore.estimators.mi.repeats import places, repeats, spread
from mmexplore.estimators.mi.variables import MARGINS, MARGINS_HELP, REPEATED, VariablePair, prepared, repeated_share
from mmexplore.estimators.tables.estimate import Interval
from mmexplore.estimators.tables.replicates import Desk
from mmexplore.estimators.tables.resampling import stream
from mmexplore.spec import param
from mmexplore.units import NATS_PER_BIT

PARTS = (2, 3, 4, 5, 6, 8, 10)
LEAST_PART = 12  # rows
ENOUGH_ROWS, LEAST_PARTS = (
    45,
    3,
)  # smaller parts scatter too little: they are left out where three kinds of parts remain
MANY_COORDINATES = 10
ALL_PAIRS_FROM = 8  # coordinates of x and y together
ALL_PAIRS_ROWS = 20_000
DRAWS = 3  # ways to spread repeated values, averaged
MANY_AT_ONE_PLACE = 15
COARSE = 12  # different values
VERY_COARSE = 10
MOST_COARSE = 4  # coordinates of so few values that still have an interval: of six, 82 to 88 % of 95 % intervals held
MORE_HALVES = 4
SCATTER = 1.2  # of all rows to what parts of them say, where little is told (measured: 1.05 to 1.3)
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
    interval_is="Estimate ± t standard errors, from the scatter of estimates on parts of the rows, stretched by what stands for the bias: the change from "
    "half of the rows to all, 2.4 times (one coordinate each) to 7 times (eight in all), or 15 (of few values). Covered in simulations (95 %, 200 to 5,000 rows, whole "
    "numbers and readings of 1 to 50 steps a standard deviation, one to four coordinates each): `python -m benchmarks.repeated`.",
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

    def value(rows: np.ndarray | slice, draws: int = 1) -> float:
        if label:
            return labelled(x[rows], y[rows], k, settings.seed, draws)
        return neighbours(x[rows], y[rows], k, settings.version, settings.seed, draws)

    mi = value(slice(None), DRAWS)
    parts = _parts(pair.n, k)
    columns = x if label else np.concatenate([x, y], axis=1)
    more = MORE_HALVES if settings.repeats and parts and columns.shape[1] > 2 else 0
    desk.total = 1 + settings.repeats * len(parts) + more
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
    for extra in range(more):  # where the bias is the larger part, a steadier measure of it
        if desk.look("Estimating on halves of the rows"):
            order = stream(settings.seed, "ksg halves", extra).permutation(pair.n)
            halves += [value(half) for half in np.array_split(order, 2)]
            desk.done += 1
    if scaled and not desk.stopped:
        from scipy.special import stdtrit

        error = SCATTER * math.sqrt(float(np.mean(scaled)))
        # parts of several sizes share rows: about half of their degrees of freedom are their own
        half = float(stdtrit(max(1.0, 0.5 * sum(m - 1 for m in parts)), 0.5 * (1 + settings.level))) * error
        drift = _stretch(columns) * (mi - float(np.mean(halves)))
        interval = Interval(mi - half + min(drift, 0), mi + half + max(drift, 0))
        if drift > max(2 * error, 0.05):
            warnings.append(
                f"Still rising: half of the rows give {np.mean(halves):.2f} bits, all of them {mi:.2f}; with more rows the estimate would "
                "go on. The interval is stretched upwards for that, and the truth may still lie above it."
            )
    if not label and interval is not None and columns.shape[1] > MOST_COARSE and _values(columns) <= VERY_COARSE:
        interval = None
        warnings.append(
            f"Coarse columns: {columns.shape[1]} coordinates of about {_values(columns):.0f} values each. The estimate leans down by more than parts of "
            "the rows show, so no interval is given. Count their states instead (a table, or 'binned'), or take fewer columns."
        )
    if x.shape[1] + (0 if label else y.shape[1]) > MANY_COORDINATES:
        warnings.append(
            f"Dimension: {x.shape[1] + (0 if label else y.shape[1])} coordinates. Neighbours are far from each other there and the "
            "estimate leans down; compare 'copula', 'infonce' or fewer coordinates."
        )
    share = max(repeated_share(x), 0.0 if label else repeated_share(y))
    if share > REPEATED:
        warnings.append(
            f"Repeated values: {share:.0%} of rows share a value with another. Places with many rows are counted as states; other repeats "
            "are spread within their own cells at random, which changes no information."
        )
    return MIEstimate(mi, interval, _ceiling(pair, k), tuple(warnings))


def _parts(n: int, k: int) -> list[int]:
    """Into how many parts the rows are cut, in turn."""
    allowed = [m for m in PARTS if n // m >= max(LEAST_PART, 3 * k)]
    return [m for i, m in enumerate(allowed) if i < LEAST_PARTS or n // m >= ENOUGH_ROWS]


def _values(coordinates: np.ndarray) -> float:
    """Different values of a column, the median over columns."""
    return float(np.median([len(np.unique(column)) for column in coordinates.T]))


def _stretch(coordinates: np.ndarray) -> float:
    """The bias of all rows in units of the change from half of them to all, if it goes like n^-1/2, or n^(-3 / 2 d) above three of d coordinates.

    Where most coordinates have few values, like n^(-3 / 4 d): spreading them hides more; where they have very few, like n^(-9 / 20 d). Beyond eight
    coordinates it stays as it is.
    """
    d = min(coordinates.shape[1], 8)
    values = _values(coordinates)
    speed = 0.45 if values <= VERY_COARSE else 0.75 if values <= COARSE else 1.5
    return float(1 / (2 ** min(0.5, speed / d) - 1))


def _ceiling(pair: VariablePair, k: int) -> float | None:
    """What counts of at least k neighbours can give at most, in bits; a label limits the truth itself."""
    from scipy.special import digamma

    if pair.kind == "mixed":
        return None
    return float(digamma(pair.n) - digamma(k)) / NATS_PER_BIT


def neighbours(x: np.ndarray, y: np.ndarray, k: int, version: str = "1", seed: int = 0, draws: int = DRAWS) -> float:
    """Information between rows of x (n, dx) and y (n, dy), in bits; repeated values are spread `draws` times, from `seed`."""
    if not (repeats(x) or repeats(y)):
        return float(_near(x, y, k, version).mean()) / NATS_PER_BIT
    spread_out = [(spread(x, seed, "x", draw), spread(y, seed, "y", draw)) for draw in range(draws)]
    local = np.mean([_near(*pair, k, version) for pair in spread_out], axis=0)
    of_x, of_y = places(x), places(y)
    joint = places(np.stack([of_x, of_y], axis=1))
    at_x, at_y, at_both = (np.bincount(place)[place] for place in (of_x, of_y, joint))
    many = _many(k)
    counted = at_both >= many
    local[counted] = _counted(at_both, at_x, at_y)[counted]
    for place, at, other, at_other, turn in ((of_x, at_x, y, at_y, 1), (of_y, at_y, x, at_x, 0)):
        # y has no repeats beside its places: its neighbours at the same x; and the other way round
        beside = at_other < many
        given = (
            (at >= many) & beside & ~counted if beside.any() and np.median(at_other[beside]) == 1 else ~beside & beside
        )
        if given.any():
            moved = [pair[turn] for pair in spread_out] if repeats(other) else [other]
            local[given] = np.mean([_near_in_class(values, place, k, given) for values in moved], axis=0)
    return float(local.mean()) / NATS_PER_BIT


def labelled(x: np.ndarray, codes: np.ndarray, k: int, seed: int = 0, draws: int = DRAWS) -> float:
    """Information between rows of x (n, d) and their classes, in bits; classes of one row are left out."""
    several = np.bincount(codes)[codes] > 1
    x, codes = x[several], codes[several]
    if not len(x):
        return 0.0
    everywhere = np.ones(len(x), dtype=bool)
    if not repeats(x):
        return float(_near_in_class(x, codes, k, everywhere).mean()) / NATS_PER_BIT
    moved = [spread(x, seed, "x", draw) for draw in range(draws)]
    local = np.mean([_near_in_class(values, codes, k, everywhere) for values in moved], axis=0)
    of_x = places(x)
    joint = places(np.stack([of_x, codes], axis=1))
    at_x, of_class, at_both = (np.bincount(place)[place] for place in (of_x, codes, joint))
    counted = at_both >= _many(k)
    local[counted] = _counted(at_both, at_x, of_class)[counted]
    return float(local.mean()) / NATS_PER_BIT


def _many(k: int) -> int:
    """Rows at one place from which on they are counted there: with fewer, places that happen to be full would weigh too much."""
    return max(MANY_AT_ONE_PLACE, 4 * k)


def _counted(both: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Each row's part from how many rows share its place in both variables and in each, (n,), nats."""
    from scipy.special import digamma

    return np.asarray(digamma(both) + digamma(len(both)) - digamma(first) - digamma(second))


def _near(x: np.ndarray, y: np.ndarray, k: int, version: str) -> np.ndarray:
    """Each row's part, (n,), nats; distances differ."""
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
        return np.asarray(digamma(k) - 1 / k + digamma(n) - digamma(nx) - digamma(ny))
    inside = np.maximum(distance - rounding(both), 0)
    nx, ny = count_within(x, inside), count_within(y, inside)  # the row itself stands for the + 1
    return np.asarray(digamma(k) + digamma(n) - digamma(nx) - digamma(ny))


def _near_in_class(x: np.ndarray, codes: np.ndarray, k: int, asked: np.ndarray) -> np.ndarray:
    """The part of each row asked for, from neighbours of its own class, nats; distances differ, classes have two rows or more.

    Args:
        x: (n, d).
        codes: classes, (n,).
        k: neighbours; fewer in smaller classes.
        asked: (n,), whole classes or some of their rows.
    """
    from scipy.spatial import cKDTree
    from scipy.special import digamma

    n = len(x)
    if x.shape[1] >= ALL_PAIRS_FROM and n <= ALL_PAIRS_ROWS:
        return _all_pairs((x,), k, codes)[asked]
    distance, used = np.zeros(n), np.ones(n)
    sizes = np.bincount(codes)
    for c in np.unique(codes[asked]):
        rows = np.flatnonzero(codes == c)
        near = min(k, len(rows) - 1)
        distance[rows], used[rows] = cKDTree(x[rows]).query(x[rows], near + 1, p=np.inf)[0][:, -1], near
    within = count_within(x, np.maximum(distance - rounding(x), 0)[asked], at=x[asked])
    return np.asarray(digamma(used[asked]) + digamma(n) - digamma(sizes[codes[asked]]) - digamma(within))


def _all_pairs(variables: tuple[np.ndarray, ...], k: int, codes: np.ndarray | None = None) -> np.ndarray:
    """The same by all n^2 distances, a few rows at a time, (n,): faster than trees where there are many coordinates.

    Args:
        variables: x and y, or x alone with the classes of its rows.
        k: neighbours.
        codes: classes, (n,); each has at least two rows.
    """
    from scipy.special import digamma

    n = len(variables[0])
    local, slack = np.empty(n), max(map(rounding, variables))
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
        last = min(k, n - 1)
        first = np.sort(np.partition(both, last, axis=1)[:, : last + 1], axis=1)  # the row itself is one, at distance 0
        radius = np.maximum(np.take_along_axis(first, near[:, None], axis=1) - slack, 0)
        counts = [digamma((d <= radius).sum(axis=1)) for d in apart]
        if sizes is not None:
            counts.append(digamma(sizes[rows]))
        local[rows] = digamma(near) + digamma(n) - np.sum(counts, axis=0)
    return local


def _apart(turned: np.ndarray, rows: slice) -> np.ndarray:
    """Distances under the maximum norm of some rows to all, (rows, n); `turned` is (d, n)."""
    distance = np.abs(turned[0, rows, None] - turned[0])
    other = np.empty_like(distance)
    for column in turned[1:]:
        np.abs(np.subtract(column[rows, None], column, out=other), out=other)
        np.maximum(distance, other, out=distance)
    return distance


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
