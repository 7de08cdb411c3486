"""The live dial. A new chart of it is one file in `views/`: see `core.js` for what it is given."""

from mmexplore.ui.dial.component import KNOB_VIEWS, THEORY_VIEWS, VIEWS, Face, committed, dial, exact_of
from mmexplore.ui.dial.model import Axis, Grid, Quantity, Stacks, Tables

__all__ = [
    "KNOB_VIEWS",
    "THEORY_VIEWS",
    "VIEWS",
    "Axis",
    "Face",
    "Grid",
    "Quantity",
    "Stacks",
    "Tables",
    "committed",
    "dial",
    "exact_of",
]
