"""What the page Compare draws and tells of its estimates: figures beside the truth, scores, cost against error."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.errors import MmexploreError
from mmexplore.labs.contest.competitors import Question, competitors
from mmexplore.labs.contest.contest import MI, PAIRS, Plan, Point
from mmexplore.labs.contest.scene import CompareScene
from mmexplore.plot.kinds import Level, TrialGroup, TrialPanels, Trials
from mmexplore.types import ATOM_WORDS, ATOMS

TITLES = {
    **{
        atom: words.title if atom.startswith("unique") else f"{words.title} {words.symbol}"
        for atom, words in ATOM_WORDS.items()
    },
    "i1": "I(X1;Y)",
    "i2": "I(X2;Y)",
    "i12": "I(X1,X2;Y)",
    MI: "Mutual information",
}


def ink(question: Question, name: str) -> int:
    """The colour of an estimator: its place in the registry, the same on every figure."""
    return list(competitors(question)).index(name)


def estimates(scene: CompareScene, points: Iterable[Point]) -> Trials | TrialPanels:
    """What the page shows: one figure, or a panel for every quantity on show."""
    made = figures(scene, points)
    if len(made) == 1:
        return made[0]
    return TrialPanels(f"{scene.title()}: estimates beside the truth", tuple(made))


def figures(scene: CompareScene, points: Iterable[Point]) -> list[Trials]:
    """One figure for every quantity on show."""
    every = list(points)
    plan = scene.plan()
    parameter = plan.base.parameter(plan.over)
    log = plan.over == "n" or (parameter.type is int and plan.ats[0] > 0 and plan.ats[-1] >= 8 * plan.ats[0])
    unit = f" ({parameter.unit})" if parameter.unit else ""
    truths = [plan.truth(at) for at in plan.ats]
    made = []
    for quantity in scene.quantities():
        groups, ceilings = [], []
        for name, entry in scene.chosen().items():
            mine = [p for p in every if p.estimator == name and quantity in p.values]
            if mine:
                groups.append(_group(plan, entry.label, ink(plan.question, name), mine, quantity))
            ceiling = _ceiling(plan, name, ink(plan.question, name), mine)
            if ceiling is not None and quantity == MI:
                ceilings.append(ceiling)
        levels = [_truth(plan, quantity, truths)]
        title = TITLES[quantity] if quantity != MI else _mi_title(plan)
        made.append(
            Trials(
                title,
                tuple(groups),
                tuple(level for level in (*levels, *ceilings) if level is not None),
                x_label=f"{parameter.label}{unit}" + ("" if plan.over == "n" else f", {plan.base.n:,} rows"),
                log_x=log,
                least=0.25 * _span(scene, every, truths),
            )
        )
    return made


def _span(scene: CompareScene, points: Sequence[Point], truths: Sequence[Mapping[str, float | None]]) -> float:
    """Largest value on show, of the truth or, where none is known, of the estimates: what a figure's range is measured against."""
    shown = scene.quantities()
    true = [abs(value) for t in truths for q in shown if (value := t[q]) is not None]
    estimated = [abs(p.values[q]) for p in points for q in shown if math.isfinite(p.values.get(q, math.nan))]
    return max(true or estimated, default=0.0)


def _mi_title(plan: Plan) -> str:
    return "Information between the two views" if plan.base.kind == "mi" else PAIRS[plan.pair]


def note(scene: CompareScene) -> str:
    """How to read the figures."""
    plan = scene.plan()
    samples = f"mean of {scene.seeds} samples a place (dots: single ones)" if scene.seeds > 1 else "one sample a place"
    parts = [f"Marks: {samples}; bars: the estimators' own 95 % intervals (mean ends), where they give one"]
    if all(plan.truth(at)[q] is None for at in plan.ats for q in scene.quantities()):
        parts.append("the truth is not known here")
    elif scene.question != "pid":
        parts.append("dashed: what an estimator cannot exceed")
    return "; ".join(parts) + "."


