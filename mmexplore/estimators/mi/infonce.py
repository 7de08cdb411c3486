"""InfoNCE: how much better than chance a critic finds the y that belongs to x among those of a batch; never above log2 of the batch.

van den Oord, Li & Vinyals 2018, arXiv 1807.03748; the bound itself: `mmexplore.training.bounds.infonce`.
"""

from __future__ import annotations

from dataclasses import dataclass

from mmexplore.estimators.mi import MIEstimate, estimator
from mmexplore.estimators.mi.networks import ASSUMES, INTERVAL_IS, CriticSettings, trained
from mmexplore.estimators.mi.variables import VariablePair
from mmexplore.estimators.tables.replicates import Desk


@dataclass(frozen=True)
class InfoNCESettings(CriticSettings):
    """Those of every critic."""


@estimator(
    "infonce",
    label="InfoNCE",
    takes=("numbers", "mixed"),
    assumes=ASSUMES,
    summary="The steadiest trained bound, for many coordinates and odd shapes; cannot exceed log2 of the batch.",
    interval_is=INTERVAL_IS,
    reference="van den Oord, Li & Vinyals 2018, arXiv 1807.03748",
    settings=InfoNCESettings,
    trained=True,
)
def infonce(pair: VariablePair, settings: InfoNCESettings, desk: Desk) -> MIEstimate:
    """Train, choose by held-out rows, read on others."""
    return trained("infonce", pair, settings, desk)
