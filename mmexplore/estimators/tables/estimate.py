"""From rows to a decomposition that one can defend: plug-in, correction, intervals, nulls, and whether the rows suffice.

- Plug-in: the certified decomposition of the relative frequencies (its certificate speaks of these rows, not of the population).
- Correction: a labelled guess at the population's values (`mmexplore.estimators.tables.corrections`).
- Interval of level L: the quantiles (1-L)/2 and (1+L)/2 of the bootstrap values about their mean, set on the plug-in less its
  bootstrap bias (mean of the replicates minus plug-in), or on the corrected value where the correction is fit for it. Cut at 0
  where a value cannot be negative. Percentile intervals carry the bias twice, the plug-in's and the replicates' own, and never
  cover a synergy of 0; reversed ("basic") ones are too short near 0. Efron & Tibshirani 1993, chapters 10 and 13.
  Coverage of 95 % intervals of atoms in simulations (200 samples of each of six tables): 0.85 to 1 from 10 rows per possible
  cell on, lowest where U1 = U2 = 0; 0.8 to 1 at 2.5 rows. Centred on Panzeri-Treves they are better at 2.5 rows (0.86 to 1) except
  where U1 = U2 = 0 with R and S above 0: there synergy's cover 0.77 to 0.86.
- p-values: `mmexplore.estimators.tables.nulls`.
- Rows that are a series, repeat subjects or weigh unequally: `mmexplore.estimators.tables.drawn`, `dependence`.
- Solver's gap and sampling error are reported apart.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from mmexplore.display import Shown
from mmexplore.errors import Unsupported
from mmexplore.estimators.tables import nulls, resampling
from mmexplore.estimators.tables.corrections import REGISTRY, CorrectionInput, Informations
from mmexplore.estimators.tables.counts import as_counts
from mmexplore.estimators.tables.dependence import Dependence
from mmexplore.estimators.tables.diagnostics import Light, atom_warnings, table_warnings, traffic_light
from mmexplore.estimators.tables.drawn import PLAIN_NULLS, Drawn, Sampling, drawn
from mmexplore.estimators.tables.entropic import PredictedBias, alone, predicted_bias
from mmexplore.estimators.tables.replicates import NAMES, Desk, Progress, Solver, Stop, replicate, tolerance_for
from mmexplore.info.measures import REGISTRY as MEASURES
from mmexplore.info.pid import measures, pid
from mmexplore.spec import Spec, param
from mmexplore.types import ATOMS, INFORMATIONS, PID

ALL = (*ATOMS, *INFORMATIONS)
BOUNDARY = 0.5  # bits times the root of n by which U is too large, R and S too small where U = 0
FEWEST = 20  # bootstrap replicates for an interval
LEVELS = (0.5, 0.999)
_CORRECTIONS = ("plugin", *(name for name in REGISTRY.names() if name != "plugin"))


@dataclass(frozen=True)
class Settings(Spec):
    """How an estimate is made."""

    measure: str = param(
        "broja", label="Measure", choices=measures(), help="The definition of redundancy or of union information."
    )
    correction: str = param(
        "plugin", label="Correction", choices=_CORRECTIONS, help="What is done about the bias of few rows."
    )
    bootstraps: int = param(
        200, label="Bootstraps", low=0, high=2000, step=50, help="Rows drawn again, for the intervals; 0: none."
    )
    permutations: int = param(
        200, label="Permutations", low=0, high=2000, step=50, help="Shuffles, for the nulls and p-values; 0: none."
    )
    level: float = param(0.95, label="Level", low=0.5, high=0.999, step=0.01, help="How often intervals should cover.")
    null: str = param(
        "target",
        label="Null",
        choices=("target", "modality1", "modality2"),
        help="What is shuffled. Two more nulls are always tried: the pairing within classes shuffled, and no synergy.",
    )
    seed: int = param(0, label="Seed", low=0, high=2**31 - 1, step=1, help="Of every random draw.")


class Interval(NamedTuple):
    """Where the population's value is thought to be, in bits."""

    low: float
    high: float


