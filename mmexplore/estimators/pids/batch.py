"""BATCH: networks for a label target. Three classifiers, then an alignment of the modalities that tells as little as it can.

    I* = 1/2 [ I1 + I_q(X2;Y|X1) + I2 + I_q(X1;Y|X2) ],   I = mean log2 p(y|x) / p(y) over rows held out

See `mmexplore.estimators.pids.train.batch` for the training. Beyond the published method (Liang et al. 2023, arXiv 2302.12247): informations come from
held-out rows; posteriors are balanced, so that Sinkhorn's iteration can meet its marginals; the temperature of the alignment is learnt;
and seven checks say whether all of it came to rest, the sharpest of them the certified solver on the same posteriors.
"""

from __future__ import annotations

import dataclasses
import importlib
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from mmexplore.errors import BadData
from mmexplore.estimators.pids import Answer, Check, estimator
from mmexplore.estimators.pids.rows import Rows
from mmexplore.estimators.tables.estimate import Interval
from mmexplore.estimators.watching import Watcher
from mmexplore.spec import Spec, param
from mmexplore.types import ATOMS, Atoms

FEWEST_ROWS = 60
FEWEST_UPDATES = 150
REST = 0.01  # bit of validation loss over the last quarter of the epochs
WITNESS = 0.05  # bit that neighbours may find beyond the classifier
CALIBRATION = 0.03
RESIDUAL = 0.005
ALIGNED = 0.01
NEGATIVE = 0.02
STANDING = 0.05  # bit between the rows and those that stand for them


@dataclass(frozen=True)
class BatchSettings(Spec):
    """How long and how wide."""

    hidden: int = param(32, label="Width", low=4, high=1024, step=4, help="Of every network's two hidden layers.")
    epochs: int = param(
        40, label="Epochs of the classifiers", low=1, high=1000, step=5, help="At most; stopped earlier once converged."
    )
    align_epochs: int = param(
        10, label="Epochs of the alignment", low=1, high=500, step=1, help="All of them are done."
    )
    batch: int = param(256, label="Batch", low=16, high=2048, step=16, help="Rows aligned with each other at a time.")
    rate: float = param(1e-3, label="Learning rate", low=1e-5, high=0.1, step=1e-4, help="Of Adam.")
    sinkhorn: int = param(
        100, label="Sinkhorn rounds", low=10, high=5000, step=10, help="At most, for each batch while training."
    )
    union: str = param(
        "aligned",
        label="Union information",
        choices=("aligned", "certified"),
        help="By the alignment networks, or by the certified solver on the same posteriors (no alignment is trained then).",
    )
    level: float = param(0.95, label="Level", low=0.5, high=0.999, step=0.01, help="How often intervals should cover.")
    seed: int = param(0, label="Seed", low=0, high=2**31 - 1, step=1, help="Of parts, weights and batches.")

    def seconds(self, n: int, dims: tuple[int, int, int]) -> float:
        """As `Task.seconds`, of n rows; their columns hardly count. The classifiers, and the alignment, which takes most of it."""
        train = 0.6 * n
        batch = min(self.batch, train)
        epoch = max(20.0, train / batch)
        align = 0.0 if self.union == "certified" else self.align_epochs * epoch
        rounds = 0.3 + 0.7 * min(self.sinkhorn, 100) / 100
        classify = self.epochs * epoch * (0.5 + 0.5 * self.hidden / 32)
        return 0.4 + 5e-4 * classify + 0.017 * align * (0.1 + 0.9 * (batch / 256) ** 2) * rounds


@estimator(
    "batch",
    label="BATCH",
    summary="Classifiers of each modality and of both, then a neural alignment under the pair marginals: for class labels, at any dimension.",
    assumes="The classifiers come near p(y|x): enough rows, enough width, enough epochs.",
    fails="What the classifiers miss is missing: too few epochs or rows lose synergy first.",
    reference="Liang et al. 2023, arXiv 2302.12247",
    targets=("label",),
    instead='Numbers and vectors go to "flow" or "hybrid" (networks), "gaussian" or "copula"; or cut the target into classes first ("binned" does)',
    settings=BatchSettings,
    trains=True,
)
def batch(rows: Rows, settings: BatchSettings, watcher: Watcher) -> Answer:
    """Train, then read the held-out rows."""
    if rows.n < FEWEST_ROWS:
        raise BadData(
            f"{rows.n} rows; BATCH trains, stops and judges on different ones: allowed: at least {FEWEST_ROWS}"
        )
    x1, x2, _ = rows.blocks()
    rarest = int(np.bincount(rows.codes).min())
    learn = importlib.import_module("mmexplore.estimators.pids.train.batch")
    names = ("hidden", "epochs", "align_epochs", "batch", "rate", "sinkhorn", "seed")
    plan = learn.Plan(**{name: getattr(settings, name) for name in names})
    certified = settings.union == "certified"
    if certified:
        plan = dataclasses.replace(plan, align_epochs=0)
    found = learn.fit(x1, x2, rows.codes, len(rows.classes), plan, watcher)
    l1, l2, l12 = found.log_ratios
    i1, i2, i12 = float(l1.mean()), float(l2.mean()), float(l12.mean())
    given1, given2 = found.given1, found.given2
    if certified:  # of the leaves: what each tells given the other is their least union less what it tells alone
        given1 = np.full(len(given1), found.certified - found.leaf1)
        given2 = np.full(len(given2), found.certified - found.leaf2)
    union = 0.5 * (i1 + float(given1.mean()) + i2 + float(given2.mean()))
    warnings = []
    if rarest < 30:
        warnings.append(f"Rare class: the rarest has {rarest} rows; its part of the informations is hardly known.")
    if rows.n < 10 * (x1.shape[1] + x2.shape[1]):
        warnings.append(f"Few rows: {rows.n:,} for {x1.shape[1] + x2.shape[1]} columns; classifiers memorise there.")
    warnings.append(
        f"Intervals hold the scatter of {found.rows[2]:,} held-out rows only, not that of the training. Informations lean down: a classifier "
        "tells at most what there is."
    )
    own = 0.5 * (l1 + l2 + given1 + given2)
    by_row = Atoms.of(l1, l2, l12, own)._asdict() | {"i1": l1, "i2": l2, "i12": l12}
    centres = Atoms.of(i1, i2, i12, union)._asdict() | {"i1": i1, "i2": i2, "i12": i12}
    intervals = {name: _interval(centres[name], values, settings.level) for name, values in by_row.items()}
    return Answer(
        i1=i1,
        i2=i2,
        i12=i12,
        union=union,
        intervals=intervals,
        checks=(*_checks(found, certified), _not_negative(centres, intervals)),
        warnings=tuple(warnings),
        details={
            "union_aligned": found.union,
            "union_certified": found.certified,
            "certified_gap": found.gap,
            "leaves": float(found.leaves),
            "witness": found.witness,
            "residual": found.residual,
            "held_out": float(found.rows[2]),
        },
        iterations=int(found.updates),
    )


