"""Binned: every modality and the target become a few states, whose table is decomposed by the certified solver.

`mmexplore.Discretizer` makes the states, `mmexplore.estimators.tables.estimate` the decomposition, its correction and its bootstrap intervals.
States of a modality can tell at most what the modality told, so informations are those of the states: a lower bound of the
measurements' own, before the upward bias of few rows a cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.discretize import Discretizer, discretize_target
from mmexplore.errors import BadData
from mmexplore.estimators.pids import Answer, Check, estimator
from mmexplore.estimators.pids.rows import Rows
from mmexplore.estimators.tables.estimate import Settings, estimate
from mmexplore.estimators.watching import Watcher
from mmexplore.spec import Spec, param

GAP = 1e-3  # bit


@dataclass(frozen=True)
class BinnedSettings(Spec):
    """How states are made and their table is corrected."""

    method: str = Discretizer.field("method")
    bins: int = Discretizer.field("bins")
    target_bins: int = param(
        4, label="Target's bins", low=2, high=64, step=1, help="Of a target that is no label; a vector is clustered."
    )
    correction: str = param(
        "panzeri_treves",
        label="Correction",
        choices=Settings.parameter("correction").choices,
        help="What is done about the bias of few rows.",
    )
    bootstraps: int = Settings.field("bootstraps")
    level: float = Settings.field("level")
    seed: int = Settings.field("seed")


@estimator(
    "binned",
    label="Binned",
    summary="States by quantiles or clusters, then the certified solver, with a correction for few rows and bootstrap intervals.",
    assumes="The states keep what matters: few directions of each modality carry the information.",
    fails="Many columns: one direction or a few clusters see little of them. Many states: few rows a cell, and synergy is over-stated.",
    reference="Liang et al. 2023, arXiv 2302.12247 (CVX on clusters); corrections: Panzeri & Treves 1996 and others",
    targets=("label", "scalar", "vector"),
    instead="",
    settings=BinnedSettings,
    takes_sampling=True,
)
def binned(rows: Rows, settings: BinnedSettings, watcher: Watcher) -> Answer:
    """States, then `mmexplore.estimate`."""
    maker = Discretizer(method=settings.method, bins=settings.bins, missing="refuse")
    parts = [_states(values, name, maker) for name, values in (("x1", rows.x1), ("x2", rows.x2))]
    notes: tuple[str, ...] = ()
    if rows.target == "label":
        codes = rows.codes
    elif rows.target == "scalar":
        cut = discretize_target(np.asarray(rows.y).reshape(-1), settings.target_bins, most=2, name="y")
        codes, notes = cut.codes, cut.notes
    else:
        cut = Discretizer(method="kmeans", bins=settings.target_bins, missing="refuse").discretize(np.asarray(rows.y))
        codes, notes = cut.codes, (f"y is a vector: clustered into {len(cut.labels)} states.",)
    found = estimate(
        parts[0],
        parts[1],
        codes,
        Settings(
            correction=settings.correction,
            bootstraps=settings.bootstraps,
            permutations=0,
            level=settings.level,
            seed=settings.seed,
        ),
        sampling=rows.sampling,
        progress=watcher.progress,
    )
    value, plugin = found.value, found.plugin
    return Answer(
        i1=value.i1,
        i2=value.i2,
        i12=value.i12,
        union=value.union,
        intervals=found.intervals,
        checks=(
            Check(
                "certificate",
                float(plugin.gap) < GAP,
                f"The decomposition of the {' x '.join(map(str, found.shape))} table is certified to {float(plugin.gap):.1e} bit ({GAP:g} allowed).",
            ),
        ),
        warnings=(
            f"These are the informations of {found.shape[0]} and {found.shape[1]} states about {found.shape[2]}; what the binning loses is not in them.",
            *notes,
            *found.warnings,
        ),
        details={
            "plugin_union": float(plugin.union),
            "plugin_synergy": float(plugin.synergy),
            "effective_rows": found.effective,
        },
        iterations=int(plugin.iterations),
    )


def _states(values: Any, name: str, maker: Discretizer) -> np.ndarray:
    try:
        return maker.discretize(values if hasattr(values, "columns") else np.asarray(values)).codes
    except BadData as error:
        raise BadData(f"{name}: {error}") from None
