"""Estimators of mutual information from rows, one file each. Adding a file that calls `@estimator(...)` adds one everywhere.

An estimator is a function of a `VariablePair` of variables, its own settings (a `Spec`) and a `Desk` (progress and stop) that returns
`MIEstimate`: a number in bits, never clipped, with what can be said about its error.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from mmexplore.datasets.closed_forms import entropy
from mmexplore.errors import Unsupported
from mmexplore.estimators.independent import independent_rows
from mmexplore.estimators.mi.variables import PAIRS, PairKind, VariablePair, as_pair, pair_warnings
from mmexplore.estimators.tables.drawn import Sampling
from mmexplore.estimators.tables.estimate import Interval
from mmexplore.estimators.tables.replicates import Desk, Progress, Stop
from mmexplore.registry import Registry
from mmexplore.spec import Spec, param

NEAR_CEILING = 0.9


@dataclass(frozen=True)
class Curve:
    """What a trained critic's bound did while it learned, in bits, shape (looks,) each.

    Attributes:
        step: updates done.
        training: bound on training rows, the mean over the batches since the look before (nan at the first).
        held_out: bound on rows kept back for choosing when to stop.
    """

    step: np.ndarray
    training: np.ndarray
    held_out: np.ndarray


@dataclass(frozen=True)
class MIEstimate:
    """What an estimator's function returns; see `MutualInformation`."""

    mi: float
    interval: Interval | None = None
    ceiling: float | None = None
    warnings: tuple[str, ...] = ()
    curve: Curve | None = None
    seeds: tuple[float, ...] = ()
    device: str = "cpu"


@dataclass(frozen=True)
class MutualInformation:
    """A mutual information estimated from rows, in bits.

    Attributes:
        mi: the estimate, never cut at 0: estimates of 0 scatter to both sides of it. It is cut at what a label holds, and at the ceiling.
        interval: it holds the estimate and something that is possible (no interval lies below 0, or above what a label can hold); of `level` chance, as `interval_is` says; None where there is none.
        interval_is: what the interval is, and how it covered in simulations.
        ceiling: what this estimator cannot exceed with these rows and settings, whatever the truth; None where nothing limits it
            (a label's entropy, which limits the truth itself, is none).
        warnings: sentences on what may mislead.
        curve: training history; None where nothing was trained.
        seeds: estimates of single seeds, where several were asked for.
        estimator: name in `mi_estimators()`.
        settings: how it was made.
        n: rows.
        dims: coordinates of x and y; 1 for a label.
        kinds: "number" or "label", of x and of y.
        device: where it was computed.
        stopped: whether it was stopped before all work was done.
        seconds: wall time.
    """

    mi: float
    interval: Interval | None
    interval_is: str
    ceiling: float | None
    warnings: tuple[str, ...]
    curve: Curve | None
    seeds: tuple[float, ...]
    estimator: str
    settings: MISettings
    n: int
    dims: tuple[int, int]
    kinds: tuple[str, str]
    device: str
    stopped: bool
    seconds: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        record = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        record["settings"] = {p.name: getattr(self.settings, p.name) for p in self.settings.parameters()}
        if self.curve is not None:
            arrays = dataclasses.asdict(self.curve)
            record["curve"] = {
                name: [float(v) if np.isfinite(v) else None for v in values] for name, values in arrays.items()
            }
        record |= {name: list(record[name]) for name in ("warnings", "seeds", "dims", "kinds")}
        record["interval"] = None if self.interval is None else list(self.interval)
        return record | {"unit": "bit"}


@dataclass(frozen=True)
class MISettings(Spec):
    """What every estimator can be told."""

    level: float = param(0.95, label="Level", low=0.5, high=0.999, step=0.01, help="How often intervals should cover.")
    seed: int = param(0, label="Seed", low=0, high=2**31 - 1, step=1, help="Of every random draw.")


Function = Callable[[VariablePair, Any, Desk], MIEstimate]


