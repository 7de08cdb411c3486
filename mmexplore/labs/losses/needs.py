"""What the lab of losses needs of its two views, and which data sets its page offers."""

from __future__ import annotations

from mmexplore.datasets.real_tables import real_data
from mmexplore.datasets.views import Needs, offered

FEWEST_ROWS = 60
MOST_CLASSES = 50

NEEDS = Needs(label=True, forms=("columns", "image"), fewest_samples=FEWEST_ROWS, most_classes=MOST_CLASSES)

_FIRST = ("bits", "factors", "real", "own", "trifeature")  # "real" has the real tables as a parameter
_FITTING, LEFT_OUT = offered(NEEDS)
_TABLES = {*real_data(), *(f"{name}_table" for name in real_data())}
OFFERED = (*_FIRST, *(name for name in _FITTING if name not in _FIRST and name not in _TABLES))
