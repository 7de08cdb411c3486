"""What the lab of losses needs of its two views, and which of them its page offers."""

from __future__ import annotations

from mmexplore.datasets.views import Needs

FEWEST_ROWS = 60
MOST_CLASSES = 50

NEEDS = Needs(label=True, forms=("columns", "image"), fewest_samples=FEWEST_ROWS, most_classes=MOST_CLASSES)

# What the page's box offers today; `offered(NEEDS)` is all that its training takes.
PAGE = ("bits", "factors", "real", "own", "trifeature")
