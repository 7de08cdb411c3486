"""Side by side: subgroups of the rows, and before against after with the interval of the difference.

Where the rows of before and after correspond (a column changed, the pairing kept), rows are drawn again as pairs, so that what
both share cancels; else each side is drawn on its own. The interval of a difference is that of an estimate: bootstrap quantiles
about their mean, set on the plug-in difference less its bootstrap bias. Blocks of a series and whole subjects are drawn again, with
their weights, where rows are such.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.estimators.tables import resampling
from mmexplore.estimators.tables.drawn import Drawn, Sampling, drawn
from mmexplore.estimators.tables.estimate import ALL, Estimate, Interval, Settings, estimate
from mmexplore.estimators.tables.replicates import Desk, Progress, Solver, Stop, replicate, tolerance_for
from mmexplore.info.pid import pid
from mmexplore.types import PID

MOST_GROUPS = 50

Codes = tuple[Any, Any, Any]


@dataclass(frozen=True)
class Group:
    """One subgroup: its label, its rows, and its estimate."""

    label: Any
    rows: int
    estimate: Estimate


@dataclass(frozen=True)
class Difference:
    """After minus before, in bits.

    Attributes:
        before, after: certified plug-in decompositions.
        n_before, n_after: rows.
        values: plug-in differences of atoms and informations.
        intervals: of the population's differences; empty without bootstraps.
        bootstrap_bias: mean of the replicates' differences minus plug-in difference.
        paired: whether rows were drawn as pairs.
        warnings: how the rows were drawn, where they are no draws of their own or weigh unequally.
        solver_gap_max: largest certified gap over all replicates, in bits.
        stopped: whether the work was stopped early.
        seconds: wall time.
    """

    before: PID
    after: PID
    n_before: int
    n_after: int
    values: dict[str, float]
    intervals: dict[str, Interval]
    bootstrap_bias: dict[str, float]
    paired: bool
    warnings: tuple[str, ...]
    solver_gap_max: float
    stopped: bool
    seconds: float

    def clear(self, name: str) -> bool:
        """Whether the interval of a difference leaves 0 out."""
        interval = self.intervals.get(name)
        return interval is not None and not interval.low <= 0.0 <= interval.high


def per_group(
    codes1: Any,
    codes2: Any,
    codes_y: Any,
    groups: Any,
    settings: Settings | None = None,
    *,
    sampling: Sampling | None = None,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
) -> tuple[Group, ...]:
    """An estimate for the rows of each label in `groups`, in sorted order; the groups not reached when stopped are missing.

    `sampling` says how the rows were drawn, as for `estimate`.

    Raises:
        BadData: more than 50 groups, or lengths that differ.
    """
    columns = [np.asarray(codes) for codes in (codes1, codes2, codes_y)]
    labels, which = np.unique(np.asarray(groups), return_inverse=True)
    if len({len(which), *map(len, columns)}) > 1:
        raise BadData(f"there are {len(which):,} group labels for {len(columns[0]):,} rows; allowed: one for each row")
    if len(labels) > MOST_GROUPS:
        raise BadData(
            f"there are {len(labels):,} groups; allowed: at most {MOST_GROUPS}. Merge groups, or choose another column"
        )
    estimates: list[Group] = []
    for k, label in enumerate(labels.tolist()):
        rows = which == k

        def report(share: float, what: str, k: int = k, label: Any = label) -> None:
            if progress is not None:
                progress((k + share) / len(labels), f"{label}: {what}")

        c1, c2, cy = (column[rows] for column in columns)
        drawn = None if sampling is None else sampling.of_rows(rows)
        one = estimate(c1, c2, cy, settings, sampling=drawn, progress=report, should_stop=should_stop)
        estimates.append(Group(label, int(rows.sum()), one))
        if one.stopped:
            break
    return tuple(estimates)


def difference(
    before: Codes,
    after: Codes,
    settings: Settings | None = None,
    *,
    paired: bool | None = None,
    sampling: Sampling | tuple[Sampling, Sampling] | None = None,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
) -> Difference:
    """What a change did to the decomposition, with intervals.

    Args:
        before, after: (codes1, codes2, codes_y), shape (n,) each.
        settings: measure, bootstraps, level and seed; see `Settings`.
        paired: whether row i before and row i after are the same case; if left out, whether there are as many.
        sampling: how rows were drawn, as in `estimate`; two where they differ, which paired rows cannot.
        progress, should_stop: as in `estimate`.

    Raises:
        BadData: codes that are none, or `paired` with different numbers of rows.
    """
    start = time.perf_counter()
    settings = Settings() if settings is None else settings
    said = sampling if isinstance(sampling, tuple) else (sampling, sampling)
    drew = [drawn(*codes, how) for codes, how in zip((before, after), said, strict=True)]
    sizes = [rows.n for rows in drew]
    if paired is None:
        paired = sizes[0] == sizes[1]
    if paired and sizes[0] != sizes[1]:
        raise BadData(f"{sizes[0]:,} rows before and {sizes[1]:,} after; allowed for paired rows: as many")
    if paired and not all(rows.plain for rows in drew):
        slower = max(drew, key=lambda rows: rows.spread)  # both sides are drawn as the more dependent one has to be
        drew = [slower.recoded(*codes) for codes in (before, after)]
    tables = [rows.table() for rows in drew]
    plain = [pid(table, settings.measure) for table in tables]
    solvers = [Solver(settings.measure, tolerance_for(size), p).all for size, p in zip(sizes, plain, strict=True)]
    single = paired and all(rows.plain for rows in drew)
    draws = _paired(drew[0], drew[1]) if single else [rows.bootstrap() for rows in drew]
    desk = Desk(2 * settings.bootstraps, progress, should_stop)
    sides = [
        replicate(
            draw,
            settings.bootstraps,
            solve,
            desk,
            seed=settings.seed,
            name="pairs" if paired else side,  # the same stream draws the same pairs
            what=f"Drawing rows again: {side}",
        )
        for draw, solve, side in zip(draws, solvers, ("before", "after"), strict=True)
    ]
    desk.finish()
    done = min(len(side["union"]) for side in sides)
    tail = 0.5 * (1.0 - settings.level)
    stretch = max(rows.stretch(settings.level) for rows in drew)
    values = {name: float(getattr(plain[1], name)) - float(getattr(plain[0], name)) for name in ALL}
    bias: dict[str, float] = {}
    intervals: dict[str, Interval] = {}
    for name in ALL if done > 1 else ():
        change = sides[1][name][:done] - sides[0][name][:done]
        bias[name] = float(change.mean()) - values[name]
        low, high = (stretch * float(np.quantile(change, q) - change.mean()) for q in (tail, 1.0 - tail))
        centre = values[name] - bias[name]
        intervals[name] = Interval(centre + low, centre + high)
    return Difference(
        before=plain[0],
        after=plain[1],
        n_before=sizes[0],
        n_after=sizes[1],
        values=values,
        intervals=intervals,
        bootstrap_bias=bias,
        paired=paired,
        warnings=tuple(dict.fromkeys(words for rows in drew for words in rows.words(drawn_again=False))),
        solver_gap_max=max(desk.gaps, default=float("nan")),
        stopped=desk.stopped,
        seconds=time.perf_counter() - start,
    )


def _paired(before: Drawn, after: Drawn) -> list[resampling.Draw]:
    """Rows drawn again as pairs: both draws take the same rows from the same random stream."""
    sides = (before, after)
    cells = [rows.cells() for rows in sides]
    sizes = [math.prod(rows.shape) for rows in sides]
    _, first, number = np.unique(cells[0] * sizes[1] + cells[1], return_index=True, return_counts=True)
    n = before.n

    def side(k: int) -> resampling.Draw:
        at, shape = cells[k][first], sides[k].shape

        def draw(rng: np.random.Generator) -> np.ndarray:
            taken = rng.multinomial(n, number / n)
            return np.bincount(at, weights=taken, minlength=sizes[k]).astype(np.int64).reshape(shape)

        return draw

    return [side(0), side(1)]
