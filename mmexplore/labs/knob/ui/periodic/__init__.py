"""The periodic table of methods, as a component of the page."""

from mmexplore.labs.knob.ui.periodic.component import FAMILY_WORDS, periodic

__all__ = ["FAMILY_WORDS", "periodic"]
