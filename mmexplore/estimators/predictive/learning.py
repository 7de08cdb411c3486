"""What predictors read against the number of rows: is there more to find, and what do columns of noise cost?

The rows are cut in two halves, each half's first half is a quarter, and so on: nested pieces, stratified by class, two of every size, on which everything
is fitted anew. Groups stay whole; a series is cut into stretches. Sizes at which a class would have fewer than 10 rows are left out.

    gain of the last doubling = A(n) - mean of A over the two halves

Both halves together are the n rows, so the gain is a paired difference (see `change`). Errors of cross-validated log scores fall like n^-b, b = 1 for
parametric predictors, less for others (learning curves: Viering & Loog 2023, arXiv 2103.10948): the next doubling then adds between half
(b = 1) and all (b near 0) of what the last one added. That is what is said of more rows, and it is a description, no bound.

Columns that tell nothing are found out about directly: each modality gets its own columns once more, their rows shuffled as a whole, and everything is fitted
again. True informations stay as they are, so what is read less is what so many columns of noise cost at this number of rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mmexplore.errors import BadData
from mmexplore.estimators.pids.predictive import PredictiveSettings
from mmexplore.estimators.pids.rows import Rows
from mmexplore.estimators.predictive.answer import Start
from mmexplore.estimators.predictive.change import REFIT, changes
from mmexplore.estimators.predictive.columns import Columns
from mmexplore.estimators.predictive.curve import NAMES, LearningCurve, Point
from mmexplore.estimators.predictive.estimate import Design, predictive_pid
from mmexplore.estimators.predictive.rare import LEAST, Used
from mmexplore.estimators.predictive.rows import RowAtoms, reading
from mmexplore.estimators.tables.resampling import stream
from mmexplore.estimators.watching import Watcher

HALVINGS = 3  # n/8, n/4, n/2, n
FEWEST = 50  # rows of a piece


def learning(rows: Rows, settings: PredictiveSettings, watcher: Watcher) -> LearningCurve:
    """Fit on pieces of the rows and on all of them, and with columns of noise.

    Args:
        rows: as of the estimate itself.
        settings: the same; without the test of S = 0.
        watcher: told the progress, and every point as a frame; may raise.

    Raises:
        BadData: too few rows to halve them.
    """
    start = Start.of(rows, settings)
    columns = tuple(start.columns(x, role, settings) for role, x in (("x1", rows.x1), ("x2", rows.x2)))
    plan = pieces(start.used.codes, start.design, settings.seed)
    everything = np.arange(len(start.used.codes))
    desk = _Desk(rows.n, start, (columns[0], columns[1]), settings, watcher, 2 * len(plan) + 2)
    found: list[tuple[int, list[RowAtoms]]] = []
    for halves in plan:
        found.append((int(np.mean([len(piece) for piece in halves])), [desk.fit(piece) for piece in halves]))
        desk.frame(_point(*found[-1], settings.level))
    whole = desk.fit(everything)
    points = [_point(n, parts, settings.level) for n, parts in (*found, (len(everything), [whole]))]
    desk.frame(points[-1])
    noisy = desk.fit(everything, noise=True)
    gain = changes(together(found[-1][1]), whole, settings.level)
    return LearningCurve(
        points=tuple(points),
        gain={name: gain[name] for name in NAMES},
        doubled={name: one for name, one in changes(whole, noisy, settings.level).items() if name in NAMES},
        columns=(columns[0].values.shape[1], columns[1].values.shape[1]),
        level=settings.level,
    )


def pieces(codes: np.ndarray, design: Design, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Two nested pieces of the rows at every size, the smallest first, as rising indices; the largest two are the halves of all rows.

    Args:
        codes: classes of the rows, (n,).
        design: groups and order in time.
        seed: of the order in which rows are taken.

    Raises:
        BadData: not even the halves hold 10 rows of every class, and 40 in all.
    """
    order = _order(codes, design, seed)
    halves = _cut(order, design.groups)
    found: list[tuple[np.ndarray, np.ndarray]] = []
    while len(found) < HALVINGS and all(
        _enough(codes[part], None if design.groups is None else design.groups[part]) for part in halves
    ):
        found.append((np.sort(halves[0]), np.sort(halves[1])))
        halves = tuple(_cut(part, design.groups)[0] for part in halves)  # type: ignore[assignment]
    if not found:
        raise BadData(
            f"half of {len(codes):,} rows would have fewer than {LEAST} rows of a class, or fewer than {FEWEST} in all; allowed: at least "
            f"{2 * LEAST} of every class, {2 * FEWEST} rows, and 4 groups where there are groups"
        )
    return found[::-1]


