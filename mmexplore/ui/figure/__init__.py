"""A figure on a page."""

from mmexplore.ui.figure.component import figure, selected

__all__ = ["figure", "selected"]
