"""A decomposition of measured columns about a label from cross-fitted predictors; see `mmexplore.estimators.predictive.estimate`."""

from mmexplore.estimators.predictive.result import Fitted, Prediction
from mmexplore.estimators.predictive.rows import Reading, RowAtoms

__all__ = ["Fitted", "Prediction", "Reading", "RowAtoms"]
