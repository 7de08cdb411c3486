"""PID measures. A new measure is one file of this folder."""

from mmexplore.info.measures.declaration import REGISTRY, Bounds, Function, Measure, measure

__all__ = ["REGISTRY", "Bounds", "Function", "Measure", "measure"]
