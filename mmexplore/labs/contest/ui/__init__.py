"""The parts of the page Compare: the controls, the board of figures and scores, and what lies beneath it."""

from mmexplore.labs.contest.scene import CompareScene
from mmexplore.ui.state import PageState

TABS = {
    "scores": "How they did",
    "intervals": "Coverage",
    "numbers": "Numbers",
    "cost": "What it costs",
    "assumed": "What they assume",
    "said": "What they said",
    "export": "Export",
}
STATE: PageState[CompareScene] = PageState("compare", CompareScene, tabs=TABS)
