"""A scene of the lab of losses: where the information lies, who is trained on it, how, and what is looked at. One frozen spec.

Behind it stand four kinds of runs (`mmexplore.labs.losses.task`, `bounds`, `kept`). The settings of each are one text of the values that
differ from their defaults, as in a URL, so that they are declared once, by their task.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np

from mmexplore.datasets.views import VIEWS as DATA
from mmexplore.datasets.views import Truth, View
from mmexplore.datasets.views.latents import Factors
from mmexplore.datasets.views.tables import decomposition, truth_of_arrays
from mmexplore.errors import BadData, BadSpec
from mmexplore.labs.losses.bounds_task import Bounds
from mmexplore.labs.losses.needs import PAGE
from mmexplore.labs.losses.objectives import Objective, objectives, write
from mmexplore.labs.losses.table_task import Kept
from mmexplore.labs.losses.task import FactorCl, FactorClSweep
from mmexplore.runs.task import Task
from mmexplore.spec import Parameter, Spec, param
from mmexplore.tabular import Dataset
from mmexplore.tabular.two_views import OWN, FileColumns, OwnColumns, own_arrays

VIEWS = {
    "methods": "What was kept",
    "factors": "Factors",
    "sweep": "The sweep",
    "bounds": "Bounds",
    "table": "What does each loss keep?",
    "about": "About",
    "take": "Take it with you",
}
RUNS: dict[str, type[Task]] = {"lab": FactorCl, "sweep": FactorClSweep, "bounds": Bounds, "kept": Kept}
OF_VIEW = {"methods": "lab", "factors": "lab", "sweep": "sweep", "bounds": "bounds", "table": "kept"}
WEIGHTS = ("shared", "unique1", "unique2", "synergy")
_APART = {"lab": ("methods", "data"), "sweep": ("methods",), "bounds": (), "kept": ()}  # fields of the scene itself
_MANY_VALUES = 20  # a measured target with more is put into four states
_SETTINGS = 1500  # characters


@dataclass(frozen=True)
class FactorClScene(Spec):
    """Everything one sees on the page."""

    view: str = param("methods", label="View", choices=tuple(VIEWS))
    data: str = param("factors", label="Data", choices=PAGE)
    settings: str = param("", label="Settings of the data", max_length=_SETTINGS)
    methods: str = FactorCl.field("methods")
    lab: str = param("", label="Settings of the training", max_length=_SETTINGS)
    sweep: str = param("", label="Settings of the sweep", max_length=_SETTINGS)
    bounds: str = param("", label="Settings of the bounds", max_length=_SETTINGS)
    kept: str = param("", label="Settings of the table", max_length=_SETTINGS + 1000)
    looked: str = param("", label="Look at", max_length=200, help="Whose codes and loss terms are drawn.")
    score: str = param(
        "linear",
        label="Probe",
        choices=("linear", "mlp"),
        help="A line through the code, or a probe with one hidden layer (once a method is done).",
    )
    order: str = param(
        "family",
        label="Order",
        choices=("family", "shared", "unique1", "unique2", "synergy", "seconds"),
        help="What the rows are sorted by.",
    )
    readout: str = param("z12", label="Read from", choices=("z12", "z1", "z2"), help="Which code the probes see.")
    take: str = param("lab", label="Of which run", choices=tuple(RUNS))
    dial_x: str = param("shared", label="First slider", choices=WEIGHTS)
    dial_y: str = param("unique1", label="Second slider", choices=WEIGHTS)
    file: str = FileColumns.field("file")
    x1: str = FileColumns.field("x1")
    x2: str = FileColumns.field("x2")
    y: str = FileColumns.field("y")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.data != OWN:
            self.task("lab")
        for name in ("sweep", "bounds", "kept"):
            self.task(name)

    # -- values that are texts ---------------------------------------------------------------------------------------

    def put(self, **changes: Any) -> FactorClScene:
        """A copy with values changed.

        ``data_<name>``, ``lab_<name>``, ``sweep_<name>``, ``bounds_<name>`` and ``kept_<name>`` change a value of the data or of a
        task; ``method_<name>`` one of every chosen method that has it, ``method_<name>@<method>`` of one method. Other data come
        with their defaults.
        """
        mine: dict[str, Any] = {}
        theirs: dict[str, dict[str, Any]] = {}
        for key, value in changes.items():
            group, _, name = key.partition("_")
            if name and group in ("data", "method", *RUNS):
                theirs.setdefault(group, {})[name] = value
            else:
                mine[key] = value
        if mine.get("data", self.data) != self.data:
            mine.setdefault("settings", "")
        for group, values in theirs.items():
            if group == "method":
                mine["methods"] = _with(str(mine.get("methods", self.methods)), values)
            elif group == "data":
                base = {} if mine.get("settings") == "" else self.data_values()
                mine["settings"] = _text(DATA[mine.get("data", self.data)].parameters(), base | values)
            else:
                mine[group] = _text(RUNS[group].parameters(), self.values(group) | values)
        made = self.replace(**mine)
        if made.dial_x == made.dial_y:
            made = made.replace(dial_y=next(w for w in WEIGHTS if w != made.dial_x))
        return made

    def data_parameters(self) -> tuple[Parameter, ...]:
        """What the chosen data let one turn."""
        return () if self.data == OWN else DATA[self.data].parameters()

    def data_values(self) -> dict[str, Any]:
        """Values of the data that differ from their defaults."""
        return _read(self.settings, self.data_parameters(), "settings")

    def values(self, run: str) -> dict[str, Any]:
        """Values of a kind of run that differ from their defaults."""
        known = [p for p in RUNS[run].parameters() if p.name not in _APART[run]]
        return _read(getattr(self, run), known, run)

    # -- what is run -------------------------------------------------------------------------------------------------

    def views(self) -> View:
        """The declaration of the data."""
        if self.data == OWN:
            raise BadData("your own views come from a file; drop one on the page")
        return DATA[self.data](**self.data_values())

    def task(self, run: str, own_id: str = "") -> Task:
        """The task behind a kind of run: lab, sweep, bounds or kept.

        Args:
            run: which.
            own_id: identity of a visitor's own arrays, where the lab's data are their own.
        """
        values = self.values(run)
        if "methods" in _APART[run]:
            values["methods"] = self.methods
        if run == "lab":
            if self.data == OWN and not own_id:
                raise BadData("your own views are not loaded; drop their file again")
            values["data"] = f"own?id={own_id}" if self.data == OWN else self.views().text()
        return RUNS[run](**values)

    def chosen(self) -> tuple[Objective, ...]:
        """The methods that are trained."""
        return objectives(self.methods)

    def kept_task(self) -> Kept:
        """The task of the table."""
        return Kept(**self.values("kept"))

    def title(self) -> str:
        """What is shown, in a few words."""
        if self.view in OF_VIEW and self.view not in ("methods", "factors"):
            return self.task(OF_VIEW[self.view]).title()
        if self.data == OWN:
            return f"{len(self.chosen())} methods on your own data"
        return self.task("lab").title()

    # -- where the information lies ----------------------------------------------------------------------------------

    @property
    def dialled(self) -> bool:
        """Whether the weights of the label can be turned live."""
        return self.data == "factors" and self.factors().label == "linear"

    def factors(self) -> Factors:
        """The paper's generator, as it stands."""
        found = self.views()
        if not isinstance(found, Factors):
            raise BadSpec(f"data is {self.data!r}; allowed for the dial: factors")
        return found

    def truth(self, arrays: Mapping[str, np.ndarray] | None = None) -> Truth:
        """What there is to keep: the decomposition of what the two views tell of the label."""
        if self.data == OWN:
            if arrays is None:
                raise BadData("your own views are not loaded; drop their file again")
            return truth_of_arrays(arrays)
        return decomposition(self.views())


