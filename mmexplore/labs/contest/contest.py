"""Estimators against known truth: every estimator of a set, on rows of a generator, over the number of rows or any of its parameters.

The competitors are those of the two registries, `mmexplore.estimators.mi` and `mmexplore.estimators.pids`; a new file there joins in.
What is asked is a `Plan`; one estimate of it is a `Point`, which holds what was estimated, in what time, and what was said about it.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any, Literal

import numpy as np

from mmexplore.datasets.generators import Generator, Sample, generator
from mmexplore.errors import BadData, BadSpec, NotConverged, Unsupported
from mmexplore.estimators import mi
from mmexplore.estimators.estimate_pid import estimate_pid
from mmexplore.estimators.watching import Interrupted
from mmexplore.labs.contest.competitors import Question, competitor
from mmexplore.spec import Parameter, Spec
from mmexplore.types import ATOMS, INFORMATIONS

Labels = Literal["label", "number"]
PAIRS = {"12": "I(X1,X2;Y)", "1": "I(X1;Y)", "2": "I(X2;Y)"}
MI = "mi"

_MOST_CACHED = 4000
_LADDER = tuple(f * 10**k for k in range(6) for f in (1, 2, 5))


# -- the plan -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plan:
    """What is asked of every competitor.

    Attributes:
        question: ``"pid"`` or ``"mi"``.
        base: the generator; the swept parameter's own value in it does not matter.
        over: the swept parameter.
        ats: its values, rising.
        seeds: samples drawn at each value, seeds following the base's.
        pair: which information, for ``"mi"``.
        labels: whether a label is handed over as a label or as a number.
    """

    question: Question
    base: Generator
    over: str
    ats: tuple[float, ...]
    seeds: int = 1
    pair: str = "12"
    labels: Labels = "label"

    def __post_init__(self) -> None:
        self.base.parameter(self.over)
        if self.pair not in PAIRS:
            raise BadSpec(f"pair is {self.pair!r}; allowed: {', '.join(PAIRS)}")
        if self.question == "pid" and self.base.kind == "mi":
            raise BadSpec(
                f"{self.base.title} is a pair of views; it has a mutual information and nothing to decompose. "
                "Choose a generator with two modalities and a target"
            )

    @property
    def target(self) -> str:
        """What y is to the estimators."""
        return "scalar" if self.base.target == "label" and self.labels == "number" else self.base.target

    def quantities(self) -> tuple[str, ...]:
        """What is estimated."""
        return (MI,) if self.question == "mi" else (*ATOMS, *INFORMATIONS)

    def at(self, value: float, seed: int = 0) -> Generator:
        """The generator at one value of the swept parameter."""
        kind = self.base.parameter(self.over).type
        return self.base.replace(**{self.over: kind(value), "seed": self.base.seed + seed})

    def specs(self) -> Iterator[tuple[float, int, Generator]]:
        """Value, number of the sample, generator: the cheap end first."""
        for value in self.ats:
            for seed in range(self.seeds):
                yield value, seed, self.at(value, seed)

    def truth(self, value: float) -> dict[str, float | None]:
        """What is true at one value, None where it is not known."""
        truth = self.at(value).truth()
        if self.question == "mi":
            # of a pair of views there is one information, whatever pair is asked for
            return {MI: truth.i1 if self.base.kind == "mi" else getattr(truth, f"i{self.pair}")}
        return {name: getattr(truth, name) for name in self.quantities()}


def ladder(base: Generator, over: str) -> tuple[float, ...]:
    """Round values of a parameter that a sweep may visit."""
    p: Parameter = base.parameter(over)
    low, high = float(p.low or 0.0), float(p.high if p.high is not None else 1.0)
    if over == "n":
        values = [v for v in _LADDER if 50 <= v <= high]
    elif p.type is int and high > 12:
        values = [v for v in _LADDER if low <= v <= high]
        values = sorted({*values, int(low)})
    elif p.type is int:
        values = list(range(int(low), int(high) + 1))
    else:
        step = p.step or 0.01
        values = sorted({round(round((low + (high - low) * k / 12) / step) * step, 10) for k in range(13)})
        values = [min(max(v, low), high) for v in values]
    return tuple(float(v) for v in values if _allowed(base, over, v))


def _allowed(base: Generator, over: str, value: float) -> bool:
    try:
        base.replace(**{over: value})
    except BadSpec:
        return False
    return True


def sweepable(base: Generator | type[Generator]) -> tuple[str, ...]:
    """Parameters a sweep may run over: the number of rows, and what the generator declares."""
    return ("n", *base.dials)


# -- points ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """One estimate.

    Attributes:
        estimator: who.
        at: value of the swept parameter.
        seed: number of the sample.
        values: by quantity, in bits; empty where it was refused.
        low, high: ends of the estimator's own interval, where it gives one.
        seconds: wall time on this machine.
        ceiling: what the estimator could not have exceeded.
        settled: whether its own checks passed.
        warnings: what it said.
        refused: why there is no estimate; empty where there is one.
    """

    estimator: str
    at: float
    seed: int
    values: Mapping[str, float] = field(default_factory=dict)
    low: Mapping[str, float] = field(default_factory=dict)
    high: Mapping[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    ceiling: float | None = None
    settled: bool = True
    warnings: tuple[str, ...] = ()
    refused: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a frame of a run."""
        return {
            "estimator": self.estimator,
            "at": self.at,
            "seed": self.seed,
            "values": dict(self.values),
            "low": dict(self.low),
            "high": dict(self.high),
            "seconds": self.seconds,
            "ceiling": self.ceiling,
            "settled": self.settled,
            "warnings": list(self.warnings),
            "refused": self.refused,
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Point:
        """Read what `to_dict` wrote; a value that was not finite comes back as nan."""

        def numbers(name: str) -> dict[str, float]:
            return {k: float("nan") if v is None else float(v) for k, v in (record.get(name) or {}).items()}

        ceiling = record.get("ceiling")
        return cls(
            estimator=str(record["estimator"]),
            at=float(record["at"]),
            seed=int(record["seed"]),
            values=numbers("values"),
            low=numbers("low"),
            high=numbers("high"),
            seconds=float(record.get("seconds") or 0.0),
            ceiling=None if ceiling is None else float(ceiling),
            settled=bool(record.get("settled", True)),
            warnings=tuple(map(str, record.get("warnings") or ())),
            refused=str(record.get("refused") or ""),
        )


Report = Callable[[float, str], None]
Stop = Callable[[], bool]


def measure(
    plan: Plan,
    name: str,
    settings: Spec,
    at: float,
    seed: int,
    rows: Sample,
    *,
    report: Report | None = None,
    should_stop: Stop | None = None,
    device: str | None = None,
) -> Point:
    """One estimate; what an estimator refuses is kept as its sentence.

    Raises:
        Interrupted: `should_stop` said so before the estimate was complete.
    """
    start = time.perf_counter()
    x1, x2, y = rows
    if plan.target == "scalar" and y.ndim == 1:
        y = y.astype(np.float64)[:, None]
    watched: dict[str, Any] = {"progress": report, "should_stop": should_stop, "device": device}
    try:
        if plan.question == "pid":
            point = _decomposition(plan, name, settings, Sample(x1, x2, y), watched)
        else:
            point = _information(plan, name, settings, Sample(x1, x2, y), watched)
    except (BadData, Unsupported, NotConverged) as error:
        point = Point(name, at, seed, refused=str(error))
    return replace(point, at=at, seed=seed, seconds=time.perf_counter() - start)


def _decomposition(plan: Plan, name: str, settings: Spec, rows: Sample, watched: dict[str, Any]) -> Point:
    """An estimate of all atoms and informations; its place in the sweep is not filled in."""
    result = estimate_pid(rows.x1, rows.x2, rows.y, name, target=plan.target, **watched, **_values(settings))
    intervals = {q: result.intervals[q] for q in plan.quantities() if q in result.intervals}
    failed = tuple(f"{check.name}: {check.words}" for check in result.checks if not check.passed)
    return Point(
        name,
        0.0,
        0,
        values={q: float(getattr(result.value, q)) for q in plan.quantities()},
        low={q: float(interval.low) for q, interval in intervals.items()},
        high={q: float(interval.high) for q, interval in intervals.items()},
        settled=result.converged,
        warnings=(*failed, *result.warnings),
    )


def _information(plan: Plan, name: str, settings: Spec, rows: Sample, watched: dict[str, Any]) -> Point:
    """An estimate of one mutual information; its place in the sweep is not filled in."""
    x1, x2, y = rows
    x = x1 if plan.base.kind == "mi" or plan.pair == "1" else x2
    if plan.pair == "12" and plan.base.kind != "mi":
        x = np.concatenate([x1, x2], axis=1)
    y_kind: Literal["label", "number"] = "label" if plan.target == "label" else "number"
    result = mi.mutual_information(x, y, name, x_kind="number", y_kind=y_kind, **watched, **_values(settings))
    if result.stopped:
        raise Interrupted("stopped before there was an answer")
    return Point(
        name,
        0.0,
        0,
        values={MI: float(result.mi)},
        low={} if result.interval is None else {MI: float(result.interval.low)},
        high={} if result.interval is None else {MI: float(result.interval.high)},
        ceiling=result.ceiling,
        warnings=result.warnings,
    )


def _values(settings: Spec) -> dict[str, Any]:
    return {p.name: getattr(settings, p.name) for p in settings.parameters()}


class PointCache:
    """Points that were estimated before, by what was asked; the oldest go first. Shared by all who ask, safe among threads."""

    def __init__(self, most: int = _MOST_CACHED) -> None:
        self._most = most
        self._points: OrderedDict[str, Point] = OrderedDict()
        self._lock = Lock()

    @staticmethod
    def key(plan: Plan, name: str, settings: Spec, spec: Generator) -> str:
        """Identity of one estimate (its place in a sweep is not part of it)."""
        return "|".join((plan.question, plan.pair, plan.labels, name, settings.identity(), spec.text()))

    def get(self, key: str, at: float, seed: int) -> Point | None:
        """The point kept under a key, at its place in the sweep that asks."""
        with self._lock:
            point = self._points.get(key)
            if point is None:
                return None
            self._points.move_to_end(key)
        return point if (point.at, point.seed) == (at, seed) else replace(point, at=at, seed=seed)

    def put(self, key: str, point: Point) -> None:
        """Keep a point."""
        with self._lock:
            self._points[key] = point
            while len(self._points) > self._most:
                self._points.popitem(last=False)


CACHE = PointCache()


def known(plan: Plan, chosen: Mapping[str, Spec]) -> list[Point]:
    """The points of a plan that are there already."""
    points = []
    for at, seed, spec in plan.specs():
        for name, settings in chosen.items():
            point = CACHE.get(PointCache.key(plan, name, settings, spec), at, seed)
            if point is not None:
                points.append(point)
    return points


@dataclass(frozen=True)
class Points:
    """All points of a plan, or those that were done when it was stopped."""

    points: tuple[Point, ...]
    stopped: bool = False


def contest(
    plan: Plan, chosen: Mapping[str, Spec], report: Report | None = None, should_stop: Stop | None = None
) -> Points:
    """Estimate every point that is not kept yet, sample by sample.

    Args:
        plan: what is asked.
        chosen: the competitors with their settings.
        report: called with the share done and what is being done.
        should_stop: asked between two estimates, and by estimators that can stop.
    """
    places = list(plan.specs())
    total, done = max(1, len(places) * len(chosen)), 0
    points: list[Point] = []
    stop = should_stop or (lambda: False)
    for at, seed, spec in places:
        rows: Sample | None = None
        for name, settings in chosen.items():
            key = PointCache.key(plan, name, settings, spec)
            point = CACHE.get(key, at, seed)
            if point is None:
                if report is not None:
                    report(done / total, f"{competitor(plan.question, name).label} at {plan.over} = {at:g}")
                if stop():
                    return Points(tuple(points), stopped=True)
                rows = spec.sample() if rows is None else rows
                try:
                    point = measure(plan, name, settings, at, seed, rows, should_stop=stop)
                except Interrupted:
                    return Points(tuple(points), stopped=True)
                CACHE.put(key, point)
            points.append(point)
            done += 1
    return Points(tuple(points))


def plan_of(
    question: Question, data: str, over: str, ats: str, seeds: int = 1, pair: str = "12", labels: Labels = "label"
) -> Plan:
    """A plan from plain values; `ats` are numbers with commas."""
    try:
        values = tuple(float(part) for part in ats.split(",") if part.strip())
    except ValueError:
        raise BadSpec(f"the values of {over} are {ats[:60]!r}; allowed: numbers with commas") from None
    if not 1 <= len(values) <= 20:
        raise BadSpec(f"{over} has {len(values)} values; allowed: 1 to 20 numbers with commas")
    return Plan(question, generator(data), over, values, seeds, pair, labels)
