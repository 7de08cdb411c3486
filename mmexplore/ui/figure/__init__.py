"""A figure on a page."""

from mmexplore.ui.figure.component import figure

__all__ = ["figure"]
