"""From measured columns to a few states."""

from mmexplore.discretize.discretizer import (
    BINS_HELP,
    MAX_BINS,
    METHOD_HELP,
    METHODS,
    MIN_BINS,
    Discretization,
    Discretizer,
)

__all__ = ["BINS_HELP", "MAX_BINS", "METHODS", "METHOD_HELP", "MIN_BINS", "Discretization", "Discretizer"]
