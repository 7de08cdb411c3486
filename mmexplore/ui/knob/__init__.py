"""The parts of the Knob page: data and methods, the dial of a trained method, exact theory, comparisons, and what one takes along."""

from mmexplore.knob_scene import KnobScene
from mmexplore.ui.state import PageState

STATE: PageState[KnobScene] = PageState("knob", KnobScene)
