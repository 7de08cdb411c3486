"""From columns to a few states: `Discretizer` and the description of everything it did."""

from mmexplore.discretize.description import Discretization, StatePart
from mmexplore.discretize.discretizer import (
    BINS_HELP,
    MAX_BINS,
    METHOD_HELP,
    METHODS,
    MIN_BINS,
    Discretizer,
    discretize_target,
)
from mmexplore.discretize.rule import MAX_STATES, Rule

__all__ = [
    "BINS_HELP",
    "MAX_BINS",
    "MAX_STATES",
    "METHODS",
    "METHOD_HELP",
    "MIN_BINS",
    "Discretization",
    "Discretizer",
    "Rule",
    "StatePart",
    "discretize_target",
]
