"""A view of the lab of losses: where the information lies, what is trained on it, how, and what is looked at. One frozen spec.

Behind it stand four kinds of runs (`task`, `table_task` and `bounds_task` of this folder): each is a part of the view, without what the view
itself says. So ``data.rows``, ``lab.steps``, ``sweep.ratios``, ``bounds.batch`` and ``kept.flip`` are paths of the view, and so are
``methods.temperature`` and ``methods.clip.temperature``, the values of the chosen methods.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np

from mmexplore.datasets.views import VIEWS, LabelTruth, View
from mmexplore.datasets.views.latents import Factors
from mmexplore.datasets.views.tables import decomposition, truth_of_arrays
from mmexplore.errors import BadData, BadSpec
from mmexplore.labs.losses.bounds_task import Bounds
from mmexplore.labs.losses.methods import WithMethods
from mmexplore.labs.losses.needs import OFFERED
from mmexplore.labs.losses.objectives import BASELINES, LAYERS, Objective, objectives
from mmexplore.labs.losses.table_task import KEPT_ALIKE, Kept, KeptSweep
from mmexplore.labs.losses.task import FactorCl, FactorClSweep, check_methods
from mmexplore.runs.task import Task
from mmexplore.spec import Spec, chosen, param, part, read_pairs
from mmexplore.tabular import Dataset
from mmexplore.tabular.two_views import OWN, FileColumns, OwnColumns, own_arrays

TABS = {
    "table": "What does each loss keep?",
    "methods": "Train side by side",
    "factors": "Factors",
    "sweep": "The sweep",
    "bounds": "Bounds",
    "about": "About",
    "take": "Export",
}
RUNS: dict[str, type[Task]] = {
    "lab": FactorCl,
    "sweep": FactorClSweep,
    "bounds": Bounds,
    "kept": Kept,
    "stability": KeptSweep,
}
OF_VIEW = {"methods": "lab", "factors": "lab", "sweep": "sweep", "bounds": "bounds", "table": "kept"}
WEIGHTS = ("shared", "unique1", "unique2", "synergy")
_OLD = {
    "settings": "data",
    **{run: run for run in RUNS},
}  # keys of old links, each a text of values, and where these are now
_OF_METHODS = ("data", "settings", "methods", "lab", "looked", "score", "dial_x", "dial_y", "file", "x1", "x2", "y")
_MANY_VALUES = 20  # a measured target with more is put into four states


def _settings_of(data: str) -> type[Spec] | None:
    return None if data == OWN else VIEWS.get(data)


@dataclass(frozen=True)
class FactorClScene(WithMethods):
    """Everything one sees on the page."""

    view: str = param("table", label="View", choices=tuple(TABS))
    data: str = param("factors", label="Data", choices=OFFERED)
    settings: Spec = chosen("data", _settings_of)
    methods: str = FactorCl.field("methods")
    lab: FactorCl = part(FactorCl, leave=("methods", "data"))
    sweep: FactorClSweep = part(FactorClSweep, leave=("methods",))
    bounds: Bounds = part(Bounds)
    kept: Kept = part(Kept)
    stability: KeptSweep = part(KeptSweep, leave=KEPT_ALIKE)
    looked: str = param(
        "", label="Embeddings and loss terms of", max_length=200, widget="select", help="The method that is drawn."
    )
    score: str = param(
        "linear",
        label="Probe",
        choices=("linear", "mlp"),
        widget="segments",
        help="A linear probe on the embedding, or an MLP with one hidden layer (once a method is done).",
    )
    order: str = param(
        "family",
        label="Order",
        choices=("family", "shared", "unique1", "unique2", "synergy", "seconds"),
        widget="select",
        help="What the rows are sorted by.",
    )
    readout: str = param(
        "z12",
        label="Read from",
        choices=("z12", "z1", "z2"),
        widget="segments",
        help="Which embedding the probes are given.",
    )
    layer: str = param(
        "representation",
        label="At",
        choices=tuple(LAYERS),
        widget="segments",
        help="Which layer the probes read. The representation: what the encoders put out. The loss: what stands behind the projection head; a loss "
        "without a head acts on the representation.",
    )
    take: str = param("lab", label="Of which run", choices=tuple(RUNS), widget="segments")
    dial_x: str = param("shared", label="First slider", choices=WEIGHTS)
    dial_y: str = param("unique1", label="Second slider", choices=WEIGHTS)
    file: str = FileColumns.field("file")
    x1: str = FileColumns.field("x1")
    x2: str = FileColumns.field("x2")
    y: str = FileColumns.field("y")
    na: str = FileColumns.field("na")
    not_na: str = FileColumns.field("not_na")

    def __post_init__(self) -> None:
        super().__post_init__()
        check_methods(self.chosen())
        if self.looked not in self.drawable():
            object.__setattr__(self, "looked", "")

    @classmethod
    def of_old_links(cls, query: dict[str, str]) -> dict[str, str]:
        """Links of earlier versions.

        Once the values of the data and of each kind of run were one text: ``settings=rows%3D2000``, ``lab=steps%3D200``. And the first view was
        "methods", so a link that names data, methods or training and no view is one to that view.
        """
        known = dict(query)
        if "view" not in known and any(key.partition(".")[0] in _OF_METHODS for key in known):
            known["view"] = "methods"
        for old, head in _OLD.items():
            for key, value in read_pairs(known.pop(old, ""), old).items():
                known.setdefault(f"{head}.{key}", value)
        return known

    def to_query(self) -> dict[str, str]:
        """As `Spec.to_query`; the first view is named where a link without it would be one to "methods"."""
        query = super().to_query()
        names_methods = any(key.partition(".")[0] in _OF_METHODS for key in query)
        return {"view": self.view, **query} if names_methods else query

    def put(self, **changes: Any) -> Self:
        """As `Spec.put`; the dial's two sliders are never of the same weight."""
        made = super().put(**changes)
        if made.dial_x == made.dial_y:
            made = made.replace(dial_y=next(w for w in WEIGHTS if w != made.dial_x))
        return made

    def paths(self) -> tuple[str, ...]:
        """As `Spec.paths`, with the values of the methods, also those of the table."""
        inner = (f"kept.{path}" for path in self.kept.paths() if "." in path)
        return (*super().paths(), *inner)

    # -- what is run -------------------------------------------------------------------------------------------------

    def views(self) -> View:
        """The declaration of the data."""
        if not isinstance(self.settings, View):
            raise BadData("your own views come from a file; drop one on the page")
        return self.settings

    def task(self, run: str, own_id: str = "") -> Task:
        """The task behind a kind of run.

        Args:
            run: which of `RUNS`.
            own_id: identity of a visitor's own arrays, where the lab's data are their own.
        """
        if run == "sweep":
            return self.sweep.replace(methods=self.methods)
        if run == "bounds":
            return self.bounds
        if run == "kept":
            return self.kept
        if run == "stability":
            return KeptSweep.over(self.kept, self.stability.embeddings, self.stability.rates)
        if self.data == OWN and not own_id:
            raise BadData("your own views are not loaded; drop their file again")
        return self.lab.replace(
            methods=self.methods, data=f"own?id={own_id}" if self.data == OWN else self.views().text()
        )

    def shown_task(self) -> Task | None:
        """The task of the open view, or of what is taken along; None for a visitor's own data, which are no part of a view."""
        run = OF_VIEW.get(self.view, self.take)
        return None if run == "lab" and self.data == OWN else self.task(run)

    def chosen(self) -> tuple[Objective, ...]:
        """The methods that are trained."""
        return objectives(self.methods)

    def drawable(self) -> dict[str, str]:
        """Whose embeddings and loss terms can be drawn, with their titles; "" is the one that is being trained, or the last."""
        return dict(_drawable(self.methods))

    def title(self) -> str:
        """What is shown, in a few words."""
        if self.view in OF_VIEW and self.view not in ("methods", "factors"):
            return self.task(OF_VIEW[self.view]).title()
        if self.data == OWN:
            return f"{len(self.chosen())} methods on your own data"
        return self.task("lab").title()

    def shared_accuracy(self) -> dict[str, float]:
        """Highest accuracy on each label for one who knows what both views share and nothing else, where it is known."""
        return {} if self.data == OWN else self.views().shared_accuracy()

    # -- where the information lies ----------------------------------------------------------------------------------

    @property
    def dialled(self) -> bool:
        """Whether the weights of the label can be turned live."""
        return self.data == "factors" and self.factors().label == "linear"

    def factors(self) -> Factors:
        """The paper's generator, as it stands."""
        if not isinstance(self.settings, Factors):
            raise BadSpec(f"data is {self.data!r}; allowed for the dial: factors")
        return self.settings

    def truth(self, arrays: Mapping[str, np.ndarray] | None = None) -> LabelTruth:
        """The decomposition of the information that the two views have about the label."""
        if self.data == OWN:
            if arrays is None:
                raise BadData("your own views are not loaded; drop their file again")
            return truth_of_arrays(arrays)
        return decomposition(self.views())


