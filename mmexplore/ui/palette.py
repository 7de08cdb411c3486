"""The colours of the pages: those of `mmexplore.palette`."""

from mmexplore.palette import (
    ATOMS,
    BLACK,
    BLUE,
    CATEGORICAL,
    DIVERGING,
    GREEN,
    ORANGE,
    PURPLE,
    SEQUENTIAL,
    SKY,
    VERMILION,
    YELLOW,
    Ink,
    Theme,
    css,
)

__all__ = [
    "ATOMS",
    "BLACK",
    "BLUE",
    "CATEGORICAL",
    "DIVERGING",
    "GREEN",
    "ORANGE",
    "PURPLE",
    "SEQUENTIAL",
    "SKY",
    "VERMILION",
    "YELLOW",
    "Ink",
    "Theme",
    "css",
]
