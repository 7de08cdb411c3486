"""Generators: continuous modalities whose decomposition or mutual information is known. A new one is one file of this folder."""

from mmexplore.datasets.generators.declaration import (
    REGISTRY,
    Array,
    Generator,
    Made,
    Sample,
    Target,
    Truth,
    declare,
    generator,
    generators,
    make,
    rotation,
)

__all__ = [
    "REGISTRY",
    "Array",
    "Generator",
    "Made",
    "Sample",
    "Target",
    "Truth",
    "declare",
    "generator",
    "generators",
    "make",
    "rotation",
]
