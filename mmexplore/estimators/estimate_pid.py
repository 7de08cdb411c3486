"""`estimate_pid`: from rows to a decomposition of their population, by any registered estimator."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from mmexplore.devices import choose_device
from mmexplore.display import Shown
from mmexplore.errors import Unsupported
from mmexplore.estimators.mi.declaration import state_entropy
from mmexplore.estimators.pids import REGISTRY, Answer, Check, Estimator, Target
from mmexplore.estimators.pids.rows import Rows, read_rows
from mmexplore.estimators.tables.drawn import Sampling
from mmexplore.estimators.tables.estimate import Interval
from mmexplore.estimators.tables.replicates import Progress, Stop
from mmexplore.estimators.watching import Collector, Watcher
from mmexplore.spec import Spec
from mmexplore.types import PID

if TYPE_CHECKING:
    from mmexplore.estimators.predictive import Prediction

_TARGET_WORDS = {"label": "a class label", "scalar": "a single number", "vector": "a vector"}


@dataclass(frozen=True)
class PIDEstimate(Shown):
    """A decomposition estimated from rows, in bits.

    Attributes:
        estimator: its name in the registry.
        settings: how it was made.
        n: rows.
        dims: columns of x1, x2 and y (1 for a label).
        target: what y was taken for.
        value: the decomposition, without a certificate; atoms may be negative.
        intervals: of atoms and informations where the estimator gives them.
        checks: what must hold for the answer to be trusted, each a sentence with its numbers.
        warnings: sentences on what may mislead.
        details: further numbers.
        curve: what was seen while it iterated, arrays of one length by name; empty for closed forms.
        device: where it was computed.
        seconds: wall time.
        predictive: of the predictive estimator, all else it says: rows, slices, bounds, tests, predictors; None of the others.
    """

    estimator: str
    settings: Spec
    n: int
    dims: tuple[int, int, int]
    target: Target
    value: PID
    intervals: dict[str, Interval]
    checks: tuple[Check, ...]
    warnings: tuple[str, ...]
    details: dict[str, float]
    curve: dict[str, np.ndarray]
    device: str
    seconds: float
    predictive: Prediction | None = None

    @property
    def converged(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    @property
    def redundancy(self) -> float:
        """R: what both modalities tell, each on its own."""
        return float(self.value.redundancy)

    @property
    def unique1(self) -> float:
        """U1: what only modality 1 tells."""
        return float(self.value.unique1)

    @property
    def unique2(self) -> float:
        """U2: what only modality 2 tells."""
        return float(self.value.unique2)

    @property
    def synergy(self) -> float:
        """S: what only the two together tell."""
        return float(self.value.synergy)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers for JSON, without the curve."""
        return {
            "estimator": self.estimator,
            "settings": {p.name: getattr(self.settings, p.name) for p in self.settings.parameters()},
            "n": self.n,
            "dims": list(self.dims),
            "target": self.target,
            "unit": "bit",
            "value": self.value.to_dict(),
            "intervals": {name: list(interval) for name, interval in self.intervals.items()},
            "converged": self.converged,
            "checks": [{"name": c.name, "passed": c.passed, "words": c.words} for c in self.checks],
            "warnings": list(self.warnings),
            "details": {name: float(v) if np.isfinite(v) else None for name, v in self.details.items()},
            "device": self.device,
            "seconds": self.seconds,
        } | ({} if self.predictive is None else {"predictive": self.predictive.to_dict()})


def pid_estimators() -> tuple[str, ...]:
    """Names of the registered estimators of decompositions."""
    return REGISTRY.names()


