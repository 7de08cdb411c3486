"""The parts of the Your data page: the data and their roles, the settings, the answer, and what may be asked of it."""

from mmexplore.labs.yourdata.study import Study
from mmexplore.ui.state import PageState

STATE: PageState[Study] = PageState("yourdata", Study)
