"""What the page Compare shows: which generator, which estimators, over what. One frozen spec, from which plan, figures and table follow."""

from __future__ import annotations

import functools
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from mmexplore.datasets.generators import REGISTRY, Generator, generator
from mmexplore.errors import BadSpec
from mmexplore.labs.contest.competitors import Competitor, Question, competitors, settings_from
from mmexplore.labs.contest.contest import MI, PAIRS, Plan, ladder, sweepable
from mmexplore.labs.contest.links import of_old_links
from mmexplore.labs.contest.presets import PRESETS
from mmexplore.labs.contest.task import Contest
from mmexplore.spec import Named, Spec, chosen, param, read_pairs
from mmexplore.types import ATOMS, INFORMATIONS

QUESTIONS = ("pid", "mi", "calibration")
_SETTINGS = "the settings of estimators"
_USUAL = {"n": (100.0, 5000.0), "d": (1.0, 20.0), "bits": (0.0, 12.0), "columns": (2.0, 20.0), "pairs": (1.0, 10.0)}


@dataclass(frozen=True)
class CompareScene(Spec):
    """Everything one sees on the page Compare.

    Beside its own parameters, paths reach the generator's (``data.n``) and the settings of every estimator (``tuned.binned.bins``).
    """

    question: str = param(
        "pid",
        label="What is estimated",
        choices=QUESTIONS,
        help="The four parts of a decomposition, one mutual information, or a mutual information over its own true value.",
        widget="segments",
    )
    data: str = param(
        "warped",
        label="Generator",
        max_length=60,
        help="Rows drawn from a known law; the truth is computed, not estimated.",
        widget="select",
    )
    settings: Generator = chosen("data", REGISTRY.get)
    spelled: str = param(
        "",
        label="Generator in the names of runs",
        max_length=500,
        help="The same generator with its values, as an older link or a preset wrote it: names of runs hang on how it is written.",
    )
    over: str = param(
        "n", label="Along the axis", max_length=40, help="What is varied along the axis.", widget="select"
    )
    first: float = param(-1.0, label="From", low=-1.0, help="Smallest value along the axis.", widget="select")
    last: float = param(-1.0, label="To", low=-1.0, help="Largest value along the axis.", widget="select")
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
    tuned: str = param(
        "",
        label="Settings",
        max_length=2000,
        help="Of estimators: name.setting=value, joined by &. Paths reach into it: tuned.binned.bins.",
    )
    pair: str = param(
        "12", label="Which information", choices=tuple(PAIRS), help="Which one is estimated.", widget="segments"
    )
    show: str = param("atoms", label="Show", choices=("atoms", "informations"), widget="segments")
    labels: str = param(
        "label",
        label="Labels are handed over as",
        choices=("label", "number"),
        help="As numbers, methods for measurements take them without complaint. See what comes out.",
        widget="segments",
    )

    counted: int = param(
        0,
        label="Samples whose intervals are counted",
        low=0,
        high=200,
        step=20,
        help="Drawn at one place, to count the coverage of intervals; 0: none.",
    )
    counted_at: float = param(
        -1.0, label="At", low=-1.0, help="Where along the axis they are drawn; -1: in the middle.", widget="select"
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
        object.__setattr__(self, "tuned", _text_of(_tuned(self.asked(), self.tuned)))
        if self.spelled and not _another_spelling(self.spelled, base):
            object.__setattr__(self, "spelled", "")

    def put(self, **values: Any) -> Self:
        """A copy with values changed by name or path, and what no longer fits them put back to what is usual.

        Beside the fields: ``preset=name``.
        """
        preset = values.pop("preset", None)
        if preset is not None:
            if preset not in PRESETS:
                raise BadSpec(f"preset is {str(preset)[:40]!r}; allowed: {', '.join(PRESETS)}")
            return type(self)().put(**PRESETS[preset].values)
        values = self._with_usual(values)
        spelled = values.pop("spelled", self.spelled)
        return (
            super().put(**values).replace(spelled=spelled)
        )  # last: it is held against the generator with all its values

    def _with_usual(self, values: dict[str, Any]) -> dict[str, Any]:
        """The changes, and what has to follow them."""
        question = values.get("question", self.question)
        entry = REGISTRY[values.get("data", self.data)]
        if question != self.question:
            values = {"first": -1.0, "last": -1.0, "counted_at": -1.0, "estimators": "", "tuned": "", **values}
            if question in QUESTIONS and not fits(question, entry):
                entry = next(entry for _, entry in REGISTRY.items() if fits(question, entry))
                values["data"] = entry.name
            if question == "calibration":
                values["over"] = "bits"
        if values.get("over", self.over) not in sweepable(entry):
            values["over"] = "bits" if question == "calibration" else "n"
        if values.get("over", self.over) != self.over:
            values = {"first": -1.0, "last": -1.0, "counted_at": -1.0, **values}
        if entry.name != self.data:
            values = {"estimators": "", **values}
        if entry.name != self.data or any(key.startswith("data.") for key in values):
            values = {"spelled": "", **values}
        return values

    # -- paths and links ------------------------------------------------------------------------------------------------

    def inside(self, head: str) -> Any:
        """Under ``tuned`` the settings of every estimator that answers the question, by name."""
        if head != "tuned":
            return super().inside(head)
        return Named((name, self.settings_of(name)) for name in competitors(self.asked()))

    def with_inside(self, head: str, inner: Any) -> Self:
        """A copy with other settings."""
        if head != "tuned":
            return super().with_inside(head, inner)
        return self.replace(tuned=_text_of(dict(inner.entries)))

    def paths(self) -> tuple[str, ...]:
        """Every path that leads to a parameter, the estimators' last."""
        own = tuple(path for path in super().paths() if path != "tuned")
        entries = self.inside("tuned").entries
        return (*own, *(f"tuned.{name}.{p.name}" for name, settings in entries for p in settings.parameters()))

    def to_query(self) -> dict[str, str]:
        """The values that differ from their defaults; settings of estimators by path."""
        query = super().to_query()
        tuned = read_pairs(query.pop("tuned", ""), _SETTINGS)
        return query | {f"tuned.{key}": text for key, text in tuned.items()}

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[Self, list[str]]:
        """Read a link, today's or an older one; what cannot be read keeps its default and is told in a sentence."""
        known, problems = of_old_links(dict(query))
        tuned = {key.removeprefix("tuned."): known.pop(key) for key in tuple(known) if key.startswith("tuned.")}
        view, more = super().from_query(known)
        problems += more
        by_name: dict[str, dict[str, str]] = {}
        for key, text in tuned.items():
            name, _, setting = key.partition(".")
            by_name.setdefault(name, {})[setting] = text
        read: dict[str, Spec] = {}
        for name, texts in by_name.items():
            try:
                kind = _competing(view.asked(), name).settings
            except BadSpec as error:
                problems.append(str(error))
                continue
            allowed = [p.name for p in kind.parameters()]
            unknown = [key for key in texts if key not in allowed]
            problems += [
                f"tuned.{name[:60]} has no parameter {key[:60]!r}; allowed: {', '.join(allowed)}" for key in unknown
            ]
            read[name], more = kind.from_query({key: text for key, text in texts.items() if key in allowed})
            problems += [f"tuned.{name[:60]}.{problem}" for problem in more]
        return view.replace(tuned=_text_of(read)), problems

    # -- what is asked -------------------------------------------------------------------------------------------------

    def base(self) -> Generator:
        """The generator with its values."""
        if not fits(self.question, REGISTRY[self.data]):
            raise BadSpec(f"data is {self.data!r}; allowed here: {', '.join(generators(self.question))}")
        return self.settings

    def data_text(self) -> str:
        """The generator as the names of runs have it."""
        return self.spelled or self.settings.text()

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

    def coverage_place(self) -> float:
        """Where along the axis intervals are counted: the place nearest to what is asked for, else the middle one."""
        ats = self.plan().ats
        return ats[len(ats) // 2] if self.counted_at < 0 else min(ats, key=lambda at: abs(at - self.counted_at))

    def coverage_identity(self) -> str:
        """Identity of the samples whose intervals are counted."""
        plan = self.plan()
        return "|".join((plan.at(self.coverage_place()).text(), str(self.counted), plan.question, plan.pair, plan.labels, plan.over))  # fmt: skip

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

    def settings_of(self, name: str) -> Spec:
        """Settings of one estimator."""
        return _tuned(self.asked(), self.tuned).get(name) or competitors(self.asked())[name].settings()

    def at_once(self) -> dict[str, Spec]:
        """The estimators that are computed at once, with their settings."""
        return {name: self.settings_of(name) for name, c in self.chosen().items() if not c.trained}

    def tasks(self) -> dict[str, Contest]:
        """The runs of the estimators that train."""
        plan = self.plan()
        return {
            name: Contest(
                question=plan.question,
                estimator=name,
                data=self.data_text(),
                over=self.over,
                ats=",".join(f"{v:g}" for v in plan.ats),
                seeds=1,  # each takes seconds to minutes
                pair=plan.pair,
                labels=plan.labels,
                settings=_in_full(self.settings_of(name)),
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
        """The preset on show, if it is one; what is counted of it is not part of it."""
        bare = self.replace(counted=0, counted_at=-1.0)
        return next((name for name, p in PRESETS.items() if p.of(CompareScene) == bare), None)

    def values_text(self) -> str:
        """The values of the generator that are not varied, in words; its own first."""
        base = self.base()
        static = [base.parameter(name) for name in (*base.own(), "n", "seed") if name != self.over]
        return ", ".join(f"{p.label.lower()} {_value_text(getattr(base, p.name))}{p.unit}" for p in static)


def _another_spelling(text: str, base: Generator) -> bool:
    """Whether a text names the same generator with the same values, written in another way."""
    try:
        return text != base.text() and generator(text) == base
    except BadSpec:
        return False


def _competing(question: Question, name: str) -> Competitor:
    every = competitors(question)
    if name not in every:
        raise BadSpec(f"settings are given for {name[:60]!r}; allowed: {', '.join(every)}")
    return every[name]


@functools.lru_cache(maxsize=256)
def _tuned(question: Question, text: str) -> dict[str, Spec]:
    """Settings by estimator from ``name.setting=value``, joined by &."""
    by_name: dict[str, dict[str, str]] = {}
    for key, value in read_pairs(text, _SETTINGS).items():
        name, _, setting = key.partition(".")
        by_name.setdefault(name, {})[setting] = value
    for name in by_name:
        _competing(question, name)
    return {name: settings_from(question, name, urllib.parse.urlencode(own)) for name, own in by_name.items()}


def _text_of(tuned: Mapping[str, Spec]) -> str:
    """What `_tuned` reads, without defaults, in the order of the names."""
    pairs = {f"{name}.{key}": text for name, own in sorted(tuned.items()) for key, text in own.to_query().items()}
    return urllib.parse.urlencode(pairs)


def _in_full(settings: Spec) -> str:
    """Every value as text: a run is another one once a default has changed."""
    return urllib.parse.urlencode({p.name: p.format(getattr(settings, p.name)) for p in settings.parameters()})


def _value_text(value: Any) -> str:
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
    fitting = [(entry.family, k, name) for k, (name, entry) in enumerate(REGISTRY.items()) if fits(question, entry)]
    return tuple(name for _, _, name in sorted(fitting, key=lambda item: (item[0], item[1])))