def estimate_pid(
    x1: Any,
    x2: Any,
    y: Any,
    estimator: str = "gaussian",
    *,
    target: str | None = None,
    progress: Progress | None = None,
    should_stop: Stop | None = None,
    device: str | None = None,
    groups: Any = None,
    time: Any = None,
    weights: Any = None,
    **settings: Any,
) -> PIDEstimate:
    """Estimate the decomposition of the population that the rows were drawn from, in bits.

    Args:
        x1, x2: measurements, shape (n,) or (n, d); ``"binned"`` takes labels, too; ``"predictive"`` takes DataFrames, text and gaps.
        y: class labels, numbers (n,) or vectors (n, d), as the estimator can.
        estimator: one of `pid_estimators()`.
        target: what y is: ``"label"``, ``"scalar"`` or ``"vector"``; the values decide where nothing is said (text, and up to 20
            different whole numbers, are labels).
        progress: called with the share of the work done and a few words.
        should_stop: asked now and then; once it says True, `mmexplore.estimators.watching.Interrupted` is raised.
        device: ``"cpu"`` or ``"cuda"``, for networks; default: MMEXPLORE_DEVICE, else cuda where there is one.
        groups: ids of the subjects that rows repeat, (n,): no subject is predicted from its own rows. ``"predictive"`` and ``"binned"`` only, like the next two.
        time: True where rows are a series in this order, or what to order them by, (n,).
        weights: how many rows of the population each row stands for, or counts, (n,).
        settings: of the estimator.

    Raises:
        BadSpec: an unknown estimator, or a setting unknown or out of range.
        BadData: rows that are none.
        Unsupported: a target that this estimator cannot take; the sentence names one that can.

    >>> rng = np.random.default_rng(0)
    >>> y = rng.normal(size=(2000, 2))
    >>> e = estimate_pid(y[:, 0] + rng.normal(size=2000), y[:, 1] + rng.normal(size=2000), y, bootstraps=50)
    >>> round(e.unique1, 1), round(e.unique2, 1), e.converged
    (0.5, 0.5, True)
    """
    entry = REGISTRY[estimator]
    for name in settings:
        entry.settings.parameter(name)
    sampling = Sampling(groups, time, weights)
    if sampling.given() and not entry.takes_sampling:
        raise Unsupported(
            f"{entry.label} takes every row for a draw of its own, so {' and '.join(sampling.given())} would have no effect; "
            'allowed: estimator="predictive" or "binned"'
        )
    rows = read_rows(x1, x2, y, target, sampling)
    chosen = entry.settings(**settings)
    chosen_device = choose_device(device) if entry.trains else "cpu"
    watcher = Collector(chosen_device, progress, should_stop)
    return dataclasses.replace(estimate_rows(rows, entry, chosen, watcher), curve=watcher.curve())


def estimate_rows(rows: Rows, entry: Estimator, settings: Spec, watcher: Watcher) -> PIDEstimate:
    """The same of rows already read, reporting to a watcher (programs of runs come in here; they keep their frames themselves)."""
    start = perf_counter()
    if rows.target not in entry.targets:
        raise Unsupported(_refusal(rows, entry))
    answer: Answer = entry.function(rows, settings, watcher)
    seconds = perf_counter() - start
    nan = float("nan")
    i1, i2, i12, union = consistent(answer, rows)
    value = PID(
        i1=i1,
        i2=i2,
        i12=i12,
        union=union,
        union_lower=nan,
        union_upper=nan,
        measure="broja",
        certificate="none",
        converged=all(check.passed for check in answer.checks),
        tolerance=0.0,
        iterations=answer.iterations,
        seconds=seconds,
    )
    return PIDEstimate(
        estimator=entry.name,
        settings=settings,
        n=rows.n,
        dims=rows.sizes(),
        target=rows.target,
        value=value,
        intervals=_about(answer.intervals, value),
        checks=answer.checks,
        warnings=answer.warnings,
        details=dict(answer.details),
        curve={},
        device=watcher.device,
        seconds=seconds,
        predictive=answer.predictive,
    )


def consistent(answer: Answer, rows: Rows) -> tuple[float, float, float, float]:
    """I1, I2, I12 and I* as they can be together: no more than a label holds, and I12 no less than I1, I2.

    Corrections for few rows, each right on average, may cross each other in one sample. Atoms below 0 are left: estimates of 0 scatter.
    """
    most = state_entropy(rows.codes) if rows.target == "label" else math.inf
    i1, i2, i12, union = (min(float(v), most) for v in (answer.i1, answer.i2, answer.i12, answer.union))
    return i1, i2, max(i12, i1, i2), union


def _about(intervals: Mapping[str, Interval], value: PID) -> dict[str, Interval]:
    """Every interval reaches its value, or what is possible nearest to it: 0."""
    reached = {}
    for name, (low, high) in intervals.items():
        possible = max(float(getattr(value, name)), 0.0)
        reached[name] = Interval(min(low, possible), max(high, possible))
    return reached


def _refusal(rows: Rows, entry: Estimator) -> str:
    what = _TARGET_WORDS[rows.target]
    if rows.target == "label":
        seen = f"y is taken for {what} ({len(rows.classes)} classes)"
        way_out = (
            "" if entry.trains and "label" in entry.targets else '; if its values are amounts, say target="scalar"'
        )
    else:
        seen, way_out = f"y is {what} ({rows.sizes()[2]} columns)" if rows.target == "vector" else f"y is {what}", ""
        if "label" in entry.targets:
            way_out = '; if its values are classes, say target="label"'
    return f"{entry.label} cannot take this target: {seen}. {entry.instead}{way_out}."