@dataclass(frozen=True)
class Estimate(Shown):
    """A decomposition estimated from rows, in bits.

    Attributes:
        settings: how it was made.
        n: rows; of counts, all that they count.
        effective: independent rows of mean weight that would say as much: less than n where rows depend on each other or weigh unequally.
        dependence: how far rows are from being draws of their own, and what was said of it; None where nothing was said or seen.
        weighted: whether rows weigh unequally.
        shape: states of modality 1, modality 2 and target that occur.
        plugin: certified decomposition of the rows at hand.
        value: corrected decomposition; the plug-in itself without a correction. A corrected one has no certificate, and its
            atoms may be negative.
        intervals: of the population's atoms and informations; empty without bootstraps.
        bootstrap_bias: mean of the replicates minus plug-in, of every atom and information; empty without bootstraps.
        spread: standard deviation of the bootstrap replicates; empty without.
        draws: the bootstrap replicates' plug-in values, shape (done,) each.
        nulls: what the nulls gave: the chosen shuffle, the pairing shuffled within classes and, under BROJA, rows drawn
            without synergy; empty without permutations. Without p-values where rows look dependent and nothing was said of it.
        bias: predicted leading-order bias of the plug-in.
        light: whether the rows suffice.
        warnings: sentences on what may mislead.
        solver_gap_max: largest certified gap over all replicates, in bits; nan where the measure has no certificate.
        replicate_tolerance: gap that was asked of replicates.
        stretch: how many times as wide intervals are as the replicates: above 1 where rows are few blocks or subjects.
        stopped: whether the work was stopped before all replicates were done.
        seconds: wall time.
    """

    settings: Settings
    n: int
    effective: float
    dependence: Dependence | None
    weighted: bool
    shape: tuple[int, int, int]
    plugin: PID
    value: PID
    intervals: dict[str, Interval]
    bootstrap_bias: dict[str, float]
    spread: dict[str, float]
    draws: dict[str, np.ndarray]
    nulls: tuple[nulls.Null, ...]
    bias: PredictedBias
    light: Light
    warnings: tuple[str, ...]
    solver_gap_max: float
    replicate_tolerance: float
    stretch: float
    stopped: bool
    seconds: float

    @property
    def corrected(self) -> bool:
        """Whether `value` is another than the plug-in."""
        return self.settings.correction != "plugin"

    def p_value(self, name: str, null: str | None = None) -> float | None:
        """p-value of an atom or information under a null (default: the settings' own), None where it has none."""
        key = self.settings.null if null is None else null
        return next((n.p_values.get(name) for n in self.nulls if n.kind.key == key), None)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers for JSON, without the replicates."""
        gap = self.solver_gap_max
        return {
            "settings": {p.name: getattr(self.settings, p.name) for p in self.settings.parameters()},
            "n": self.n,
            "effective_rows": self.effective,
            "weighted": self.weighted,
            "dependence": None if self.dependence is None else self.dependence.to_dict(),
            "shape": list(self.shape),
            "unit": "bit",
            "value": self.value.to_dict(),
            "plugin": self.plugin.to_dict(),
            "intervals": {name: list(interval) for name, interval in self.intervals.items()},
            "bootstrap_bias": self.bootstrap_bias,
            "spread": self.spread,
            "bootstraps_done": len(next(iter(self.draws.values()), ())),
            "nulls": [
                {
                    "null": n.kind.key,
                    "label": n.kind.label,
                    "question": n.kind.question,
                    "permutations_done": n.done,
                    "mean": n.mean,
                    "low": n.low,
                    "high": n.high,
                    "p_values": n.p_values,
                    "p_below": n.p_below,
                }
                for n in self.nulls
            ],
            "predicted_bias": dataclasses.asdict(self.bias),
            "light": dataclasses.asdict(self.light),
            "warnings": list(self.warnings),
            "solver_gap_max": gap if np.isfinite(gap) else None,
            "replicate_tolerance": self.replicate_tolerance,
            "stopped": self.stopped,
            "seconds": self.seconds,
        }


def estimate(
    codes1: Any,
    codes2: Any,
    codes_y: Any,
    settings: Settings | None = None,
    *,
    sampling: Sampling | None = None,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
) -> Estimate:
    """Estimate the decomposition of the population that the rows were drawn from.

    Args:
        codes1, codes2, codes_y: state of each row, whole numbers from 0 up, shape (n,).
        settings: how; see `Settings`.
        sampling: how rows were drawn: as a series, in subjects, with weights; where nothing is said, rows are looked at for dependence.
        progress: called with the share of the work done and a few words.
        should_stop: asked between chunks of replicates; once it says True, what is done is returned with `stopped`.

    Raises:
        BadData: codes that are none; groups, time or weights that do not fit them.
        Unsupported: a correction that these rows or settings do not allow.

    >>> rows = np.arange(400) % 4
    >>> e = estimate(rows // 2, rows % 2, rows // 2 ^ rows % 2, Settings(bootstraps=50, permutations=50))
    >>> round(e.value.synergy, 6), round(e.p_value("synergy"), 3)
    (1.0, 0.02)
    """
    rows = drawn(codes1, codes2, codes_y, sampling)
    return _estimate(rows.counts(), rows, settings, progress, should_stop)


def estimate_counts(
    counts: Any,
    settings: Settings | None = None,
    *,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
    chunk: int = 0,
) -> Estimate:
    """The same from the number of rows in each cell, shape (n1, n2, ny): all an estimate sees of rows that are draws of their own."""
    return _estimate(as_counts(counts), None, settings, progress, should_stop, chunk)


def _estimate(
    table: np.ndarray,
    rows: Drawn | None,
    settings: Settings | None,
    progress: Progress | None,
    should_stop: Stop | None,
    chunk: int = 0,
) -> Estimate:
    """From the number of rows in each cell, and how they were drawn; None: each by itself."""
    start = time.perf_counter()
    settings = Settings() if settings is None else settings
    n = int(table.sum())
    plugin = pid(table if rows is None else rows.table(), settings.measure)
    solver = Solver(settings.measure, tolerance_for(n), plugin)
    kinds = _null_kinds(settings)
    desk = Desk(settings.bootstraps + len(kinds) * settings.permutations, progress, should_stop)
    observed = {name: float(getattr(plugin, name)) for name in NAMES}
    draws = _Draws(table, rows)
    replicates, over = _bootstrap(draws, observed, settings, solver, desk, chunk)
    null_results = _nulls(draws, observed, kinds, settings, solver, desk, chunk)
    spread = 1.0 if rows is None else rows.spread
    value, problems = _correct(draws, plugin, over, settings, solver, desk)
    signed = MEASURES[settings.measure].signed
    centred = REGISTRY[settings.correction].centres and value is not plugin
    centres = {name: float(getattr(value, name)) if centred else observed[name] - over[name] for name in ALL if over}
    stretch = 1.0 if rows is None else rows.stretch(settings.level)
    intervals = {
        name: _interval(name, replicates[name], at, settings.level, signed, stretch) for name, at in centres.items()
    }
    bias = predicted_bias(table, "effective", only=alone(plugin), spread=spread)
    if rows is not None and rows.dependent:
        intervals = _cautious(intervals, over, bias, rows.effective, signed)
    intervals = {
        name: _possible(name, interval, float(getattr(value, name)), table.shape, signed)
        for name, interval in intervals.items()
    }
    warnings = [*([] if rows is None else rows.words()), *table_warnings(table, plugin), *problems]
    warnings += atom_warnings(plugin, {name: interval.low for name, interval in intervals.items()}, signed)
    if desk.unconverged:
        warnings.append(
            f"{desk.unconverged:,} replicates missed the solver's tolerance of {solver.tolerance:g} bit; "
            "the largest gap is reported."
        )
    desk.finish()
    return Estimate(
        settings=settings,
        n=n,
        effective=n / spread,
        dependence=rows.dependence if rows is not None and rows.dependence.words() else None,
        weighted=rows is not None and rows.weights is not None,
        shape=(table.shape[0], table.shape[1], table.shape[2]),
        plugin=plugin,
        value=value,
        intervals=intervals,
        bootstrap_bias={name: over[name] for name in ALL if over},
        spread={name: float(replicates[name].std(ddof=1)) for name in ALL if len(replicates[name]) > 1},
        draws={name: replicates[name] for name in ALL if len(replicates[name])},
        nulls=null_results,
        bias=bias,
        light=traffic_light(table, plugin.i12, bias, rows),
        warnings=tuple(warnings),
        solver_gap_max=max(desk.gaps, default=float("nan")),
        replicate_tolerance=solver.tolerance,
        stretch=stretch,
        stopped=desk.stopped,
        seconds=time.perf_counter() - start,
    )


class _Draws(NamedTuple):
    """The rows in each cell, and how they were drawn; None: each by itself."""

    counts: np.ndarray
    rows: Drawn | None

    def bootstrap(self) -> resampling.Draw:
        return resampling.bootstrap(self.counts) if self.rows is None else self.rows.bootstrap()

    def null(self, key: str) -> resampling.Draw:
        return PLAIN_NULLS[key](self.counts) if self.rows is None else self.rows.null(key)


def _null_kinds(settings: Settings) -> list[nulls.NullKind]:
    """The nulls that are tried."""
    kinds = [nulls.KINDS[settings.null], nulls.WITHIN]
    if settings.measure == "broja" and settings.permutations:
        kinds.append(nulls.NO_SYNERGY)
    return kinds


def _bootstrap(
    draws: _Draws, observed: dict[str, float], settings: Settings, solver: Solver, desk: Desk, chunk: int
) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """The values of rows drawn again, and by how much their mean is over the observed ones; the latter empty where too few were done."""
    drawn = replicate(
        draws.bootstrap(),
        settings.bootstraps,
        solver.all,
        desk,
        seed=settings.seed,
        name="bootstrap",
        what="Drawing rows again",
        chunk=chunk,
    )
    enough = len(drawn["union"]) >= min(FEWEST, max(1, settings.bootstraps))
    return drawn, {name: float(drawn[name].mean()) - observed[name] for name in NAMES} if enough else {}


def _nulls(
    draws: _Draws,
    observed: dict[str, float],
    kinds: list[nulls.NullKind],
    settings: Settings,
    solver: Solver,
    desk: Desk,
    chunk: int,
) -> tuple[nulls.Null, ...]:
    """What each null gave; those of which nothing was done are left out."""
    summaries = []
    rows = draws.rows
    pairs_stay = rows is None or rows.weights is None
    withheld = rows is not None and rows.dependence.withheld
    for kind in kinds:
        shuffled = replicate(
            draws.null(kind.key),
            settings.permutations,
            solver.same_pairs if kind is nulls.WITHIN and pairs_stay else solver.all,
            desk,
            seed=settings.seed,
            name=kind.key,
            what=kind.label,
            chunk=chunk,
        )
        if len(shuffled["union"]):
            values = {name: shuffled[name] for name in ALL}
            one = nulls.summarise(kind, observed, values, settings.level, solver.tolerance + 1e-9)
            summaries.append(dataclasses.replace(one, p_values={}, p_below={}) if withheld else one)
    return tuple(summaries)


def _correct(
    draws: _Draws, plugin: PID, over: dict[str, float], settings: Settings, solver: Solver, desk: Desk
) -> tuple[PID, list[str]]:
    """The corrected decomposition, or the plug-in with a sentence where the work was stopped too early for a correction."""
    if settings.correction == "plugin":
        return plugin, []
    asked = CorrectionInput(
        counts=draws.counts,
        plugin=plugin,
        solve=lambda stack: pid(stack, settings.measure, tolerance=solver.tolerance),
        stream=lambda number: resampling.stream(settings.seed, f"correction {settings.correction}", number),
        bootstrap_bias=Informations(*(over[name] for name in Informations._fields)) if over else None,
        spread=1.0 if draws.rows is None else draws.rows.spread,
        single=draws.rows is None or draws.rows.plain,
    )
    try:
        return _corrected(plugin, REGISTRY[settings.correction].corrected(asked)), []
    except Unsupported as problem:
        if not desk.stopped:
            raise
        return plugin, [f"Stopped before the correction could be made: {problem}"]


def _possible(name: str, found: Interval, value: float, shape: tuple[int, ...], signed: bool) -> Interval:
    """An interval that reaches its value and ends where nothing can be: at the states of the target, and of a modality alone."""
    k1, k2, ky = shape
    most = float(np.log2(min(ky, {"i1": k1, "i2": k2}.get(name, k1 * k2))))
    reached = min(value if signed and name in ATOMS else max(value, 0.0), most)
    return Interval(min(found.low, reached), max(min(found.high, most), reached))


def _interval(name: str, draws: np.ndarray, centre: float, level: float, signed: bool, stretch: float) -> Interval:
    """Bootstrap quantiles about their mean, `stretch` times as far out, set on `centre` and cut at 0 where the value cannot be negative."""
    tail = 0.5 * (1.0 - level)
    low, high = (stretch * float(np.quantile(draws, q) - draws.mean()) + centre for q in (tail, 1.0 - tail))
    floor = -np.inf if signed and name in ATOMS else 0.0
    return Interval(max(low, floor), max(high, floor))


def _cautious(
    intervals: dict[str, Interval], over: dict[str, float], bias: PredictedBias, effective: float, signed: bool
) -> dict[str, Interval]:
    """Intervals of dependent rows, wider by what drawing blocks again does not show.

    Blocks that are cut apart lose part of the bias: lower ends go down by what is predicted beyond it. Where a uniqueness is 0, U comes out too
    large and R and S too small by about .5 / sqrt(independent rows): lower ends of U go down by it, and upper ends of R and S up.
    """
    made = dict(intervals)
    for name in ("i1", "i2", "i12", "synergy"):
        if name in made:
            more = max(0.0, float(getattr(bias, name)) - over[name])
            made[name] = Interval(
                max(0.0, made[name].low - more) if not signed else made[name].low - more, made[name].high
            )
    if signed or not made:
        return made
    reach = BOUNDARY / float(np.sqrt(effective))
    for name in ("unique1", "unique2"):
        made[name] = Interval(max(0.0, made[name].low - reach), made[name].high)
    if min(made["unique1"].low, made["unique2"].low) <= 0.0:
        for name in ("redundancy", "synergy"):
            made[name] = Interval(made[name].low, made[name].high + reach)
    return made


def _corrected(plugin: PID, informations: Informations) -> PID:
    """A decomposition of corrected numbers: no certificate speaks for it."""
    nan = float("nan")
    return dataclasses.replace(
        plugin, **informations._asdict(), union_lower=nan, union_upper=nan, certificate="none", tolerance=0.0
    )
