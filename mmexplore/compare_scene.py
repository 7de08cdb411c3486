"""What the page Compare shows: which generator, which estimators, over what. One frozen spec, from which plan, figures and table follow."""

from __future__ import annotations

import math
import urllib.parse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.compare_presets import PRESETS
from mmexplore.datasets.generators import REGISTRY, Generator, generator
from mmexplore.errors import BadSpec, MmexploreError
from mmexplore.estimators.contest import (
    MI,
    PAIRS,
    Competitor,
    Plan,
    Point,
    Question,
    competitors,
    ladder,
    settings_from,
    sweepable,
)
from mmexplore.report.trials import Group, Legend, Level, Trials
from mmexplore.spec import Spec, param
from mmexplore.tasks.contest import Contest
from mmexplore.types import ATOMS, INFORMATIONS

QUESTIONS = ("pid", "mi", "calibration")
_SYMBOLS = dict(zip((*ATOMS, *INFORMATIONS, MI), ("R", "U1", "U2", "S", "I1", "I2", "I12", "I"), strict=True))
_TITLES = {
    "redundancy": "Redundancy R",
    "unique1": "Unique to modality 1",
    "unique2": "Unique to modality 2",
    "synergy": "Synergy S",
    "i1": "I(X1;Y)",
    "i2": "I(X2;Y)",
    "i12": "I(X1,X2;Y)",
    MI: "Mutual information",
}
_USUAL = {"n": (100.0, 5000.0), "d": (1.0, 20.0), "bits": (0.0, 12.0), "columns": (2.0, 20.0), "pairs": (1.0, 10.0)}