def scene_of(task: Task) -> FactorClScene | None:
    """The view that shows a task; None where none does."""
    usual = FactorCl()
    if isinstance(task, FactorCl):
        if task.own_data:
            return None
        views = task.views()
        lab = task.replace(methods=usual.methods, data=usual.data)
        return FactorClScene("methods", views.name, views, methods=task.methods, lab=lab, take="lab")
    if isinstance(task, FactorClSweep):
        sweep = task.replace(methods=usual.methods)
        return FactorClScene(view="sweep", methods=task.methods, sweep=sweep, take="sweep")
    if isinstance(task, Bounds):
        return FactorClScene(view="bounds", bounds=task, take="bounds")
    if isinstance(task, Kept):
        return FactorClScene(view="table", kept=task, take="kept")
    if isinstance(task, KeptSweep):
        over = KeptSweep(embeddings=task.embeddings, rates=task.rates)
        kept = Kept(**{name: getattr(task, name) for name in KEPT_ALIKE})
        return FactorClScene(view="table", kept=kept, stability=over, take="stability")
    return None


@lru_cache(maxsize=256)
def _drawable(methods: str) -> tuple[tuple[str, str], ...]:
    """Text and heading of the methods and of the baselines, the first for none of them."""
    named = (*objectives(methods), *objectives(",".join(BASELINES)))
    return ("", "The one that is being trained, or the last"), *((o.text(), o.heading()) for o in named)


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