def _interval(centre: float, values: np.ndarray, level: float) -> Interval:
    from scipy.stats import norm

    half = float(norm.isf(0.5 * (1 - level))) * float(values.std(ddof=1)) / math.sqrt(len(values))
    return Interval(centre - half, centre + half)


def _not_negative(values: dict[str, float], intervals: dict[str, Interval]) -> Check:
    """A sum of parts that do not fit each other shows as an atom below 0."""
    least = min(ATOMS, key=lambda name: intervals[name].high)
    return Check(
        "no negative atom",
        intervals[least].high > -NEGATIVE,
        f"The lowest atom, {least}, is {values[least]:+.3f} bit with an interval up to {intervals[least].high:+.3f} (allowed: down to -{NEGATIVE:g}).",
    )


def _checks(found: Any, certified: bool) -> tuple[Check, ...]:
    """What must hold, with its numbers."""
    held = found.log_ratios
    i12 = float(held[2].mean())
    errors = held.std(axis=1, ddof=1) / math.sqrt(held.shape[1])
    rest = float(found.rest.max())
    resting = rest < REST and found.updates >= FEWEST_UPDATES
    beyond = found.witness - i12
    off = np.abs(found.own - held.mean(axis=1))
    worst = int(np.argmax(off - 3 * errors))
    allowed = CALIBRATION + 3 * float(errors[worst])
    aligned = found.union - found.certified
    which = ("X1", "X2", "X1 and X2")[worst]
    lost = max(abs(found.leaf1 - float(found.own[0])), abs(found.leaf2 - float(found.own[1])))
    found_checks = (
        Check(
            "classifiers converged",
            resting,
            f"Validation loss fell by {rest:.3f} bit over the last quarter of {found.updates:,} updates (allowed: {REST:g} bit, and at least {FEWEST_UPDATES} updates)"
            + ("." if resting else ": train for more epochs."),
        ),
        Check(
            "nothing overlooked",
            beyond < WITNESS + 2 * float(errors[2]),
            f"Nearest neighbours find {found.witness:.3f} bit in both modalities, the classifier {i12:.3f} (allowed: {WITNESS + 2 * float(errors[2]):.3f} more).",
        ),
        Check(
            "calibration",
            float(off[worst]) < allowed,
            f"The classifier of {which} believes to tell {float(found.own[worst]):.3f} bit and tells {float(held[worst].mean()):.3f} on held-out rows (allowed: {allowed:.3f} apart).",
        ),
        Check(
            "rows that stand for many",
            lost < STANDING,
            f"The {found.leaves} rows that stand for all of a modality's tell {found.leaf1:.3f} and {found.leaf2:.3f} bit, all of them {float(found.own[0]):.3f} and "
            f"{float(found.own[1]):.3f} (allowed: {STANDING:g} apart).",
        ),
        Check(
            "marginals",
            found.residual < RESIDUAL,
            f"The couplings miss their marginals by {found.residual:.1e} in total variation (allowed: {RESIDUAL:g}).",
        ),
    )
    last = (
        Check(
            "certificate",
            found.gap < ALIGNED,
            f"The union information of the posteriors is certified to {found.gap:.1e} bit (allowed: {ALIGNED:g}).",
        )
        if certified
        else Check(
            "alignment",
            aligned < ALIGNED,
            f"The alignment tells {aligned:+.4f} bit more than the certified least for the same posteriors (allowed: {ALIGNED:g})"
            + ("." if aligned < ALIGNED else ": align for more epochs, or take union=certified."),
        )
    )
    return (*found_checks, last)
