"""The parts of the Decompose page, top to bottom: controls, table editor, the live block and what lies beneath it."""

from mmexplore.labs.decompose.scene import Scene
from mmexplore.ui.state import PageState

TABS = {
    "certificate": "Certificate",
    "measures": "Every measure",
    "about": "About",
    "export": "Export",
}
STATE: PageState[Scene] = PageState("decompose", Scene, tabs=TABS)
