"""Hybrid: union information from the closed form of Gaussian latents, I(X1,X2;Y) from neighbours, which see what no pair shows.

The union information depends on the pairs (X1,Y) and (X2,Y) only, and these are what flows make Gaussian: Flow-PID's I*, U1, U2 and R are
right where that succeeds. I12 is not a matter of pairs, so it is

    I12 = closed form + missed,   missed = KSG(z1, z2 ; zy) - mean KSG of Gaussian rows with the same covariance

(`mmexplore.estimators.latents`), where `missed` exceeds twice its scatter, and all of it is synergy.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmexplore.estimators.estimate import Interval
from mmexplore.estimators.latents import Blocks, Joined, join, missed
from mmexplore.estimators.normal_scores import normal_scores
from mmexplore.estimators.pid_rows import Rows
from mmexplore.estimators.pids import Answer, Check, estimator
from mmexplore.estimators.pids.flow import FlowSettings, checks, details, gaussian_settings, latents, mapped
from mmexplore.estimators.pids.gaussian import INSTEAD
from mmexplore.estimators.watching import Watcher
from mmexplore.spec import param

MANY = 12  # coordinates
SURE = 2.0  # times its scatter


@dataclass(frozen=True)
class HybridSettings(FlowSettings):
    """How latents are made, and how neighbours are counted."""

    maps: str = param(
        "flow",
        label="Latents",
        choices=("flow", "copula"),
        help="By flows, or by normal scores alone: at once, no training.",
    )
    neighbours: int = param(5, label="Neighbours", low=1, high=50, step=1, help="Of the neighbour estimate of I12.")
    surrogates: int = param(
        5, label="Surrogates", low=3, high=50, step=1, help="Gaussian samples that take the neighbours' bias off."
    )


@estimator(
    "hybrid",
    label="Hybrid",
    summary="Flow-PID's union information with an I(X1,X2;Y) that sees synergy hidden from every pair.",
    assumes="Pairs can be made Gaussian, as for Flow-PID; of both modalities together nothing but few coordinates.",
    fails="Beyond about ten latent coordinates neighbours see little, and hidden synergy is under-stated; pairs no map makes Gaussian.",
    reference="Zhao et al. 2025, arXiv 2510.04417; Kraskov, Stögbauer & Grassberger 2004",
    targets=("scalar", "vector"),
    instead=INSTEAD,
    settings=HybridSettings,
    trains=True,
)
def hybrid(rows: Rows, settings: HybridSettings, recorder: Watcher) -> Answer:
    """Latents, closed form, neighbours."""
    told: tuple[Check, ...] = ()
    folds: list[Blocks]
    if settings.maps == "flow":
        found, joined = mapped(rows, settings, recorder)
        folds, told, numbers = latents(found), checks(found, joined), details(found, joined)
    else:
        x1, x2, y = (normal_scores(block) for block in rows.blocks())
        folds = [(x1, x2, y)]
        joined, numbers = join(folds, gaussian_settings(settings)), {}
    recorder.progress(0.97, "Counting neighbours")
    parts = [missed(fold, settings.neighbours, settings.surrogates, settings.seed) for fold in folds]
    extra = float(np.mean([value for value, _ in parts]))
    scatter = float(np.sqrt(np.mean([s**2 for _, s in parts]) / len(parts)))
    counted = extra if extra > SURE * scatter else 0.0
    return Answer(
        i1=joined.i1,
        i2=joined.i2,
        i12=joined.i12 + counted,
        union=joined.union,
        intervals=_widened(joined, counted, scatter),
        checks=told,
        warnings=_warnings(joined, extra, scatter, counted, sum(block.shape[1] for block in folds[0])),
        details={**numbers, "missed": extra, "missed_scatter": scatter, "gaussian_i12": joined.i12},
        iterations=settings.steps if settings.maps == "flow" else 0,
    )


def _widened(joined: Joined, counted: float, scatter: float) -> dict[str, Interval]:
    """Intervals of I12 and S moved by what was missed and widened by its scatter."""
    found = dict(joined.intervals)
    reach = SURE * scatter
    for name in ("i12", "synergy"):
        if name in found and counted:
            low, high = found[name]
            found[name] = Interval(max(0.0, low + counted - reach), high + counted + reach)
    return found


def _warnings(joined: Joined, extra: float, scatter: float, counted: float, columns: int) -> tuple[str, ...]:
    kept = [w for w in joined.warnings if not w.startswith("Missed synergy")]
    if counted:
        kept.append(
            f"Beyond pairs: neighbours find {extra:.2f} (scatter {scatter:.2f}) bit on both modalities together that no covariance of the latents shows; "
            "it is counted as synergy."
        )
    if columns > MANY:
        kept.append(
            f"Dimension: {columns} latent coordinates; neighbours are far away there, and hidden synergy is under-stated."
        )
    return tuple(kept)