@dataclass(frozen=True)
class CompareScene(Spec):
    """Everything one sees on the page Compare."""

    question: str = param(
        "pid",
        label="What is estimated",
        choices=QUESTIONS,
        help="The four parts of a decomposition, one mutual information, or a mutual information over its own true value.",
    )
    data: str = param("warped", label="Generator", max_length=500, help="A generator with its values.")
    over: str = param("n", label="Over", max_length=40, help="What is varied along the axis.")
    first: float = param(-1.0, label="From", low=-1.0, help="Smallest value along the axis.")
    last: float = param(-1.0, label="To", low=-1.0, help="Largest value along the axis.")
    points: int = param(6, label="Places", low=2, high=9, step=1, help="Along the axis.")
    seeds: int = param(
        3,
        label="Samples",
        low=1,
        high=10,
        step=1,
        help="Drawn at every place, with other seeds: small dots; their mean is the mark.",
    )
    estimators: str = param(
        "",
        label="Estimators",
        max_length=300,
        help="Names with commas; empty: all that need no training and take this target.",
    )
    tuned: str = param("", label="Settings", max_length=1000, help="Of estimators: name.setting=value, joined by &.")
    pair: str = param("12", label="Information", choices=tuple(PAIRS), help="Which one is estimated.")
    show: str = param("atoms", label="Show", choices=("atoms", "informations"))
    labels: str = param(
        "label",
        label="Labels are handed over as",
        choices=("label", "number"),
        help="As numbers, methods for measurements take them without complaint. See what comes out.",
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        base = self.base()
        if self.over not in sweepable(base):
            raise BadSpec(f"over is {self.over!r}; {base.title} allows: {', '.join(sweepable(base))}")
        if self.question == "calibration" and self.over != "bits":
            raise BadSpec(f"over is {self.over!r}; a calibration runs over the true information: bits")
        self.plan()
        self.chosen()
        every = competitors(self.asked())
        for name in self._tuned():
            if name not in every:
                raise BadSpec(f"settings are given for {name[:60]!r}; allowed: {', '.join(every)}")
            self.settings(name)

    def put(self, **values: Any) -> CompareScene:
        """A copy with values changed, and what no longer fits them put back to what is usual.

        Beside the fields: ``preset=name``; ``dial=(name, value)`` of the generator; ``tune=(estimator, setting, value)``.
        """
        dial, tune = values.pop("dial", None), values.pop("tune", None)
        if dial is not None:
            values["data"] = self.base().replace(**{dial[0]: dial[1]}).to_text()
        if tune is not None:
            values["tuned"] = self.tune(*tune)
        preset = values.pop("preset", None)
        if preset is not None:
            if preset not in PRESETS:
                raise BadSpec(f"preset is {str(preset)[:40]!r}; allowed: {', '.join(PRESETS)}")
            return CompareScene(**PRESETS[preset].values)
        question = values.get("question", self.question)
        data = values.get("data", self.data)
        base = generator(data)
        if "question" in values and question != self.question:
            values = {"first": -1.0, "last": -1.0, "estimators": "", "tuned": "", **values}
            if not fits(question, type(base)):
                base = next(entry for _, entry in REGISTRY.items() if fits(question, entry))()
                values["data"] = base.to_text()
            if question == "calibration":
                values["over"] = "bits"
        if values.get("over", self.over) not in sweepable(base):
            values["over"] = "bits" if question == "calibration" else "n"
        if "over" in values and values["over"] != self.over:
            values = {"first": -1.0, "last": -1.0, **values}
        if base.name != self.base().name and "estimators" not in values:
            values["estimators"] = ""
        changed = {**{p.name: getattr(self, p.name) for p in self.parameters()}, **values}
        return CompareScene(**changed)

    # -- what is asked -------------------------------------------------------------------------------------------------

    def base(self) -> Generator:
        """The generator with its values."""
        base = generator(self.data)
        if not fits(self.question, type(base)):
            raise BadSpec(f"data is {base.name!r}; allowed here: {', '.join(generators(self.question))}")
        return base

    def asked(self) -> Question:
        """The registry that answers."""
        return "pid" if self.question == "pid" else "mi"

    def steps(self) -> tuple[float, ...]:
        """Round values that the axis may begin and end at."""
        return ladder(self.base(), self.over)

    def reach(self) -> tuple[float, float]:
        """First and last value along the axis."""
        steps = self.steps()
        low, high = _USUAL.get(self.over, (steps[0], steps[-1]))
        low = low if self.first < 0 else self.first
        high = high if self.last < 0 else self.last
        nearest = [min(steps, key=lambda v: abs(v - wanted)) for wanted in (low, high)]
        return min(nearest), max(nearest)

    def plan(self) -> Plan:
        """What every estimator is asked."""
        low, high = self.reach()
        steps = [v for v in self.steps() if low <= v <= high]
        chosen = sorted({round(k) for k in np.linspace(0, len(steps) - 1, min(self.points, len(steps)))})
        pair = self.pair if self.base().kind == "pid" else "1"
        return Plan(
            self.asked(),
            self.base(),
            self.over,
            tuple(steps[k] for k in chosen),
            self.seeds,
            pair,
            self.labels,  # type: ignore[arg-type]
        )

    def chosen(self) -> dict[str, Competitor]:
        """The estimators on show, in the registry's order."""
        every = competitors(self.asked())
        if not self.estimators:
            return {name: c for name, c in every.items() if not c.trained and self.plan().target in c.takes}
        names = [name.strip() for name in self.estimators.split(",") if name.strip()]
        for name in names:
            if name not in every:
                raise BadSpec(f"estimator {name[:60]!r} is not known; allowed: {', '.join(every)}")
        return {name: c for name, c in every.items() if name in names}

    def _tuned(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for key, value in urllib.parse.parse_qsl(self.tuned, keep_blank_values=True):
            name, _, setting = key.partition(".")
            found.setdefault(name, {})[setting] = value
        return found

    def settings(self, name: str) -> Spec:
        """Settings of one estimator."""
        return settings_from(self.asked(), name, self.settings_text(name))

    def settings_text(self, name: str) -> str:
        """The same as text; empty for its defaults."""
        return urllib.parse.urlencode(self._tuned().get(name, {}))

    def tune(self, name: str, setting: str, value: Any) -> str:
        """The field `tuned` with one setting of one estimator changed."""
        changed = settings_from(self.asked(), name, self.settings_text(name)).replace(**{setting: value})
        found = {**self._tuned(), name: changed.to_query()}
        return urllib.parse.urlencode({f"{n}.{key}": v for n, pairs in found.items() for key, v in pairs.items()})

    def at_once(self) -> dict[str, Spec]:
        """The estimators that are computed at once, with their settings."""
        return {name: self.settings(name) for name, c in self.chosen().items() if not c.trained}

    def tasks(self) -> dict[str, Contest]:
        """The runs of the estimators that train."""
        plan = self.plan()
        return {
            name: Contest(
                question=plan.question,
                estimator=name,
                data=self.data,
                over=self.over,
                ats=",".join(f"{v:g}" for v in plan.ats),
                seeds=1,  # each takes seconds to minutes
                pair=plan.pair,
                labels=plan.labels,
                settings=_in_full(self.settings(name)),
            )
            for name, c in self.chosen().items()
            if c.trained
        }

    def quantities(self) -> tuple[str, ...]:
        """What the figures show."""
        if self.question != "pid":
            return (MI,)
        return ATOMS if self.show == "atoms" else INFORMATIONS

    # -- words ---------------------------------------------------------------------------------------------------------

    def title(self) -> str:
        """What is compared, in a few words."""
        over = self.base().parameter(self.over).label.lower()
        return f"{self.base().title}, over {'the ' if self.over == 'bits' else ''}{over}"

    def preset(self) -> str | None:
        """The preset on show, if it is one."""
        return next((name for name, p in PRESETS.items() if CompareScene(**p.values) == self), None)

    def values_told(self) -> str:
        """The values of the generator that stand still, in words; its own first."""
        base = self.base()
        still = [base.parameter(name) for name in (*base.own(), "n", "seed") if name != self.over]
        return ", ".join(f"{p.label.lower()} {_said(getattr(base, p.name))}{p.unit}" for p in still)


def _in_full(settings: Spec) -> str:
    """Every value as text: a run is another one once a default has changed."""
    return urllib.parse.urlencode({p.name: p.format(getattr(settings, p.name)) for p in settings.parameters()})


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:,}" if isinstance(value, int) else f"{value:g}" if isinstance(value, float) else str(value)


def fits(question: str, entry: type[Generator]) -> bool:
    """Whether a generator can be asked a question."""
    if question == "calibration":
        return any(p.name == "bits" for p in entry.parameters())
    return question == "mi" or entry.kind == "pid"


def generators(question: str) -> tuple[str, ...]:
    """Names of the generators that can be asked a question, by family."""
    found = [(entry.family, k, name) for k, (name, entry) in enumerate(REGISTRY.items()) if fits(question, entry)]
    return tuple(name for _, _, name in sorted(found, key=lambda item: (item[0], item[1])))


def ink(question: Question, name: str) -> int:
    """The colour of an estimator: its place in the registry, the same on every figure."""
    return list(competitors(question)).index(name)


# -- figures and table -----------------------------------------------------------------------------------------------------


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
        title = _TITLES[quantity] if quantity != MI else _mi_title(plan)
        made.append(
            Trials(
                title,
                tuple(groups),
                tuple(level for level in (*levels, *ceilings) if level is not None),
                x_label=f"{parameter.label}{unit}" + ("" if plan.over == "n" else f", {plan.base.n:,} rows"),
                log_x=log,
                least=0.25 * _span(scene, every, truths),
                named=scene.question != "pid",
            )
        )
    return made


def _span(scene: CompareScene, points: Sequence[Point], truths: Sequence[Mapping[str, float | None]]) -> float:
    """Largest value on show, of the truth or, where none is known, of the estimates: what a figure's range is measured against."""
    shown = scene.quantities()
    true = [abs(value) for t in truths for q in shown if (value := t[q]) is not None]
    found = [abs(p.values[q]) for p in points for q in shown if math.isfinite(p.values.get(q, math.nan))]
    return max(true or found, default=0.0)


def _mi_title(plan: Plan) -> str:
    return "Information between the two views" if plan.base.kind == "mi" else PAIRS[plan.pair]


def note(scene: CompareScene) -> str:
    """How to read the figures."""
    plan = scene.plan()
    samples = f"mean of {scene.seeds} samples a place (dots: single ones)" if scene.seeds > 1 else "one sample a place"
    told = [f"Marks: {samples}; bars: the estimators' own 95 % intervals (mean ends), where they give one"]
    if all(plan.truth(at)[q] is None for at in plan.ats for q in scene.quantities()):
        told.append("the truth is not known here")
    elif scene.question != "pid":
        told.append("dashed: what an estimator cannot exceed")
    return "; ".join(told) + "."


def legend(scene: CompareScene, points: Iterable[Point]) -> Legend:
    """The names for figures that carry none."""
    there = {p.estimator for p in points if not p.refused}
    asked = scene.asked()
    names = [(entry.label, ink(asked, name)) for name, entry in scene.chosen().items() if name in there]
    return Legend((("truth", -1), *names))


def _group(plan: Plan, label: str, colour: int, points: Sequence[Point], quantity: str) -> Group:
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
    return Group(label, colour, ats, _mean(single), _mean(low), _mean(high), shown)


def _mean(values: np.ndarray) -> np.ndarray:
    """Means over the samples that are there; nan where there is none."""
    counts = np.isfinite(values).sum(axis=1)
    return np.where(counts > 0, np.nansum(values, axis=1) / np.maximum(counts, 1), math.nan)


def _truth(plan: Plan, quantity: str, truths: Sequence[Mapping[str, float | None]]) -> Level | None:
    values = np.array([math.nan if t[quantity] is None else float(t[quantity] or 0.0) for t in truths])
    return Level("truth", np.array(plan.ats), values) if np.isfinite(values).any() else None


def _ceiling(plan: Plan, name: str, colour: int, points: Sequence[Point]) -> Level | None:
    found = {p.at: p.ceiling for p in points if p.ceiling is not None}
    if not found:
        return None
    values = np.array([found.get(at, math.nan) for at in plan.ats])
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
        covered = intervals = 0
        for p in mine:
            for quantity in scene.quantities():
                true = truths[p.at][quantity]
                value = p.values.get(quantity, math.nan)
                if true is None or not math.isfinite(value):
                    continue
                errors.append((value - true, p.at))
                low, high = p.low.get(quantity, math.nan), p.high.get(quantity, math.nan)
                if math.isfinite(low) and math.isfinite(high):
                    intervals += 1
                    covered += low - 1e-9 <= true <= high + 1e-9
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
                covered,
                intervals,
                _median([p.seconds for p in given]),
                len(mine) - len(given),
                next((p.refused for p in mine if p.refused), ""),
                sum(not p.settled for p in given),
                tuple(dict.fromkeys(w for p in mine for w in p.warnings)),
            )
        )
    return made


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
            groups.append(Group(entry.label, ink(plan.question, name), np.array(xs), np.array(ys), empty, empty, np.empty((len(xs), 0))))  # fmt: skip
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
    found = []
    for frame in frames:
        try:
            found.append(Point.from_dict(frame))
        except (KeyError, TypeError, ValueError, MmexploreError):
            continue
    return found


def symbol(quantity: str) -> str:
    """How a quantity is written."""
    return _SYMBOLS[quantity]
