"""Objectives, one file each: what a representation is trained for, declared without torch."""

from mmexplore.labs.losses.objectives.declaration import (
    ATOMS_KEPT,
    BASELINES,
    OBJECTIVES,
    READOUTS,
    Objective,
    objective,
    objectives,
    temperature,
    write,
)

__all__ = [
    "ATOMS_KEPT",
    "BASELINES",
    "OBJECTIVES",
    "READOUTS",
    "Objective",
    "objective",
    "objectives",
    "temperature",
    "write",
]
