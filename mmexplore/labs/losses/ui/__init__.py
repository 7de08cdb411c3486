"""The parts of the lab of losses: where the information lies, the runs and their pictures, words, and what one takes along."""

from mmexplore.labs.losses.scene import FactorClScene
from mmexplore.ui.state import PageState

STATE: PageState[FactorClScene] = PageState("learn", FactorClScene)
