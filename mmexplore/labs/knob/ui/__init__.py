"""The parts of the Knob page: data and methods, the dial of a trained method, exact theory, comparisons, and what one takes along."""

from mmexplore.labs.knob.scene import KnobScene
from mmexplore.ui.readout import moved
from mmexplore.ui.state import PageState

TABS = {
    "compare": "Compare methods",
    "train": "Train live",
    "exact": "Exact plane",
    "collapse": "Collapse and hysteresis",
    "samples": "How much data do I need?",
    "about": "About",
    "export": "Export",
}
STATE: PageState[KnobScene] = PageState("knob", KnobScene, tabs=TABS, folds=("check",))


def turned(dial: str, values: dict[str, float]) -> None:
    """A dial was let go at these knobs."""
    STATE.turn(dial, **{name: float(f"{v:.6g}") for name, v in values.items()})
    moved(STATE)