def together(parts: list[RowAtoms]) -> RowAtoms:
    """Rows of several pieces that share none, as one; groups and blocks of different pieces are different."""
    clusters, ahead = [], 0
    for part in parts:
        own = np.arange(part.n) if part.clusters is None else part.clusters
        clusters.append(own + ahead)
        ahead += int(own.max()) + 1

    def all_of(name: str) -> np.ndarray:
        return np.concatenate([getattr(part, name) for part in parts])

    names = ("index", "codes", "i1", "i2", "i12", "union", "late", "weights")
    return RowAtoms(
        given=parts[0].given,
        clusters=None if parts[0].clusters is None else np.concatenate(clusters),
        **{name: all_of(name) for name in names},
    )


def _order(codes: np.ndarray, design: Design, seed: int) -> np.ndarray:
    """All rows, so that every stretch of them holds every class's share: by time, or at random; rows of a group together."""
    n = len(codes)
    if design.time is not None and design.groups is None:
        return np.argsort(design.time, kind="stable")
    unit = np.arange(n) if design.groups is None else np.unique(design.groups, return_inverse=True)[1]
    count = int(unit.max()) + 1
    if design.time is not None:
        first = np.full(count, np.inf)
        np.minimum.at(first, unit, design.time)
        return np.lexsort((np.arange(n), first[unit]))
    ny = int(codes.max()) + 1
    table = np.bincount(unit * ny + codes, minlength=count * ny).reshape(count, ny)
    kind, rng = table.argmax(axis=1), stream(seed, "learning")
    along = np.empty(count)
    for k in np.unique(kind):
        members = rng.permutation(np.flatnonzero(kind == k))
        along[members] = (np.arange(len(members)) + rng.random()) / len(members)
    rank = np.argsort(np.argsort(along, kind="stable"))
    return np.argsort(rank[unit], kind="stable")


def _cut(order: np.ndarray, groups: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Two halves of a stretch; no group is in both."""
    middle = len(order) // 2
    if groups is not None:
        edges = np.flatnonzero(np.diff(groups[order])) + 1
        if not len(edges):
            return order, order[:0]
        middle = int(edges[np.argmin(np.abs(edges - middle))])
    return order[:middle], order[middle:]


def _enough(codes: np.ndarray, groups: np.ndarray | None) -> bool:
    counts = np.bincount(codes)
    whole = groups is None or len(np.unique(groups)) > 1
    return len(codes) >= FEWEST and bool((counts >= LEAST).all()) and whole


def _point(n: int, parts: list[RowAtoms], level: float) -> Point:
    rows = together(parts)
    refit = REFIT / np.sqrt(2.0 * rows.units)
    read = {name: reading(mean, float(np.hypot(se, refit)), level) for name, (mean, se) in _means(rows).items()}
    return Point(n, len(parts), read)


def _means(rows: RowAtoms) -> dict[str, tuple[float, float]]:
    values = rows.quantities()
    return {name: rows.scatter(values[name]) for name in NAMES}


@dataclass
class _Desk:
    """Fits pieces one after another and says how far it is."""

    given: int
    start: Start
    columns: tuple[Columns, Columns]
    settings: PredictiveSettings
    watcher: Watcher
    fits: int
    done: int = 0
    frames: int = 0

    def fit(self, piece: np.ndarray, *, noise: bool = False) -> RowAtoms:
        """Everything, on some of the rows; `index` of what comes back is the place among all rows used."""
        used, design = self.start.used, self.start.design

        def of(values: np.ndarray | None) -> np.ndarray | None:
            return None if values is None else values[piece]

        groups = of(design.groups)
        own = Design(
            None if groups is None else np.unique(groups, return_inverse=True)[1], of(design.time), of(design.weights)
        )
        asked = self.start.asked(len(used.codes), (self.columns[0].names, self.columns[1].names), self.settings)
        words = f"{len(piece):,} rows" if not noise else "with columns of noise"

        def report(share: float, what: str) -> None:
            self.watcher.progress((self.done + share) / self.fits, f"{words}: {what}")

        x = [part.values[piece] for part in self.columns]
        if noise:
            x = [np.concatenate([part, part[self._shuffled(k, len(part))]], axis=1) for k, part in enumerate(x)]
        found = predictive_pid(
            x[0],
            x[1],
            Used(piece, used.codes[piece], used.classes, {}, ()),
            replace(asked, design=own, draws=0),
            report=report,
            early=lambda numbers: None,
        )
        self.done += 1
        return found.rows

    def frame(self, point: Point) -> None:
        """Hand a point on."""
        self.watcher.frame(self.frames, {"n": point.n} | {name: one.value for name, one in point.readings.items()})
        self.frames += 1

    def _shuffled(self, k: int, n: int) -> np.ndarray:
        return stream(self.settings.seed, f"noise columns {k}").permutation(n)
