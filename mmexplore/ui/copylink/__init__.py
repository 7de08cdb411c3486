"""A button that copies the address of the page."""

from mmexplore.ui.copylink.component import copy_link

__all__ = ["copy_link"]
