"""A knob scene: two views, a method, where the knobs stand. One frozen spec behind the page, its link and its exported script."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from mmexplore.datasets.views import VIEWS, TwoViews, View, two_views
from mmexplore.datasets.views.own import given_views
from mmexplore.errors import BadData, BadSpec
from mmexplore.info.bottleneck import canonical_correlations_from_rows
from mmexplore.labs.knob.methods import Method, method
from mmexplore.labs.knob.needs import OFFERED
from mmexplore.labs.knob.task import Knob, nearest_gamma
from mmexplore.labs.knob.theory import KnobTheory
from mmexplore.spec import chosen, param, read_pairs
from mmexplore.tabular.two_views import OWN, Arrays, FileColumns
from mmexplore.units import unit_field

OWN_TITLE = "Your own two views"
FIRST_PAIR = "warped-gaussian"
TRAINING = ("latent", "variance", "mi", "network", "low", "high", "steps", "seed")
_RIDGE = 1e-3  # of correlation matrices of real columns, which may be nearly singular


class Correlations(NamedTuple):
    """Canonical correlations of two views: known, or estimated from rows as if they were Gaussian."""

    rho: npt.NDArray[np.float64]
    exact: bool
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class KnobScene(KnobTheory):
    """Everything one sees on the Knob page."""

    data: str = param(FIRST_PAIR, label="Two views", choices=(*OFFERED, OWN))
    settings: View = chosen("data", VIEWS.get)
    method: str = Knob.field("method")
    beta: float = param(
        8.0,
        label="β: keep more",
        low=0.1,
        high=1024.0,
        help="Weight of the information kept against the rate of the latents. Large beta keeps more, small beta compresses more "
        "(one over the beta of a beta-VAE's paper).",
    )
    gamma: float = param(
        1.0,
        label="γ: reconstruct the views",
        low=0.0,
        high=4.0,
        help="Weight of reconstructing each view from its own latent against the information that the views share.",
    )
    unit: str = unit_field()
    latent: int = Knob.field("latent")
    variance: str = Knob.field("variance")
    mi: str = Knob.field("mi")
    network: str = Knob.field("network")
    low: float = Knob.field("low")
    high: float = Knob.field("high")
    steps: int = Knob.field("steps")
    seed: int = Knob.field("seed")
    file: str = FileColumns.field("file")
    x1: str = FileColumns.field("x1")
    x2: str = FileColumns.field("x2")
    y: str = FileColumns.field("y")
    na: str = FileColumns.field("na")
    not_na: str = FileColumns.field("not_na")

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.low >= self.high:
            raise BadSpec(f"low is {self.low:g} and high is {self.high:g}; allowed: low below high")

    # -- the data ----------------------------------------------------------------------------------------------------

    @classmethod
    def of_old_links(cls, query: dict[str, str]) -> dict[str, str]:
        """Links once had the values of the data as one text, ``settings=noise%3D0.2``, now ``data.noise=0.2``.

        The name of the data may bring its values along, as in a task: ``data=noisy-digits%3Fnoise%3D0.2``.

        Raises:
            BadSpec: the text is malformed, or a key stands there twice.
        """
        now = dict(query)
        old = [now.pop("settings", "")]
        name, mark, values = now.get("data", "").partition("?")
        if mark:
            now["data"] = name
            old.append(values)
        inside = {f"data.{key}": text for part in old for key, text in read_pairs(part, "data").items()}
        return inside | now  # what a link says in today's keys counts

    @classmethod
    def of_task(cls, task: Knob) -> KnobScene | None:
        """The scene that asks for this run; None where there is none, as for networks of a single setting.

        Args:
            task: of a run.

        Raises:
            BadSpec: the task's data are not known.
        """
        data = two_views(task.data)
        shared = {name: getattr(task, name) for name in ("method", *TRAINING)}
        scene = cls(data=data.name, settings=data, **shared)
        return scene if scene.task() == task else None

    def pair(self) -> View:
        """The declaration of the chosen data."""
        if self.data == OWN:
            raise BadData("your own views come from a file; drop one on the page")
        return self.settings

    # -- the run -----------------------------------------------------------------------------------------------------

    def task(self, own_id: str = "", **changes: Any) -> Knob:
        """What is to be run for this scene; the knobs' places are no part of it.

        Args:
            own_id: identity of a visitor's own arrays, where the data are their own.
            changes: values of the task that differ, for instance another method.
        """
        if self.data == OWN and not own_id:
            raise BadData("your own views are not loaded; drop their file again")
        text = f"own?id={own_id}" if self.data == OWN else self.pair().text()
        values = {name: getattr(self, name) for name in TRAINING}
        return Knob(**{"method": self.method, "data": text, **values, **changes})

    def separate_task(self, own_id: str = "") -> Knob:
        """Nine networks of one beta each, at the gamma of `GAMMAS` nearest to where the dial stands, so that the run is found again."""
        at = {"gamma": nearest_gamma(self.gamma)} if "gamma" in self.declared().knobs else {}
        return self.task(own_id, networks="separate", **at)

    def declared(self) -> Method:
        """The chosen method."""
        return method(self.method)

    def data_title(self) -> str:
        """What the two views are, in a few words."""
        return OWN_TITLE if self.data == OWN else VIEWS[self.data].title

    def title(self) -> str:
        """What is shown, in a few words."""
        return f"{self.declared().title} on {self.data_title()[:1].lower()}{self.data_title()[1:]}"


# -- exact theory ---------------------------------------------------------------------------------------------------------


def correlations_of(scene: KnobScene, arrays: Arrays | None = None) -> Correlations:
    """The canonical correlations behind the exact curves.

    Known for the warped Gaussian, whose warp changes no information; otherwise those of the training rows, as if they were Gaussian.
    """
    if scene.data == OWN:
        if arrays is None:
            raise BadData("your own views are not loaded; drop their file again")
        return _estimated(given_views(arrays))
    return _drawn(scene.pair())


@lru_cache(maxsize=32)
def _drawn(declared: View) -> Correlations:
    known = getattr(declared, "rho", None)
    if known is not None:
        return Correlations(known(), True)
    return _estimated(declared.draw())


def _estimated(views: TwoViews) -> Correlations:
    rows = ~views.held_out
    x, y = (view[rows][:, np.ptp(view[rows], axis=0) > 0] for view in (views.x1, views.x2))
    result = canonical_correlations_from_rows(x, y, ridge=_RIDGE)
    return Correlations(np.minimum(result.correlations, 0.999), False, tuple(result.warnings))