def _group(plan: Plan, label: str, colour: int, points: Sequence[Point], quantity: str) -> TrialGroup:
    ats = np.array(plan.ats)
    single = np.full((len(ats), plan.seeds), math.nan)
    low, high = np.full((2, len(ats), plan.seeds), math.nan)
    for p in points:
        k = plan.ats.index(p.at) if p.at in plan.ats else -1
        if k >= 0 and p.seed < plan.seeds:
            single[k, p.seed] = p.values[quantity]
            low[k, p.seed] = p.low.get(quantity, math.nan)
            high[k, p.seed] = p.high.get(quantity, math.nan)
    shown = single if plan.seeds > 1 else np.full((len(ats), 0), math.nan)
    return TrialGroup(label, colour, ats, _mean(single), _mean(low), _mean(high), shown)


def _mean(values: np.ndarray) -> np.ndarray:
    """Means over the samples that are there; nan where there is none."""
    counts = np.isfinite(values).sum(axis=1)
    return np.where(counts > 0, np.nansum(values, axis=1) / np.maximum(counts, 1), math.nan)


def _truth(plan: Plan, quantity: str, truths: Sequence[Mapping[str, float | None]]) -> Level | None:
    values = np.array([math.nan if t[quantity] is None else float(t[quantity] or 0.0) for t in truths])
    return Level("truth", np.array(plan.ats), values) if np.isfinite(values).any() else None


def _ceiling(plan: Plan, name: str, colour: int, points: Sequence[Point]) -> Level | None:
    ceilings = {p.at: p.ceiling for p in points if p.ceiling is not None}
    if not ceilings:
        return None
    values = np.array([ceilings.get(at, math.nan) for at in plan.ats])
    return Level(f"ceiling of {name}", np.array(plan.ats), values, colour)


@dataclass(frozen=True)
class Score:
    """How one estimator did over all its points.

    Attributes:
        name, label: who.
        points: estimates with a known truth.
        bias: mean error in bits.
        error: root of the mean squared error, over all quantities on show.
        worst: largest error, and where.
        covered, intervals: how many of its own intervals hold the truth, of how many.
        by_quantity: the same for every quantity.
        seconds: median wall time of one estimate.
        refused: how many it refused, and the first sentence.
        unsettled: how many of its own checks failed for.
        warnings: what it said, each once.
    """

    name: str
    label: str
    points: int
    bias: float
    error: float
    worst: tuple[float, float]
    covered: int
    intervals: int
    by_quantity: Mapping[str, tuple[int, int]]
    seconds: float
    refused: int
    reason: str
    unsettled: int
    warnings: tuple[str, ...]


def scores(scene: CompareScene, points: Iterable[Point]) -> list[Score]:
    """How every estimator on show did, in the registry's order."""
    plan, every = scene.plan(), list(points)
    truths = {at: plan.truth(at) for at in plan.ats}
    made = []
    for name, entry in scene.chosen().items():
        mine = [p for p in every if p.estimator == name and p.at in truths]
        if not mine:
            continue
        errors: list[tuple[float, float]] = []
        counts: dict[str, tuple[int, int]] = {}
        for p in mine:
            for quantity in scene.quantities():
                true = truths[p.at][quantity]
                value = p.values.get(quantity, math.nan)
                if true is None or not math.isfinite(value):
                    continue
                errors.append((value - true, p.at))
                low, high = p.low.get(quantity, math.nan), p.high.get(quantity, math.nan)
                if math.isfinite(low) and math.isfinite(high):
                    held, count = counts.get(quantity, (0, 0))
                    counts[quantity] = held + (low - 1e-9 <= true <= high + 1e-9), count + 1
        gaps = np.array([error for error, _ in errors])
        given = [p for p in mine if not p.refused]
        made.append(
            Score(
                name,
                entry.label,
                len(errors),
                float(gaps.mean()) if len(gaps) else math.nan,
                float(np.sqrt((gaps**2).mean())) if len(gaps) else math.nan,
                max(errors, key=lambda e: abs(e[0])) if errors else (math.nan, math.nan),
                sum(held for held, _ in counts.values()),
                sum(count for _, count in counts.values()),
                counts,
                _median([p.seconds for p in given]),
                len(mine) - len(given),
                next((p.refused for p in mine if p.refused), ""),
                sum(not p.settled for p in given),
                tuple(dict.fromkeys(w for p in mine for w in p.warnings)),
            )
        )
    return made