@dataclass(frozen=True)
class MIEstimator:
    """A way to estimate mutual information.

    Attributes:
        name: the key, as in ``mutual_information(x, y, estimator=name)``.
        label: what it is called.
        takes: kinds of pairs it can answer for, of `PAIRS`.
        assumes: one sentence on what has to hold for it to be right.
        summary: one sentence on how it works and when to prefer it.
        interval_is: what its interval is, and how it covered in simulations.
        reference: author, year, arXiv.
        settings: its settings' class.
        function: what does it.
        trained: whether it trains networks, so that it takes seconds and should run in a process of its own.
        ranks: whether it sees ranks only, so that tails do not matter.
    """

    name: str
    label: str
    takes: tuple[PairKind, ...]
    assumes: str
    summary: str
    interval_is: str
    reference: str
    settings: type[MISettings]
    function: Function
    trained: bool = False
    ranks: bool = False

    def refusal(self, pair: VariablePair) -> str:
        """Why it cannot answer for a pair, and who can; empty where it can."""
        if pair.kind in self.takes:
            return ""
        others = ", ".join(name for name, other in REGISTRY.items() if pair.kind in other.takes)
        mine = " or ".join(PAIRS[kind] for kind in self.takes)
        sentence = f"{pair.x.description()} and {pair.y.description()}; the estimator {self.name!r} takes {mine}. Allowed here: {others}"
        if pair.kind != "numbers" and "numbers" in self.takes:
            sentence += ". If the label's numbers are measurements, say x_kind or y_kind 'number'"
        return sentence


REGISTRY: Registry[MIEstimator] = Registry("estimator of mutual information", "mmexplore.estimators.mi")


def estimator(
    name: str,
    *,
    label: str,
    takes: tuple[PairKind, ...],
    assumes: str,
    summary: str,
    interval_is: str,
    reference: str,
    settings: type[MISettings],
    trained: bool = False,
    ranks: bool = False,
) -> Callable[[Function], Function]:
    """Register the decorated function as an estimator; see `MIEstimator` for the arguments."""

    def register(function: Function) -> Function:
        made = MIEstimator(
            name, label, takes, assumes, summary, interval_is, reference, settings, function, trained, ranks
        )
        REGISTRY.add(name, made)
        return function

    return register


def mi_estimators() -> tuple[str, ...]:
    """Names of the estimators of mutual information."""
    return REGISTRY.names()


def mutual_information(
    x: Any,
    y: Any,
    estimator: str = "ksg",
    settings: MISettings | None = None,
    *,
    x_kind: str = "auto",
    y_kind: str = "auto",
    groups: Any = None,
    time: Any = None,
    weights: Any = None,
    weights_are: str = "sampling",
    progress: Progress | None = None,
    should_stop: Stop | None = None,
    device: str | None = None,
    **values: Any,
) -> MutualInformation:
    """Estimate I(X;Y) of the population that the rows were drawn from, in bits.

    Args:
        x, y: the same rows: measurements, (n,) or (n, d), or labels, (n,).
        estimator: one of `mi_estimators()`.
        settings: how; an instance of the estimator's own settings.
        x_kind, y_kind: "number", "label", or "auto": texts, truth values, categories and integers of few values are labels.
        groups: ids of the subjects that rows repeat, (n,): one row of each is taken.
        time: True where rows are a series in this order, or what to order them by, (n,): so many rows apart as it remembers are taken. False: rows
            are independent, whatever they look like; where nothing is said, rows that look like a series are taken for one.
        weights: how many rows of the population each row stands for, (n,): rows are taken with chances in proportion.
        weights_are: ``"sampling"``, or ``"counts"``: how many rows each is.
        progress: called with the share of the work done and a few words.
        should_stop: asked now and then; once it says True, what is done is returned with `stopped`.
        device: ``"cpu"`` or ``"cuda"``, for trained estimators; default: MMEXPLORE_DEVICE, else cuda where there is one.
        values: fields of the settings to change, for instance ``neighbours=8``.

    Raises:
        BadData: rows that do not match, are too few, missing or constant.
        BadSpec: an unknown estimator or setting.
        Unsupported: an estimator that does not take such variables.

    >>> rng = np.random.default_rng(0)
    >>> x = rng.normal(size=2000)
    >>> found = mutual_information(x, x + rng.normal(size=2000), "gaussian")  # truth: 0.5
    >>> round(found.mi, 1), found.interval.low < 0.5 < found.interval.high
    (0.5, True)
    """
    start = perf_counter()
    declared = REGISTRY[estimator]
    settings = declared.settings() if settings is None else settings
    if not isinstance(settings, declared.settings):
        raise Unsupported(f"settings is {type(settings).__name__}; {estimator!r} allows: {declared.settings.__name__}")
    for name in values:
        declared.settings.parameter(name)
    settings = settings.replace(**values)
    pair = as_pair(x, y, x_kind, y_kind)
    refusal = declared.refusal(pair)
    if refusal:
        raise Unsupported(refusal)
    given = [v.codes if v.kind == "label" else v.values for v in (pair.x, pair.y)]
    free = independent_rows(given, Sampling(groups, time, weights, weights_are), settings.seed)
    if len(free.rows) != pair.n or free.words:
        pair = as_pair(given[0][free.rows], given[1][free.rows], pair.x.kind, pair.y.kind)
    desk = Desk(1, progress, should_stop, device)
    estimated = declared.function(pair, settings, desk)
    desk.finish()
    if free.words:
        interval = None if estimated.interval is None else free.widened(estimated.interval, estimated.mi)
        estimated = dataclasses.replace(estimated, interval=interval, warnings=(f"{free.words}.", *estimated.warnings))
    return assemble(declared, settings, pair, estimated, desk.stopped, perf_counter() - start)


