"""A theory tab of the Knob page alone: "How much data do I need?" where the link sets one of its fields, else the collapse."""

import streamlit as st

from mmexplore.labs.knob.scene import KnobScene
from mmexplore.labs.knob.ui.collapse import collapse
from mmexplore.labs.knob.ui.how_much_data import how_much_data
from mmexplore.ui.frame import frame
from mmexplore.ui.state import PageState, visiting

STATE: PageState[KnobScene] = PageState("knob", KnobScene)


@st.fragment
def block() -> None:
    """As on the page: a fragment around the tab."""
    STATE.follow()
    needs = any(name.startswith("need_") for name in STATE.view.to_query())
    (how_much_data if needs else collapse)(STATE)


frame()
visiting("knob")
STATE.sync()
block()