@dataclass(frozen=True)
class ScoreDifference:
    """One number on how an estimator did in two settings.

    Attributes:
        label: who.
        quantity: what the number is.
        a, b: of the first and of the second setting; nan where there is none.
    """

    label: str
    quantity: str
    a: float
    b: float


def score_differences(first: Iterable[Score], second: Iterable[Score]) -> list[ScoreDifference]:
    """Error, bias (bits) and coverage (share of intervals) of every estimator that stands in either setting."""
    before, after = ({score.name: score for score in scores} for scores in (first, second))
    rows = []
    for name in sorted({**before, **after}):
        a, b = before.get(name), after.get(name)
        label = (a or after[name]).label
        for quantity, of in (
            ("error (bit)", lambda s: s.error),
            ("bias (bit)", lambda s: s.bias),
            ("coverage (share of intervals)", lambda s: s.covered / s.intervals if s.intervals else math.nan),
        ):
            rows.append(
                ScoreDifference(label, quantity, math.nan if a is None else of(a), math.nan if b is None else of(b))
            )
    return rows


def _median(seconds: Sequence[float]) -> float:
    """Median of the times that are known; nan where none is."""
    known = [v for v in seconds if math.isfinite(v)]
    return float(np.median(known)) if known else math.nan


def cost_figure(scene: CompareScene, points: Iterable[Point]) -> Trials:
    """Seconds against error: one mark a place and estimator."""
    plan, every = scene.plan(), list(points)
    truths = {at: plan.truth(at) for at in plan.ats}
    groups = []
    for name, entry in scene.chosen().items():
        xs, ys = [], []
        for at in plan.ats:
            mine = [p for p in every if p.estimator == name and p.at == at and not p.refused]
            gaps = [
                p.values[q] - float(truths[at][q] or 0.0)
                for p in mine
                for q in scene.quantities()
                if truths[at][q] is not None and math.isfinite(p.values.get(q, math.nan))
            ]
            took = _median([p.seconds for p in mine])
            if gaps and math.isfinite(took):
                xs.append(max(took, 1e-5))
                ys.append(max(float(np.sqrt(np.mean(np.square(gaps)))), 1e-5))
        if xs:
            empty = np.full(len(xs), math.nan)
            groups.append(TrialGroup(entry.label, ink(plan.question, name), np.array(xs), np.array(ys), empty, empty, np.empty((len(xs), 0))))  # fmt: skip
    what = (
        "the four parts"
        if scene.quantities() == ATOMS
        else "the estimate"
        if scene.question != "pid"
        else "the informations"
    )
    return Trials(
        "What it costs, what it gives",
        tuple(groups),
        x_label="seconds an estimate, median (log)",
        y_label="error, root mean square (bit, log)",
        log_x=True,
        log_y=True,
        lines=False,
        note=f"One mark for each place along the axis; error of {what}. Down and left is better. Wall time on this machine, whatever else it did.",
    )


def as_task_points(frames: Iterable[Mapping[str, Any]]) -> list[Point]:
    """Points from the frames of a run; a frame that cannot be read is left out."""
    points = []
    for frame in frames:
        try:
            points.append(Point.from_dict(frame))
        except (KeyError, TypeError, ValueError, MmexploreError):
            continue
    return points
