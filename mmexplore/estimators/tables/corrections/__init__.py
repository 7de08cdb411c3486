"""Corrections of the bias of few samples. A new correction is one file of this folder."""

from mmexplore.estimators.tables.corrections.declaration import (
    REGISTRY,
    Correction,
    CorrectionInput,
    Function,
    Informations,
    correction,
)

__all__ = ["REGISTRY", "Correction", "CorrectionInput", "Function", "Informations", "correction"]
