"""Is n enough, and what did the number of bins do? Atoms against the rows used, and against the bins.

- Against n: at each size, plug-in values of random subsets of the rows (without replacement). A subset of m of n rows varies less
  than m new rows would, by the factor 1 - m/n; deviations from the mean are scaled back by it, and at m = n the band comes from
  the bootstrap. A curve that still bends at n has not seen enough rows.
- Against the bins: plug-in values beside those of a shuffled target, whose synergy grows like the number of cells.
- Of a series the subsets are stretches, of subjects they are whole, weighted rows keep their weights; shuffles and bootstrap follow too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.errors import BadSpec
from mmexplore.estimators.tables import resampling
from mmexplore.estimators.tables.corrections import REGISTRY, Correction, CorrectionInput, Informations
from mmexplore.estimators.tables.counts import as_counts
from mmexplore.estimators.tables.diagnostics import Light, traffic_light
from mmexplore.estimators.tables.drawn import Drawn, Sampling, drawn
from mmexplore.estimators.tables.entropic import PredictedBias, alone, predicted_bias
from mmexplore.estimators.tables.estimate import ALL, Settings
from mmexplore.estimators.tables.replicates import Desk, Progress, Solve, Solver, Stop, replicate, tolerance_for
from mmexplore.info.measures import REGISTRY as MEASURES
from mmexplore.info.pid import pid
from mmexplore.types import PID

SMALLEST = 16  # rows of the smallest subset
POINTS = 9
CURVE_REPEATS = 40
FINITE = 0.9  # share of the rows up to which subsets are different enough to show how they vary

Codes = tuple[Any, Any, Any]


@dataclass(frozen=True)
class SizeCurve:
    """Atoms and informations against the number of rows, in bits.

    Attributes:
        sizes: rows used, rising, shape (k,).
        mean: plug-in values, mean over the subsets, shape (k,) each.
        low, high: band at the settings' level, cut at 0 where a value cannot be negative.
        corrected: mean of the corrected values, where the correction needs no more than the table; else empty.
        null: mean with the target shuffled, where permutations are asked for; else empty.
        repeats: subsets a size.
        stopped: whether sizes are missing since the work was stopped.
    """

    sizes: np.ndarray
    mean: dict[str, np.ndarray]
    low: dict[str, np.ndarray]
    high: dict[str, np.ndarray]
    corrected: dict[str, np.ndarray]
    null: dict[str, np.ndarray]
    repeats: int
    stopped: bool


@dataclass(frozen=True)
class BinsPoint:
    """One number of bins.

    Attributes:
        bins: as given.
        shape: states that occur.
        plugin: certified decomposition.
        null: mean with the target shuffled; empty without permutations.
        null_high: upper quantile of the same, at the settings' level.
        bias: predicted leading-order bias.
        light: whether the rows suffice.
    """

    bins: Any
    shape: tuple[int, int, int]
    plugin: PID
    null: dict[str, float]
    null_high: dict[str, float]
    bias: PredictedBias
    light: Light


@dataclass(frozen=True)
class BinsCurve:
    """Atoms against the number of bins; `stopped` where some are missing."""

    points: tuple[BinsPoint, ...]
    stopped: bool

    def values(self, name: str) -> np.ndarray:
        """Plug-in atom or information at each number of bins, in bits."""
        return np.array([getattr(point.plugin, name) for point in self.points])


def default_sizes(n: int) -> tuple[int, ...]:
    """Sizes from a few rows to all of them, even on a log axis."""
    if n <= SMALLEST:
        return (n,)
    return tuple(sorted({round(s) for s in np.geomspace(SMALLEST, n, POINTS)}))


def against_n(
    codes1: Any,
    codes2: Any,
    codes_y: Any,
    settings: Settings | None = None,
    *,
    sampling: Sampling | None = None,
    sizes: Sequence[int] | None = None,
    repeats: int = CURVE_REPEATS,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
) -> SizeCurve:
    """Plug-in atoms of random subsets of the rows, by their size.

    Args:
        codes1, codes2, codes_y: state of each row, shape (n,).
        settings: measure, level, seed, correction, and whether there are permutations; see `Settings`.
        sampling: how rows were drawn, as in `estimate`.
        sizes: rows to use, 1 to n; evenly on a log axis if left out.
        repeats: subsets a size, 2 to 2000.
        progress, should_stop: as in `estimate`.
    """
    settings = Settings() if settings is None else settings
    drew = drawn(codes1, codes2, codes_y, sampling)
    counts = drew.counts()
    n = int(counts.sum())
    chosen = tuple(sorted(set(default_sizes(n) if sizes is None else sizes)))
    if not chosen or not 1 <= chosen[0] <= chosen[-1] <= n:
        raise BadSpec(f"sizes are {list(chosen)[:8]}; allowed: 1 to {n:,} rows")
    if not 2 <= repeats <= 2000:
        raise BadSpec(f"repeats is {repeats}; allowed: 2 to 2000")
    whole = pid(drew.table(), settings.measure)
    solver = Solver(settings.measure, tolerance_for(n), whole)
    shuffles = min(repeats, settings.permutations)
    desk = Desk(len(chosen) * (repeats + shuffles), progress, should_stop)
    solve = _corrected_too(solver, REGISTRY[settings.correction]) if drew.plain else solver.all
    signed = MEASURES[settings.measure].signed
    rows: list[_Row] = []
    for size in chosen:
        part, shuffle = (drew.bootstrap(), drew.null("target")) if size == n else _parts(drew, size)
        sample = replicate(part, repeats, solve, desk, seed=settings.seed, name=f"rows {size}", what=f"{size:,} rows")
        null = replicate(
            shuffle,
            shuffles,
            solver.all,
            desk,
            seed=settings.seed,
            name=f"shuffled {size}",
            what=f"{size:,} rows, target shuffled",
        )
        if len(sample["union"]) < repeats or len(null["union"]) < shuffles:
            break
        rows.append(_row(size, drew, sample, null, solve, settings.level, signed))
    desk.finish()
    mean, low, high, corrected, shuffled = (
        {name: np.array([row[k][name] for row in rows]) for name in ALL if rows and name in rows[0][k]}
        for k in range(5)
    )
    return SizeCurve(
        sizes=np.array(chosen[: len(rows)]),
        mean=mean,
        low=low,
        high=high,
        corrected=corrected,
        null=shuffled,
        repeats=repeats,
        stopped=desk.stopped,
    )


def against_bins(
    make_codes: Callable[[Any], Codes],
    bins: Sequence[Any] = tuple(range(2, 13)),
    settings: Settings | None = None,
    *,
    sampling: Sampling | None = None,
    repeats: int = CURVE_REPEATS,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
) -> BinsCurve:
    """Atoms by the number of bins, beside those of a shuffled target.

    Args:
        make_codes: from a number of bins to (codes1, codes2, codes_y), shape (n,) each.
        bins: numbers of bins, or whatever `make_codes` takes.
        settings: measure, level, seed, and whether there are permutations; see `Settings`.
        sampling: how rows were drawn, as in `estimate`.
        repeats: shuffles at each number, at most those of the settings.
        progress, should_stop: as in `estimate`.
    """
    settings = Settings() if settings is None else settings
    shuffles = min(repeats, settings.permutations)
    desk = Desk(len(bins) * (1 + shuffles), progress, should_stop)
    points: list[BinsPoint] = []
    for number in bins:
        if not desk.look(f"{number} bins"):
            break
        drew = drawn(*make_codes(number), sampling)
        counts = drew.counts()
        plugin = pid(drew.table(), settings.measure)
        desk.done += 1
        null = replicate(
            drew.null("target"),
            shuffles,
            Solver(settings.measure, tolerance_for(int(counts.sum())), plugin).all,
            desk,
            seed=settings.seed,
            name=f"bins {number}",
            what=f"{number} bins, target shuffled",
        )
        if len(null["union"]) < shuffles:
            break
        bias = predicted_bias(counts, "effective", only=alone(plugin), spread=drew.spread)
        upper = 0.5 * (1.0 + settings.level)
        points.append(
            BinsPoint(
                bins=number,
                shape=(counts.shape[0], counts.shape[1], counts.shape[2]),
                plugin=plugin,
                null={name: float(null[name].mean()) for name in ALL} if shuffles else {},
                null_high={name: float(np.quantile(null[name], upper)) for name in ALL} if shuffles else {},
                bias=bias,
                light=traffic_light(counts, plugin.i12, bias, drew),
            )
        )
    desk.finish()
    return BinsCurve(tuple(points), desk.stopped)


_Values = dict[str, float]
_Row = tuple[_Values, _Values, _Values, _Values, _Values]  # mean, low, high, corrected, shuffled


def _row(
    size: int,
    drew: Drawn,
    sample: dict[str, np.ndarray],
    null: dict[str, np.ndarray],
    solve: Solve,
    level: float,
    signed: bool,
) -> _Row:
    """The values at one size; at n the rows themselves, with the bootstrap's deviations."""
    n, everything = drew.n, solve(drew.table()[None], Desk(1))
    centre = {name: float(everything[name][0] if size == n else sample[name].mean()) for name in sample}
    scale = drew.stretch(level) if size == n else (1.0 - min(size / n, FINITE)) ** -0.5
    low, high = (
        {name: centre[name] + scale * float(np.quantile(sample[name], q) - sample[name].mean()) for name in ALL}
        for q in (0.5 * (1.0 - level), 0.5 * (1.0 + level))
    )
    if not signed:
        low, high = ({name: max(0.0, value) for name, value in edge.items()} for edge in (low, high))
    corrected = {name: centre[_FIXED + name] for name in ALL if _FIXED + name in centre}
    shuffled = {name: float(null[name].mean()) for name in ALL if len(null[name])}
    return centre, low, high, corrected, shuffled


