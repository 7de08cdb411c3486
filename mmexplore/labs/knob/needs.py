"""What the Knob needs of its two views, and which of them its page offers."""

from __future__ import annotations

from mmexplore.datasets.views import FEWEST_ROWS, Needs
from mmexplore.datasets.views.base import MOST_COLUMNS

NEEDS = Needs(forms=("columns", "image"), fewest_samples=FEWEST_ROWS, most_columns=MOST_COLUMNS)

# What the page's box offers today; `offered(NEEDS)` is all that its training takes.
PAGE = (
    "noisy-digits",
    "digit-halves",
    "breast-cancer",
    "breast-cancer-spread",
    "wine",
    "diabetes",
    "warped-gaussian",
)
