"""NWJ: a lower bound of the Kullback-Leibler divergence of joint from product, unbiased in a batch, without a ceiling.

Nguyen, Wainwright & Jordan 2010, arXiv 0809.0853; the bound itself: `mmexplore.training.bounds.nwj`.
"""

from __future__ import annotations

from dataclasses import dataclass

from mmexplore.estimators.mi import MIEstimate, estimator
from mmexplore.estimators.mi.networks import ASSUMES, INTERVAL_IS, CriticSettings, trained
from mmexplore.estimators.mi.variables import VariablePair
from mmexplore.estimators.tables.replicates import Desk


@dataclass(frozen=True)
class NWJSettings(CriticSettings):
    """Those of every critic."""


@estimator(
    "nwj",
    label="NWJ",
    takes=("numbers", "mixed"),
    assumes=ASSUMES,
    summary="No ceiling, but its scatter grows like e to the information, and a poor critic can make it negative.",
    interval_is=INTERVAL_IS,
    reference="Nguyen, Wainwright & Jordan 2010, arXiv 0809.0853",
    settings=NWJSettings,
    trained=True,
)
def nwj(pair: VariablePair, settings: NWJSettings, desk: Desk) -> MIEstimate:
    """Train, choose by held-out rows, read on others."""
    return trained("nwj", pair, settings, desk)
