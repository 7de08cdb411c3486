"""Hybrid: union information from the closed form of Gaussian latents, I(X1,X2;Y) from estimators that see what no pair shows.

The union information depends on the pairs (X1,Y) and (X2,Y) only, and these are what flows make Gaussian: Flow-PID's I*, U1, U2 and R are
right where that succeeds. I12 is not a matter of pairs, so it is

    I12 = closed form + extra,   extra = max( missed(z1, z2 ; zy),  InfoNCE on held-out rows - closed form )

with missed = KSG - mean KSG of Gaussian rows of the same covariance (`mmexplore.estimators.pids.latents`). Both lean down: neighbours at sharp
edges and many coordinates, the trained critic because its held-out value is a lower bound (`mmexplore.estimators.mi.infonce`).

What the flows left curved in the pairs, missed(z1 ; zy) and missed(z2 ; zy), is added to I1 and I2, and I* grows in proportion to their
sum, since nothing tells whether it is shared; only the rest of `extra` is synergy. Each of the three counts where it exceeds twice its
scatter and a twentieth of the closed form, within which the neighbours' biases need not cancel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmexplore.estimators.mi import mutual_information
from mmexplore.estimators.mi.infonce import InfoNCESettings
from mmexplore.estimators.normal_scores import normal_scores
from mmexplore.estimators.pids import Answer, Check, estimator
from mmexplore.estimators.pids.flow import FlowSettings, checks, details, gaussian_settings, latents, mapped
from mmexplore.estimators.pids.gaussian import INSTEAD
from mmexplore.estimators.pids.latents import Blocks, Joined, join, missed
from mmexplore.estimators.pids.rows import Rows
from mmexplore.estimators.tables.corrections import Informations
from mmexplore.estimators.tables.estimate import Interval
from mmexplore.estimators.watching import Watcher
from mmexplore.spec import param
from mmexplore.types import Atoms

MANY = 12  # coordinates
NEIGHBOURS = 1e-5  # seconds a row for a neighbour estimate
SURE = 2.0  # times its scatter
SLACK = 0.05  # of the closed form: where much is told, the biases do not cancel to the last digit


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

    def seconds(self, n: int, dims: tuple[int, int, int]) -> float:
        """As of the flows, and what looks for hidden synergy: neighbours of the rows and of their surrogates, and a critic."""
        flows = super().seconds(n, dims) if self.maps == "flow" else 0.3
        neighbours = 3 * (1 + self.surrogates) * NEIGHBOURS * n
        critic = InfoNCESettings().seconds(n) if self.sees != "ksg" else 0.0
        return flows + neighbours + critic


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
    pairs = [_mean([missed(fold[k], fold[2], *_how(settings)) for fold in folds]) for k in (0, 1)]
    both = _extra(rows, folds, joined.i12, settings, watcher)
    name = max(both, key=lambda key: both[key][0])
    found = {"i1": pairs[0], "i2": pairs[1], "i12": both[name]}
    counted = {
        key: value if value > max(SURE * scatter, SLACK * max(getattr(joined, key), 0.0)) else 0.0
        for key, (value, scatter) in found.items()
    }
    i1, i2 = joined.i1 + counted["i1"], joined.i2 + counted["i2"]
    grown = joined.union * (i1 + i2) / (joined.i1 + joined.i2) if joined.i1 + joined.i2 > 0 else i1 + i2
    union = min(max(grown, i1, i2), i1 + i2) if counted["i1"] or counted["i2"] else joined.union
    i12 = joined.i12 + max(counted["i12"], union - joined.union)
    hidden = i12 - joined.i12 - (union - joined.union)
    for key, (value, scatter) in {"i1": pairs[0], "i2": pairs[1], **both}.items():
        numbers |= {f"beyond_{key}": value, f"scatter_{key}": scatter}
    return Answer(
        i1=i1,
        i2=i2,
        i12=i12,
        union=union,
        intervals=_moved(
            joined, Informations(i1, i2, i12, union), [found[key][1] if counted[key] else 0.0 for key in found]
        ),
        checks=told,
        warnings=_warnings(joined, hidden, counted, found, sum(block.shape[1] for block in folds[0])),
        details={**numbers, "hidden_synergy": hidden, "gaussian_i12": joined.i12},
        iterations=settings.steps if settings.maps == "flow" else 0,
    )


def _how(settings: HybridSettings) -> tuple[int, int, int]:
    return settings.neighbours, settings.surrogates, settings.seed


def _mean(parts: list[tuple[float, float]]) -> tuple[float, float]:
    """Mean over folds, and its scatter."""
    scatter = float(np.sqrt(np.mean([s**2 for _, s in parts]) / len(parts)))
    return float(np.mean([value for value, _ in parts])), scatter


def _extra(
    rows: Rows, folds: list[Blocks], closed: float, settings: HybridSettings, watcher: Watcher
) -> dict[str, tuple[float, float]]:
    """Information on both modalities together beyond the closed form, and its scatter, in bits, by each estimator asked."""
    found = {}
    if settings.sees != "infonce":
        parts = [missed(np.concatenate(fold[:2], axis=1), fold[2], *_how(settings)) for fold in folds]
        found["ksg"] = _mean(parts)
    if settings.sees != "ksg":
        x1, x2, y = rows.blocks()
        learnt = mutual_information(
            np.concatenate([x1, x2], axis=1),
            y,
            "infonce",
            x_kind="number",
            y_kind="number",
            seed=settings.seed,
            progress=lambda share, words: watcher.progress(0.9 + 0.1 * share, words),
            device=watcher.device,
        )
        reach = learnt.interval
        scatter = 0.5 * (reach.high - reach.low) / SURE if reach is not None else 0.05
        found["infonce"] = (learnt.mi - closed, scatter)
    return found


def _moved(joined: Joined, now: Informations, scatters: list[float]) -> dict[str, Interval]:
    """The closed form's intervals moved to the new values, and widened by the scatter of what was added."""
    before = Informations(joined.i1, joined.i2, joined.i12, joined.union)
    if now == before:
        return dict(joined.intervals)
    old, new = _atoms(before), _atoms(now)
    reach = SURE * float(np.sqrt(np.sum(np.square(scatters))))
    own = {"i1": SURE * scatters[0], "i2": SURE * scatters[1]}
    found = {}
    for name, (low, high) in joined.intervals.items():
        step, wide = new[name] - old[name], own.get(name, reach)
        found[name] = Interval(max(0.0, low + step - wide), high + step + wide) if step else Interval(low, high)
    return found


def _atoms(v: Informations) -> dict[str, float]:
    return Atoms.of(v.i1, v.i2, v.i12, v.union)._asdict() | {"i1": v.i1, "i2": v.i2, "i12": v.i12}


def _warnings(
    joined: Joined,
    hidden: float,
    counted: dict[str, float],
    found: dict[str, tuple[float, float]],
    columns: int,
) -> tuple[str, ...]:
    kept = [w for w in joined.warnings if not w.startswith("Missed synergy")]
    curved = [
        f"{counted[key]:.2f} bit (scatter {found[key][1]:.2f}) in I{key[1]}" for key in ("i1", "i2") if counted[key]
    ]
    if curved:
        kept.append(
            f"Still curved: neighbours find {' and '.join(curved)} that the latents' covariance does not show. It is added, shared among R, U1 and U2 "
            "in proportion, which is a guess."
        )
    if hidden > 0:
        kept.append(
            f"Beyond pairs: {hidden:.2f} bit (scatter {found['i12'][1]:.2f}) on both modalities together that no pair shows; it is counted as synergy, and "
            "it leans down."
        )
    if columns > MANY:
        kept.append(f"Dimension: {columns} latent coordinates; hidden synergy is likely under-stated.")
    return tuple(kept)
