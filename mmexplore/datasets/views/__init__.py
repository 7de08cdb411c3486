"""One shelf of two views: every data set of two representations of the same samples, with its truth, its factors and its form.

`views` lists them, `view` draws one, `two_views` reads a declaration from its text form; `why_not` says why one does not fit a method.
"""

from mmexplore.datasets.views.base import (
    FEWEST_ROWS,
    VIEWS,
    Factor,
    Facts,
    GaussianCoordinates,
    LabelTruth,
    SharedTruth,
    TwoViews,
    View,
    check_views,
    declare,
    two_views,
    view,
    views,
)
from mmexplore.datasets.views.needs import Needs, offered, why_not

__all__ = [
    "FEWEST_ROWS",
    "VIEWS",
    "Factor",
    "Facts",
    "GaussianCoordinates",
    "LabelTruth",
    "Needs",
    "SharedTruth",
    "TwoViews",
    "View",
    "check_views",
    "declare",
    "offered",
    "two_views",
    "view",
    "views",
    "why_not",
]
