"""The parts of the page Compare: the controls, the board of figures and scores, and what lies beneath it."""

from mmexplore.labs.contest.scene import CompareScene
from mmexplore.ui.state import PageState

STATE: PageState[CompareScene] = PageState("compare", CompareScene)
