"""Hybrid: union information from the closed form of Gaussian latents, I(X1,X2;Y) from estimators that see what no pair shows.

The union information depends on the pairs (X1,Y) and (X2,Y) only, and these are what flows make Gaussian: Flow-PID's I*, U1, U2 and R are
right where that succeeds. I12 is not a matter of pairs, so it is

    I12 = closed form + extra,   extra = max( KSG(z1, z2 ; zy) - mean KSG of Gaussian rows with the same covariance,
                                              InfoNCE on held-out rows - closed form )

where that exceeds twice its scatter; all of it is synergy. Both lean down: neighbours at sharp edges and many coordinates
(`mmexplore.estimators.latents`), the trained critic because its held-out value is a lower bound (`mmexplore.estimators.mi.infonce`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmexplore.estimators.estimate import Interval
from mmexplore.estimators.latents import Blocks, Joined, join, missed
from mmexplore.estimators.mi import mutual_information
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
    sees: str = param(
        "both",
        label="Hidden synergy by",
        choices=("both", "ksg", "infonce"),
        help="Neighbours, a trained critic, or the larger of the two.",
    )
    neighbours: int = param(3, label="Neighbours", low=1, high=50, step=1, help="Of the neighbour estimate of I12.")
    surrogates: int = param(
        5, label="Surrogates", low=3, high=50, step=1, help="Gaussian samples that take the neighbours' bias off."
    )


@estimator(
    "hybrid",
    label="Hybrid",
    summary="Flow-PID's union information with an I(X1,X2;Y) that sees synergy hidden from every pair.",
    assumes="Pairs can be made Gaussian, as for Flow-PID; of both modalities together nothing but few coordinates.",
    fails="Beyond about ten coordinates hidden synergy is under-stated; pairs no map makes Gaussian.",
    reference="Zhao et al. 2025, arXiv 2510.04417; Kraskov, Stögbauer & Grassberger 2004; van den Oord, Li & Vinyals 2018",
    targets=("scalar", "vector"),
    instead=INSTEAD,
    settings=HybridSettings,
    trains=True,
)
def hybrid(rows: Rows, settings: HybridSettings, watcher: Watcher) -> Answer:
    """Latents, closed form, neighbours."""
    told: tuple[Check, ...] = ()
    folds: list[Blocks]
    if settings.maps == "flow":
        trained, joined = mapped(rows, settings, watcher)
        folds, told, numbers = latents(trained), checks(trained, joined), details(trained, joined)
    else:
        x1, x2, y = (normal_scores(block) for block in rows.blocks())
        folds = [(x1, x2, y)]
        joined, numbers = join(folds, gaussian_settings(settings)), {}
    watcher.progress(0.9, "Looking for hidden synergy")
    found = _extra(rows, folds, joined.i12, settings, watcher)
    extra, scatter = max(found.values(), key=lambda part: part[0])
    counted = extra if extra > SURE * scatter else 0.0
    for name, (value, error) in found.items():
        numbers |= {f"extra_{name}": value, f"scatter_{name}": error}
    return Answer(
        i1=joined.i1,
        i2=joined.i2,
        i12=joined.i12 + counted,
        union=joined.union,
        intervals=_widened(joined, counted, scatter),
        checks=told,
        warnings=_warnings(joined, extra, scatter, counted, sum(block.shape[1] for block in folds[0])),
        details={**numbers, "extra": counted, "gaussian_i12": joined.i12},
        iterations=settings.steps if settings.maps == "flow" else 0,
    )


def _extra(
    rows: Rows, folds: list[Blocks], closed: float, settings: HybridSettings, watcher: Watcher
) -> dict[str, tuple[float, float]]:
    """Information on both modalities together beyond the closed form, and its scatter, in bits, by each estimator asked."""
    found = {}
    if settings.sees != "infonce":
        parts = [missed(fold, settings.neighbours, settings.surrogates, settings.seed) for fold in folds]
        scatter = float(np.sqrt(np.mean([s**2 for _, s in parts]) / len(parts)))
        found["ksg"] = (float(np.mean([value for value, _ in parts])), scatter)
    if settings.sees != "ksg":
        x1, x2, y = rows.blocks()
        learnt = mutual_information(
            np.concatenate([x1, x2], axis=1),
            y,
            "infonce",
            seed=settings.seed,
            progress=lambda share, words: watcher.progress(0.9 + 0.1 * share, words),
        )
        reach = learnt.interval
        scatter = 0.5 * (reach.high - reach.low) / SURE if reach is not None else 0.05
        found["infonce"] = (learnt.mi - closed, scatter)
    return found


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
            f"Beyond pairs: {extra:.2f} (scatter {scatter:.2f}) bit on both modalities together that no covariance of the latents shows; it is "
            "counted as synergy, and it leans down."
        )
    if columns > MANY:
        kept.append(f"Dimension: {columns} latent coordinates; hidden synergy is likely under-stated.")
    return tuple(kept)
