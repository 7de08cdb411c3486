"""Corrections of the bias of few samples. A new correction is one file of this folder."""

from mmexplore.estimators.tables.corrections.declaration import (
    REGISTRY,
    Asked,
    Correction,
    Function,
    Informations,
    correction,
)

__all__ = ["REGISTRY", "Asked", "Correction", "Function", "Informations", "correction"]
