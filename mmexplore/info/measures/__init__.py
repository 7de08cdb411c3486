"""PID measures. A new measure is one file of this folder."""

from mmexplore.info.measures.declaration import REGISTRY, Function, Measure, MeasureResult, measure

__all__ = ["REGISTRY", "Function", "Measure", "MeasureResult", "measure"]
