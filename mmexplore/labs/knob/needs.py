"""What the Knob needs of its two views, and which data sets its page offers."""

from __future__ import annotations

from mmexplore.datasets.views import FEWEST_ROWS, Needs, offered
from mmexplore.datasets.views.base import MOST_COLUMNS

NEEDS = Needs(forms=("columns", "image"), fewest_samples=FEWEST_ROWS, most_columns=MOST_COLUMNS)

_FIRST = (
    "noisy-digits",
    "digit-halves",
    "breast-cancer",
    "breast-cancer-spread",
    "wine",
    "diabetes",
    "warped-gaussian",
)
_FITTING, LEFT_OUT = offered(NEEDS)
OFFERED = (*_FIRST, *(name for name in _FITTING if name not in _FIRST))
