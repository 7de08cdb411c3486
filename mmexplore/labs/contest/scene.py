"""What the page Compare shows: which generator, which estimators, over what. One frozen spec, from which plan, figures and table follow."""

from __future__ import annotations

import urllib.parse
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.datasets.generators import REGISTRY, Generator, generator
from mmexplore.errors import BadSpec
from mmexplore.labs.contest.competitors import Competitor, Question, competitors, settings_from
from mmexplore.labs.contest.contest import MI, PAIRS, Plan, ladder, sweepable
from mmexplore.labs.contest.presets import PRESETS
from mmexplore.labs.contest.task import Contest
from mmexplore.spec import Spec, param
from mmexplore.types import ATOMS, INFORMATIONS

QUESTIONS = ("pid", "mi", "calibration")
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
