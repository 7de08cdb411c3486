"""Decompositions from samples. A new estimator is one file of this folder."""

from mmexplore.estimators.pids.declaration import REGISTRY, TARGETS, Answer, Check, Estimator, Target, estimator

__all__ = ["REGISTRY", "TARGETS", "Answer", "Check", "Estimator", "Target", "estimator"]