def held(pair: VariablePair) -> float | None:
    """Entropy of the label, or of the one that holds less, in these rows, in bits; None without labels."""
    return min((state_entropy(v.codes) for v in (pair.x, pair.y) if v.kind == "label"), default=None)


def state_entropy(codes: np.ndarray) -> float:
    """Entropy of the shares of states from 0 up, (n,), in bits."""
    return entropy(np.bincount(codes) / len(codes))


def _possible(interval: Interval, mi: float, pair: VariablePair) -> Interval:
    """An interval about the estimate that reaches what is possible: 0, and no more than the classes of a label can hold."""
    low, high = min(float(interval.low), mi), max(float(interval.high), mi, 0.0)
    most = min((math.log2(v.classes) for v in (pair.x, pair.y) if v.kind == "label"), default=math.inf)
    return Interval(min(low, most), min(high, most))


def assemble(
    declared: MIEstimator,
    settings: MISettings,
    pair: VariablePair,
    estimated: MIEstimate,
    stopped: bool,
    seconds: float,
) -> MutualInformation:
    """What an estimator found, with what can be said about the rows."""
    warnings = pair_warnings(pair, declared.ranks or getattr(settings, "margins", "") == "normal")
    if estimated.ceiling is not None and estimated.mi > NEAR_CEILING * estimated.ceiling:
        warnings.append(
            f"Ceiling: {declared.name} cannot exceed {estimated.ceiling:.2f} bits here, and it is near that; the truth may be far above"
            + (": no interval is given. 'ksg' has another ceiling." if declared.trained else ".")
        )
        if declared.trained:
            estimated = dataclasses.replace(estimated, interval=None)
    mi = min(float(estimated.mi), *(most for most in (held(pair), estimated.ceiling) if most is not None), math.inf)
    return MutualInformation(
        mi=mi,
        interval=None if estimated.interval is None else _possible(estimated.interval, mi, pair),
        interval_is=declared.interval_is,
        ceiling=estimated.ceiling,
        warnings=(*warnings, *estimated.warnings),
        curve=estimated.curve,
        seeds=estimated.seeds,
        estimator=declared.name,
        settings=settings,
        n=pair.n,
        dims=(pair.x.d, pair.y.d),
        kinds=(pair.x.kind, pair.y.kind),
        device=estimated.device,
        stopped=stopped,
        seconds=seconds,
    )