def scene_of(task: Task) -> FactorClScene | None:
    """The scene that shows a task; None where none does."""
    query = task.to_query()
    if isinstance(task, FactorCl):
        if task.own_data:
            return None
        name, _, settings = query.pop("data", "factors").partition("?")
        methods = query.pop("methods", FactorCl.parameter("methods").default)
        return FactorClScene(data=name, settings=settings, methods=methods, lab=urlencode(query), take="lab")
    if isinstance(task, FactorClSweep):
        methods = query.pop("methods", FactorCl.parameter("methods").default)
        return FactorClScene(view="sweep", methods=methods, sweep=urlencode(query), take="sweep")
    if isinstance(task, Bounds):
        return FactorClScene(view="bounds", bounds=urlencode(query), take="bounds")
    if isinstance(task, Kept):
        return FactorClScene(view="table", kept=urlencode(query), take="kept")
    return None


def arrays_of(scene: OwnColumns, dataset: Dataset) -> tuple[dict[str, np.ndarray], str]:
    """Arrays x1, x2 and y of a file, and what was done to the label ("" for nothing).

    Raises:
        BadData: as `mmexplore.tabular.two_views.own_arrays`, or there is no label.
    """
    arrays = own_arrays(scene, dataset)
    if "y" not in arrays:
        raise BadData("no column is the label; choose one: probes are asked for it")
    y = arrays["y"]
    if np.issubdtype(y.dtype, np.number) and len(np.unique(y)) > _MANY_VALUES:
        arrays["y"] = np.searchsorted(np.quantile(y, (0.25, 0.5, 0.75)), y, side="right").astype(np.int64)
        return arrays, "The label has many values, so its four quarters are what the probes are asked for."
    return arrays, ""


def _read(text: str, known: Any, field: str) -> dict[str, Any]:
    parameters = {p.name: p for p in known}
    found = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        if key not in parameters:
            raise BadSpec(f"{field} holds {key[:60]!r}; allowed: {', '.join(parameters) or 'nothing'}")
        found[key] = parameters[key].parse(value)
    return found


def _text(known: tuple[Parameter, ...], values: Mapping[str, Any]) -> str:
    parameters = {p.name: p for p in known}
    for name in values:
        if name not in parameters:
            raise BadSpec(f"there is no value {name[:60]!r}; allowed: {', '.join(parameters) or 'none'}")
    checked = {name: parameters[name].check(value) for name, value in values.items()}
    # in the order of the declaration, so that the same values are the same text
    return urlencode({p.name: p.format(checked[p.name]) for p in known if checked.get(p.name, p.default) != p.default})


def _with(methods: str, values: Mapping[str, Any]) -> str:
    """The text of methods with values of theirs changed."""
    chosen = objectives(methods)
    for key, value in values.items():
        name, _, whose = key.partition("@")
        chosen = tuple(
            o.replace(**{name: value}) if whose in ("", o.name) and name in {p.name for p in o.parameters()} else o
            for o in chosen
        )
    return write(chosen)
