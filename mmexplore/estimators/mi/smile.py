"""SMILE: Donsker-Varadhan with the density ratios of unrelated pairs clipped to exp -+tau: less scatter, some bias, no bound.

Song & Ermon 2020, arXiv 1910.06222; the bound itself: `mmexplore.training.bounds.smile`.
"""

from __future__ import annotations

from dataclasses import dataclass

from mmexplore.estimators.mi import MIEstimate, estimator
from mmexplore.estimators.mi.networks import INTERVAL_IS, CriticSettings, trained
from mmexplore.estimators.mi.variables import VariablePair
from mmexplore.estimators.tables.replicates import Desk
from mmexplore.spec import param


@dataclass(frozen=True)
class SMILESettings(CriticSettings):
    """Those of every critic, and the clip."""

    tau: float = param(
        5.0, label="Clip", low=0.1, high=50.0, step=0.1, unit="nat", help="Of scores of unrelated pairs."
    )


@estimator(
    "smile",
    label="SMILE",
    takes=("numbers", "mixed"),
    assumes="A network that has learned the log density ratio, and few unrelated pairs whose ratio exceeds e^tau: it may lean up.",
    summary="Steady and without a ceiling, for large informations; no bound, so it can exceed the truth.",
    interval_is=INTERVAL_IS,
    reference="Song & Ermon 2020, arXiv 1910.06222",
    settings=SMILESettings,
    trained=True,
)
def smile(pair: VariablePair, settings: SMILESettings, desk: Desk) -> MIEstimate:
    """Train, choose by held-out rows, read on others."""
    return trained("smile", pair, settings, desk)