_FIXED = "corrected "


def _corrected_too(solver: Solver, fix: Correction) -> Solve:
    """Plug-in values of a stack, and the corrected ones where the correction needs no more than the table."""
    if not fix.direct:
        return solver.all

    def solve(stack: np.ndarray, desk: Desk) -> dict[str, np.ndarray]:
        values = solver.all(stack, desk)
        fixed: dict[str, list[float]] = {_FIXED + name: [] for name in ALL}
        for k, table in enumerate(stack):
            numbers: dict[str, Any] = {name: float(values[name][k]) for name in Informations._fields}
            plugin = dataclasses.replace(solver.plugin, **numbers)
            corrected = dataclasses.replace(
                plugin, **fix.corrected(CorrectionInput(as_counts(table), plugin))._asdict()
            )
            for name in ALL:
                fixed[_FIXED + name].append(float(getattr(corrected, name)))
        return values | {name: np.array(several) for name, several in fixed.items()}

    return solve


def _parts(drew: Drawn, size: int) -> tuple[resampling.Draw, resampling.Draw]:
    """Random subsets of a size, and the same with the target shuffled."""
    if not drew.plain:
        return lambda rng: drew.part(size, rng).table(), lambda rng: drew.part(size, rng).null("target")(rng)
    several = resampling.parts(drew.counts(), size, 1)
    return lambda rng: several(rng)[0], lambda rng: resampling.target_shuffled(several(rng)[0])(rng)
