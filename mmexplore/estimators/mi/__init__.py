"""Mutual information from samples. A new estimator is one file of this folder."""

from mmexplore.estimators.mi.declaration import (
    REGISTRY,
    Curve,
    MIEstimate,
    MISettings,
    MutualInformation,
    assemble,
    estimator,
    mi_estimators,
    mutual_information,
)

__all__ = [
    "REGISTRY",
    "Curve",
    "MIEstimate",
    "MISettings",
    "MutualInformation",
    "assemble",
    "estimator",
    "mi_estimators",
    "mutual_information",
]
