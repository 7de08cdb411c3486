"""MINE: the Donsker-Varadhan bound by a trained critic, its gradient freed of the batch's bias by a moving average.

Belghazi, Baratin, Rajeshwar, Ozair, Bengio, Courville & Hjelm 2018, arXiv 1801.04062; the bound itself: `mmexplore.training.bounds.mine`.
"""

from __future__ import annotations

from dataclasses import dataclass

from mmexplore.estimators.mi import MIEstimate, estimator
from mmexplore.estimators.mi.networks import ASSUMES, INTERVAL_IS, CriticSettings, trained
from mmexplore.estimators.mi.variables import VariablePair
from mmexplore.estimators.tables.replicates import Desk
from mmexplore.spec import param


@dataclass(frozen=True)
class MINESettings(CriticSettings):
    """Those of every critic, and the moving average."""

    average: float = param(
        0.01, label="Moving average", low=0.001, high=1.0, step=0.001, help="Share of each new batch in it; 1: none."
    )


@estimator(
    "mine",
    label="MINE",
    takes=("numbers", "mixed"),
    assumes=ASSUMES,
    summary="No ceiling; the noisiest of the trained bounds, and it leans up where held-out rows are few.",
    interval_is=INTERVAL_IS,
    reference="Belghazi et al. 2018, arXiv 1801.04062",
    settings=MINESettings,
    trained=True,
)
def mine(pair: VariablePair, settings: MINESettings, desk: Desk) -> MIEstimate:
    """Train, choose by held-out rows, read on others."""
    return trained("mine", pair, settings, desk)
