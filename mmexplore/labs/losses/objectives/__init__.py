"""Objectives, one file each: what a representation is trained for, declared without torch."""

from mmexplore.labs.losses.objectives.declaration import (
    ATOMS_KEPT,
    BASELINES,
    LAYERS,
    OBJECTIVES,
    READOUTS,
    Objective,
    head,
    objective,
    objectives,
    temperature,
    write,
)

__all__ = [
    "ATOMS_KEPT",
    "BASELINES",
    "LAYERS",
    "OBJECTIVES",
    "READOUTS",
    "Objective",
    "head",
    "objective",
    "objectives",
    "temperature",
    "write",
]
